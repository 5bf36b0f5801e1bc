"""Whether a cell line crosses the bound of a definition: the kernel that serves every definition.

In: a course's events and one definition as arrays. Out: one row: absent, present, or either; the state of each line.
Decided here: which values speak for a day or a stretch of days, and how lines make a whole. Numba subset, no objects.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.cytopenia.table import ANY, CHOICE, IS_STRICT, LINE, NO_END, ON
from cartrace.assess.icaht.daily import ROUNDING, interpolate, window_end
from cartrace.assess.icaht.runs import length, longest, runs_of
from cartrace.assess.labs.bounds import COLUMNS, NO, UNKNOWN, YES, above, mirror, put, put_reported
from cartrace.assess.rule import NOT_APPLICABLE, Reason, Steps
from cartrace.course import Events

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
"""State of a line without any value."""

# Places of `place`: what the definition is like, then channels (-1 = none), then options (-1 = none).
MODE, DAY_FROM, DAY_TO, RUN_DAYS, LINES = range(5)
C_TRANSFUSION, C_GROWTH_FACTOR, C_DEATH = range(5, 8)
O_EDITION, O_TRANSFUSION, O_LOOK_BACK, O_GAP, O_UNKNOWN_DAYS = range(8, 13)
PLACES = 13

NO_VALUE, CENSORED, NEVER_BEGAN, TRANSFUSED, GROWTH_FACTOR = 1, 2, 4, 8, 16
REASONS = (
    Reason("no_value", "No value that the definition asks for is recorded."),
    Reason(
        "censored",
        "The window ends early: death, progression, the next anticancer therapy or the last follow-up.",
    ),
    Reason("window_never_began", "Death, progression, the next therapy or the last follow-up came before its days."),
    Reason("transfusion", "A red-cell transfusion shows that one was indicated."),
    Reason("growth_factor", "G-CSF was given; it changes nothing."),
)

# Columns of `Steps.fact`: the state of each line, the event that decided it, the end of the window.
STATE, EVENT, END = 0, 4, 15


@part
def chosen(option: Floats, place: int) -> float:
    """An option's number; 0 for a definition without it."""
    return float(option[place]) if place >= 0 else 0.0


@part
def row_of(line: int, option: Floats, code: Ints, place: Ints) -> int:
    """The bound that counts for a line under the chosen edition."""
    for row in range(len(code)):
        choice = code[row, CHOICE]
        if code[row, LINE] == line and (choice < 0 or choice == chosen(option, place[O_EDITION])):
            return row
    return -1


@part
def crosses(value: float, status: int, bound: float, strict: int) -> int:
    """Whether a reported value lies below the bound; at it, too, unless `strict`."""
    interval, limit = np.zeros(COLUMNS), np.zeros(COLUMNS)
    put_reported(interval, value, status)
    put(limit, bound, bound, 0.0, 0.0)
    mirror(interval)
    mirror(limit)
    return above(interval, 1.0, limit, strict)


@part
def state_of_event(
    events: Events, i: int, line: int, row: int, option: Floats, code: Ints, bound: Floats, place: Ints
) -> int:
    """What event `i` says about a line: NO, UNKNOWN, YES, or NONE."""
    if events.channel[i] == line and events.status[i] != 3:
        return crosses(events.value[i], events.status[i], bound[row], code[row, IS_STRICT])
    counts = events.channel[i] == place[C_TRANSFUSION] and line == place[LINES] - 1
    if counts and chosen(option, place[O_TRANSFUSION]) == 0.0:
        if events.status[i] == 4:
            return UNKNOWN
        if events.value[i] == 1.0:
            return YES
    return NONE


@part
def in_days(
    events: Events, line: int, first: int, last: int, option: Floats, code: Ints, bound: Floats, place: Ints
) -> tuple[int, int]:
    """(worst state of the line on study days first..last, its event)."""
    row, state, event = row_of(line, option, code, place), NONE, -1
    for i in range(len(events.time)):
        if first <= events.day[i] <= last:
            found = state_of_event(events, i, line, row, option, code, bound, place)
            if found > state:
                state, event = found, i
    return state, event


@part
def on_day(
    events: Events, line: int, day: int, option: Floats, code: Ints, bound: Floats, place: Ints
) -> tuple[int, int]:
    """(state of the line on one study day, its event): that of the last day with a value within the look-back."""
    for back in range(int(chosen(option, place[O_LOOK_BACK])) + 1):
        state, event = in_days(events, line, day - back, day - back, option, code, bound, place)
        if state != NONE:
            return state, event
    other, _ = in_days(events, line, 0, NO_END, option, code, bound, place)
    return (NONE if other == NONE else UNKNOWN), -1


@part
def in_a_row(events: Events, last: int, option: Floats, code: Ints, bound: Floats, place: Ints) -> tuple[int, int]:
    """(whether the only line crosses on enough days in a row, the event of its lowest day)."""
    row, end = row_of(0, option, code, place), -1
    for i in range(len(events.time)):
        if events.channel[i] == 0 and events.status[i] <= 2 and events.day[i] <= last:
            end = max(end, events.day[i])
    if end < 0:
        return NONE, -1
    least, most, source = np.zeros(end + 1), np.full(end + 1, np.inf), np.full(end + 1, -1, dtype=np.int64)
    for i in range(len(events.time)):
        day, status, value = events.day[i], events.status[i], events.value[i]
        if events.channel[i] != 0 or status > 2 or not 0 <= day <= end:
            continue
        unknown = np.isnan(value)
        low = 0.0 if unknown or status == 1 else value
        high = np.inf if unknown or status == 2 else value
        if source[day] < 0:
            least[day], most[day], source[day] = low, high, i
            continue
        if high < most[day]:
            source[day] = i
        least[day], most[day] = min(least[day], low), min(most[day], high)
    interpolate(least, most, source, int(chosen(option, place[O_GAP])))
    at_worst = most if chosen(option, place[O_UNKNOWN_DAYS]) == 1.0 else least
    best, worst = run_below(most, bound[row]), run_below(at_worst, bound[row])
    state = YES if best >= place[RUN_DAYS] else UNKNOWN if worst >= place[RUN_DAYS] else NO
    lowest = -1
    for day in range(end + 1):
        if source[day] >= 0 and (lowest < 0 or most[day] < most[lowest]):
            lowest = day
    return state, int(source[lowest])


@part
def run_below(counts: Floats, bound: float) -> int:
    """[d] the longest run at or below `bound`."""
    first, last = runs_of(counts <= bound + ROUNDING, 0)
    return length(first, last, longest(first, last))


@part
def combine(steps: Steps, place: Ints) -> None:
    """Lines to a whole: present as soon as one is; absent when all are."""
    low, high, known, spot = 0, 0, False, 0
    for line in range(place[LINES]):
        state = int(steps.fact[0, STATE + line])
        low, high = max(low, int(state == YES)), max(high, int(state != NO))
        known = known or state != NONE
    for line in range(place[LINES]):
        state, event = int(steps.fact[0, STATE + line]), int(steps.fact[0, EVENT + line])
        if event >= 0 and (state == YES or low == 0):
            steps.decided[0, spot] = event
            spot += 1
    if not known:
        steps.reason[0] |= NO_VALUE
    else:
        steps.low[0], steps.high[0] = low, high


@part
def judge(events: Events, option: Floats, steps: Steps, code: Ints, bound: Floats, place: Ints) -> int:
    """One definition: one row."""
    first, last = place[DAY_FROM], place[DAY_TO] if place[MODE] != ON else place[DAY_FROM]
    end = window_end(events, first, last, place[LINES] - 1, place[C_DEATH])
    steps.at[0], steps.fact[0, END] = first, (end if end < NO_END else np.nan)
    if end < first or (place[MODE] == ON and end < last):
        steps.low[0] = steps.high[0] = NOT_APPLICABLE
        steps.reason[0] = NEVER_BEGAN
        return 1
    if end < last:
        steps.reason[0] |= CENSORED
    for line in range(place[LINES]):
        if place[MODE] == ON:
            state, event = on_day(events, line, last, option, code, bound, place)
        elif place[MODE] == ANY:
            state, event = in_days(events, line, first, end, option, code, bound, place)
        else:
            state, event = in_a_row(events, end, option, code, bound, place)
        steps.fact[0, STATE + line], steps.fact[0, EVENT + line] = state, event
        by_transfusion = event >= 0 and events.channel[event] == place[C_TRANSFUSION]
        if by_transfusion and state == YES:
            steps.reason[0] |= TRANSFUSED
        if state in (NONE, UNKNOWN):
            steps.missing[0] |= 1 << (place[C_TRANSFUSION] if by_transfusion else line)
    if place[C_GROWTH_FACTOR] >= 0 and np.any(events.channel == place[C_GROWTH_FACTOR]):
        steps.reason[0] |= GROWTH_FACTOR
    combine(steps, place)
    if steps.low[0] == steps.high[0] and steps.low[0] >= 0:
        steps.missing[0] = 0
    return 1


def kernel_for(code: Ints, bound: Floats, place: Ints) -> Callable[[Events, Floats, Steps], int]:
    """The kernel of one definition: `judge` with its numbers."""

    def kernel(events: Events, option: Floats, steps: Steps) -> int:
        return judge(events, option, steps, code, bound, place)

    return kernel
