"""Early ICAHT by the EHA/EBMT consensus of 2023: icaht.early

In: neutrophil counts of study days 0 to 30, and what ends that window. Out: one grade 0-4, durations, nadir, recovery.
Decided here: how days make a grade; which counts take part is decided in `daily.py`, what a run is in `runs.py`.

**Published rule** (rejeski2023icaht, grid, as fredhutch_icaht computes it; neutrophils per uL on study days 0-30)

    neutrophils    grade 1     grade 2      grade 3       grade 4
    <= 500         1-6 days    7-13 days    >= 14 days    never above 500
    <= 100         -           -            >= 7 days     >= 14 days

Grade 4 also: neutropenia that starts on day 0-3 and lasts to the end (fredhutch_icaht: a late nadir after
lymphodepletion; death without recovery).

**Readings**

- Day 0 is the day of the first infusion, of split doses too. Both limits are "at or below". The lowest count of a day counts.
- Days between counts: a straight line over at most `gap_days` days without a count; at the edges of the window the
  nearest count (fredhutch_icaht; not rounded to 10 cells as there: 501 stays above 500).
- A count below its limit is known as a bound only. White cells below 0.5 without a neutrophil count: at or below 500, whether
  at or below 100 is unknown (`imputed`). Within 24 h after granulocytes a count above 500 is left out, a lower one is an
  upper bound. A count that was not done or is not recorded is no count.
- Longer gaps stay unknown. Grade at best: unknown days not neutropenic; at worst: every unknown day at or below 100.
  `unknown_days=never_neutropenic` gives the published behaviour, the first bound alone.
- Duration: the longest run of days; two runs with at most `join_days` days above the limit between them are one, and these
  days count (no stable recovery, which needs three days). `counting=cumulative`: all days at or below the limit;
  `counting=cumulative_joined`: the days of all joined runs.
- "Never above 500" is a run of all 31 days. `early_and_lasting=off` leaves out the other way to grade 4; "to the end" means
  to the last day of the window, be it day 30 or the day that ends it.
- Death, progression, next therapy or last follow-up before day 30 end the window (`daily.py`; fredhutch_icaht asks for last
  follow-up only); the available days are graded. `partial` says that some day of 0-30 is missing or unknown, unless the
  grade is 3 or 4 all the same.
- Counted as observed: no adjustment for G-CSF (from memory), nor for neutropenia that was there on day 0 (`pre_existing`).
- Recovery (cibmtr_manual): the first of three consecutive counts on different days at or above 500, once a count since the
  infusion was below; at exactly 500 ICAHT says neutropenic and CIBMTR recovered. It may lie after day 30.

**Ungradable** no neutrophil count in the window (`no_anc`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.icaht.daily import (
    ANC,
    CENSORED,
    CHANNELS,
    GCSF_UP_TO,
    GRANULOCYTES_BELOW,
    NO_ANC,
    OWN_UP_TO,
    ROUNDING,
    SHARED_REASONS,
    WBC_BELOW,
    Floats,
    Ints,
    gather_counts,
    interpolate,
    measured,
    window_end,
)
from cartrace.assess.icaht.early_facts import (
    AT_BEST,
    AT_WORST,
    END,
    RECOVERY_FROM,
    RECOVERY_VALUES_FROM,
    assessment,
    name_counts,
    write_durations,
    write_nadir,
    write_recovery,
    write_watched,
)
from cartrace.assess.icaht.runs import COUNTINGS, LONGEST_RUN, Bools, counted, longest, runs_of
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.course import Course, Events

__all__ = [
    "GCSF_UP_TO",
    "GRANULOCYTES_BELOW",
    "OWN_UP_TO",
    "RECOVERY_FROM",
    "RECOVERY_VALUES_FROM",
    "RULE",
    "WBC_BELOW",
]

NEUTROPENIA_UP_TO = 0.5
"""[10*9/L] rejeski2023icaht, grid; operator by fredhutch_icaht."""

SEVERE_UP_TO = 0.1
"""[10*9/L] rejeski2023icaht, grid; operator by fredhutch_icaht."""

GRADE_2_FROM = 7
GRADE_3_FROM = 14
"""[d] at or below 500; rejeski2023icaht, grid."""

SEVERE_GRADE_3_FROM = 7
SEVERE_GRADE_4_FROM = 14
"""[d] at or below 100; rejeski2023icaht, grid."""

WINDOW_UP_TO = 30
"""[study day] last day of early ICAHT; rejeski2023icaht, abstract."""

LASTING_START_UP_TO = 3
"""[study day] by which neutropenia that never ends must have begun to be grade 4; fredhutch_icaht."""

GAP_UP_TO = 7
"""[d] without a count that are interpolated; fredhutch_icaht."""

JOIN_UP_TO = 2
"""[d] above 500 that are no stable recovery; fredhutch_icaht, after cibmtr_manual."""

NEVER_NEUTROPENIC = 1
COUNTING, GAP, JOIN, LASTING, UNKNOWN_DAYS = range(5)
OPTIONS = (
    Option(
        "counting",
        LONGEST_RUN,
        "which days make the duration",
        values=COUNTINGS,
    ),
    Option("gap_days", GAP_UP_TO, "days without a count that are interpolated at most", "d"),
    Option("join_days", JOIN_UP_TO, "days above the limit between two runs that are one", "d"),
    Option("early_and_lasting", 1, "grade 4 for a run from day 0-3 to the end", values=(("off", 0), ("on", 1))),
    Option("unknown_days", 0, "days of longer gaps", values=(("range", 0), ("never_neutropenic", 1))),
)

PARTIAL, PRE_EXISTING, LASTED = 64, 128, 256
REASONS = (
    *SHARED_REASONS,
    Reason("partial", "Some of days 0 to 30 are unknown or lie after the end of the window."),
    Reason("pre_existing", "Neutrophils were at or below 500/uL on the day of the infusion already."),
    Reason("early_and_lasting", "Grade 4 because neutropenia began by day 3 and lasted to the end of the window."),
    UPPER_BOUND,
)


@part
def grade_of(days: int, severe_days: int, lasted: bool) -> int:
    """The grid. `days` at or below 500, `severe_days` at or below 100."""
    if days > WINDOW_UP_TO or severe_days >= SEVERE_GRADE_4_FROM or lasted:
        return 4
    if days >= GRADE_3_FROM or severe_days >= SEVERE_GRADE_3_FROM:
        return 3
    if days >= GRADE_2_FROM:
        return 2
    if days > 0:
        return 1
    return 0


@part
def lasts(neutropenic: Bools, join: int) -> bool:
    """Whether a run that begins by day LASTING_START_UP_TO reaches the last day of the window."""
    first, last = runs_of(neutropenic, join)
    end = len(neutropenic) - 1
    return len(first) > 0 and first[-1] <= LASTING_START_UP_TO and last[-1] == end


@part
def grade_days(counts: Floats, option: NDArray[np.float64], steps: Steps, place: int) -> tuple[int, bool]:
    """(grade, whether only its start and its lasting made it 4) of one count for each day; durations from fact `place` on."""
    join, counting = int(option[JOIN]), int(option[COUNTING])
    neutropenic = counts <= NEUTROPENIA_UP_TO + ROUNDING
    severe = counts <= SEVERE_UP_TO + ROUNDING
    write_durations(steps, place, neutropenic, severe, join)
    days, severe_days = counted(neutropenic, counting, join), counted(severe, counting, join)
    lasted = option[LASTING] == 1.0 and lasts(neutropenic, join)
    grade = grade_of(days, severe_days, lasted)
    return grade, lasted and grade_of(days, severe_days, False) < 4


@part
def decide(steps: Steps, counts: Floats, source: Ints, grade: int, option: NDArray[np.float64]) -> None:
    """Name the counts of the days that made `grade`: those at or below 100 when the others do not reach it."""
    join, counting = int(option[JOIN]), int(option[COUNTING])
    deciding = counts <= NEUTROPENIA_UP_TO + ROUNDING
    lasted = option[LASTING] == 1.0 and lasts(deciding, join)
    if grade_of(counted(deciding, counting, join), 0, lasted) < grade:
        deciding, lasted = counts <= SEVERE_UP_TO + ROUNDING, False
    first, last = runs_of(deciding, join)
    if len(first) == 0:
        name_counts(steps, counts, source, 0, -1)
    elif lasted:
        name_counts(steps, counts, source, first[-1], last[-1])
    elif counting == LONGEST_RUN:
        k = longest(first, last)
        name_counts(steps, counts, source, first[k], last[k])
    else:
        name_counts(steps, counts, source, first[0], last[-1])


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    write_recovery(events, steps)
    end = window_end(events, 0, WINDOW_UP_TO)
    days = max(end + 1, 0)
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    flags = measured(events, 0, least, most, source)
    steps.at[0], steps.missing[0] = 0.0, 0
    if days == 0 or np.max(source) < 0:
        steps.reason[0], steps.missing[0] = NO_ANC, 1 << ANC
        return 1
    if end < WINDOW_UP_TO:
        flags |= CENSORED
    if most[0] <= NEUTROPENIA_UP_TO + ROUNDING:
        flags |= PRE_EXISTING
    write_nadir(events, steps, least, most, source)
    unknown = interpolate(least, most, source, int(option[GAP]))
    write_watched(steps, source, unknown, end)
    at_worst = most if option[UNKNOWN_DAYS] == NEVER_NEUTROPENIC else least
    low, lasted = grade_days(most, option, steps, AT_BEST)
    high, _ = grade_days(at_worst, option, steps, AT_WORST)
    if lasted:
        flags |= LASTED
    if (unknown > 0 or end < WINDOW_UP_TO) and (low < 3 or low < high):
        flags |= PARTIAL
    steps.low[0], steps.high[0], steps.reason[0] = low, high, flags
    decide(steps, most, source, low, option)
    if low < high:
        steps.missing[0] = 1 << ANC
        decide(steps, least, source, high, option)
    return 1


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as a record."""
    return assessment(rule, course, option)


RULE = Rule(
    id="icaht.early",
    version="1",
    title="Early ICAHT",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("rejeski2023icaht", "fredhutch_icaht", "cibmtr_manual", "cartrace"),
    provisional=("That the grade is not adjusted for G-CSF is written from memory of the consensus.",),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    until=END,
    gather=gather_counts,
)
