"""Non-compartmental cellular kinetics: a course's CAR-T profiles in, metrics with their reasons out."""
