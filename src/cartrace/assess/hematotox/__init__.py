"""CAR-HEMATOTOX: a score of five markers before treatment, one file per published edition."""
