"""Figures described once and drawn in two media; nothing is written to disk here."""
