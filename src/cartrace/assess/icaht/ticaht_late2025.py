"""Late T-ICAHT of 2025, thrombocytopenia after study day 30: ticaht.late

In: platelet counts of study days 31 to 100, and what ends that window. Out: one grade 0-4, days below each limit, nadir.
Decided here: which counts reach a limit, and how days make grade 4; which counts take part is decided in
`platelet_days.py`.

**Published rule** (ticaht2025, table; platelets in 10*9/L on study days 31-100)

    platelets    grade 1     grade 2     grade 3      grade 4
    < 100        >= 1 day    -           -            -
    < 50         -           >= 1 day    -            -
    < 20         -           -           1-13 days    >= 14 days

on at least two tests, or not transient.

**Readings**

- All limits are "below": exactly 100 is not below 100. The lowest count of a day counts; days of one test are one test.
- A limit is reached when two tests on different days lie below it; a single low test beside others is transient and does
  not count (`unconfirmed`). A test without any other test in the window cannot be confirmed: it is graded as it stands
  (`single_value`). `confirmation=one_test` lets every test count.
- Days below 20 are counted once that limit is reached: cumulatively, recoveries of at most `join_days` days included
  (`counting`), with a straight line over at most `gap_days` days without a count; at the edges of the window the nearest
  count (as in the early rule).
- Days of longer gaps are asked for only where they matter: between grade 3 and grade 4. At best they are not below 20, at
  worst all are; `unknown_days=never_low` gives the first bound alone.
- A count that was taken and is not recorded could have been anything.
- The window ends with death, progression, next therapy or last follow-up (`daily.py`). Counted as observed: a platelet
  transfusion changes no count, it is flagged (`supported`).

**Ungradable** no platelet count in the window (`no_platelets`). Not applicable when the window ended before day 31.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.icaht.daily import ROUNDING, Floats, Ints, interpolate
from cartrace.assess.icaht.platelet_days import (
    CENSORED,
    CHANNELS,
    NO_PLATELETS,
    PLATELETS,
    SHARED_REASONS,
    SUPPORTED_UP_TO,
    gather_platelets,
    measured_platelets,
    platelet_window_end,
)
from cartrace.assess.icaht.runs import COUNTINGS, CUMULATIVE_JOINED
from cartrace.assess.icaht.ticaht_facts import (
    AT_BEST,
    AT_WORST,
    BELOW,
    BELOW_20,
    BELOW_50,
    BELOW_100,
    END,
    assessment,
    days_below,
    decide,
    write_nadir,
    write_watched,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_APPLICABLE, Option, Reason, Rule, Steps
from cartrace.course import Course, Events

__all__ = ["RULE", "SUPPORTED_UP_TO"]

GRADE_1_BELOW = 100.0
GRADE_2_BELOW = 50.0
GRADE_3_BELOW = 20.0
"""[10*9/L] ticaht2025, table."""

GRADE_4_FROM = 14
"""[d] below 20; ticaht2025, table."""

WINDOW_FROM = 31
WINDOW_UP_TO = 100
"""[study day] ticaht2025, table."""

TESTS_FROM = 2
"""Tests below a limit that reach it; ticaht2025, table."""

GAP_UP_TO = 7
"""[d] without a count that are interpolated; fredhutch_icaht."""

JOIN_UP_TO = 2
"""[d] at or above the limit that are no stable recovery; ticaht2025."""

ONE_TEST, NEVER_LOW = 1, 1
CONFIRMATION, COUNTING, GAP, JOIN, UNKNOWN_DAYS = range(5)
OPTIONS = (
    Option("confirmation", 0, "tests below a limit that reach it", values=(("two_tests", 0), ("one_test", ONE_TEST))),
    Option("counting", CUMULATIVE_JOINED, "which days make the duration", values=COUNTINGS),
    Option("gap_days", GAP_UP_TO, "days without a count that are interpolated at most", "d"),
    Option("join_days", JOIN_UP_TO, "days of a recovery that is not stable, at most", "d"),
    Option("unknown_days", 0, "days of longer gaps", values=(("range", 0), ("never_low", NEVER_LOW))),
)

SINGLE, UNCONFIRMED, NEVER_BEGAN = 16, 32, 64
REASONS = (
    *SHARED_REASONS,
    Reason("single_value", "The window has one test only; nothing could confirm it."),
    Reason("unconfirmed", "A single test below a limit is not confirmed by a second one and does not count."),
    Reason("window_never_began", "Death, progression, the next therapy or the last follow-up came before day 31."),
    UPPER_BOUND,
)


@part
def tests_below(counts: Floats, source: Ints, limit: float) -> int:
    """Days with a test below `limit`."""
    tests = 0
    for day in range(len(counts)):
        if source[day] >= 0 and counts[day] < limit - ROUNDING:
            tests += 1
    return tests


@part
def reached(counts: Floats, source: Ints, limit: float, option: NDArray[np.float64]) -> bool:
    """Whether enough tests lie below `limit`."""
    low, tests = tests_below(counts, source, limit), int(np.sum(source >= 0))
    enough = 1 if tests == 1 or option[CONFIRMATION] == ONE_TEST else TESTS_FROM
    return low >= enough


@part
def grade_window(counts: Floats, source: Ints, option: NDArray[np.float64], steps: Steps, place: int) -> int:
    """The grid over one count for each day; days below the limits from fact `place` on."""
    counting, join = int(option[COUNTING]), int(option[JOIN])
    severe_days = days_below(counts, GRADE_3_BELOW, counting, join)
    steps.fact[0, place + BELOW_20] = severe_days
    steps.fact[0, place + BELOW_50] = days_below(counts, GRADE_2_BELOW, counting, join)
    steps.fact[0, place + BELOW_100] = days_below(counts, GRADE_1_BELOW, counting, join)
    if reached(counts, source, GRADE_3_BELOW, option):
        return 4 if severe_days >= GRADE_4_FROM else 3
    if reached(counts, source, GRADE_2_BELOW, option):
        return 2
    if reached(counts, source, GRADE_1_BELOW, option):
        return 1
    return 0


@part
def open_days(events: Events, least: Floats, most: Floats, source: Ints) -> None:
    """Days whose only count was taken and is not recorded: it may have been anything."""
    for i in range(len(events.time)):
        k = events.day[i] - WINDOW_FROM
        if events.channel[i] == PLATELETS and events.status[i] == 4 and 0 <= k < len(source) and source[k] < 0:
            least[k], most[k], source[k] = 0.0, np.inf, i


@part
def limit_of(grade: int) -> float:
    """[10*9/L] the limit whose days decide a grade."""
    return (GRADE_1_BELOW, GRADE_1_BELOW, GRADE_2_BELOW, GRADE_3_BELOW, GRADE_3_BELOW)[grade]


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    end = platelet_window_end(events, WINDOW_FROM, WINDOW_UP_TO)
    days = max(end - WINDOW_FROM + 1, 0)
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    steps.at[0], steps.missing[0] = WINDOW_FROM, 0
    if days == 0:
        steps.low[0] = steps.high[0] = NOT_APPLICABLE
        steps.reason[0] = NEVER_BEGAN
        return 1
    flags = measured_platelets(events, WINDOW_FROM, least, most, source)
    if end < WINDOW_UP_TO:
        flags |= CENSORED
    if np.max(source) < 0:
        steps.reason[0], steps.missing[0] = flags | NO_PLATELETS, 1 << PLATELETS
        return 1
    write_nadir(events, steps, least, most, source, WINDOW_FROM)
    watched = source.copy()
    open_days(events, least, most, source)
    unknown = interpolate(least, most, source, int(option[GAP]))
    write_watched(steps, watched, unknown, end)
    at_worst = most if option[UNKNOWN_DAYS] == NEVER_LOW else least
    low = grade_window(most, source, option, steps, AT_BEST)
    high = grade_window(at_worst, source, option, steps, AT_WORST)
    for limit in (GRADE_3_BELOW, GRADE_2_BELOW, GRADE_1_BELOW):
        if tests_below(least, source, limit) == 1 and not reached(least, source, limit, option):
            flags |= UNCONFIRMED
    if np.sum(source >= 0) == 1 and tests_below(least, source, GRADE_1_BELOW) == 1:
        flags |= SINGLE
    steps.low[0], steps.high[0], steps.reason[0] = low, high, flags
    counting, join = int(option[COUNTING]), int(option[JOIN])
    decide(steps, most, source, limit_of(low), counting, join)
    if low < high:
        steps.missing[0] = 1 << PLATELETS
        decide(steps, least, source, limit_of(high), counting, join)
    return 1


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as a record."""
    return assessment(rule, course, option, BELOW)


RULE = Rule(
    id="ticaht.late",
    version="1",
    title="Late T-ICAHT",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("ticaht2025", "fredhutch_icaht", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    until=END,
    gather=gather_platelets,
)
