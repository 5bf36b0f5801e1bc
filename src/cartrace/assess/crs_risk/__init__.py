"""Risk of severe CRS from what is measured in the first hours: published trees whose every number is known."""
