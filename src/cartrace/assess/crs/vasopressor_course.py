"""Doses and durations of vasopressors: since when a course has been on a high dose, and since when on any vasopressor.

In: a course's vasopressors and body weight. Out: events on one channel, a step function of time.
Decided here, for the table of high doses of lee2014crs (its numbers from memory, so are the equivalents; readings cartrace):

    norepinephrine alone     >= 20 ug/min        phenylephrine alone     >= 200 ug/min
    dopamine alone           >= 10 ug/kg/min     epinephrine alone       >= 10 ug/min
    with vasopressin         norepinephrine equivalent >= 10 ug/min
    others together          norepinephrine equivalent >= 20 ug/min       each for >= 3 h without a break

    equivalent [ug/min] = norepinephrine + dopamine [ug/kg/min] / 2 + epinephrine + phenylephrine / 10

- An agent at its own high dose stays one when others join it: more drug is never less.
- A dose per kilogram becomes a dose per minute, and the other way round, by the body weight of the record: that of the patient,
  or else the last weight before the start, or else the first one after it. Without a weight, a dose or a known unit it is open.
- Duration counts from the minute that completes it: an infusion of exactly three hours is long enough, in its last minute.
- A time known by its day only makes a shortest and a longest duration; a vasopressor without a recorded end ran for a minute
  at least and may run on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cartrace.assess.ledger.factors import factors
from cartrace.assess.sweep import NO, UNKNOWN, YES, minute_of
from cartrace.course import Course
from cartrace.course.clock import MINUTES_PER_DAY, Moment
from cartrace.course.record import DrugCourse
from cartrace.errors import UnknownUnit
from cartrace.vocabulary import units

# [ug/min] high dose of an agent alone; lee2014crs, table of high-dose vasopressors, from memory.
NOREPINEPHRINE_FROM = 20.0
PHENYLEPHRINE_FROM = 200.0
EPINEPHRINE_FROM = 10.0
# [ug/kg/min] the same of dopamine; lee2014crs, from memory.
DOPAMINE_FROM = 10.0
# [ug/min] norepinephrine equivalent of several; lee2014crs, from memory.
EQUIVALENT_FROM = 20.0
EQUIVALENT_WITH_VASOPRESSIN_FROM = 10.0
# [h] how long a high dose must run; lee2014crs, as restated by calculators.
HIGH_DOSE_HOURS_FROM = 3
# [h] how long any vasopressor must run for MSKCC grade 3; park2018mskcc, grade row.
LONG_HOURS_FROM = 24

ALONE_FROM = {
    "norepinephrine": NOREPINEPHRINE_FROM,
    "phenylephrine": PHENYLEPHRINE_FROM,
    "epinephrine": EPINEPHRINE_FROM,
    "dopamine": DOPAMINE_FROM,
}
# [ug/min of norepinephrine per unit of the agent]; lee2014crs, the factors of the ledger as published.
EQUIVALENT = {agent: factors().value("high_dose", agent) for agent in ALONE_FROM}
VASOPRESSIN = "vasopressin"

PER_MINUTE, PER_KILOGRAM = "drug_rate_microgram_per_minute", "drug_rate_per_kilogram"


@dataclass(frozen=True, slots=True)
class Run:
    """One vasopressor from `start` to `end` [min]: for certain (`certain`) or at most; `dose` is None when it is not known."""

    agent: str
    start: float
    end: float
    dose: float | None
    certain: bool


def dose(drug: DrugCourse, weight_kg: float | None) -> float | None:
    """The rate in the unit of its threshold: ug/kg/min for dopamine, ug/min for the others; None when that is not known."""
    if drug.dose is None or drug.drug not in ALONE_FROM:
        return None
    wanted, other = (PER_KILOGRAM, PER_MINUTE) if drug.drug == "dopamine" else (PER_MINUTE, PER_KILOGRAM)
    if drug.dose_unit and units.known(drug.dose_unit, family=wanted):
        return units.to_canonical(drug.dose, unit=drug.dose_unit, family=wanted)
    try:
        rate = units.to_canonical(drug.dose, unit=drug.dose_unit, family=other)
    except UnknownUnit:
        return None
    if weight_kg is None or weight_kg <= 0.0:
        return None
    return _ten_digits(rate / weight_kg if drug.drug == "dopamine" else rate * weight_kg)


def _ten_digits(number: float) -> float:
    """Ten significant digits count, so that 0.1 x 100 + 10 is 20."""
    return float(f"{number:.10g}")


def weight_at(course: Course, start: Moment) -> float | None:
    """[kg] the body weight that counts for a drug begun at `start`."""
    if course.patient.weight_kg is not None:
        return course.patient.weight_kg
    known = sorted(
        (o.moment.time, o.value)
        for o in course.observations
        if o.code == "weight" and o.value is not None and o.moment.known and o.status == 0
    )
    before = [value for time, value in known if time <= start.time]
    return before[-1] if before else known[0][1] if known else None


def runs(course: Course) -> tuple[Run, ...]:
    """Every vasopressor of known start, once as it ran for certain and once as it may have run."""
    found: list[Run] = []
    for drug in course.drugs:
        if drug.drug_class != "vasopressor" or not drug.start.known:
            continue
        rate = dose(drug, weight_at(course, drug.start))
        first = minute_of(drug.start.time)
        latest = first if drug.start.precision == "minute" else first + MINUTES_PER_DAY
        if drug.end_state == "ongoing":
            earliest_end, last = math.inf, math.inf
        elif drug.end_state == "ended" and drug.end is not None and drug.end.known:
            earliest_end = float(minute_of(drug.end.time))
            last = earliest_end + (0 if drug.end.precision == "minute" else MINUTES_PER_DAY)
        else:
            earliest_end, last = latest + 1.0, math.inf
        found.append(Run(drug.drug, first, max(last, first + 1), rate, certain=False))
        if earliest_end > latest:
            found.append(Run(drug.drug, latest, earliest_end, rate, certain=True))
    return tuple(found)


def is_high(agents: dict[str, float]) -> bool:
    """Whether these agents at these rates together are a high dose."""
    others = {agent: rate for agent, rate in agents.items() if agent != VASOPRESSIN}
    if any(rate >= ALONE_FROM.get(agent, math.inf) for agent, rate in others.items()):
        return True
    equivalent = _ten_digits(sum(EQUIVALENT.get(agent, 1.0) * rate for agent, rate in others.items()))
    if VASOPRESSIN in agents and len(agents) > 1:
        return equivalent >= EQUIVALENT_WITH_VASOPRESSIN_FROM
    return len(agents) > 1 and equivalent >= EQUIVALENT_FROM


def _agents(every: Sequence[Run], minute: float, *, certain: bool) -> dict[str, float]:
    """Rates of what runs at `minute` for certain (an unknown rate as 0), or at most (as anything)."""
    open_rate = 0.0 if certain else math.inf
    found: dict[str, float] = {}
    for run in every:
        if run.certain == certain and run.start <= minute < run.end:
            rate = open_rate if run.dose is None else run.dose
            found[run.agent] = max(found.get(run.agent, 0.0), rate)
    return found


def _stretches(every: Sequence[Run], holds: Callable[[dict[str, float]], bool], *, certain: bool) -> Iterator[_Stretch]:
    """The longest stretches over which `holds` is true of what runs."""
    edges = sorted({edge for run in every for edge in (run.start, run.end) if math.isfinite(edge)})
    begun = None
    for edge in edges:
        if holds(_agents(every, edge, certain=certain)):
            begun = edge if begun is None else begun
        elif begun is not None:
            yield begun, edge
            begun = None
    if begun is not None:
        yield begun, math.inf


_Stretch = tuple[float, float]


def _both(every: Sequence[Run], holds: Callable[[dict[str, float]], bool]) -> tuple[Sequence[_Stretch], ...]:
    return tuple(tuple(_stretches(every, holds, certain=certain)) for certain in (True, False))


def _completed(hours: int) -> int:
    """Minutes from a start to the minute that completes so many hours."""
    return hours * 60 - 1


def _state(at: float, certain: Sequence[_Stretch], possible: Sequence[_Stretch], hours: int) -> int:
    reached = _completed(hours)
    if any(begun + reached <= at < end for begun, end in certain):
        return YES
    return UNKNOWN if any(begun + reached <= at < end for begun, end in possible) else NO


def step_function(course: Course) -> tuple[tuple[int, int, int], ...]:
    """(minute, on a high dose, on any vasopressor for a day): NO, UNKNOWN or YES from that minute on."""
    every = runs(course)
    high_sure, high_most = _both(every, is_high)
    long_sure, long_most = _both(every, bool)
    minutes = {edge for kind in (high_sure, high_most, long_sure, long_most) for stretch in kind for edge in stretch}
    minutes |= {begun + _completed(HIGH_DOSE_HOURS_FROM) for begun, _ in (*high_sure, *high_most)}
    minutes |= {begun + _completed(LONG_HOURS_FROM) for begun, _ in (*long_sure, *long_most)}
    return tuple(
        (
            int(at),
            _state(at, high_sure, high_most, HIGH_DOSE_HOURS_FROM),
            _state(at, long_sure, long_most, LONG_HOURS_FROM),
        )
        for at in sorted(minutes)
        if math.isfinite(at)
    )
