"""The treatment ledger: what was given against the toxicities of a course, counted and added up.

In: `Course`. Out: `Ledger`: doses, equivalents, hours, each a quantity with its records or a reason.
Decided here: nothing; conversion factors stand in `factors.tsv`, each with its source, and every one can be changed.
"""

from cartrace.assess.ledger.account import Ledger, ledger
from cartrace.assess.ledger.cautions import CAUTIONS
from cartrace.assess.ledger.factors import Factor, Factors, factors
from cartrace.assess.ledger.steroids import SteroidDay
from cartrace.assess.ledger.tocilizumab import TocilizumabDose

__all__ = ["CAUTIONS", "Factor", "Factors", "Ledger", "SteroidDay", "TocilizumabDose", "factors", "ledger"]
