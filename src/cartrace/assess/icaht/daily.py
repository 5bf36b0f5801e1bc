"""The daily neutrophil count of a window: for each study day the lowest and the highest value it can have had.

In: a course. Out: its events, and two arrays over the days of a window, `least` and `most` [10*9/L].
Decided here: which counts take part and where the window ends; the grids themselves stand in the editions.

- Several counts of one day: the lowest. A count below its limit lies between 0 and the limit, one above its limit has no
  upper bound. A day of which nothing is known lies between 0 and infinity.
- White cells below 0.5 on a day without a neutrophil count: neutrophils between 0 and 0.5 (flag `imputed`). Such a day is
  at or below 500/uL; whether it is at or below 100/uL is unknown.
- Within 24 h after granulocytes were given a count above 500/uL is left out; one at or below 500/uL stays, as an upper
  bound of the patient's own (flag `granulocytes`). Where the time of day is not recorded the same and the next day count.
- The window ends with death, progression or relapse, the next anticancer therapy (transplants included) or the last
  follow-up, that day included. A count after the last follow-up proves later follow-up. Progression or therapy up to
  the day of infusion is the reason for the infusion and ends nothing.
- Counts are read as they are: neither G-CSF nor attribution to another cause changes them (flags `gcsf`, `other_cause`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.rule import Reason
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, gather
from cartrace.course.record import DrugCourse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WBC_BELOW = 0.5
"""[10*9/L] white cells at which neutrophils that were not counted are at most 0.5; cartrace."""

IMPUTED_MOST = 0.5
"""[10*9/L] the most that neutrophils not counted can be below `WBC_BELOW`; cartrace."""

GRANULOCYTES_BELOW = 1.0
"""[d] since granulocytes were given, for which a count is not the patient's own; cartrace."""

OWN_UP_TO = 0.5
"""[10*9/L] a count that is neutropenic in spite of granulocytes; rejeski2023icaht, grid."""

GCSF_UP_TO = 7
"""[d] since G-CSF was given, for which a count is marked; cartrace."""

ROUNDING = 1e-9
"""[10*9/L] what arithmetic may add to a count: one cell in a litre; nothing that can be measured."""

ANC, WBC, GCSF, GRANULOCYTES, DEATH, PROGRESSION, NEXT_THERAPY, LAST_FOLLOW_UP = range(8)
CHANNELS = (
    Channel("anc", codes=("anc",), site="blood", meaning="absolute neutrophil count"),
    Channel("wbc", codes=("wbc",), site="blood", meaning="white cells, for days without a neutrophil count"),
    Channel("gcsf", meaning="growth factor; value = last study day of the course"),
    Channel("granulocytes", meaning="granulocyte transfusion; value = its end [d], low = study day of its end"),
    Channel("death", codes=("death",), meaning="death"),
    Channel("progression", codes=("progression",), meaning="progression or relapse"),
    Channel("next_therapy", codes=("next_therapy",), meaning="next anticancer therapy, transplants included"),
    Channel("last_follow_up", codes=("last_follow_up",), meaning="last day on which the patient was observed"),
)

NO_ANC, CENSORED, GCSF_GIVEN, GRANULOCYTES_GIVEN, IMPUTED, OTHER_CAUSE = 1, 2, 4, 8, 16, 32
SHARED_REASONS = (
    Reason("no_anc", "No neutrophil count is recorded in the window."),
    Reason(
        "censored",
        "The window ends early: death, progression, the next anticancer therapy or the last follow-up.",
    ),
    Reason("gcsf", "Some counts were taken within 7 days after G-CSF; the grade is not adjusted for it."),
    Reason("granulocytes", "Counts within 24 h after granulocytes were left out or taken as upper bounds."),
    Reason("imputed", "Neutrophils were not counted on days with white cells below 0.5: taken as at most 0.5."),
    Reason("other_cause", "Counts attributed to another cause take part: ICAHT asks for no attribution."),
)


@part
def window_end(events: Events, first: int, last: int, seen_up_to: int = WBC, death: int = DEATH) -> int:
    """The last study day of the window `first`..`last` of this course; before `first` when it never began.

    seen_up_to   the last of the channels whose entries prove that the patient was observed
    death        the channel of death; progression, next therapy and last follow-up come after it
    """
    end, followed, seen = last, -1_000_000, -1_000_000
    for i in range(len(events.time)):
        channel, day = events.channel[i], events.day[i]
        if channel <= seen_up_to and events.status[i] <= 2:
            seen = max(seen, day)
        if events.status[i] != 0:
            continue
        if channel == death + 3:
            followed = max(followed, day if np.isfinite(events.time[i]) else int(np.floor(events.value[i])))
        elif (channel == death and day >= 0) or (death < channel <= death + 2 and day > 0):
            end = min(end, day)
    if followed >= 0:
        end = min(end, max(followed, seen))
    return max(end, first - 1)


@part
def given(events: Events, channel: int) -> bool:
    """Whether anything is recorded on `channel`."""
    return bool(np.any(events.channel == channel))


@part
def after_granulocytes(events: Events, i: int) -> bool:
    """Whether granulocytes may stand in count `i`."""
    for k in range(len(events.time)):
        if events.channel[k] != GRANULOCYTES:
            continue
        if events.exact[i] == 1 and events.exact[k] == 1:
            if events.time[k] <= events.time[i] < events.value[k] + GRANULOCYTES_BELOW - ROUNDING:
                return True
        elif events.day[k] <= events.day[i] <= events.low[k] + 1.0:
            return True
    return False


@part
def after_gcsf(events: Events, i: int) -> bool:
    """Whether count `i` was taken during a course of G-CSF or within GCSF_UP_TO days after it."""
    for k in range(len(events.time)):
        if events.channel[k] == GCSF and events.day[k] <= events.day[i] <= events.value[k] + GCSF_UP_TO:
            return True
    return False


@part
def bounds_of(events: Events, i: int) -> tuple[float, float]:
    """(least, most) of one count by its status; NaN when it says nothing."""
    value, status = events.value[i], events.status[i]
    if status == 0 and not np.isnan(value):
        return value, value
    if status == 1:
        return 0.0, np.inf if np.isnan(value) else value
    if status == 2:
        return 0.0 if np.isnan(value) else value, np.inf
    return np.nan, np.nan


@part
def measured(events: Events, first: int, least: Floats, most: Floats, source: Ints) -> int:
    """Fill the days that were measured, day `first` in place 0; `source` = the deciding event, -1 = none. Returns flags."""
    least[:], most[:], source[:] = 0.0, np.inf, -1
    flags, granulocytes, gcsf = 0, given(events, GRANULOCYTES), given(events, GCSF)
    for i in range(len(events.time)):
        k = events.day[i] - first
        if events.channel[i] != ANC or k < 0 or k >= len(least):
            continue
        low, high = bounds_of(events, i)
        if np.isnan(low):
            continue
        if granulocytes and after_granulocytes(events, i):
            flags |= GRANULOCYTES_GIVEN
            if high > OWN_UP_TO + ROUNDING:
                continue
            low = 0.0
        if gcsf and after_gcsf(events, i):
            flags |= GCSF_GIVEN
        if events.attributed[i] < 0:
            flags |= OTHER_CAUSE
        if source[k] < 0:
            least[k], most[k], source[k] = low, high, i
        elif high < most[k] or (high == most[k] and low < least[k]):
            least[k], most[k], source[k] = min(low, least[k]), high, i
        else:
            least[k] = min(low, least[k])
    return flags | impute(events, first, least, most, source)


@part
def impute(events: Events, first: int, least: Floats, most: Floats, source: Ints) -> int:
    """Fill days without a neutrophil count from white cells below WBC_BELOW. Returns the flag when it did."""
    flags = 0
    for i in range(len(events.time)):
        k = events.day[i] - first
        if events.channel[i] != WBC or k < 0 or k >= len(least) or source[k] >= 0:
            continue
        value, status = events.value[i], events.status[i]
        if (status == 0 and value < WBC_BELOW) or (status == 1 and value <= WBC_BELOW):
            least[k], most[k], source[k] = 0.0, IMPUTED_MOST, i
            flags = IMPUTED
    return flags


@part
def interpolate(least: Floats, most: Floats, source: Ints, up_to: int) -> int:
    """Fill runs of at most `up_to` days that were not measured: a straight line, at the edges the nearest value.

    Both bounds are interpolated. Returns how many days stay unknown.
    """
    count, unknown, before, k = len(least), 0, -1, 0
    while k < count:
        if source[k] >= 0:
            before = k
            k += 1
            continue
        after = k
        while after < count and source[after] < 0:
            after += 1
        if after - k > up_to or (before < 0 and after == count):
            unknown += after - k
            k = after
            continue
        left, right = (before if before >= 0 else after), (after if after < count else before)
        for day in range(k, after):
            share = (day - left) / (right - left) if right > left else 0.0
            least[day] = line(least[left], least[right], share)
            most[day] = line(most[left], most[right], share)
        k = after
    return unknown


@part
def line(left: float, right: float, share: float) -> float:
    """The value at `share` of the way from left to right; infinite as soon as one end is."""
    if np.isinf(left) or np.isinf(right):
        return np.inf
    return left * (1.0 - share) + right * share


def gather_counts(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Counts, growth factor, granulocytes and what ends the window."""
    extra = []
    for drug in course.drugs:
        if not drug.start.known:
            continue
        if drug.drug_class == "growth_factor":
            extra.append(event_row(GCSF, _last_day(drug), moment=drug.start, uid=drug.uid))
        elif drug.drug == "granulocytes":
            end = drug.end if drug.end is not None and drug.end.known else drug.start
            extra.append(event_row(GRANULOCYTES, end.time, moment=drug.start, uid=drug.uid, low=float(end.day or 0)))
    for procedure in course.procedures:
        if procedure.kind == "transplant" and procedure.moment.known:
            extra.append(event_row(NEXT_THERAPY, 0.0, moment=procedure.moment, uid=procedure.uid))
    if course.outcome.last_day is not None:
        extra.append(event_row(LAST_FOLLOW_UP, course.outcome.last_day, moment=None))
    events = gather(course, channels, extra)
    # ICAHT asks for no attribution: an undecided count is no candidate.
    return events._replace(attributed=np.where(events.attributed == 0, 1, events.attributed).astype(np.int8))


def records_of(events: Events, days: Iterable[int]) -> tuple[int, ...]:
    """The records of the neutrophil counts of some study days, or of the white cells that stood in for them."""
    wanted = np.isin(events.day, list(days)) & (events.status <= 2)
    for channel in (ANC, WBC):
        uids = events.uid[wanted & (events.channel == channel)]
        if len(uids) > 0:
            return tuple(int(uid) for uid in uids)
    return ()


def _last_day(drug: DrugCourse) -> float:
    """The last study day of a drug course, as far as recorded."""
    if drug.end_state == "ongoing":
        return float("inf")
    end = drug.end if drug.end is not None and drug.end.known else drug.start
    return float(end.day if end.day is not None else np.floor(end.time))
