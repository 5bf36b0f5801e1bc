"""Immune effector cell-associated haematotoxicity (ICAHT) of the neutrophils, one file per grid and edition."""
