"""The ledger of one course, put together.

In: a course, the factors, and the study days asked for (by default from the day of the infusion on). Out: `Ledger`.
Decided here: which treatments always have a line (so that "none recorded" is said), and their order.
"""

from __future__ import annotations

from dataclasses import dataclass

from cartrace.assess.ledger.cautions import LOWER_BOUND
from cartrace.assess.ledger.factors import Factors, factors
from cartrace.assess.ledger.products import transfusions
from cartrace.assess.ledger.steroids import SteroidDay, steroids
from cartrace.assess.ledger.support import respiratory_support
from cartrace.assess.ledger.tocilizumab import TocilizumabDose, tocilizumab_doses
from cartrace.assess.ledger.totals import Days, account, doses_and_amount, quantity
from cartrace.assess.ledger.vasopressors import vasopressors
from cartrace.course import Course, Quantity
from cartrace.vocabulary import terms

ALWAYS = ("tocilizumab", "siltuximab", "anakinra", "ruxolitinib")
"""Drugs against cytokines that always have their lines; others of the class have them once recorded."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was given on the study days `first_day` to `last_day` (None = to the end of the record).

    quantities     totals in the order of the ledger
    tocilizumab    dose by dose
    steroid_days   study days with a corticosteroid
    factors        every factor as used, with its source
    """

    course: str
    first_day: int
    last_day: int | None
    quantities: tuple[Quantity, ...]
    tocilizumab: tuple[TocilizumabDose, ...]
    steroid_days: tuple[SteroidDay, ...]
    factors: Factors

    def quantity(self, address: str) -> Quantity:
        """The quantity with this id; KeyError when there is none."""
        for one in self.quantities:
            if one.id == address:
                return one
        raise KeyError(address)


def ledger(course: Course, chosen: Factors | None = None, *, first_day: int = 0, last_day: int | None = None) -> Ledger:
    """Count and add up what was given."""
    chosen = chosen or factors()
    days = Days(first_day, last_day)
    tocilizumab = account(course, days, lambda drug: drug.drug == "tocilizumab", chosen)
    against_cytokines: list[Quantity] = []
    recorded = {drug.drug for drug in course.drugs}
    for name in terms.drug_classes()["anticytokine"]:
        if name in ALWAYS or name in recorded:
            against_cytokines += _drug(course, days, name, chosen)
    totals, steroid_days = steroids(course, chosen, days)
    return Ledger(
        course=course.id,
        first_day=first_day,
        last_day=last_day,
        quantities=(
            *against_cytokines,
            *totals,
            *vasopressors(course, chosen, days),
            *respiratory_support(course, chosen, days),
            *_growth_factor(course, days),
            *transfusions(course, days),
        ),
        tocilizumab=tocilizumab_doses(course, tocilizumab, chosen),
        steroid_days=steroid_days,
        factors=chosen,
    )


def _drug(course: Course, days: Days, name: str, chosen: Factors) -> tuple[Quantity, ...]:
    return doses_and_amount(name, name.capitalize(), account(course, days, lambda drug: drug.drug == name, chosen))


def _growth_factor(course: Course, days: Days) -> tuple[Quantity, ...]:
    """Doses of G-CSF, and study days on which one was given; the forms differ in strength, so no amount is added up."""
    of = account(course, days, lambda drug: drug.drug_class == "growth_factor")
    count = doses_and_amount("g_csf", "G-CSF", of)[0]
    given_on = {dose.day for dose in of.doses}
    value = None if count.value is None else float(len(given_on))
    name = ("g_csf_days", "G-CSF, study days with a dose")
    return count, quantity(name, value, "d", of.behind, reason=count.reason, lower_bound=LOWER_BOUND)
