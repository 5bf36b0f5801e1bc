"""Leukaemia of the central nervous system by cerebrospinal fluid and clinical signs; see each edition's file."""
