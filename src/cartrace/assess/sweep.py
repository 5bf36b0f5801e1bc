"""One pass over a course's events in order of time: what is current, what runs, when an episode begins and ends.

In: `Events` and how long a reading holds. Out: the instants at which something changes, and the state between them.
Decided here: time is counted in whole minutes, as the clock writes it. A reading holds from its minute until `validity`
minutes later, that minute excluded; then nobody knows. Of several readings of one input at one minute the worst counts.
An interval holds from its start until its end, the end excluded; an end known by its day only is the end of that day.
An episode that has been clear for the resolution time is closed at the moment it became clear; a stretch in which nobody
looked does not break the clock, but is flagged. Everything here is a part of kernels: numba subset, no objects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.rule import DECIDING, NOT_GRADED, Steps
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.course.events import Events
from cartrace.course.status import Status

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Kinds of change. Within one minute a reading that ends is taken out before a new one comes in.
ENDS, READ, START, STOP, LOSE = 0, 1, 2, 3, 4
KINDS = 8

# What the second appearance of a drug course says about its end.
ONGOING, END_NOT_RECORDED, NO_START = -1, -2, -3

NO, UNKNOWN, YES = 0, 1, 2
STATUS_BELOW, STATUS_ABOVE, STATUS_NOT_RECORDED = int(Status.BELOW), int(Status.ABOVE), int(Status.NOT_RECORDED)

# Places in the episode's memory; minutes, -1 = none.
OPEN, ONSET, ONSET_EVENT, CLEAR_SINCE, COUNT, FIRST_ONSET, FIRST_END, LAST_END, TOTAL, UNSEEN, ACROSS_GAP = range(11)
EPISODE_SLOTS = 11

# Column of `Steps.fact` left for one fact of the rule's own.
OWN_FACT = 14


@part
def minute_of(time: float) -> int:
    """Whole minutes since the first infusion."""
    return int(np.floor(time * MINUTES_PER_DAY + 0.5))


@part
def study_day(minute: int, start_minute: int) -> int:
    """Study day of a minute, when the infusion began `start_minute` minutes after local midnight."""
    return int((minute + start_minute) // MINUTES_PER_DAY)


@part
def ends_of(events: Events, first: int, last: int) -> Ints:
    """For every start on channels first..last: index of its end, ONGOING or END_NOT_RECORDED; NO_START elsewhere."""
    count = len(events.time)
    ends = np.full(count, NO_START, dtype=np.int64)
    for i in range(count):
        if events.channel[i] < first or events.channel[i] > last:
            continue
        start = -1
        for j in range(i):
            if events.uid[j] == events.uid[i] and events.channel[j] == events.channel[i] and ends[j] != NO_START:
                start = j
        if start < 0:
            ends[i] = ONGOING
        elif events.status[i] == 0:
            ends[start] = i
        else:
            ends[start] = END_NOT_RECORDED
    return ends


@part
def changes(events: Events, ends: Ints, holds: Ints, intervals: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
    """(minute, kind, event) of every change, in order.

    holds      minutes for which a reading of each channel holds; 0 = until the next one
    intervals  first and last channel of drug courses whose running matters
    """
    count = len(events.time)
    minute, kind, event = (np.zeros(3 * count, np.int64), np.zeros(3 * count, np.int64), np.zeros(3 * count, np.int64))
    size = 0
    for i in range(count):
        if not np.isfinite(events.time[i]):
            continue
        at = minute_of(events.time[i])
        channel = events.channel[i]
        minute[size], kind[size], event[size] = at, READ, i
        size += 1
        if holds[channel] > 0:
            minute[size], kind[size], event[size] = at + holds[channel], ENDS, i
            size += 1
        if channel < intervals[0] or channel > intervals[1] or ends[i] == NO_START:
            continue
        minute[size], kind[size], event[size] = at, START, i
        size += 1
        if ends[i] == END_NOT_RECORDED:
            minute[size], kind[size], event[size] = at + 1, LOSE, i
            size += 1
        elif ends[i] >= 0:
            minute[size], kind[size], event[size] = end_minute(events, i, ends[i]), STOP, i
            size += 1
    order = np.argsort(minute[:size] * KINDS + kind[:size], kind="mergesort")
    return minute[:size][order], kind[:size][order], event[:size][order]


@part
def end_minute(events: Events, start: int, end: int) -> int:
    """First minute at which an interval no longer runs; it runs for at least one."""
    stop = minute_of(events.time[end])
    if events.exact[end] == 0:
        stop += MINUTES_PER_DAY
    return max(stop, minute_of(events.time[start]) + 1)


@part
def tie(events: Events, i: int, worst_is_low: bool) -> float:
    """Added to the rank of entry `i`: what decides between equal values, so that the order of rows does not.

    A value known to lie beyond the one entered is worse, and one that nobody attributed waits for a clinician.
    """
    status = int(events.status[i])
    beyond = 1.0 if status == STATUS_ABOVE else -1.0 if status == STATUS_BELOW else 0.0
    return (-beyond if worst_is_low else beyond) * 1e-3 + (1e-5 if events.attributed[i] == 0 else 0.0)


@part
def apply(events: Events, kind: int, i: int, current: Ints, running: Ints, lost: Ints, rank: Floats) -> None:
    """Bring the state up to date with one change. `rank` orders readings of one minute: the highest counts.

    lost   1 + the last start of each drug whose end nobody recorded; 0 = none
    """
    channel = events.channel[i]
    if kind == READ:
        j = current[channel]
        same = j >= 0 and minute_of(events.time[j]) == minute_of(events.time[i])
        if not same or rank[i] >= rank[j]:
            current[channel] = i
    elif kind == ENDS:
        if current[channel] == i:
            current[channel] = -1
    elif kind == START:
        running[channel] += 1
    elif kind == STOP:
        running[channel] -= 1
    elif kind == LOSE:
        running[channel] -= 1
        lost[channel] = i + 1


@part
def new_episode() -> Ints:
    """The memory of a course without any episode yet."""
    episode = np.full(EPISODE_SLOTS, -1, dtype=np.int64)
    episode[OPEN] = 0
    episode[COUNT] = 0
    episode[TOTAL] = 0
    episode[UNSEEN] = 0
    episode[ACROSS_GAP] = 0
    return episode


@part
def open_episode(episode: Ints, minute: int, event: int, gap: int) -> None:
    """Begin an episode, or go on with the last one when it ended no more than `gap` minutes ago."""
    episode[OPEN] = 1
    episode[CLEAR_SINCE] = -1
    if episode[COUNT] > 0 and minute - episode[LAST_END] <= gap:
        episode[TOTAL] -= episode[LAST_END] - episode[ONSET]
        episode[LAST_END] = -1
        if episode[COUNT] == 1:
            episode[FIRST_END] = -1
        return
    episode[COUNT] += 1
    episode[ONSET] = minute
    episode[ONSET_EVENT] = event
    if episode[COUNT] == 1:
        episode[FIRST_ONSET] = minute


@part
def run_clock(episode: Ints, clear: int, since: int, minute: int, resolution: int, looked: int) -> None:
    """Let the resolution clock run over [since, minute), in which the state was `clear` (NO, UNKNOWN, YES).

    Somebody must have looked (`looked`) when the time is up: an episode is not closed by silence.
    """
    if episode[OPEN] == 0:
        return
    if clear == NO:
        episode[CLEAR_SINCE], episode[UNSEEN] = -1, 0
    elif clear == YES and episode[CLEAR_SINCE] < 0:
        episode[CLEAR_SINCE] = since
    if clear == UNKNOWN and episode[CLEAR_SINCE] >= 0 and minute > since:
        episode[UNSEEN] = 1
    if looked == 0 or episode[CLEAR_SINCE] < 0 or minute - episode[CLEAR_SINCE] < resolution:
        return
    episode[ACROSS_GAP] = max(episode[ACROSS_GAP], episode[UNSEEN])
    episode[UNSEEN] = 0
    episode[OPEN] = 0
    episode[LAST_END] = episode[CLEAR_SINCE]
    episode[TOTAL] += episode[LAST_END] - episode[ONSET]
    episode[CLEAR_SINCE] = -1
    if episode[COUNT] == 1:
        episode[FIRST_END] = episode[LAST_END]


@part
def write_step(steps: Steps, row: int, minute: int, low: int, high: int, reason: int, missing: int) -> None:
    """One row; the deciding events are added by `decide`."""
    steps.at[row] = minute / MINUTES_PER_DAY
    steps.low[row] = low
    steps.high[row] = high
    steps.reason[row] = reason
    steps.missing[row] = missing if high > low else 0


@part
def decide(steps: Steps, row: int, event: int) -> None:
    """Name an event as deciding in `row`, once, while there is room."""
    if event < 0:
        return
    for k in range(DECIDING):
        if steps.decided[row, k] == event:
            return
        if steps.decided[row, k] < 0:
            steps.decided[row, k] = event
            return


@part
def summarise(steps: Steps, rows: int, why_not: int) -> None:
    """Row 0 from rows 1 to rows-1: the highest low and the highest high.

    `why_not`: reason bits of ungraded rows only; they say as well why a course without any row is not graded.
    """
    low, high, low_row, high_row, reason = NOT_GRADED, NOT_GRADED, 0, 0, 0 if rows > 1 else why_not
    for row in range(1, rows):
        reason |= steps.reason[row]
        if steps.low[row] > low:
            low, low_row = steps.low[row], row
        if steps.low[row] >= 0 and steps.high[row] > high:
            high, high_row = steps.high[row], row
    steps.at[0] = np.nan
    steps.low[0] = low
    steps.high[0] = high
    if low >= 0:
        reason &= ~why_not
        for k in range(DECIDING):
            decide(steps, 0, steps.decided[low_row, k])
        if high > low:
            for k in range(DECIDING):
                decide(steps, 0, steps.decided[high_row, k])
    missing = 0
    for row in range(1, rows):
        if steps.low[row] >= 0 and steps.high[row] > low:
            missing |= steps.missing[row]
    steps.reason[0] = reason
    steps.missing[0] = missing


@part
def write_facts(steps: Steps, rows: int, episode: Ints, last: int, start_minute: int) -> None:
    """Onset, peak, resolution and durations into row 0, in the columns that `episodes` reads.

    last   minute of the last entry of the record
    """
    fact = steps.fact[0]
    day = float(MINUTES_PER_DAY)
    fact[8] = episode[COUNT]
    if episode[COUNT] == 0:
        return
    onset, end = episode[FIRST_ONSET], episode[FIRST_END]
    fact[0] = study_day(onset, start_minute)
    fact[1] = onset / day
    low, at = 0, -1.0
    first_low, first_high = 0, 0
    for row in range(1, rows):
        if steps.low[row] > low:
            low, at = steps.low[row], steps.at[row]
        if end < 0 or steps.at[row] < end / day:
            first_low = max(first_low, steps.low[row])
            first_high = max(first_high, steps.high[row])
    if low > 0 and low == steps.high[0]:
        fact[2] = low
        fact[3] = study_day(minute_of(at), start_minute)
        fact[9] = at - onset / day
    if first_low == first_high:
        fact[10] = first_low
    if end >= 0:
        fact[4] = end / day
    until = end if end >= 0 else last
    fact[5] = 0.0 if end >= 0 else 1.0
    fact[6] = (until - onset) / day
    fact[7] = study_day(until, start_minute) - study_day(onset, start_minute) + 1
    fact[11] = episode[TOTAL] / day
    fact[12] = 0.0
    if episode[OPEN] == 1:
        fact[11] = (episode[TOTAL] + last - episode[ONSET]) / day
        fact[12] = 1.0
    elif episode[LAST_END] >= 0:
        fact[13] = episode[LAST_END] / day
