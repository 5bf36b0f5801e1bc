"""Early T-ICAHT of 2025, thrombocytopenia graded as neutropenia is by ICAHT: ticaht.early

In: platelet counts of study days 0 to 30, and what ends that window. Out: one grade 0-4, days below each limit, nadir,
recovery. Decided here: how days make a grade; which counts take part is decided in `platelet_days.py`.

**Published rule** (ticaht2025, table; platelets in 10*9/L on study days 0-30)

    platelets    grade 1     grade 2      grade 3      grade 4
    < 50         1-6 days    >= 7 days    -            -
    < 20         -           -            1-13 days    >= 14 days

**Readings**

- Day 0 is the day of the first infusion. Both limits are "below": exactly 20 is not below 20. The lowest count of a day counts.
- Days are counted cumulatively, and recoveries that are not stable (less than three days) count as well (ticaht2025):
  `counting=cumulative_joined`, at most `join_days` days between. `cumulative` leaves the days of such recoveries out,
  `longest_run` takes the longest joined run only.
- Days between counts: as in early ICAHT, whose logic ticaht2025 follows: a straight line over at most `gap_days` days
  without a count, at the edges of the window the nearest count (fredhutch_icaht).
- Longer gaps stay unknown. Grade at best: unknown days not below any limit; at worst: every unknown day below 20.
  `unknown_days=never_low` gives the first bound alone.
- Death, progression, next therapy or last follow-up before day 30 end the window; the available days are graded. `partial`
  says that some day of 0-30 is missing or unknown, unless the grade is 4 all the same.
- Counted as observed: a platelet transfusion changes no count, it is flagged (`supported`). `pre_existing`: below 50 on
  the day of the infusion already.
- Recovery (ticaht2025): the first of three consecutive counts on different days at or above 20, each at least 7 days
  after the last platelet transfusion, once a count since the infusion was below 20. It may lie after day 30.

**Ungradable** no platelet count in the window (`no_platelets`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.icaht.daily import ROUNDING, Floats, interpolate
from cartrace.assess.icaht.platelet_days import (
    CENSORED,
    CHANNELS,
    NO_PLATELETS,
    PLATELETS,
    RECOVERY_FROM,
    RECOVERY_VALUES_FROM,
    SHARED_REASONS,
    SUPPORTED_UP_TO,
    TRANSFUSION_FREE_FROM,
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
    END,
    assessment,
    days_below,
    decide,
    write_nadir,
    write_recovery,
    write_watched,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.course import Course, Events

__all__ = ["RECOVERY_FROM", "RECOVERY_VALUES_FROM", "RULE", "SUPPORTED_UP_TO", "TRANSFUSION_FREE_FROM"]

LOW_BELOW = 50.0
SEVERE_BELOW = 20.0
"""[10*9/L] ticaht2025, table."""

GRADE_2_FROM = 7
"""[d] below 50; ticaht2025, table."""

GRADE_4_FROM = 14
"""[d] below 20; ticaht2025, table."""

WINDOW_UP_TO = 30
"""[study day] last day of early T-ICAHT; ticaht2025, table."""

GAP_UP_TO = 7
"""[d] without a count that are interpolated; fredhutch_icaht."""

JOIN_UP_TO = 2
"""[d] at or above the limit that are no stable recovery; ticaht2025."""

NEVER_LOW = 1
COUNTING, GAP, JOIN, UNKNOWN_DAYS = range(4)
OPTIONS = (
    Option("counting", CUMULATIVE_JOINED, "which days make the duration", values=COUNTINGS),
    Option("gap_days", GAP_UP_TO, "days without a count that are interpolated at most", "d"),
    Option("join_days", JOIN_UP_TO, "days of a recovery that is not stable, at most", "d"),
    Option("unknown_days", 0, "days of longer gaps", values=(("range", 0), ("never_low", NEVER_LOW))),
)

PARTIAL, PRE_EXISTING = 16, 32
REASONS = (
    *SHARED_REASONS,
    Reason("partial", "Some of days 0 to 30 are unknown or lie after the end of the window."),
    Reason("pre_existing", "Platelets were below 50 on the day of the infusion already."),
    UPPER_BOUND,
)


@part
def grade_of(days: int, severe_days: int) -> int:
    """The grid. `days` below 50, `severe_days` below 20."""
    if severe_days >= GRADE_4_FROM:
        return 4
    if severe_days > 0:
        return 3
    if days >= GRADE_2_FROM:
        return 2
    if days > 0:
        return 1
    return 0


@part
def grade_days(counts: Floats, option: NDArray[np.float64], steps: Steps, place: int) -> int:
    """The grade of one count for each day; days below the limits from fact `place` on."""
    counting, join = int(option[COUNTING]), int(option[JOIN])
    days = days_below(counts, LOW_BELOW, counting, join)
    severe_days = days_below(counts, SEVERE_BELOW, counting, join)
    steps.fact[0, place + BELOW_50], steps.fact[0, place + BELOW_20] = days, severe_days
    return grade_of(days, severe_days)


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    write_recovery(events, steps)
    end = platelet_window_end(events, 0, WINDOW_UP_TO)
    days = max(end + 1, 0)
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    flags = measured_platelets(events, 0, least, most, source)
    steps.at[0], steps.missing[0] = 0.0, 0
    if days == 0 or np.max(source) < 0:
        steps.reason[0], steps.missing[0] = NO_PLATELETS, 1 << PLATELETS
        return 1
    if end < WINDOW_UP_TO:
        flags |= CENSORED
    if most[0] < LOW_BELOW - ROUNDING:
        flags |= PRE_EXISTING
    write_nadir(events, steps, least, most, source, 0)
    unknown = interpolate(least, most, source, int(option[GAP]))
    write_watched(steps, source, unknown, end)
    at_worst = most if option[UNKNOWN_DAYS] == NEVER_LOW else least
    low, high = grade_days(most, option, steps, AT_BEST), grade_days(at_worst, option, steps, AT_WORST)
    if (unknown > 0 or end < WINDOW_UP_TO) and low < 4:
        flags |= PARTIAL
    steps.low[0], steps.high[0], steps.reason[0] = low, high, flags
    counting, join = int(option[COUNTING]), int(option[JOIN])
    decide(steps, most, source, SEVERE_BELOW if low >= 3 else LOW_BELOW, counting, join)
    if low < high:
        steps.missing[0] = 1 << PLATELETS
        decide(steps, least, source, SEVERE_BELOW if high >= 3 else LOW_BELOW, counting, join)
    return 1


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as a record."""
    return assessment(rule, course, option, BELOW[:2])


RULE = Rule(
    id="ticaht.early",
    version="1",
    title="Early T-ICAHT",
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
