"""Relapse of B-ALL after remission, by marrow; see each edition's file."""
