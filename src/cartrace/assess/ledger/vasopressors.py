"""Vasopressors: hours, agents at once, and the rate in norepinephrine equivalents, highest and added up.

In: a course, the factors and the days asked for. Out: quantities.
Decided here: two published equivalents stand side by side, each in its own unit: the suggested formula of
goradia2021vasopressors in ug/kg/min (vasopressin included), and the one of the high-dose definition (lee2014crs) in
ug/min, into which vasopressin does not enter. A rate holds until its end, the end excluded; one without an end counts at
its first minute and for no time; one that cannot be converted is left out and makes the equivalent a lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cartrace.assess.ledger.body import weight_on
from cartrace.assess.ledger.cautions import AMOUNT_LOWER_BOUND, LOWER_BOUND
from cartrace.assess.ledger.doses import span
from cartrace.assess.ledger.factors import Factors
from cartrace.assess.ledger.totals import NOT_COMPLETE, REACHING, UNDATED, Behind, Days, quantity
from cartrace.assess.sweep import study_day
from cartrace.course import Course, Quantity
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.course.record import DrugCourse
from cartrace.vocabulary import units

MINUTES_PER_HOUR = 60.0
NONE_CONVERTS = "no rate that can be given as norepinephrine"
NAMES = (
    ("vasopressor_hours", "Vasopressors, hours", "h"),
    ("vasopressor_agents", "Vasopressors, most agents at once", "1"),
    ("norepinephrine_equivalent_peak", "Norepinephrine equivalent, highest rate", "ug/kg/min"),
    ("norepinephrine_equivalent_total", "Norepinephrine equivalent, in all", "ug/kg"),
    ("high_dose_equivalent_peak", "Norepinephrine equivalent of the high-dose definition, highest rate", "ug/min"),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A charted rate as norepinephrine; `value` None when it cannot be converted, 0 when it does not enter."""

    value: float | None
    cautions: tuple[str, ...] = ()
    weight_uid: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """[min] over which one charted rate ran; `end` = `start` when nobody knows until when."""

    drug: DrugCourse
    start: int
    end: int
    cautions: tuple[str, ...]

    def at(self, minute: int) -> bool:
        """Whether it ran in that minute."""
        return self.start <= minute < max(self.end, self.start + 1)


def vasopressors(course: Course, factors: Factors, days: Days) -> tuple[Quantity, ...]:
    """Hours, agents, and equivalents within the days asked for."""
    undated = [d.uid for d in course.drugs if d.drug_class == "vasopressor" and not d.start.known]
    running, reaching = _running(course, days)
    complete = bool(course.complete & {"drugs", "vasopressors"})
    cautions = [code for one in running for code in one.cautions]
    cautions += ["start_not_recorded"] if undated else []
    cautions += ["end_not_recorded"] if reaching else []
    cautions += [] if complete else ["chart_open"]
    left_out = [*undated, *reaching]
    if not running and (left_out or not complete):
        why = UNDATED if undated else REACHING if reaching else NOT_COMPLETE.format("vasopressor")
        behind = Behind((), left_out, cautions)
        return tuple(quantity((i, n), None, u, behind, reason=why) for i, n, u in NAMES)
    cautions += ["overlapping_records"] if _overlapping(running) else []
    behind = Behind([one.drug.uid for one in running], left_out, cautions)
    agents = max((len({o.drug.drug for o in running if o.at(one.start)}) for one in running), default=0)
    counted = [
        quantity((i, n), value, u, behind, lower_bound=LOWER_BOUND)
        for (i, n, u), value in zip(NAMES, (_minutes(running) / MINUTES_PER_HOUR, float(agents)), strict=False)
    ]
    general = _rates(course, running, "norepinephrine", factors)
    high_dose = _rates(course, running, "high_dose", factors)
    equivalents = [
        _equivalent(NAMES[2], _highest(running, general), running, general, behind),
        _equivalent(NAMES[3], _area(running, general), running, general, behind),
        _equivalent(NAMES[4], _highest(running, high_dose), running, high_dose, behind),
    ]
    return (*counted, *equivalents)


def as_norepinephrine(course: Course, drug: DrugCourse, day: int, group: str, factors: Factors) -> Rate:
    """One charted rate by the formula of `group`: ug/kg/min for "norepinephrine", ug/min for "high_dose"."""
    if group == "high_dose" and drug.drug == "vasopressin":
        return Rate(0.0)
    factor = factors.get(group, drug.drug)
    if factor is None:
        return Rate(None, ("no_factor",))
    if drug.dose is None:
        return Rate(None, ("dose_not_recorded",))
    if not drug.dose_unit:
        return Rate(None, ("unit_not_recorded",))
    provisional = ("provisional_factor",) if factor.provisional else ()
    wanted = "unit_per_minute" if drug.drug == "vasopressin" else "per_kilogram"
    if group == "high_dose" and drug.drug != "dopamine":
        wanted = "microgram_per_minute"
    stated = next((f for f in _FAMILIES if units.known(drug.dose_unit, family=f"drug_rate_{f}")), "")
    if not stated or (wanted == "unit_per_minute") != (stated == "unit_per_minute"):
        return Rate(None, ("unit_not_convertible",))
    amount = units.to_canonical(drug.dose, unit=drug.dose_unit, family=f"drug_rate_{stated}")
    if stated == wanted:
        return Rate(amount * factor.value, provisional)
    weight, uid = weight_on(course, day)
    if weight is None:
        return Rate(None, ("weight_not_recorded",))
    amount = amount / weight if wanted == "per_kilogram" else amount * weight
    return Rate(amount * factor.value, provisional, uid)


_FAMILIES = ("per_kilogram", "microgram_per_minute", "unit_per_minute")


def _running(course: Course, days: Days) -> tuple[list[Running], list[int]]:
    """(charted rates cut to the days asked for, in order of time; uids of those that may reach into these days)."""
    origin = course.clock.start_minute or 0
    first = days.first * MINUTES_PER_DAY - origin
    after = None if days.last is None else (days.last + 1) * MINUTES_PER_DAY - origin
    found, reaching = [], []
    for drug in course.drugs:
        if drug.drug_class != "vasopressor" or not drug.start.known:
            continue
        over = span(course, drug)
        start, end = over.start, over.start if over.end is None else over.end
        if over.end is None and over.start < first:
            reaching.append(drug.uid)
            continue
        if (over.end is not None and over.end <= first) or (after is not None and start >= after):
            continue
        start = max(start, first)
        end = end if after is None else min(end, after)
        found.append(Running(drug, start, max(end, start), over.cautions))
    return sorted(found, key=lambda one: (one.start, one.drug.uid)), reaching


def _minutes(running: Sequence[Running]) -> int:
    """Minutes in which at least one ran."""
    total, reached = 0, None
    for one in running:
        begin = one.start if reached is None else max(one.start, reached)
        total += max(one.end - begin, 0)
        reached = one.end if reached is None else max(reached, one.end)
    return total


def _overlapping(running: Sequence[Running]) -> bool:
    return any(a.drug.drug == b.drug.drug and b.start < a.end for i, a in enumerate(running) for b in running[i + 1 :])


def _rates(course: Course, running: Sequence[Running], group: str, factors: Factors) -> list[Rate]:
    origin = course.clock.start_minute or 0
    return [as_norepinephrine(course, one.drug, study_day(one.start, origin), group, factors) for one in running]


def _highest(running: Sequence[Running], rates: Sequence[Rate]) -> float:
    """The largest sum of rates at one time; it is reached where one of them begins."""
    pairs = list(zip(running, rates, strict=True))
    return max((sum(r.value or 0.0 for o, r in pairs if o.at(one.start)) for one in running), default=0.0)


def _area(running: Sequence[Running], rates: Sequence[Rate]) -> float:
    return sum((rate.value or 0.0) * (one.end - one.start) for one, rate in zip(running, rates, strict=True))


def _equivalent(
    name: tuple[str, str, str],
    value: float,
    running: Sequence[Running],
    rates: Sequence[Rate],
    behind: Behind,
) -> Quantity:
    pairs = list(zip(running, rates, strict=True))
    weights = [rate.weight_uid for rate in rates if rate.weight_uid is not None]
    of_rates = Behind(
        [*(one.drug.uid for one, rate in pairs if rate.value is not None), *weights],
        [*behind.left_out, *(one.drug.uid for one, rate in pairs if rate.value is None)],
        [*behind.cautions, *(code for rate in rates for code in rate.cautions)],
    )
    converts = not running or any(rate.value is not None for rate in rates)
    return quantity(
        name[:2],
        value if converts else None,
        name[2],
        of_rates,
        reason=NONE_CONVERTS,
        lower_bound=AMOUNT_LOWER_BOUND,
    )
