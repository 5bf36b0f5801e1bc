"""EASIX, the endothelial activation and stress index, and its two variants, as numbers over time against the baseline."""
