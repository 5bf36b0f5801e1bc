"""Tumour lysis syndrome, modification of 2011: tls.howard2011

In: urate, potassium, phosphate, calcium with albumin, creatinine, urine output, arrhythmia, seizure, symptomatic hypocalcaemia.
Out: none, laboratory or clinical, after the infusion and after the start of lymphodepletion.

**Published rule** (howard2011tls, reprint of the table) Laboratory: two or more of, within the same 24 h, from 3 days before to
7 days after the start of therapy

    urate        >= 476 umol/L (8.0 mg/dL)
    potassium    >= 6.0 mmol/L
    phosphate    >= 1.45 mmol/L in adults, >= 2.1 in children
    calcium      <= 1.75 mmol/L, corrected

A change of 25 % no longer counts. Clinical: laboratory, and creatinine risen by >= 0.3 mg/dL, or oliguria (< 0.5 mL/kg/h for
six hours), an arrhythmia or sudden death, a seizure, or symptomatic hypocalcaemia.

**Readings**

- The window is laid twice: around the infusion, and around the first recorded day of lymphodepletion. Overall: the worse.
- Two abnormalities no more than 24 h apart by their recorded times are within the same 24 h (`same_hours`).
- Silence counts where an abnormality stands alone: a criterion that nobody looked at within 24 h of it may be met; and two
  criteria that nobody looked at in the whole window may be met together.
- The rise of creatinine is against the last value up to the start of therapy; a bare day 0 is before the infusion. None recorded:
  any value may be a rise (`baseline_unknown=no_change` takes silence as no change).
- A finding that is not recorded in the window may be there.
- Calcium is corrected for albumin (`calcium=total` for the value as measured); the formula is from memory. Ionised calcium is
  not used: its limit as printed (0.3 mmol/L) cannot be right.
- 476 umol/L is 8.003 mg/dL; 8.0 mg/dL is the limit. Children are under 18 years; without an age phosphate from 1.45 to 2.1 is open.
- Creatinine and findings that a clinician holds to be due to something else do not count.

**Ungradable** no laboratory criterion in the window (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.rule import NOT_GRADED, Option, Rule, Steps
from cartrace.assess.sweep import decide, summarise
from cartrace.assess.tls import window
from cartrace.assess.tls.window import (
    ARRHYTHMIA,
    BASELINE,
    CREATININE,
    CRITERIA,
    NOTHING,
    SEIZURE,
    age_of,
    baseline,
    beyond_limit,
    flags,
    in_window,
    known,
    lymphodepletion_start,
    missing_of,
    open_window,
    reaches,
    worst_coded,
)
from cartrace.course import Channel, Events
from cartrace.course.clock import HOURS_PER_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[int, int]

# Thresholds that both editions share; they are described where they are kept.
FIRST_DAY_FROM, LAST_DAY_UP_TO = window.FIRST_DAY_FROM, window.LAST_DAY_UP_TO
URATE_FROM, POTASSIUM_FROM = window.URATE_FROM, window.POTASSIUM_FROM
PHOSPHATE_FROM, CHILD_PHOSPHATE_FROM = window.PHOSPHATE_FROM, window.CHILD_PHOSPHATE_FROM
ADULT_FROM, CALCIUM_UP_TO = window.ADULT_FROM, window.CALCIUM_UP_TO
CRITERIA_FROM = window.CRITERIA_FROM

SAME_UP_TO = 24.0
"""[h] between two abnormalities of the same 24 h; howard2011tls."""
CREATININE_RISE_FROM = 0.3
"""[mg/dL] howard2011tls."""

OLIGURIA, HYPOCALCAEMIA = len(window.CHANNELS), len(window.CHANNELS) + 1
CHANNELS = (
    *window.CHANNELS,
    Channel("oliguria", codes=("oliguria",), meaning="urine output below 0.5 mL/kg/h for six hours"),
    Channel("symptomatic_hypocalcaemia", codes=("symptomatic_hypocalcaemia",), meaning="symptoms of low calcium"),
)
CALCIUM_KIND, BASELINE_UNKNOWN, SAME = range(3)
OPTIONS = (
    window.CALCIUM_KIND,
    window.BASELINE_UNKNOWN,
    Option("same_hours", SAME_UP_TO, "hours between two abnormalities that count together", "h"),
)
CATEGORIES = ("no TLS", "laboratory TLS", "clinical TLS")
HOUR_OF_ROUNDING = 1e-6


@part
def together(events: Events, i: int, k: int, hours: float) -> bool:
    """Whether two entries lie within the same 24 h."""
    return bool(abs(events.time[i] - events.time[k]) * HOURS_PER_DAY <= hours + HOUR_OF_ROUNDING)


@part
def beside(
    events: Events, steps: Steps, row: int, i: int, marks: tuple[Ints, Ints], start_day: int, hours: float
) -> Pair:
    """Whether another criterion is met within 24 h of the abnormality `i`; notes the criteria nobody looked at."""
    low, high = 0, 0
    for channel in range(CRITERIA):
        if channel == events.channel[i]:
            continue
        looked = False
        for k in range(len(events.time)):
            if events.channel[k] != channel or not in_window(events, k, start_day) or not together(events, i, k, hours):
                continue
            looked = True
            if marks[0][i] == 1 and marks[0][k] == 1:
                low = 1
                # Its partner comes in its own turn.
                decide(steps, row, i)
            high = max(high, marks[1][k])
        if not looked:
            high = 1
            steps.missing[row] |= 1 << channel
    return low, high


@part
def laboratory(events: Events, steps: Steps, row: int, start_day: int, option: Floats) -> Pair:
    """Two criteria within the same 24 h in the window; notes what leaves it open."""
    corrected, age = option[CALCIUM_KIND] == 0.0, age_of(events)
    count = len(events.time)
    certain, possible = np.zeros(count, np.int64), np.zeros(count, np.int64)
    looked_at = np.zeros(CRITERIA, np.int64)
    for i in range(count):
        if events.channel[i] >= CRITERIA or not in_window(events, i, start_day):
            continue
        looked_at[events.channel[i]] = 1
        least, most = known(events, i, corrected)
        certain[i], possible[i] = beyond_limit(events.channel[i], least, most, age)
    if looked_at.sum() == 0:
        return NOT_GRADED, NOT_GRADED
    low, high = 0, 0
    for i in range(count):
        if possible[i] == 0:
            continue
        pair = beside(events, steps, row, i, (certain, possible), start_day, option[SAME])
        if pair[0] < pair[1] and certain[i] == 0:
            steps.missing[row] |= missing_of(events, i, age, corrected)
        low, high = max(low, pair[0]), max(high, pair[1])
    if looked_at.sum() <= CRITERIA - CRITERIA_FROM:
        high = 1
        for channel in range(CRITERIA):
            steps.missing[row] |= 1 << channel if looked_at[channel] == 0 else 0
    return low, high


@part
def risen(events: Events, steps: Steps, row: int, start: tuple[float, int], no_change: bool) -> Pair:
    """Whether creatinine rose by 0.3 mg/dL in the window; notes what leaves it open."""
    before = baseline(events, CREATININE, start[0], False)
    low, high, seen, missing = 0, 0, False, 0
    for i in range(len(events.time)):
        if events.channel[i] != CREATININE or not in_window(events, i, start[1]) or events.time[i] <= start[0]:
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        least, most = known(events, i, False)
        if np.isnan(before[0]):
            if not no_change:
                high = 1
                missing |= 1 << BASELINE
            continue
        met = 1 if reaches(least - before[1], CREATININE_RISE_FROM) else 0
        could = 1 if reaches(most - before[0], CREATININE_RISE_FROM) else 0
        if met > low:
            decide(steps, row, i)
        if met < could:
            missing |= (1 << CREATININE if least < most else 0) | (1 << BASELINE if before[0] < before[1] else 0)
        low, high = max(low, met), max(high, could)
    if not seen:
        low, high, missing = 0, 1, 1 << CREATININE
    if low < high:
        steps.missing[row] |= missing
    return low, high


@part
def clinical(events: Events, steps: Steps, row: int, start: tuple[float, int], option: Floats) -> Pair:
    """Whether a course with the laboratory syndrome has the clinical one."""
    low, high = risen(events, steps, row, start, option[BASELINE_UNKNOWN] == 1.0)
    for channel in (OLIGURIA, ARRHYTHMIA, SEIZURE, HYPOCALCAEMIA):
        best, worst, i = worst_coded(events, channel, start[1])
        if best >= 1.0:
            decide(steps, row, i)
        elif worst >= 1.0:
            steps.missing[row] |= 1 << channel
        low, high = max(low, 1 if best >= 1.0 else 0), max(high, 1 if worst >= 1.0 else 0)
    return low, high


@part
def judge(events: Events, steps: Steps, row: int, start: tuple[float, int], option: Floats) -> None:
    """The row of one window."""
    open_window(steps, row, start[0], flags(events, start[1]))
    met = laboratory(events, steps, row, start[1], option)
    if met[1] == NOT_GRADED:
        steps.reason[row] |= NOTHING
        steps.missing[row] = (1 << CRITERIA) - 1
        return
    if met[0] == met[1]:
        steps.missing[row] = 0
    worse = clinical(events, steps, row, start, option) if met[1] == 1 else (0, 0)
    steps.low[row] = met[0] + worse[0] if met[0] == 1 else 0
    steps.high[row] = met[1] + worse[1]
    if steps.low[row] == steps.high[row]:
        steps.missing[row] = 0


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """Row 1 the window of the infusion, row 2 that of lymphodepletion when it is recorded, row 0 the worse."""
    judge(events, steps, 1, (0.0, 0), option)
    rows = 2
    i = lymphodepletion_start(events)
    if i >= 0:
        judge(events, steps, 2, (float(events.time[i]), int(events.day[i])), option)
        rows = 3
    summarise(steps, rows, NOTHING)
    if steps.low[0] == NOT_GRADED:
        steps.missing[0] = steps.missing[1]
    return rows


RULE = Rule(
    id="tls.howard2011",
    version="1",
    title="Tumour lysis syndrome (2011)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=window.REASONS,
    sources=("howard2011tls", "cartrace"),
    provisional=("The correction of calcium for albumin is written from memory.",),
    kernel=kernel,
    rows=lambda events: 3,
    assess=window.assess,
    categories=CATEGORIES,
    gather=window.gather,
)
