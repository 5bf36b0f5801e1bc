"""Tumour lysis syndrome, Cairo and Bishop 2004: tls.cairobishop2004

In: urate, potassium, phosphate, calcium with albumin, creatinine, arrhythmia, seizure. Out: none, laboratory, or clinical with
its grade, after the infusion and after the start of lymphodepletion.

**Published rule** (cairo2004tls, reprint of the table) Laboratory: two or more of, from 3 days before to 7 days after therapy

    urate        >= 476 umol/L (8.0 mg/dL)                        or a rise of 25 %
    potassium    >= 6.0 mmol/L                                    or a rise of 25 %
    phosphate    >= 1.45 mmol/L in adults, >= 2.1 in children     or a rise of 25 %
    calcium      <= 1.75 mmol/L, corrected                        or a fall of 25 %

Clinical: laboratory, and creatinine >= 1.5 times the age-adjusted upper limit, an arrhythmia or sudden death, or a seizure.
Grade of clinical, the worst of

    creatinine    1   1.5 x      2   > 1.5 to 3 x        3   > 3 to 6 x                4   > 6 x upper limit
    arrhythmia    1   no need    2   non-urgent need     3   symptomatic, or device    4   life-threatening    5   death
    seizure       2   one brief  3   with altered consciousness                        4   prolonged or repetitive

The rows of arrhythmia and seizure are from memory.

**Readings**

- The window is laid twice: around the infusion, and around the first recorded day of lymphodepletion. Overall: the worse.
- A bare day 0 is before the infusion: it can be a baseline.
- The baseline is the last value up to the start of therapy; changes are counted after it. None recorded: a value within its limit
  may be a rise or fall of 25 % (`baseline_unknown=no_change` takes silence as no change).
- A criterion that is not recorded in the window may be met, and a finding that is not recorded may be there.
- Calcium is corrected for albumin (`calcium=total` for the value as measured); the formula is from memory. Ionised calcium is
  not used: its limit as printed (0.3 mmol/L) cannot be right.
- 476 umol/L is 8.003 mg/dL; 8.0 mg/dL is the limit. Children are under 18 years; without an age phosphate from 1.45 to 2.1 is open.
- Creatinine and findings that a clinician holds to be due to something else (a drug) do not count.

**Ungradable** no laboratory criterion in the window (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.hyperinflammation.iechs_elements import exceeds, interval
from cartrace.assess.rule import NOT_GRADED, Rule, Steps
from cartrace.assess.sweep import decide, summarise
from cartrace.assess.tls import window
from cartrace.assess.tls.window import (
    ARRHYTHMIA,
    BASELINE,
    CALCIUM,
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

Floats = NDArray[np.float64]
Pair = tuple[int, int]

# Thresholds that both editions share; they are described where they are kept.
FIRST_DAY_FROM, LAST_DAY_UP_TO = window.FIRST_DAY_FROM, window.LAST_DAY_UP_TO
URATE_FROM, POTASSIUM_FROM = window.URATE_FROM, window.POTASSIUM_FROM
PHOSPHATE_FROM, CHILD_PHOSPHATE_FROM = window.PHOSPHATE_FROM, window.CHILD_PHOSPHATE_FROM
ADULT_FROM, CALCIUM_UP_TO = window.ADULT_FROM, window.CALCIUM_UP_TO
CRITERIA_FROM = window.CRITERIA_FROM

CHANGE_FROM = 25.0
"""[%] rise, or fall of calcium, against the baseline; cairo2004tls."""
CREATININE_TIMES_FROM = 1.5
"""Times the upper limit: clinical, grade 1; cairo2004tls."""
CREATININE_2_TIMES_ABOVE = 1.5
"""Grade 2; cairo2004tls."""
CREATININE_3_TIMES_ABOVE = 3.0
"""Grade 3; cairo2004tls."""
CREATININE_4_TIMES_ABOVE = 6.0
"""Grade 4; cairo2004tls."""

REFERENCE_LIMIT = len(window.CHANNELS)
CHANNELS = (
    *window.CHANNELS,
    Channel("reference_limit", meaning="named when the upper limit of creatinine would settle the grade"),
)
CALCIUM_KIND, BASELINE_UNKNOWN = range(2)
OPTIONS = (window.CALCIUM_KIND, window.BASELINE_UNKNOWN)
CATEGORIES = ("no TLS", "laboratory TLS", *(f"clinical TLS grade {grade}" for grade in range(1, 6)))

# Grades of the coded seizures (none, brief, nonconvulsive, over 5 min, repetitive); arrhythmia is coded by its grade.
SEIZURE_GRADES = (0, 2, 3, 4, 4)
WORST_ARRHYTHMIA, WORST_SEIZURE = 5.0, 4.0


@part
def changed(channel: int, value: tuple[float, float], before: tuple[float, float], range_when_unknown: bool) -> Pair:
    """Whether a value lies 25 % beyond the baseline, in the direction of its criterion."""
    if np.isnan(before[0]):
        return 0, 1 if range_when_unknown else 0
    up, down = 1.0 + CHANGE_FROM / 100.0, 1.0 - CHANGE_FROM / 100.0
    if channel == CALCIUM:
        return 1 if reaches(down * before[0], value[1]) else 0, 1 if reaches(down * before[1], value[0]) else 0
    return 1 if reaches(value[0], up * before[1]) else 0, 1 if reaches(value[1], up * before[0]) else 0


@part
def criterion(events: Events, steps: Steps, row: int, channel: int, start: tuple[float, int], option: Floats) -> Pair:
    """One laboratory criterion over the window of the row; notes what leaves it open."""
    corrected = option[CALCIUM_KIND] == 0.0
    age = age_of(events)
    before = baseline(events, channel, start[0], corrected)
    low, high, seen, missing = 0, 0, False, 0
    for i in range(len(events.time)):
        if events.channel[i] != channel or not in_window(events, i, start[1]):
            continue
        seen = True
        least, most = known(events, i, corrected)
        met = beyond_limit(channel, least, most, age)
        change = (0, 0)
        if events.time[i] > start[0]:
            change = changed(channel, (least, most), before, option[BASELINE_UNKNOWN] == 0.0)
        if max(met[0], change[0]) < max(met[1], change[1]):
            missing |= missing_of(events, i, age, corrected)
            if before[0] != before[1] and events.time[i] > start[0]:
                missing |= 1 << BASELINE
        if max(met[0], change[0]) > low:
            decide(steps, row, i)
        low, high = max(low, met[0], change[0]), max(high, met[1], change[1])
    if not seen:
        steps.missing[row] |= 1 << channel
        return 0, 1
    if low < high:
        steps.missing[row] |= missing
    return low, high


@part
def creatinine_grade(value: float, limit: float) -> int:
    """Grade of clinical by creatinine against its upper limit."""
    if exceeds(value, CREATININE_4_TIMES_ABOVE * limit):
        return 4
    if exceeds(value, CREATININE_3_TIMES_ABOVE * limit):
        return 3
    if exceeds(value, CREATININE_2_TIMES_ABOVE * limit):
        return 2
    return 1 if reaches(value, CREATININE_TIMES_FROM * limit) else 0


@part
def by_creatinine(events: Events, steps: Steps, row: int, start_day: int) -> Pair:
    """(lowest, highest) grade by creatinine in the window."""
    low, high, seen, missing = 0, 0, False, 0
    for i in range(len(events.time)):
        if events.channel[i] != CREATININE or not in_window(events, i, start_day):
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        least, most = interval(events, i)
        limit = events.high[i]
        grade = creatinine_grade(least, limit)
        highest = 4 if np.isnan(limit) else creatinine_grade(most, limit)
        if grade < highest:
            missing |= 1 << REFERENCE_LIMIT if np.isnan(limit) else 1 << CREATININE
        if grade > low:
            decide(steps, row, i)
        low, high = max(low, grade), max(high, highest)
    if not seen:
        low, high, missing = 0, 4, 1 << CREATININE
    if low < high:
        steps.missing[row] |= missing
    return low, high


@part
def clinical(events: Events, steps: Steps, row: int, start_day: int) -> Pair:
    """(lowest, highest) grade of clinical tumour lysis for a course that has the laboratory one; 0 = none."""
    low, high = by_creatinine(events, steps, row, start_day)
    best, worst, i = worst_coded(events, ARRHYTHMIA, start_day)
    if best > low:
        decide(steps, row, i)
    if best < worst:
        steps.missing[row] |= 1 << ARRHYTHMIA
    low, high = max(low, int(best)), max(high, int(min(worst, WORST_ARRHYTHMIA)))
    best, worst, i = worst_coded(events, SEIZURE, start_day)
    if SEIZURE_GRADES[int(best)] > low:
        decide(steps, row, i)
    if best < worst:
        steps.missing[row] |= 1 << SEIZURE
    return max(low, SEIZURE_GRADES[int(best)]), max(high, SEIZURE_GRADES[int(min(worst, WORST_SEIZURE))])


@part
def judge(events: Events, steps: Steps, row: int, start: tuple[float, int], option: Floats) -> None:
    """The row of one window."""
    open_window(steps, row, start[0], flags(events, start[1]))
    low, high, looked = 0, 0, False
    for channel in range(CRITERIA):
        met = criterion(events, steps, row, channel, start, option)
        low, high = low + met[0], high + met[1]
    for i in range(len(events.time)):
        looked = looked or (events.channel[i] < CRITERIA and in_window(events, i, start[1]))
    if not looked:
        steps.reason[row] |= NOTHING
        return
    certain, possible = low >= CRITERIA_FROM, high >= CRITERIA_FROM
    if certain == possible:
        steps.missing[row] = 0
    grade = clinical(events, steps, row, start[1]) if possible else (0, 0)
    steps.low[row] = 1 + grade[0] if certain else 0
    steps.high[row] = 1 + grade[1] if possible else 0


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
    id="tls.cairobishop2004",
    version="1",
    title="Tumour lysis syndrome (Cairo-Bishop 2004)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=window.REASONS,
    sources=("cairo2004tls", "cartrace"),
    provisional=(
        "Grades of arrhythmia and seizure are written from memory of cairo2004tls.",
        "The correction of calcium for albumin is written from memory.",
    ),
    kernel=kernel,
    rows=lambda events: 3,
    assess=window.assess,
    categories=CATEGORIES,
    gather=window.gather,
)
