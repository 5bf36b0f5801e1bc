"""What early ICAHT hands out beside the grade: durations, nadir, recovery, how well the window was watched, evidence.

In: the days of the window as the kernel sees them, and its row. Out: columns of `Steps.fact`, `Assessment`.
Decided here: a duration that unknown days could lengthen is a lower bound (`censored`); a nadir is an upper bound (flag
`upper_bound`) when any count of the window may lie below it. Recovery follows cibmtr_manual (its operator, not that of
ICAHT) and looks beyond day 30.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.icaht.daily import ANC, ROUNDING, Floats, Ints, measured, records_of, window_end
from cartrace.assess.icaht.runs import Bools, length, longest, runs_of
from cartrace.assess.result import Assessment
from cartrace.assess.rule import DECIDING, Rule, Steps
from cartrace.course import Course, Events, Quantity

RECOVERY_FROM = 0.5
"""[10*9/L] a count that is recovered; cibmtr_manual, recovery."""

RECOVERY_VALUES_FROM = 3
"""Consecutive counts on different days that make recovery; cibmtr_manual, recovery."""

# Columns of `Steps.fact`. Four durations with unknown days at best and at worst, then single facts.
AT_BEST, AT_WORST = 0, 4
LONGEST_500, TOTAL_500, LONGEST_100, TOTAL_100 = range(4)
NADIR, NADIR_LEAST, NADIR_DAY, RECOVERY_DAY, EVER_BELOW, WATCHED, UNKNOWN, END = range(8, 16)


@part
def write_durations(steps: Steps, place: int, neutropenic: Bools, severe: Bools, join: int) -> None:
    """[d] the longest run and the total at or below 500 and at or below 100, into the four columns from `place` on."""
    first, last = runs_of(neutropenic, join)
    steps.fact[0, place + LONGEST_500] = length(first, last, longest(first, last))
    steps.fact[0, place + TOTAL_500] = np.sum(neutropenic)
    first, last = runs_of(severe, join)
    steps.fact[0, place + LONGEST_100] = length(first, last, longest(first, last))
    steps.fact[0, place + TOTAL_100] = np.sum(severe)


@part
def write_nadir(events: Events, steps: Steps, least: Floats, most: Floats, source: Ints) -> None:
    """The lowest count of the window and its first day, and how low any may be; counts only, nothing interpolated."""
    nadir, lowest = -1, np.inf
    for i in range(len(events.time)):
        if events.channel[i] == ANC and events.status[i] == 4 and 0 <= events.day[i] < len(source):
            lowest = 0.0
    for day in range(len(source)):
        if source[day] >= 0 and (nadir < 0 or most[day] < most[nadir]):
            nadir = day
        if source[day] >= 0:
            lowest = min(lowest, least[day])
    if nadir >= 0 and np.isfinite(most[nadir]):
        steps.fact[0, NADIR], steps.fact[0, NADIR_LEAST] = most[nadir], lowest
        steps.fact[0, NADIR_DAY] = nadir


@part
def write_watched(steps: Steps, source: Ints, unknown: int, end: int) -> None:
    """[d] days with a count, days that stay unknown, last day of the window."""
    steps.fact[0, WATCHED], steps.fact[0, UNKNOWN], steps.fact[0, END] = np.sum(source >= 0), unknown, end


@part
def write_recovery(events: Events, steps: Steps) -> None:
    """The first of RECOVERY_VALUES_FROM consecutive counts at or above RECOVERY_FROM, once a count was below."""
    last = -1
    for i in range(len(events.time)):
        if events.channel[i] == ANC:
            last = max(last, events.day[i])
    days = window_end(events, 0, last) + 1
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    measured(events, 0, least, most, source)
    below, begin, values = False, -1, 0
    for day in range(days):
        if source[day] < 0:
            continue
        if most[day] < RECOVERY_FROM - ROUNDING:
            below = True
        if below and least[day] >= RECOVERY_FROM - ROUNDING:
            begin, values = (day if values == 0 else begin), values + 1
            if values == RECOVERY_VALUES_FROM:
                steps.fact[0, RECOVERY_DAY] = begin
                break
        else:
            values = 0
    steps.fact[0, EVER_BELOW] = 1.0 if below else 0.0


@part
def name_count(steps: Steps, event: int) -> None:
    """Name a count as deciding, once, while there is room."""
    for k in range(DECIDING):
        if event < 0 or steps.decided[0, k] == event:
            return
        if steps.decided[0, k] < 0:
            steps.decided[0, k] = event
            return


@part
def name_counts(steps: Steps, counts: Floats, source: Ints, first: int, last: int) -> None:
    """Name the counts that decided days `first`..`last`: the lowest, both ends and their neighbours, then the others.

    Without such days (`last` before `first`) the lowest count of the window.
    """
    if last < first:
        first, last = 0, len(source) - 1
        whole = True
    else:
        whole = False
    lowest, begin, end, before, after = -1, -1, -1, -1, -1
    for day in range(len(source)):
        if source[day] < 0:
            continue
        if day < first:
            before = source[day]
        elif day > last:
            after = source[day] if after < 0 else after
        else:
            begin = source[day] if begin < 0 else begin
            end = source[day]
            if lowest < 0 or counts[day] < counts[lowest]:
                lowest = day
    if lowest >= 0:
        name_count(steps, source[lowest])
    if whole:
        return
    name_count(steps, begin)
    name_count(steps, end)
    name_count(steps, before)
    name_count(steps, after)
    for day in range(first, last + 1):
        name_count(steps, source[day])


class _Fact(NamedTuple):
    id: str
    column: int
    name: str
    unit: str


_DURATIONS = (
    _Fact("longest_500", LONGEST_500, "Longest run at or below 500/uL, days inclusive", "d"),
    _Fact("total_500", TOTAL_500, "Days at or below 500/uL", "d"),
    _Fact("longest_100", LONGEST_100, "Longest run at or below 100/uL, days inclusive", "d"),
    _Fact("total_100", TOTAL_100, "Days at or below 100/uL", "d"),
)
_DAYS = (
    _Fact("days_measured", WATCHED, "Days of the window with a count", "d"),
    _Fact("days_unknown", UNKNOWN, "Days of the window that nothing is known of", "d"),
    _Fact("window_end", END, "Last study day of the window", "d"),
)


def assessment(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The row of `rule` on `course` as records."""
    events = rule.events(course)
    steps = rule.calculate(events, option)
    overall = rule.overall(steps, events)
    facts = [_duration(rule, steps, fact, overall.evidence) for fact in _DURATIONS]
    facts += _nadir(rule, steps, events)
    facts.append(_recovery(rule, steps, events))
    facts += [_single(rule, steps, fact) for fact in _DAYS]
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, facts=tuple(facts))


RECOVERY = "Recovery: first of three consecutive counts at or above 500/uL (CIBMTR)"
NO_COUNT = "no neutrophil count in the window"


def _duration(rule: Rule, steps: Steps, fact: _Fact, used: tuple[int, ...]) -> Quantity:
    low, high = (float(steps.fact[0, place + fact.column]) for place in (AT_BEST, AT_WORST))
    if math.isnan(low):
        return Quantity(fact.id, fact.name, None, fact.unit, rule.name, reason=NO_COUNT)
    return Quantity(fact.id, fact.name, low, fact.unit, rule.name, used=used, censored=low < high)


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


def _recovery(rule: Rule, steps: Steps, events: Events) -> Quantity:
    value = float(steps.fact[0, RECOVERY_DAY])
    why = "not recovered by the last count" if steps.fact[0, EVER_BELOW] == 1.0 else "no count below 500/uL"
    if math.isnan(value):
        return Quantity("recovery_day", RECOVERY, None, "d", rule.name, reason=why)
    counts = zip(events.day.tolist(), events.channel.tolist(), events.status.tolist(), strict=True)
    days = sorted({day for day, channel, status in counts if channel == ANC and status <= 2 and day >= value})
    return Quantity(
        "recovery_day", RECOVERY, value, "d", rule.name, used=records_of(events, days[:RECOVERY_VALUES_FROM])
    )


def _single(rule: Rule, steps: Steps, fact: _Fact) -> Quantity:
    value = float(steps.fact[0, fact.column])
    missing = math.isnan(value)
    return Quantity(
        fact.id, fact.name, None if missing else value, fact.unit, rule.name, reason=NO_COUNT if missing else ""
    )
