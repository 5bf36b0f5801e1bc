"""What both rules of T-ICAHT hand out beside the grade: days below each limit, nadir, recovery, evidence.

In: the days of a window as the kernel sees them, and its row. Out: columns of `Steps.fact`, `Assessment`.
Decided here: a number of days that unknown days could raise is a lower bound (`censored`); a nadir is an upper
bound (flag `upper_bound`) when any count of the window may lie below it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.icaht.daily import ROUNDING, Floats, Ints, records_of
from cartrace.assess.icaht.early_facts import name_counts
from cartrace.assess.icaht.platelet_days import PLATELETS, RECOVERY_VALUES_FROM, recovery_of
from cartrace.assess.icaht.runs import LONGEST_RUN, counted, longest, runs_of
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule, Steps
from cartrace.course import Course, Events, Quantity

# Columns of `Steps.fact`. Days below three limits with unknown days at best and at worst, then single facts.
AT_BEST, AT_WORST = 0, 4
BELOW_20, BELOW_50, BELOW_100 = range(3)
NADIR, NADIR_LEAST, NADIR_DAY, RECOVERY_DAY, EVER_BELOW, WATCHED, UNKNOWN, END = range(8, 16)


@part
def days_below(counts: Floats, limit: float, counting: int, join: int) -> int:
    """[d] below `limit`, as the choice `counting` takes them."""
    return counted(counts < limit - ROUNDING, counting, join)


@part
def write_nadir(events: Events, steps: Steps, least: Floats, most: Floats, source: Ints, first: int) -> None:
    """The lowest count of the window as reported, its first day, and how low any may be; nothing interpolated."""
    nadir, lowest = -1, np.inf
    for i in range(len(events.time)):
        if events.channel[i] == PLATELETS and events.status[i] == 4 and 0 <= events.day[i] - first < len(source):
            lowest = 0.0
    for day in range(len(source)):
        if source[day] >= 0 and (nadir < 0 or most[day] < most[nadir]):
            nadir = day
        if source[day] >= 0:
            lowest = min(lowest, least[day])
    if nadir >= 0 and np.isfinite(most[nadir]):
        steps.fact[0, NADIR], steps.fact[0, NADIR_LEAST] = events.value[source[nadir]], lowest
        steps.fact[0, NADIR_DAY] = nadir + first


@part
def write_watched(steps: Steps, source: Ints, unknown: int, end: int) -> None:
    """[d] days with a count, days that stay unknown, last day of the window."""
    steps.fact[0, WATCHED], steps.fact[0, UNKNOWN], steps.fact[0, END] = np.sum(source >= 0), unknown, end


@part
def write_recovery(events: Events, steps: Steps) -> None:
    """Recovery without transfusions; it may lie after the window."""
    day, low = recovery_of(events)
    steps.fact[0, EVER_BELOW] = 1.0 if low else 0.0
    if day >= 0:
        steps.fact[0, RECOVERY_DAY] = day


@part
def decide(steps: Steps, counts: Floats, source: Ints, limit: float, counting: int, join: int) -> None:
    """Name the counts of the days below `limit`; without such days the lowest count of the window."""
    first, last = runs_of(counts < limit - ROUNDING, join)
    if len(first) == 0:
        name_counts(steps, counts, source, 0, -1)
    elif counting == LONGEST_RUN:
        k = longest(first, last)
        name_counts(steps, counts, source, first[k], last[k])
    else:
        name_counts(steps, counts, source, first[0], last[-1])


class DaysFact(NamedTuple):
    """A number of days below a limit, as a fact."""

    id: str
    column: int
    name: str


BELOW = (
    DaysFact("days_below_20", BELOW_20, "Days below 20 x10*9/L that count"),
    DaysFact("days_below_50", BELOW_50, "Days below 50 x10*9/L that count"),
    DaysFact("days_below_100", BELOW_100, "Days below 100 x10*9/L that count"),
)
_SINGLE = (
    DaysFact("days_measured", WATCHED, "Days of the window with a count"),
    DaysFact("days_unknown", UNKNOWN, "Days of the window that nothing is known of"),
    DaysFact("window_end", END, "Last study day of the window"),
)
RECOVERY = "Recovery: first of three consecutive counts at or above 20 x10*9/L, 7 days after the last transfusion"
NO_COUNT = "no platelet count in the window"


def assessment(rule: Rule, course: Course, option: NDArray[np.float64], below: tuple[DaysFact, ...]) -> Assessment:
    """The row of `rule` on `course` as records; `below` = the limits its grid has."""
    events = rule.events(course)
    steps = rule.calculate(events, option)
    overall = rule.overall(steps, events)
    facts = [_days(rule, steps, fact, overall.evidence) for fact in below]
    facts += _nadir(rule, steps, events)
    if not math.isnan(steps.fact[0, EVER_BELOW]):
        facts.append(_recovery(rule, steps))
    for fact in _SINGLE:
        value = float(steps.fact[0, fact.column])
        facts.append(_quantity(rule, fact.id, fact.name, value, "d", NO_COUNT))
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, facts=tuple(facts))


def _quantity(rule: Rule, fact_id: str, name: str, value: float, unit: str, why_not: str) -> Quantity:
    if math.isnan(value):
        return Quantity(fact_id, name, None, unit, rule.name, reason=why_not)
    return Quantity(fact_id, name, value, unit, rule.name)


def _days(rule: Rule, steps: Steps, fact: DaysFact, used: tuple[int, ...]) -> Quantity:
    low, high = (float(steps.fact[0, place + fact.column]) for place in (AT_BEST, AT_WORST))
    if math.isnan(low):
        return Quantity(fact.id, fact.name, None, "d", rule.name, reason=NO_COUNT)
    return Quantity(fact.id, fact.name, low, "d", rule.name, used=used, censored=low < high)


def _nadir(rule: Rule, steps: Steps, events: Events) -> list[Quantity]:
    value, least, day = (float(steps.fact[0, column]) for column in (NADIR, NADIR_LEAST, NADIR_DAY))
    names = ("nadir", "Lowest count of the window", "10*9/L"), ("nadir_day", "Study day of the lowest count", "d")
    if math.isnan(value):
        return [Quantity(i, name, None, unit, rule.name, reason=NO_COUNT) for i, name, unit in names]
    flags = (UPPER_BOUND.code,) if least < value else ()
    return [
        Quantity(i, name, number, unit, rule.name, used=records_of(events, [int(day)]), flags=flags)
        for (i, name, unit), number in zip(names, (value, day), strict=True)
    ]


def _recovery(rule: Rule, steps: Steps) -> Quantity:
    value = float(steps.fact[0, RECOVERY_DAY])
    low = steps.fact[0, EVER_BELOW] == 1.0
    why = f"no {RECOVERY_VALUES_FROM} counts prove recovery" if low else "no count below 20 x10*9/L"
    return _quantity(rule, "recovery_day", RECOVERY, value, "d", why)
