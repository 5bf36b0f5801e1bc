"""Systemic corticosteroids as dexamethasone: per study day and in all.

In: a course, the factors and the days asked for. Out: quantities, and the days one by one.
Decided here: equivalents are of anti-inflammatory effect (prednisolone_label); a "corticosteroid" without a name has no
factor; a dose by a route that is not systemic is left out; a day with a dose that cannot be converted is a lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartrace.assess.ledger.cautions import AMOUNT_LOWER_BOUND, LOWER_BOUND
from cartrace.assess.ledger.doses import Dose
from cartrace.assess.ledger.factors import Factors
from cartrace.assess.ledger.totals import Account, Behind, Days, account, quantity
from cartrace.course import Course, Quantity
from cartrace.course.record import DrugCourse
from cartrace.vocabulary import terms

GROUP = "dexamethasone"
NOT_SYSTEMIC = frozenset(
    {"topical", "inhaled", "inhalation", "nasal", "ophthalmic", "eye_drops", "intrathecal", "i.t.", "intra_articular"}
)
IN_ALL = ("dexamethasone_equivalent", "Corticosteroids as dexamethasone, in all")
PEAK = ("dexamethasone_equivalent_peak_day", "Corticosteroids as dexamethasone, highest of a study day")
DAYS_GIVEN = ("corticosteroid_days", "Study days with a corticosteroid")
NOTHING_CONVERTS = "no dose that can be given as dexamethasone"


@dataclass(frozen=True, slots=True)
class SteroidDay:
    """One study day with a corticosteroid; `equivalent` in mg of dexamethasone."""

    day: int
    equivalent: Quantity


def is_systemic(drug: DrugCourse) -> bool:
    """Whether a corticosteroid counts; a route that is not recorded does."""
    return drug.drug_class == "corticosteroid" and terms.fold(drug.route) not in NOT_SYSTEMIC


def steroids(course: Course, factors: Factors, days: Days) -> tuple[tuple[Quantity, ...], tuple[SteroidDay, ...]]:
    """(totals, days) of systemic corticosteroids."""
    of = account(course, days, is_systemic, factors)
    not_systemic = [d.uid for d in course.drugs if d.drug_class == "corticosteroid" and not is_systemic(d)]
    cautions = [*of.cautions]
    cautions += ["not_systemic"] if not_systemic else []
    cautions += ["no_factor"] if any(factors.get(GROUP, dose.drug) is None for dose in of.doses) else []
    left_out = (*of.left_out, *not_systemic)
    if not of.doses and of.silence:
        behind = Behind((), left_out, cautions)
        names = ((IN_ALL, "mg"), (PEAK, "mg"), (DAYS_GIVEN, "d"))
        return tuple(quantity(name, None, unit, behind, reason=of.silence) for name, unit in names), ()
    by_day = tuple(_day(day, of, factors) for day in sorted({dose.day for dose in of.doses}))
    known = [one.equivalent.value for one in by_day if one.equivalent.value is not None]
    unconvertible = [dose.uid for dose in of.doses if _equivalent(dose, factors) is None]
    nothing = bool(of.doses) and not known
    amounts = Behind(of.used, (*left_out, *unconvertible), cautions)
    total, peak = (None, None) if nothing else (float(sum(known)), max(known, default=0.0))
    return (
        quantity(IN_ALL, total, "mg", amounts, reason=NOTHING_CONVERTS, lower_bound=AMOUNT_LOWER_BOUND),
        quantity(PEAK, peak, "mg", amounts, reason=NOTHING_CONVERTS, lower_bound=AMOUNT_LOWER_BOUND),
        quantity(DAYS_GIVEN, float(len(by_day)), "d", Behind(of.used, left_out, cautions), lower_bound=LOWER_BOUND),
    ), by_day


def _day(day: int, of: Account, factors: Factors) -> SteroidDay:
    doses = [dose for dose in of.doses if dose.day == day]
    records = {one.record.uid: one for one in of.given}
    amounts = [_equivalent(dose, factors) for dose in doses]
    known = [amount for amount in amounts if amount is not None]
    unknown = [dose.uid for dose, amount in zip(doses, amounts, strict=True) if amount is None]
    cautions = [code for dose in doses for code in records[dose.uid].cautions]
    cautions += ["no_factor"] if any(factors.get(GROUP, dose.drug) is None for dose in doses) else []
    cautions += [] if of.complete else ["chart_open"]
    name = (f"dexamethasone_equivalent_day_{day}", f"Corticosteroids as dexamethasone, study day {day}")
    value = float(sum(known)) if known else None
    behind = Behind(_used(doses, of), unknown, cautions)
    return SteroidDay(day, quantity(name, value, "mg", behind, reason=NOTHING_CONVERTS, lower_bound=OF_A_DAY))


OF_A_DAY = AMOUNT_LOWER_BOUND - {"ongoing", "start_not_recorded"}
"""Cautions by which one day's amount is a lower bound: a course that goes on says nothing against the days before."""


def _used(doses: Sequence[Dose], of: Account) -> tuple[int, ...]:
    wanted = {dose.uid for dose in doses}
    return tuple(uid for one in of.given if one.record.uid in wanted for uid in one.used)


def _equivalent(dose: Dose, factors: Factors) -> float | None:
    factor = factors.get(GROUP, dose.drug)
    return None if factor is None or dose.mg is None else dose.mg * factor.value
