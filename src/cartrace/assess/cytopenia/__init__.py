"""Prolonged and late cytopenia: what authors and labels call by these names, one rule for each definition."""
