"""The daily platelet count of a window: for each study day the lowest and the highest value it can have had.

In: a course. Out: its events, and two arrays over the days of a window, `least` and `most` [10*9/L]; recovery.
Decided here: which counts take part; the grids themselves stand in the editions, where the window ends in `daily.py`.

- Several counts of one day: the lowest. A count reported below its limit lies below it, one above its limit has no upper
  bound. A count that was not done or is not recorded is no count. A day of which nothing is known: 0 to infinity.
- Counts are read as they are: neither a platelet transfusion nor another cause changes them (flags `supported`, within
  24 h after platelets, and `other_cause`). An entry about a transfusion without an answer may have been one: it is flagged.
- Recovery asks for counts without transfusions; an entry without an answer proves none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.icaht.daily import ROUNDING, bounds_of, window_end
from cartrace.assess.rule import Reason
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, gather

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SUPPORTED_UP_TO = 1.0
"""[d] after a platelet transfusion for which a count is marked; cartrace."""

RECOVERY_FROM = 20.0
"""[10*9/L] a count that is recovered; ticaht2025, platelet recovery."""

RECOVERY_VALUES_FROM = 3
"""Consecutive counts on different days that make recovery; ticaht2025, platelet recovery."""

TRANSFUSION_FREE_FROM = 7
"""[d] since the last platelet transfusion for a count to prove recovery; ticaht2025, platelet recovery."""

LEAST_DIFFERENCE = 1e-6
"""[10*9/L] by how much a count reported as below 20 lies below 20 at least: one platelet in a millilitre; cartrace."""

PLATELETS, TRANSFUSION, DEATH = range(3)
CHANNELS = (
    Channel("platelets", codes=("platelets",), site="blood", meaning="platelet count"),
    Channel("transfusion", codes=("platelet_transfusion",), meaning="platelet transfusion"),
    Channel("death", codes=("death",), meaning="death"),
    Channel("progression", codes=("progression",), meaning="progression or relapse"),
    Channel("next_therapy", codes=("next_therapy",), meaning="next anticancer therapy, transplants included"),
    Channel("last_follow_up", codes=("last_follow_up",), meaning="last day on which the patient was observed"),
)
NEXT_THERAPY, LAST_FOLLOW_UP = DEATH + 2, DEATH + 3

NO_PLATELETS, CENSORED, SUPPORTED, OTHER_CAUSE = 1, 2, 4, 8
SHARED_REASONS = (
    Reason("no_platelets", "No platelet count is recorded in the window."),
    Reason(
        "censored",
        "The window ends early: death, progression, the next anticancer therapy or the last follow-up.",
    ),
    Reason("supported", "Some counts were taken within 24 h after a platelet transfusion; they count as they stand."),
    Reason("other_cause", "Counts attributed to another cause take part: T-ICAHT asks for no attribution."),
)


@part
def is_transfusion(events: Events, k: int) -> bool:
    """Whether event `k` is a platelet transfusion, or an entry about one without an answer."""
    return bool(events.channel[k] == TRANSFUSION and (events.status[k] == 4 or events.value[k] == 1.0))


@part
def platelet_window_end(events: Events, first: int, last: int) -> int:
    """The last study day of the window; a transfusion proves that the patient was observed, too."""
    return window_end(events, first, last, TRANSFUSION, DEATH)


@part
def supported(events: Events, i: int) -> bool:
    """Whether count `i` follows a platelet transfusion closely; by the day where the time of day is not known."""
    for k in range(len(events.time)):
        if not is_transfusion(events, k):
            continue
        if events.exact[i] == 1 and events.exact[k] == 1:
            if -ROUNDING <= events.time[i] - events.time[k] <= SUPPORTED_UP_TO + ROUNDING:
                return True
        elif events.day[k] <= events.day[i] <= events.day[k] + 1:
            return True
    return False


@part
def measured_platelets(events: Events, first: int, least: Floats, most: Floats, source: Ints) -> int:
    """Fill the days that were measured, day `first` in place 0; `source` = the deciding event, -1 = none. Returns flags."""
    least[:], most[:], source[:] = 0.0, np.inf, -1
    flags = 0
    for i in range(len(events.time)):
        k = events.day[i] - first
        if events.channel[i] != PLATELETS or k < 0 or k >= len(least):
            continue
        low, high = bounds_of(events, i)
        if np.isnan(low):
            continue
        if events.status[i] == 1:
            high -= LEAST_DIFFERENCE
        if supported(events, i):
            flags |= SUPPORTED
        if events.attributed[i] < 0:
            flags |= OTHER_CAUSE
        if source[k] < 0:
            least[k], most[k], source[k] = low, high, i
        elif high < most[k] or (high == most[k] and low < least[k]):
            least[k], most[k], source[k] = min(low, least[k]), high, i
        else:
            least[k] = min(low, least[k])
    return flags


@part
def days_since_transfusion(events: Events, day: int) -> int:
    """[d] since the last platelet transfusion on or before study day `day`; a large number without one."""
    since = 1_000_000
    for k in range(len(events.time)):
        if is_transfusion(events, k) and events.day[k] <= day:
            since = min(since, day - events.day[k])
    return since


@part
def recovery_of(events: Events) -> tuple[int, bool]:
    """(study day of recovery or -1, whether a count since the infusion was below RECOVERY_FROM)."""
    last = -1
    for i in range(len(events.time)):
        if events.channel[i] == PLATELETS:
            last = max(last, events.day[i])
    days = platelet_window_end(events, 0, last) + 1
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    measured_platelets(events, 0, least, most, source)
    low, begin, values = False, -1, 0
    for day in range(days):
        if source[day] < 0:
            continue
        if most[day] < RECOVERY_FROM - ROUNDING:
            low = True
        free = days_since_transfusion(events, day) >= TRANSFUSION_FREE_FROM
        if low and free and least[day] >= RECOVERY_FROM - ROUNDING:
            begin, values = (day if values == 0 else begin), values + 1
            if values == RECOVERY_VALUES_FROM:
                return begin, low
        else:
            values = 0
    return -1, low


def gather_platelets(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Counts, transfusions and what ends the window."""
    extra = []
    for drug in course.drugs:
        if drug.drug == "platelet_concentrate" and drug.start.known:
            extra.append(event_row(TRANSFUSION, 1.0, moment=drug.start, uid=drug.uid))
    for procedure in course.procedures:
        if procedure.kind == "transplant" and procedure.moment.known:
            extra.append(event_row(NEXT_THERAPY, 0.0, moment=procedure.moment, uid=procedure.uid))
    if course.outcome.last_day is not None:
        extra.append(event_row(LAST_FOLLOW_UP, course.outcome.last_day, moment=None))
    events = gather(course, channels, extra)
    # T-ICAHT asks for no attribution: an undecided count is no candidate.
    return events._replace(attributed=np.where(events.attributed == 0, 1, events.attributed).astype(np.int8))
