"""Late ICAHT by the EHA/EBMT consensus of 2023: icaht.late

In: neutrophil counts after study day 30, and what ends that window. Out: one grade 0-4, the counts that decided it.
Decided here: which counts make the grade; which counts take part and where the window ends is decided in `daily.py`.

**Published rule** (rejeski2023icaht, grid, as fredhutch_icaht computes it; neutrophils per uL after study day 30)

    grade 1     grade 2     grade 3    grade 4
    <= 1500     <= 1000     <= 500     <= 100

on at least two time points, or not transient (footnote, from memory).

**Readings**

- The lowest count of each day from day 31 to day 100 (`last_day`), or to the day that ends the window (`daily.py`).
- The grade is that of the lowest count, provided another day has a count at or below 1500, or there is no other count at
  all (fredhutch_icaht; it grades high by design). `deciding=two_timepoints` takes the footnote by its letter: the grade of
  the second-lowest count.
- A count without any other cannot be confirmed: it is graded as it stands, with the flag `single_value`.
- `interval_days` (0 = no limit): only counts that lie no further apart confirm each other; needed when `last_day` is moved
  to day 180 or 365. The worst confirmed grade counts.
- Days without a count are no missing input here: the rule asks for counts, not for days; nothing is interpolated. `sparse`
  says that a stretch of more than 31 days of the window has no count (cartrace).
- A count that is known as a bound only (below its limit; imputed from white cells) gives a range, and so does one that was
  taken and is not recorded; the lowest counts are then upper bounds (`upper_bound`). Within 24 h after granulocytes a count
  above 500 is left out, a lower one is an upper bound.
- Counted as observed: no adjustment for G-CSF (from memory).

**Ungradable** no neutrophil count in the window (`no_anc`). Not applicable when the window ended before day 31.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.icaht.daily import (
    ANC,
    CENSORED,
    CHANNELS,
    NO_ANC,
    ROUNDING,
    SHARED_REASONS,
    Floats,
    Ints,
    gather_counts,
    measured,
    records_of,
    window_end,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_APPLICABLE, NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Course, Events, Quantity

GRADE_1_UP_TO = 1.5
GRADE_2_UP_TO = 1.0
GRADE_3_UP_TO = 0.5
GRADE_4_UP_TO = 0.1
"""[10*9/L] rejeski2023icaht, grid; operators by fredhutch_icaht."""

WINDOW_FROM = 31
"""[study day] first day of late ICAHT; rejeski2023icaht, abstract ("after day +30")."""

WINDOW_UP_TO = 100
"""[study day] last day of late ICAHT; fredhutch_icaht."""

SPARSE_ABOVE = 31
"""[d] in a row without a count that are flagged; cartrace."""

TWO_TIMEPOINTS = 1
DECIDING, LAST_DAY, INTERVAL = range(3)
OPTIONS = (
    Option("deciding", 0, "which count makes the grade", values=(("lowest", 0), ("two_timepoints", 1))),
    Option("last_day", WINDOW_UP_TO, "last study day of the window", "d"),
    Option("interval_days", 0, "how far apart two counts may lie to confirm each other; 0 = no limit", "d"),
)

SINGLE, SPARSE, NEVER_BEGAN = 64, 128, 256
REASONS = (
    *SHARED_REASONS,
    Reason("single_value", "The deciding count has no other one beside it that could confirm it."),
    Reason("sparse", "More than 31 days in a row of the window have no neutrophil count."),
    Reason("window_never_began", "Death, progression, the next therapy or the last follow-up came before day 31."),
    UPPER_BOUND,
)

LOWEST, LOWEST_DAY, SECOND, SECOND_DAY, WATCHED, END, LEAST, SECOND_LEAST = range(8)
"""Columns of `Steps.fact`. LEAST, SECOND_LEAST: the two lowest counts when every open one was as low as it may have been."""


@part
def grade_of(count: float) -> int:
    """The grid."""
    if count <= GRADE_4_UP_TO + ROUNDING:
        return 4
    if count <= GRADE_3_UP_TO + ROUNDING:
        return 3
    if count <= GRADE_2_UP_TO + ROUNDING:
        return 2
    if count <= GRADE_1_UP_TO + ROUNDING:
        return 1
    return 0


@part
def lowest_other(counts: Floats, source: Ints, day: int, interval: int) -> int:
    """The day of the lowest other count within `interval` days; -1 when there is no other count."""
    other = -1
    for k in range(len(counts)):
        near = interval <= 0 or abs(k - day) <= interval
        if k != day and near and source[k] >= 0 and (other < 0 or counts[k] < counts[other]):
            other = k
    return other


@part
def worst(counts: Floats, source: Ints, option: NDArray[np.float64]) -> tuple[int, int, int]:
    """(grade, day of the deciding count, day of the count that confirms it or -1) over the window."""
    best, deciding, confirming = -1, -1, -1
    for day in range(len(counts)):
        if source[day] < 0 or (best > 0 and grade_of(counts[day]) < best):
            continue
        other, grade = lowest_other(counts, source, day, int(option[INTERVAL])), grade_of(counts[day])
        if other >= 0 and option[DECIDING] == TWO_TIMEPOINTS:
            grade = min(grade, grade_of(counts[other]))
        elif other >= 0 and grade_of(counts[other]) == 0:
            grade = 0
        if grade > best or (grade == best and counts[day] < counts[deciding]):
            best, deciding, confirming = grade, day, other
    return best, deciding, confirming


@part
def open_days(events: Events, least: Floats, most: Floats, source: Ints) -> None:
    """Days whose only count was taken and is not recorded: it may have been anything."""
    for i in range(len(events.time)):
        k = events.day[i] - WINDOW_FROM
        if events.channel[i] == ANC and events.status[i] == 4 and 0 <= k < len(source) and source[k] < 0:
            least[k], most[k], source[k] = 0.0, np.inf, i


@part
def longest_silence(source: Ints) -> int:
    """[d] the longest stretch of days without a count."""
    silent, most = 0, 0
    for day in range(len(source)):
        silent = 0 if source[day] >= 0 else silent + 1
        most = max(most, silent)
    return most


@part
def write_counts(steps: Steps, counts: Floats, source: Ints, end: int) -> None:
    """The two lowest counts and their days, the days with a count, the end of the window."""
    lowest = lowest_other(counts, source, -1, 0)
    second = lowest_other(counts, source, lowest, 0)
    if np.isfinite(counts[lowest]):
        steps.fact[0, LOWEST], steps.fact[0, LOWEST_DAY] = counts[lowest], lowest + WINDOW_FROM
    if second >= 0 and np.isfinite(counts[second]):
        steps.fact[0, SECOND], steps.fact[0, SECOND_DAY] = counts[second], second + WINDOW_FROM
    steps.fact[0, WATCHED], steps.fact[0, END] = np.sum(source >= 0), end


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    last = int(option[LAST_DAY])
    end = window_end(events, WINDOW_FROM, last)
    days = max(end - WINDOW_FROM + 1, 0)
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    steps.at[0], steps.missing[0] = WINDOW_FROM, 0
    if days == 0:
        steps.low[0] = steps.high[0] = NOT_APPLICABLE
        steps.reason[0] = NEVER_BEGAN
        return 1
    flags = measured(events, WINDOW_FROM, least, most, source)
    if end < last:
        flags |= CENSORED
    if np.max(source) < 0:
        steps.low[0] = steps.high[0] = NOT_GRADED
        steps.reason[0], steps.missing[0] = flags | NO_ANC, 1 << ANC
        return 1
    if longest_silence(source) > SPARSE_ABOVE:
        flags |= SPARSE
    write_counts(steps, most, source, end)
    open_days(events, least, most, source)
    first = lowest_other(least, source, -1, 0)
    second = lowest_other(least, source, first, 0)
    steps.fact[0, LEAST], steps.fact[0, SECOND_LEAST] = least[first], least[second] if second >= 0 else np.nan
    low, deciding, confirming = worst(most, source, option)
    high, at_worst, beside = worst(least, source, option)
    if (low > 0 and confirming < 0) or (high > low and beside < 0):
        flags |= SINGLE
    steps.low[0], steps.high[0], steps.reason[0] = low, high, flags
    steps.decided[0, 0] = source[deciding]
    steps.decided[0, 1] = source[confirming] if confirming >= 0 else -1
    if low < high:
        steps.missing[0] = 1 << ANC
        steps.decided[0, 2] = source[at_worst]
        steps.decided[0, 3] = source[beside] if beside >= 0 else -1
    return 1


class _Fact(NamedTuple):
    id: str
    column: int
    day: int
    name: str
    unit: str
    why_not: str


_NONE, _NO_SECOND = "no neutrophil count in the window", "no second count in the window"
# `day`: the column with the day whose counts decided the fact; -1 = none.
_FACTS = (
    _Fact("lowest", LOWEST, LOWEST_DAY, "Lowest count of the window", "10*9/L", _NONE),
    _Fact("lowest_day", LOWEST_DAY, LOWEST_DAY, "Study day of the lowest count", "d", _NONE),
    _Fact("second_lowest", SECOND, SECOND_DAY, "Lowest count of another day", "10*9/L", _NO_SECOND),
    _Fact("second_lowest_day", SECOND_DAY, SECOND_DAY, "Study day of the second-lowest count", "d", _NO_SECOND),
    _Fact("days_measured", WATCHED, -1, "Days of the window with a count", "d", _NONE),
    _Fact("window_end", END, -1, "Last study day of the window", "d", _NONE),
)


_BOUNDED = {LOWEST_DAY: (LOWEST, LEAST), SECOND_DAY: (SECOND, SECOND_LEAST)}
"""By the day of a fact: the columns of its count and of how low that may have been."""


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as records."""
    events = rule.events(course)
    steps = rule.calculate(events, option)
    overall = rule.overall(steps, events)
    facts = tuple(_quantity(rule, steps, events, fact) for fact in _FACTS)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, facts=facts)


def _quantity(rule: Rule, steps: Steps, events: Events, fact: _Fact) -> Quantity:
    value = float(steps.fact[0, fact.column])
    if math.isnan(value):
        return Quantity(fact.id, fact.name, None, fact.unit, rule.name, reason=fact.why_not)
    used = records_of(events, [int(steps.fact[0, fact.day])]) if fact.day >= 0 else ()
    count, least = _BOUNDED.get(fact.day, (fact.day, fact.day))
    beyond = fact.day >= 0 and steps.fact[0, least] < steps.fact[0, count]
    flags = (UPPER_BOUND.code,) if beyond else ()
    return Quantity(fact.id, fact.name, value, fact.unit, rule.name, used=used, flags=flags)


RULE = Rule(
    id="icaht.late",
    version="1",
    title="Late ICAHT",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("rejeski2023icaht", "fredhutch_icaht", "cartrace"),
    provisional=(
        "That late values must be met on two time points or be non-transient is written from memory of the footnote.",
        "That the grade is not adjusted for G-CSF is written from memory of the consensus.",
    ),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    until=END,
    gather=gather_counts,
)
