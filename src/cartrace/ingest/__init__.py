"""Files to courses: every problem found at once, units converted here and nowhere else."""
