"""One laboratory term over time: the kernel that serves every term.

In: a course's events and the rows of one term as arrays. Out: one step per moment with a value or a transfusion, and the
worst of the course. Decided here: which value is the baseline, which albumin corrects a calcium, and the flags.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import BEYOND_LIMIT, LOWER_BOUND, UPPER_BOUND
from cartrace.assess.labs.bounds import (
    COLUMNS,
    HIGH,
    HIGH_OPEN,
    LOW,
    LOW_OPEN,
    NO,
    Floats,
    above,
    is_point,
    mirror,
    put,
    put_point_or_positive,
    put_reported,
    widen,
)
from cartrace.assess.labs.table import BASELINE, LIMIT, ONE
from cartrace.assess.labs.worlds import BASELINE_LIMIT, BASELINE_LLN, BOX_ROWS, CONSEQUENCES_BIT, VALUE, Ints, judge
from cartrace.assess.rule import DECIDING, NOT_GRADED, Reason, Steps
from cartrace.assess.sweep import decide, minute_of, write_step
from cartrace.course import Events
from cartrace.vocabulary import units

Marks = NDArray[np.bool_]

MINUTES_PER_HOUR = 60

LYMPHODEPLETION_UP_TO = 14.0
"""[d] before the first infusion: drugs of the class started earlier are other chemotherapy; cartrace."""

CORRECTED_PER_ALBUMIN = units.to_canonical(0.8, unit="mg/dL", family="calcium") / 10.0
"""[mmol/L per g/L] 0.8 mg/dL calcium for each g/dL albumin; ctcae5 names no formula, this one is from memory (provisional)."""

ALBUMIN_MIDPOINT = 40.0
"""[g/L] albumin at which corrected and total calcium agree; from memory (provisional)."""

# Places of `place`: what the term is like, then channels, then options; -1 = the term has none.
DECREASING, SPLIT, HAS_BASELINE, EVENT_GRADE, SUPPORT_HOURS = range(5)
C_BASELINE, C_LIMITS, C_TRANSFUSION, C_GROWTH_FACTOR, C_ALBUMIN, C_LYMPHODEPLETION, C_CONSEQUENCES = range(5, 12)
O_LIMITS_MISSING, O_BASELINE, O_BASELINE_VISIT, O_TRANSFUSION = range(12, 16)
O_CONSEQUENCES, O_CORRECTION, O_ALBUMIN_HOURS = range(16, 19)
PLACES = 19
C_VALUE = 0

NO_VALUE, NOT_DONE, NOT_RECORDED, BOUNDED, IS_BASELINE, LATE_BASELINE = 1, 2, 4, 8, 16, 32
WITHIN, SUPPORTED, GROWTH_FACTOR, TRANSFUSED = 64, 128, 256, 512
REASONS = (
    Reason("no_value", "No value at or after the first infusion is recorded."),
    Reason("not_done", "The test was not done at some time."),
    Reason("result_not_recorded", "A result exists but is not recorded: any grade is possible."),
    BEYOND_LIMIT,
    Reason("baseline_value", "This value is the baseline: measured against itself it is grade 0."),
    Reason("baseline_during_lymphodepletion", "No value precedes lymphodepletion: a later one serves as the baseline."),
    Reason("within_reference_limits", "The value lies within the laboratory's own limits; another clause graded it."),
    Reason("supported", "The value follows a transfusion closely."),
    Reason("growth_factor", "G-CSF was given at or before this value; it does not change the grade."),
    Reason("transfusion_indicated", "A red-cell transfusion was given: grade 3 at least."),
    UPPER_BOUND,
    LOWER_BOUND,
)

# Columns of `Steps.fact` in row 0: event of the baseline (-1 = several), of the most extreme value since the infusion, and
# whether another value may be lower (-1) or higher (1) than that one.
BASELINE_EVENT, EXTREME_EVENT, BEYOND = 0, 1, 2


@part
def chosen(option: Floats, place: int) -> float:
    """An option's number; 0 for a term without it."""
    return float(option[place]) if place >= 0 else 0.0


@part
def precedes(events: Events, i: int, start: float, start_day: int, start_exact: int) -> bool:
    """Whether a value counts as taken before `start`; of two entries of one day without known order it does."""
    if events.exact[i] == 1 and start_exact == 1:
        return bool(events.time[i] < start)
    return bool(events.time[i] < start or events.day[i] <= start_day)


@part
def latest(events: Events, start: float, start_day: int, start_exact: int) -> Marks:
    """The last value before `start`; several when they belong to one minute."""
    found = np.zeros(len(events.time), dtype=np.bool_)
    last = -1
    for i in range(len(events.time)):
        if (
            events.channel[i] == C_VALUE
            and events.status[i] != 3
            and precedes(events, i, start, start_day, start_exact)
        ):
            if last >= 0 and minute_of(events.time[last]) != minute_of(events.time[i]):
                found[:] = False
            found[i] = True
            last = i
    return found


@part
def baseline_of(events: Events, option: Floats, place: Ints) -> tuple[Marks, int]:
    """(which events are the baseline, flag)."""
    start, start_day, start_exact = 0.0, 0, 1
    if chosen(option, place[O_BASELINE]) == 1.0:
        for j in range(len(events.time)):
            if events.channel[j] == place[C_LYMPHODEPLETION] and -LYMPHODEPLETION_UP_TO <= events.time[j] < start:
                start, start_day, start_exact = events.time[j], events.day[j], events.exact[j]
    found = latest(events, start, start_day, start_exact)
    if not found.any() and start < 0.0:
        found = latest(events, 0.0, 0, 1)
        if found.any():
            return found, LATE_BASELINE
    return found, 0


@part
def hull(interval: Floats, events: Events, marks: Marks) -> None:
    """What the marked reports leave possible together; anything when there is none."""
    one = np.zeros(COLUMNS)
    any_number = True
    for j in range(len(marks)):
        if marks[j]:
            put_reported(one, events.value[j], events.status[j])
            if any_number:
                put(interval, one[LOW], one[HIGH], one[LOW_OPEN], one[HIGH_OPEN])
            else:
                widen(interval, one)
            any_number = False
    if any_number:
        put_reported(interval, np.nan, 4)


@part
def nearest_albumin(events: Events, i: int, option: Floats, place: Ints) -> Marks:
    """The albumin nearest in time to calcium `i`; several when they are equally near."""
    found = np.zeros(len(events.time), dtype=np.bool_)
    nearest = int(chosen(option, place[O_ALBUMIN_HOURS]) * MINUTES_PER_HOUR)
    for j in range(len(events.time)):
        if events.channel[j] == place[C_ALBUMIN] and events.status[j] != 3:
            distance = abs(minute_of(events.time[j]) - minute_of(events.time[i]))
            if distance < nearest:
                found[:] = False
            if distance <= nearest:
                found[j] = True
                nearest = distance
    return found


@part
def correct_for_albumin(value: Floats, events: Events, marks: Marks) -> bool:
    """Turn total into corrected calcium; False when the marked albumin leaves it open."""
    albumin = np.zeros(COLUMNS)
    hull(albumin, events, marks)
    put(
        value,
        value[LOW] + CORRECTED_PER_ALBUMIN * (ALBUMIN_MIDPOINT - albumin[HIGH]),
        value[HIGH] + CORRECTED_PER_ALBUMIN * (ALBUMIN_MIDPOINT - albumin[LOW]),
        max(value[LOW_OPEN], albumin[HIGH_OPEN]),
        max(value[HIGH_OPEN], albumin[LOW_OPEN]),
    )
    return is_point(albumin)


@part
def corrects(option: Floats, place: Ints) -> bool:
    """Whether the term is corrected for albumin."""
    return bool(place[C_ALBUMIN] >= 0 and chosen(option, place[O_CORRECTION]) == 0.0)


@part
def put_limit_of_baseline(interval: Floats, limits: Floats, i: int, base: Marks) -> bool:
    """The limits printed with the baselines, or else the one printed with value `i`. Returns whether it is the latter."""
    put_point_or_positive(interval, limits[i])
    shared, one = True, np.zeros(COLUMNS)
    for j in range(len(base)):
        if base[j] and not np.isnan(limits[j]):
            put_point_or_positive(one, limits[j])
            if shared:
                put_point_or_positive(interval, limits[j])
            widen(interval, one)
            shared = False
    return shared


@part
def fill(
    box: Floats, events: Events, i: int, base: Marks, albumin: Marks, option: Floats, place: Ints
) -> tuple[bool, bool]:
    """Write what is known about value `i` into `box`. Returns (value and baseline share their limit, albumin is settled)."""
    limits, settled = events.low if place[DECREASING] == 1 else events.high, True
    put(box[ONE], 1.0, 1.0, 0.0, 0.0)
    put_reported(box[VALUE], events.value[i], events.status[i])
    if corrects(option, place):
        settled = correct_for_albumin(box[VALUE], events, albumin)
    put_point_or_positive(box[LIMIT], limits[i])
    shared = put_limit_of_baseline(box[BASELINE_LIMIT], limits, i, base)
    put_limit_of_baseline(box[BASELINE_LLN], events.low, i, base)
    hull(box[BASELINE], events, base)
    if place[DECREASING] == 1:
        for row in range(BOX_ROWS):
            mirror(box[row])
    if chosen(option, place[O_LIMITS_MISSING]) == 1.0:
        for row in (LIMIT, BASELINE_LIMIT):
            if not is_point(box[row]):
                put(box[row], np.inf, np.inf, 0.0, 0.0)
        if not is_point(box[BASELINE_LLN]):
            put(box[BASELINE_LLN], 0.0, 0.0, 0.0, 0.0)
    return shared, settled


@part
def missing_channels(apart: int, events: Events, i: int, settled: bool, place: Ints) -> int:
    """Bits of the channels that would settle the grade of value `i`."""
    missing = 0
    if apart & (1 << VALUE):
        if events.status[i] != 0:
            missing |= 1 << C_VALUE
        if not settled:
            missing |= 1 << place[C_ALBUMIN]
    if apart & (1 << LIMIT | 1 << BASELINE_LIMIT | 1 << BASELINE_LLN):
        missing |= 1 << place[C_LIMITS]
    if apart & (1 << BASELINE):
        missing |= 1 << place[C_BASELINE]
    if apart & CONSEQUENCES_BIT:
        missing |= 1 << place[C_CONSEQUENCES]
    return missing


@part
def flags(events: Events, i: int, place: Ints) -> int:
    """Flags of value `i` that do not change its grade."""
    reason = 0
    if events.status[i] == 4 or np.isnan(events.value[i]):
        reason |= NOT_RECORDED
    elif events.status[i] > 0:
        reason |= BOUNDED
    for j in range(len(events.time)):
        if events.channel[j] == C_VALUE or events.value[j] != 1.0:
            continue
        since = minute_of(events.time[i]) - minute_of(events.time[j])
        if events.channel[j] == place[C_GROWTH_FACTOR] and since >= 0:
            reason |= GROWTH_FACTOR
        if events.channel[j] == place[C_TRANSFUSION] and 0 <= since <= place[SUPPORT_HOURS] * MINUTES_PER_HOUR:
            reason |= SUPPORTED
    return reason


@part
def add_step(steps: Steps, rows: int, minute: int, low: int, high: int, reason: int, missing: int, event: int) -> int:
    """One row, or the worse of it and the last one when both belong to one minute. Returns how many rows there are."""
    row = rows
    if rows > 1 and minute_of(steps.at[rows - 1]) == minute:
        row = rows - 1
        low, high = max(low, steps.low[row]), max(high, steps.high[row])
        reason |= steps.reason[row]
        missing |= steps.missing[row]
    write_step(steps, row, minute, low, high, reason, missing)
    decide(steps, row, event)
    return row + 1


@part
def worst(steps: Steps, first: int, rows: int) -> None:
    """Row 0 from rows first to rows-1: the highest low and the highest high, and what decided them."""
    low, high, low_row, high_row, missing = NOT_GRADED, NOT_GRADED, 0, 0, 0
    for row in range(first, rows):
        steps.reason[0] |= steps.reason[row]
        if steps.low[row] > low:
            low, low_row = steps.low[row], row
        if steps.high[row] > high:
            high, high_row = steps.high[row], row
    steps.low[0], steps.high[0] = low, high
    if low == NOT_GRADED:
        return
    for k in range(DECIDING):
        decide(steps, 0, steps.decided[low_row, k])
    for row in range(first, rows):
        if steps.high[row] > low:
            missing |= steps.missing[row]
    if high > low:
        for k in range(DECIDING):
            decide(steps, 0, steps.decided[high_row, k])
        steps.missing[0] = missing


@part
def add_value(
    events: Events, i: int, base: Marks, late: int, option: Floats, steps: Steps, rows: int,
    code: Ints, bound: Floats, place: Ints,
) -> int:  # fmt: skip
    """The step of value `i`. Returns how many rows there are."""
    minute, reason = minute_of(events.time[i]), flags(events, i, place)
    if base[i] and chosen(option, place[O_BASELINE_VISIT]) == 0.0:
        return add_step(steps, rows, minute, 0, 0, (reason & ~NOT_RECORDED) | IS_BASELINE, 0, i)
    box = np.zeros((BOX_ROWS, COLUMNS))
    others = nearest_albumin(events, i, option, place) if corrects(option, place) else base
    shared, settled = fill(box, events, i, base, others, option, place)
    consequences = (0, 2, 1)[int(chosen(option, place[O_CONSEQUENCES]))]
    low, high, apart = judge(box, code, bound, option, place[SPLIT] == 1, shared, consequences)
    if high > 0 and is_point(box[LIMIT]) and place[C_LIMITS] >= 0 and above(box[VALUE], 1.0, box[LIMIT], 1) == NO:
        reason |= WITHIN
    if place[HAS_BASELINE] == 1:
        reason |= late
    rows = add_step(steps, rows, minute, low, high, reason, missing_channels(apart, events, i, settled, place), i)
    for j in range(len(others)):
        if others[j]:
            decide(steps, rows - 1, j)
    return rows


@part
def add_transfusion(events: Events, i: int, steps: Steps, first: int, rows: int, place: Ints) -> int:
    """A red-cell transfusion lifts what holds at that time to the event's grade; one not recorded may have done so.

    first   the first row since the infusion: what holds from before it does not count for the course
    """
    low, high, missing = 0, 0, 0
    if rows > first:
        low, high, missing = steps.low[rows - 1], steps.high[rows - 1], steps.missing[rows - 1]
    high = max(high, place[EVENT_GRADE])
    if events.status[i] == 0:
        return add_step(
            steps, rows, minute_of(events.time[i]), max(low, place[EVENT_GRADE]), high, TRANSFUSED, missing, i
        )
    missing |= 1 << place[C_TRANSFUSION]
    return add_step(steps, rows, minute_of(events.time[i]), low, high, 0, missing, i)


@part
def write_extreme(events: Events, steps: Steps, place: Ints) -> None:
    """The most extreme value since the infusion; one beyond a limit in the term's direction stands for the limit."""
    sign, beyond_limit = (-1.0, 1) if place[DECREASING] == 1 else (1.0, 2)
    extreme, furthest, unknown = -1, -np.inf, False
    for i in range(len(events.time)):
        status, value = events.status[i], sign * events.value[i]
        if events.channel[i] != C_VALUE or events.time[i] < 0.0 or status == 3:
            continue
        if np.isnan(value) or status == beyond_limit:
            unknown = True
        else:
            furthest = max(furthest, value)
        further = extreme < 0 or value > sign * events.value[extreme]
        if further and status in (0, beyond_limit) and not np.isnan(value):
            extreme = i
    if extreme >= 0:
        steps.fact[0, EXTREME_EVENT] = extreme
        steps.fact[0, BEYOND] = sign if unknown or furthest > sign * events.value[extreme] else 0.0


@part
def series(events: Events, option: Floats, steps: Steps, code: Ints, bound: Floats, place: Ints) -> int:
    """Every step of one term, then the worst since the infusion. Returns how many rows there are."""
    base, late = np.zeros(len(events.time), dtype=np.bool_), 0
    if place[HAS_BASELINE] == 1:
        base, late = baseline_of(events, option, place)
    lifting = place[EVENT_GRADE] > 0 and chosen(option, place[O_TRANSFUSION]) == 0.0
    rows, first, undone = 1, 1, 0
    for i in range(len(events.time)):
        status = events.status[i]
        if events.channel[i] == C_VALUE and status == 3:
            undone = NOT_DONE
        elif events.channel[i] == C_VALUE:
            rows = add_value(events, i, base, late, option, steps, rows, code, bound, place)
        elif lifting and events.channel[i] == place[C_TRANSFUSION] and (status == 4 or events.value[i] == 1.0):
            rows = add_transfusion(events, i, steps, 1 if events.time[i] < 0.0 else first, rows, place)
        if events.time[i] < 0.0:
            first = rows
    worst(steps, first, rows)
    steps.reason[0] |= undone
    if steps.low[0] == NOT_GRADED:
        steps.reason[0] |= NO_VALUE
        steps.missing[0] = 1 << C_VALUE
    for j in range(len(base)):
        if base[j]:
            steps.fact[0, BASELINE_EVENT] = j if np.isnan(steps.fact[0, BASELINE_EVENT]) else -1
    write_extreme(events, steps, place)
    return rows


def kernel_for(code: Ints, bound: Floats, place: Ints) -> Callable[[Events, NDArray[np.float64], Steps], int]:
    """The kernel of one term: `series` with the term's numbers."""

    def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
        return series(events, option, steps, code, bound, place)

    return kernel
