"""cartrace: CAR-T treatment courses, recorded, checked, graded by the published rules, measured and reported.

Research software, not a medical device: it annotates, it never advises treatment.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
