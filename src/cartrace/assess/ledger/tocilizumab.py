"""Tocilizumab dose by dose: time since the dose before, mg, mg/kg, and what the guideline names beside it.

In: a course and the factors. Out: a `TocilizumabDose` for each dose.
Decided here: doses are set beside the published numbers (santomasso2021asco) as annotation; nothing is advised. Two doses
whose times of day are not known have no distance; three within 24 h are counted among doses with a known time only.
Numbers are compared after rounding to 10 digits, so that 8 mg/kg × 68 kg is 544 mg.
"""

from __future__ import annotations

from dataclasses import dataclass

from cartrace.assess.ledger.body import weight_on
from cartrace.assess.ledger.doses import Dose, Given
from cartrace.assess.ledger.factors import Factors
from cartrace.assess.ledger.totals import Account, Behind, quantity
from cartrace.course import Course, Quantity
from cartrace.course.clock import hours

GROUP = "tocilizumab"
DAY = 1.0
DIGITS = 10


@dataclass(frozen=True, slots=True)
class TocilizumabDose:
    """One dose.

    number    1 for the first of the days asked for
    at, day   [d] elapsed since the first infusion; study day
    interval  [h] since the dose before
    cautions  codes, those of the guideline's numbers included
    """

    uid: int
    number: int
    at: float
    day: int
    amount: Quantity
    amount_per_kilogram: Quantity
    interval: Quantity
    cautions: tuple[str, ...]


def tocilizumab_doses(course: Course, of: Account, factors: Factors) -> tuple[TocilizumabDose, ...]:
    """Every dose within the days asked for."""
    records = {one.record.uid: one for one in of.given}
    begun = [dose for dose in of.doses if dose.begins]
    return tuple(_dose(course, records[dose.uid], begun, number, factors) for number, dose in enumerate(begun))


def _dose(course: Course, record: Given, doses: list[Dose], number: int, factors: Factors) -> TocilizumabDose:
    dose = doses[number]
    address = f"tocilizumab_{number + 1}"
    why = record.cautions[0].replace("_", " ") if record.cautions else "amount not known"
    weight, weight_uid = weight_on(course, dose.day)
    per_kilogram = None if dose.mg is None or weight is None else dose.mg / weight
    used = (dose.uid, *(() if weight_uid is None else (weight_uid,)))
    gap = _gap(doses, number)
    reason = "the first dose" if number == 0 else "the time of day of a dose is not recorded"
    cautions = _beside_the_guideline(dose.mg, per_kilogram, gap, doses, number, factors)
    before = () if number == 0 else (doses[number - 1].uid,)
    return TocilizumabDose(
        uid=dose.uid,
        number=number + 1,
        at=dose.time,
        day=dose.day,
        amount=quantity((f"{address}_amount", "Amount"), dose.mg, "mg", Behind(record.used), reason=why),
        amount_per_kilogram=quantity(
            (f"{address}_per_kilogram", "Amount per kilogram"),
            per_kilogram,
            "mg/kg",
            Behind(used),
            reason=why if dose.mg is None else "body weight not recorded by then",
        ),
        interval=quantity(
            (f"{address}_interval", "Time since the dose before"), gap, "h", Behind((dose.uid, *before)), reason=reason
        ),
        cautions=tuple(dict.fromkeys((*record.cautions, *cautions))),
    )


def _gap(doses: list[Dose], number: int) -> float | None:
    if number == 0 or not doses[number].exact or not doses[number - 1].exact:
        return None
    return _rounded(hours(doses[number].time - doses[number - 1].time))


def _beside_the_guideline(
    mg: float | None, per_kilogram: float | None, gap: float | None, doses: list[Dose], number: int, factors: Factors
) -> list[str]:
    dose = doses[number]
    said = []
    if per_kilogram is not None and _rounded(per_kilogram) > factors.value(GROUP, "dose_per_kilogram"):
        said.append("above_dose_per_kilogram")
    if mg is not None and _rounded(mg) > factors.value(GROUP, "cap"):
        said.append("above_cap")
    if gap is not None and gap < factors.value(GROUP, "interval"):
        said.append("sooner_than_interval")
    within = [d for d in doses[: number + 1] if d.exact and dose.exact and _rounded(dose.time - d.time) < DAY]
    if len(within) > factors.value(GROUP, "doses_per_24_h"):
        said.append("above_doses_per_24_h")
    if number + 1 > factors.value(GROUP, "doses"):
        said.append("above_doses")
    if number and doses[number - 1].day == dose.day and not (dose.exact and doses[number - 1].exact):
        said.append("undated_order")
    return said


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
