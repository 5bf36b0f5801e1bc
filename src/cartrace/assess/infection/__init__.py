"""Infections after CAR-T cells: their number against the days at risk."""
