"""Concordance: the computed grades beside those that investigators set.

In: courses with their assessments. Out: `Comparison`s one by one, and `Agreement` per rule with weighted kappa.
Decided here: nothing; the computed grade never replaces the investigator's.
"""

from cartrace.assess.concordance.agreement import Agreement, agreement
from cartrace.assess.concordance.comparison import Comparison, compare
from cartrace.assess.concordance.kappa import Kappa, weighted_kappa

__all__ = ["Agreement", "Comparison", "Kappa", "agreement", "compare", "weighted_kappa"]
