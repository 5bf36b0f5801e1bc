"""Single doses out of drug courses: when each was given and how much it was.

In: a course and one drug course. Out: `Given`: its doses, or what of them is certain, with the cautions.
Decided here: an interval holds from its start until its end, the end excluded; a day without a time of day is the whole
day. How often is read from a closed list of wordings. Without an end, or without "how often", one dose is certain.
An infusion charted as a rate is one dose whose amount is spread over its study days. Weight and body surface are those of
the day on which the drug course began.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from cartrace.assess import follow_up
from cartrace.assess.ledger.body import surface_on, weight_on
from cartrace.assess.ledger.factors import Factors, factors
from cartrace.assess.sweep import minute_of, study_day
from cartrace.course import Course, Moment
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.course.record import DrugCourse
from cartrace.vocabulary import units

EVERY_HOURS = {
    "daily": 24.0,
    "once daily": 24.0,
    "every day": 24.0,
    "qd": 24.0,
    "twice daily": 12.0,
    "bid": 12.0,
    "three times daily": 8.0,
    "tid": 8.0,
    "four times daily": 6.0,
    "qid": 6.0,
    "every other day": 48.0,
    "weekly": 168.0,
}
ONCE = frozenset({"once", "single", "single dose", "one dose"})
_EVERY = re.compile(r"(?:every |q ?)(\d+) ?(?:h|hours?)")

MINUTES_PER_HOUR = 60.0
MICROGRAM_PER_MILLIGRAM = 1000.0


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose, or the part of an infusion that ran on one study day.

    time, day  [d] elapsed; study day
    exact      whether the time of day is known
    mg         amount; None when it cannot be known
    begins     False for the later days of one infusion: they are no further dose
    """

    uid: int
    drug: str
    time: float
    day: int
    exact: bool
    mg: float | None
    begins: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """What is certain about one drug course. `body_uids`: observations of weight, height and surface that took part."""

    record: DrugCourse
    doses: tuple[Dose, ...]
    cautions: tuple[str, ...] = ()
    body_uids: tuple[int, ...] = ()

    @property
    def used(self) -> tuple[int, ...]:
        """uids of the records that took part."""
        return (self.record.uid, *self.body_uids)


@dataclass(frozen=True, slots=True)
class Span:
    """[min] since the first infusion; `end` excluded. None: nobody knows until when."""

    start: int
    end: int | None
    cautions: tuple[str, ...] = ()


def hours_between(frequency: str) -> float | None:
    """[h] between doses for a wording such as "every 6 h"; None when the wording is not in the list."""
    said = " ".join(frequency.lower().replace(".", "").split())
    found = _EVERY.fullmatch(said)
    if found:
        return float(found[1]) or None
    return EVERY_HOURS.get(said)


def span(course: Course, drug: DrugCourse) -> Span:
    """The minutes over which a drug course with a known start ran."""
    origin = course.clock.start_minute or 0
    start = _first_minute(drug.start, origin)
    exact = drug.start.precision == "minute"
    if drug.end_state == "ended" and drug.end is not None and drug.end.known:
        end = minute_of(drug.end.time)
        if drug.end.precision != "minute":
            end, exact = _first_minute(drug.end, origin) + MINUTES_PER_DAY, False
        return Span(start, max(end, start + 1), () if exact else ("whole_days",))
    if drug.end_state == "ongoing":
        last = follow_up.last_day(course)
        end = start if last is None else (last + 1) * MINUTES_PER_DAY - origin
        return Span(start, max(end, start + 1), ("ongoing",))
    return Span(start, None, ("end_not_recorded",))


def _first_minute(moment: Moment, origin: int) -> int:
    if moment.precision == "minute":
        return minute_of(moment.time)
    return (moment.day or 0) * MINUTES_PER_DAY - origin


def given(course: Course, drug: DrugCourse, chosen: Factors | None = None) -> Given:
    """The doses of one drug course."""
    if not drug.start.known:
        return Given(drug, (), ("start_not_recorded",))
    origin = course.clock.start_minute or 0
    day = study_day(_first_minute(drug.start, origin), origin)
    amount, is_rate, body_uids, cautions = amount_of(course, drug, day, chosen or factors())
    if is_rate:
        doses, more = _infusion(course, drug, amount)
    else:
        doses, more = _repeated(course, drug, amount)
    return Given(drug, doses, (*cautions, *more), body_uids)


def amount_of(
    course: Course, drug: DrugCourse, day: int, chosen: Factors
) -> tuple[float | None, bool, tuple[int, ...], tuple[str, ...]]:
    """(mg per dose or ug per minute, whether it is a rate, uids of weight, height and surface used, cautions)."""
    unit = drug.dose_unit
    rate = any(units.known(unit, family=f"drug_rate_{kind}") for kind in ("microgram_per_minute", "per_kilogram"))
    if drug.dose is None:
        return None, rate, (), ("dose_not_recorded",)
    if not unit:
        return None, False, (), ("unit_not_recorded",)
    for family, per_kilogram in (
        ("dose_milligram", False),
        ("dose_per_kilogram", True),
        ("drug_rate_microgram_per_minute", False),
        ("drug_rate_per_kilogram", True),
    ):
        if not units.known(unit, family=family):
            continue
        amount = units.to_canonical(drug.dose, unit=unit, family=family)
        if not per_kilogram:
            return amount, rate, (), ()
        weight, uid = weight_on(course, day)
        if weight is None:
            return None, rate, (), ("weight_not_recorded",)
        return amount * weight, rate, () if uid is None else (uid,), ()
    if units.known(unit, family="dose_per_square_metre"):
        amount = units.to_canonical(drug.dose, unit=unit, family="dose_per_square_metre")
        surface, used, cautions = surface_on(course, day, chosen)
        return (
            (None, rate, (), ("surface_not_recorded",)) if surface is None else (amount * surface, rate, used, cautions)
        )
    return None, False, (), ("unit_not_convertible",)


def _repeated(course: Course, drug: DrugCourse, mg: float | None) -> tuple[tuple[Dose, ...], tuple[str, ...]]:
    """Doses at the start and every so many hours after it."""
    origin = course.clock.start_minute or 0
    start = _first_minute(drug.start, origin)
    exact = drug.start.precision == "minute"
    first = Dose(drug.uid, drug.drug, drug.start.time, study_day(start, origin), exact, mg)
    said = drug.frequency.strip().lower()
    if drug.end_state == "single" or said in ONCE:
        # "Every 6 h" without an end is not one dose: it was repeated, nobody wrote for how long.
        return (first,), () if not said or said in ONCE else ("end_not_recorded",)
    over = span(course, drug)
    every = hours_between(drug.frequency)
    if over.end is None or every is None:
        why = () if every is not None else ("frequency_not_read" if said else "frequency_not_recorded",)
        return (first,), (*over.cautions, *why)
    step = int(every * MINUTES_PER_HOUR)
    doses = [
        replace(first, time=minute / MINUTES_PER_DAY if exact else float(study_day(minute, origin)),
                day=study_day(minute, origin))
        for minute in range(start, over.end, step)
    ]  # fmt: skip
    return tuple(doses), over.cautions


def _infusion(course: Course, drug: DrugCourse, rate: float | None) -> tuple[tuple[Dose, ...], tuple[str, ...]]:
    """One dose in parts, one for each study day on which it ran."""
    origin = course.clock.start_minute or 0
    start = _first_minute(drug.start, origin)
    exact = drug.start.precision == "minute"
    over = span(course, drug)
    if over.end is None:
        # It was begun; for how long, and so how much, nobody knows. Certain is no more than none of it.
        mg = None if rate is None else 0.0
        return (Dose(drug.uid, drug.drug, drug.start.time, study_day(start, origin), exact, mg),), over.cautions
    doses: list[Dose] = []
    for day in range(study_day(start, origin), study_day(over.end - 1, origin) + 1):
        first = max(start, day * MINUTES_PER_DAY - origin)
        last = min(over.end, (day + 1) * MINUTES_PER_DAY - origin)
        mg = None if rate is None else rate * (last - first) / MICROGRAM_PER_MILLIGRAM
        time = first / MINUTES_PER_DAY if exact else float(day)
        doses.append(Dose(drug.uid, drug.drug, time, day, exact, mg, begins=not doses))
    return tuple(doses), over.cautions
