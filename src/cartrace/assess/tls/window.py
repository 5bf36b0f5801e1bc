"""What both editions of tumour lysis syndrome share: inputs, the windows, the four laboratory criteria, baselines.

In: `Events`, a therapy start. Out: for an entry and for a window, whether a criterion is met at best and at worst.
Decided here: a window runs from 3 study days before the start of therapy to 7 days after it, and is laid twice, around the
infusion and around the first day of lymphodepletion. The baseline is the last value up to the start of therapy. Calcium is
corrected for albumin of its day, or the nearest within 24 h; without albumin it may be corrected for any from 0 to 60 g/L.
Ionised calcium is no input: the limit as printed cannot be right. Numbers are compared at ten significant digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.hyperinflammation.iechs_elements import interval
from cartrace.assess.hyperinflammation.index_days import NOT_DONE
from cartrace.assess.labs.bounds import significant
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row
from cartrace.course.events import gather as gather_all

Floats = NDArray[np.float64]
Pair = tuple[int, int]

FIRST_DAY_FROM = -3
"""[d] of the window, against the start of therapy; cairo2004tls."""
LAST_DAY_UP_TO = 7
"""[d] of the window; cairo2004tls."""
URATE_FROM = 8.0
"""[mg/dL] printed beside 476 umol/L; cairo2004tls, howard2011tls."""
POTASSIUM_FROM = 6.0
"""[mmol/L] cairo2004tls, howard2011tls."""
PHOSPHATE_FROM = 1.45
"""[mmol/L] adults; cairo2004tls, howard2011tls."""
CHILD_PHOSPHATE_FROM = 2.1
"""[mmol/L] children; cairo2004tls, howard2011tls."""
ADULT_FROM = 18.0
"""[a] the paper says child and adult without an age; cartrace."""
CALCIUM_UP_TO = 1.75
"""[mmol/L] corrected; cairo2004tls, howard2011tls."""
CRITERIA_FROM = 2
"""Of 4; cairo2004tls, howard2011tls."""

# Corrected calcium [mmol/L] = calcium + 0.8 mg/dL for each g/dL of albumin below 4.0; from memory.
NORMAL_ALBUMIN, CORRECTION = 40.0, 0.8 * 0.2495 / 10.0
HIGHEST_ALBUMIN = 60.0

URATE, POTASSIUM, PHOSPHATE, CALCIUM, ALBUMIN, CREATININE, ARRHYTHMIA, SEIZURE = range(8)
AGE, LYMPHODEPLETION, RASBURICASE, BASELINE = range(8, 12)
CRITERIA = 4
CHANNELS = (
    Channel("urate", codes=("urate",), meaning="uric acid"),
    Channel("potassium", codes=("potassium",), meaning="potassium"),
    Channel("phosphate", codes=("phosphate",), meaning="phosphate"),
    Channel("calcium", codes=("calcium",), meaning="total calcium"),
    Channel("albumin", codes=("albumin",), meaning="albumin, which corrects calcium"),
    Channel("creatinine", codes=("creatinine",), meaning="creatinine; high = the laboratory's upper limit"),
    Channel("arrhythmia", codes=("arrhythmia",), meaning="cardiac arrhythmia, sudden death included"),
    Channel("seizure", codes=("seizure",), meaning="seizure"),
    Channel("age", meaning="age of the patient in years"),
    Channel("lymphodepletion", drug_classes=("lymphodepletion",), meaning="places the earlier window"),
    Channel("rasburicase", drugs=("rasburicase",), meaning="breaks down urate in the tube as well"),
    Channel("baseline", meaning="named when a value before the start of therapy would settle a criterion"),
)
CALCIUM_KIND = Option("calcium", 0, "which calcium is judged", values=(("corrected", 0), ("total", 1)))
BASELINE_UNKNOWN = Option(
    "baseline_unknown", 0, "a baseline that is not recorded", values=(("range", 0), ("no_change", 1))
)
NOTHING, RASBURICASE_GIVEN = 1, 2
REASONS = (
    Reason("nothing_recorded", "No laboratory criterion is recorded in the window."),
    Reason("rasburicase_given", "Rasburicase was given: urate is valid only from a sample kept on ice."),
)
WINDOWS = ("after_infusion", "after_lymphodepletion")


@part
def reaches(value: float, bound: float) -> bool:
    """At or above, at ten significant digits; False for what is not known."""
    return bool(significant(value) >= significant(bound))


@part
def in_window(events: Events, i: int, start_day: int) -> bool:
    """Whether entry `i` lies in the window around a start of therapy and is a look at its input."""
    day = events.day[i] - start_day
    return bool(FIRST_DAY_FROM <= day <= LAST_DAY_UP_TO and events.status[i] != NOT_DONE)


@part
def albumin_at(events: Events, i: int) -> tuple[float, float]:
    """(least, most) albumin that may belong to calcium entry `i`: its day's, else the nearest within 24 h, else any."""
    found, distance = -1, 1.0 + 1e-9
    for k in range(len(events.time)):
        if events.channel[k] != ALBUMIN or events.status[k] > 2 or np.isnan(events.value[k]):
            continue
        apart = 0.0 if events.day[k] == events.day[i] else abs(events.time[k] - events.time[i])
        if apart < distance:
            found, distance = k, apart
    if found < 0:
        return 0.0, HIGHEST_ALBUMIN
    least, most = interval(events, found)
    return least, min(most, HIGHEST_ALBUMIN)


@part
def known(events: Events, i: int, corrected: bool) -> tuple[float, float]:
    """(least, most) of what entry `i` can have been; calcium corrected for albumin."""
    least, most = interval(events, i)
    if events.channel[i] == CALCIUM and corrected:
        low_albumin, high_albumin = albumin_at(events, i)
        least = least + (NORMAL_ALBUMIN - high_albumin) * CORRECTION
        most = most + (NORMAL_ALBUMIN - low_albumin) * CORRECTION
    return least, most


@part
def baseline(events: Events, channel: int, start: float, corrected: bool) -> tuple[float, float]:
    """(least, most) of the last value up to the start of therapy; NaN when none is recorded."""
    found = -1
    for i in range(len(events.time)):
        if events.channel[i] == channel and events.time[i] <= start and events.status[i] != NOT_DONE:
            found = i
    if found < 0 or events.status[found] > 2:
        return np.nan, np.nan
    return known(events, found, corrected)


@part
def age_of(events: Events) -> float:
    """Age in years; NaN when not recorded."""
    for i in range(len(events.time)):
        if events.channel[i] == AGE:
            return float(events.value[i])
    return np.nan


@part
def beyond_limit(channel: int, least: float, most: float, age: float) -> Pair:
    """Whether a value is beyond the fixed limit of its criterion."""
    if channel == CALCIUM:
        return 1 if reaches(CALCIUM_UP_TO, most) else 0, 1 if reaches(CALCIUM_UP_TO, least) else 0
    strict = loose = URATE_FROM if channel == URATE else POTASSIUM_FROM
    if channel == PHOSPHATE:
        strict = PHOSPHATE_FROM if age >= ADULT_FROM else CHILD_PHOSPHATE_FROM
        loose = CHILD_PHOSPHATE_FROM if age < ADULT_FROM else PHOSPHATE_FROM
    return 1 if reaches(least, strict) else 0, 1 if reaches(most, loose) else 0


@part
def missing_of(events: Events, i: int, age: float, corrected: bool) -> int:
    """Bits of the inputs that leave the fixed limit of entry `i` open."""
    missing = 0
    least, most = interval(events, i)
    if least < most:
        missing |= 1 << int(events.channel[i])
    if events.channel[i] == PHOSPHATE and np.isnan(age):
        missing |= 1 << AGE
    if events.channel[i] == CALCIUM and corrected:
        low_albumin, high_albumin = albumin_at(events, i)
        missing |= 1 << ALBUMIN if low_albumin < high_albumin else 0
    return missing


@part
def worst_coded(events: Events, channel: int, start_day: int) -> tuple[float, float, int]:
    """(at best, at worst, entry) of a coded finding in the window; what is due to something else does not count."""
    best, worst, found, seen = 0.0, 0.0, -1, False
    for i in range(len(events.time)):
        if events.channel[i] != channel or not in_window(events, i, start_day):
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        if np.isnan(events.value[i]):
            worst = np.inf
        else:
            if events.value[i] > best or found < 0:
                found = i
            best, worst = max(best, events.value[i]), max(worst, events.value[i])
    return (best, worst, found) if seen else (0.0, np.inf, -1)


@part
def flags(events: Events, start_day: int) -> int:
    """Rasburicase in the window."""
    for i in range(len(events.time)):
        if events.channel[i] == RASBURICASE and events.value[i] != 0.0 and in_window(events, i, start_day):
            return RASBURICASE_GIVEN
    return 0


@part
def lymphodepletion_start(events: Events) -> int:
    """Index of the first lymphodepletion before the infusion; -1 = none recorded."""
    for i in range(len(events.time)):
        if events.channel[i] == LYMPHODEPLETION and events.time[i] < 0.0:
            return i
    return -1


@part
def open_window(steps: Steps, row: int, start: float, reason: int) -> None:
    """Clear the row of a window."""
    steps.at[row] = start
    steps.low[row] = steps.high[row] = -1
    steps.reason[row], steps.missing[row] = reason, 0


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The course's events, with the age as a standing fact; only findings of the patient ask for attribution."""

    def extra() -> Iterator[Any]:
        if course.patient.age_years is not None:
            yield event_row(AGE, course.patient.age_years, moment=None)

    events = gather_all(course, channels, extra())
    return events._replace(attributed=np.where(events.attributed == -1, -1, 1).astype(events.attributed.dtype))


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records: the overall grade and that of each window."""
    events = rule.events(course)
    rows = rule.calculate(events, option)
    parts = tuple((WINDOWS[k - 1], rule.grade(rows, k, events)) for k in range(1, len(rows.at)))
    overall = rule.grade(rows, 0, events)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, parts=parts)
