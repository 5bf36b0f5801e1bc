"""CAR-HEMATOTOX of 2021, the risk of prolonged neutropenia read before lymphodepletion: hematotox.rejeski2021

In: the last blood counts, CRP and ferritin before lymphodepletion, transfusions. Out: a score 0-7 with its class, low or
high, the points of each marker. Decided here: everything below the table; which values are the baseline.

**Published rule** (rejeski2021hematotox, score; the cut-offs are from memory)

    marker                  0 points    1 point       2 points
    platelets, 10*9/L       > 175       75-175        < 75
    neutrophils, per uL     > 1200      < 1200        -
    haemoglobin, g/dL       > 9.0       < 9.0         -
    CRP, mg/dL              < 3.0       > 3.0         -
    ferritin, ng/mL         < 650       650-2000      > 2000

0-1 points: low risk, 2 or more: high risk of neutrophils below 500 per uL for 14 days or longer.

**Readings**

- The five markers are the last values before lymphodepletion began; a value of its first day known by its day only counts
  as taken before it. Lymphodepletion: drugs of that class started at most 14 days before the first infusion. Without any
  the last values before the infusion count (`no_lymphodepletion`); `baseline=infusion` takes these in any case.
- A value older than `look_back_days` is no baseline: the marker is missing.
- Exactly 1200, 9.0 or 3.0 has no place in print: no point, flagged `at_cut_off`; `at_cut_off=point` gives the point.
- A marker that is missing, or known as below or above a limit of measurement, leaves the points open that it may have:
  the score is a range, and nothing is imputed. Of several values of one minute each may be the one.
- Haemoglobin within 72 h after red cells and platelets within 72 h after platelets are not the patient's own: the last
  value before the transfusion counts, when it was taken within the 72 h before it (`pre_transfusion`); else the value
  stands (`supported`). Silence about transfusions changes nothing; a transfusion entered as not recorded may have been given or not.
- The score was derived in large B-cell lymphoma. In another disease that is recorded it is flagged (`other_disease`); the
  adaptation to leukaemia is another score.

**Ungradable** none of the five markers is known (`no_marker`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.disease import is_lymphoma
from cartrace.assess.extremes import BEYOND_LIMIT
from cartrace.assess.labs.bounds import significant
from cartrace.assess.labs.series import LYMPHODEPLETION_UP_TO, precedes
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.assess.sweep import minute_of
from cartrace.course import Channel, Course, Events, Quantity, Status
from cartrace.course.events import event_row, gather

__all__ = ["LYMPHODEPLETION_UP_TO", "RULE"]

PLATELETS_1_UP_TO = 175.0
PLATELETS_2_BELOW = 75.0
"""[10*9/L] rejeski2021hematotox; from memory (provisional)."""

ANC_BELOW = 1.2
"""[10*9/L] rejeski2021hematotox; from memory (provisional)."""

HAEMOGLOBIN_BELOW = 90.0
"""[g/L] rejeski2021hematotox; from memory (provisional)."""

CRP_ABOVE = 30.0
"""[mg/L] 3.0 mg/dL; rejeski2021hematotox; from memory (provisional)."""

FERRITIN_1_FROM = 650.0
FERRITIN_2_ABOVE = 2000.0
"""[ng/mL] rejeski2021hematotox; from memory (provisional)."""

HIGH_FROM = 2
"""Points; rejeski2021hematotox."""

LOOK_BACK_UP_TO = 30
"""[d] before lymphodepletion within which a value is a baseline; cartrace."""

TRANSFUSED_UP_TO = 72
"""[h] after a transfusion a value is not the patient's own; cartrace."""

MINUTES_PER_HOUR = 60

PLATELETS, ANC, HAEMOGLOBIN, CRP, FERRITIN = range(5)
MARKERS = 5
MOST_POINTS = (2, 1, 1, 1, 2)
LYMPHODEPLETION, RED_CELLS, PLATELETS_GIVEN, DISEASE = range(5, 9)
CHANNELS = (
    Channel("platelets", codes=("platelets",), site="blood", meaning="platelet count"),
    Channel("anc", codes=("anc",), site="blood", meaning="absolute neutrophil count"),
    Channel("haemoglobin", codes=("haemoglobin",), site="blood", meaning="haemoglobin"),
    Channel("crp", codes=("crp",), site="blood", meaning="C-reactive protein"),
    Channel("ferritin", codes=("ferritin",), site="blood", meaning="ferritin"),
    Channel("lymphodepletion", meaning="start of lymphodepletion"),
    Channel("red_cells", codes=("rbc_transfusion",), meaning="red-cell transfusion"),
    Channel("platelets_given", codes=("platelet_transfusion",), meaning="platelet transfusion"),
    Channel("disease", meaning="1 = a disease other than lymphoma"),
)

FROM_INFUSION, GIVES_POINT = 1, 1
NOT_RECORDED = int(Status.NOT_RECORDED)
BASELINE, LOOK_BACK, AT_CUT_OFF = range(3)
OPTIONS = (
    Option("baseline", 0, "before what the markers were taken", values=(("lymphodepletion", 0), ("infusion", 1))),
    Option("look_back_days", LOOK_BACK_UP_TO, "how old a marker may be at most", "d"),
    Option("at_cut_off", 0, "a value at a cut-off without a place in print", values=(("no_point", 0), ("point", 1))),
)

NO_MARKER, NO_LYMPHODEPLETION, EQUAL, PRE_TRANSFUSION, SUPPORTED, OTHER_DISEASE = 1, 2, 4, 8, 16, 32
REASONS = (
    Reason("no_marker", "None of the five markers is recorded before treatment."),
    Reason("no_lymphodepletion", "No lymphodepletion is recorded: the last values before the infusion count."),
    Reason("at_cut_off", "A marker lies exactly at a cut-off that has no place in print."),
    Reason("pre_transfusion", "A value soon after a transfusion was replaced by the last one before it."),
    Reason("supported", "A value soon after a transfusion stands: none was taken within the 72 h before."),
    Reason("other_disease", "The score was derived in large B-cell lymphoma; the disease recorded is another one."),
    BEYOND_LIMIT,
)

# Columns of `Steps.fact`: points of each marker at best, at worst, and the event that decided (-1 = none).
AT_BEST, AT_WORST, EVENT = 0, 5, 10


@part
def points_of(marker: int, number: float, equal: bool) -> int:
    """Points of one number; `equal`: a number at a cut-off without a place in print gives the point."""
    x = significant(number)
    if marker == PLATELETS:
        return 2 if x < PLATELETS_2_BELOW else 1 if x <= PLATELETS_1_UP_TO else 0
    if marker == ANC:
        return 1 if x < ANC_BELOW or (equal and x == ANC_BELOW) else 0
    if marker == HAEMOGLOBIN:
        return 1 if x < HAEMOGLOBIN_BELOW or (equal and x == HAEMOGLOBIN_BELOW) else 0
    if marker == CRP:
        return 1 if x > CRP_ABOVE or (equal and x == CRP_ABOVE) else 0
    return 2 if x > FERRITIN_2_ABOVE else 1 if x >= FERRITIN_1_FROM else 0


@part
def is_at_cut_off(marker: int, number: float) -> bool:
    """Whether the number lies at a cut-off without a place in print."""
    return bool(points_of(marker, number, True) != points_of(marker, number, False))


@part
def bounds_of(events: Events, i: int) -> tuple[float, float]:
    """(least, most) of one value by its status; what is reported as below 30 lies below 30."""
    value, status = events.value[i], events.status[i]
    if status == 0 and not np.isnan(value):
        return value, value
    if status == 1 and not np.isnan(value):
        return 0.0, value * (1.0 - 1e-9)
    if status == 2 and not np.isnan(value):
        return value * (1.0 + 1e-9), np.inf
    return 0.0, np.inf


@part
def start_of(events: Events, option: NDArray[np.float64]) -> tuple[float, int, int, bool]:
    """(time, study day, exact, found) of the first lymphodepletion, or of the infusion."""
    start, day, exact, found = 0.0, 0, 1, False
    for k in range(len(events.time)):
        if events.channel[k] == LYMPHODEPLETION and -LYMPHODEPLETION_UP_TO <= events.time[k] < start:
            if option[BASELINE] != FROM_INFUSION:
                start, day, exact = events.time[k], events.day[k], events.exact[k]
            found = True
    return start, day, exact, found


@part
def transfused_at(events: Events, i: int, channel: int) -> int:
    """[min] of the first transfusion within TRANSFUSED_UP_TO hours before value `i`; a value far in the future without one."""
    first = 1_000_000_000
    for k in range(len(events.time)):
        if events.channel[k] != channel or events.value[k] != 1.0 or events.status[k] != 0:
            continue
        since = minute_of(events.time[i]) - minute_of(events.time[k])
        if 0 <= since <= TRANSFUSED_UP_TO * MINUTES_PER_HOUR:
            first = min(first, minute_of(events.time[k]))
    return first


@part
def latest_before(events: Events, marker: int, minute: int) -> int:
    """The last value of `marker` taken before `minute`, at most TRANSFUSED_UP_TO hours earlier; -1 = none."""
    found = -1
    for i in range(len(events.time)):
        if events.channel[i] != marker or events.status[i] == 3:
            continue
        if 0 < minute - minute_of(events.time[i]) <= TRANSFUSED_UP_TO * MINUTES_PER_HOUR:
            found = i
    return found


@part
def own_value(events: Events, marker: int, i: int) -> tuple[int, int]:
    """(the value before the transfusion that value `i` follows, or `i`; flags)."""
    if marker != PLATELETS and marker != HAEMOGLOBIN:
        return i, 0
    channel, flags = (PLATELETS_GIVEN if marker == PLATELETS else RED_CELLS), 0
    for _ in range(len(events.time)):
        given = transfused_at(events, i, channel)
        if given > minute_of(events.time[i]):
            return i, flags
        before = latest_before(events, marker, given)
        if before < 0:
            return i, flags | SUPPORTED
        i, flags = before, PRE_TRANSFUSION
    return i, flags


@part
def may_count(events: Events, marker: int, i: int) -> NDArray[np.bool_]:
    """Which values may count for value `i`, as transfusions that are entered as not recorded were given or were not."""
    reached, counts = np.zeros(len(events.time), np.bool_), np.zeros(len(events.time), np.bool_)
    reached[i] = True
    channel = PLATELETS_GIVEN if marker == PLATELETS else RED_CELLS
    for k in range(i, -1, -1):
        if not reached[k]:
            continue
        certain = transfused_at(events, k, channel)
        counts[k] = counts[k] or certain > minute_of(events.time[k])
        for t in range(len(events.time)):
            if events.channel[t] != channel:
                continue
            if events.status[t] != NOT_RECORDED and minute_of(events.time[t]) != certain:
                continue
            at, taken = minute_of(events.time[t]), minute_of(events.time[k])
            if not taken - TRANSFUSED_UP_TO * MINUTES_PER_HOUR <= at <= min(certain, taken):
                continue
            before = latest_before(events, marker, at)
            if before < 0:
                counts[k] = True
            else:
                reached[before] = True
    return counts


@part
def stands_beside(events: Events, counts: NDArray[np.bool_], k: int) -> bool:
    """Whether a value of the minute of value `k` counts."""
    for j in range(len(events.time)):
        if counts[j] and minute_of(events.time[j]) == minute_of(events.time[k]):
            return True
    return False


@part
def baseline_of(events: Events, marker: int, option: NDArray[np.float64]) -> int:
    """The last value of `marker` before treatment that is not too old; -1 = none."""
    start, day, exact, _ = start_of(events, option)
    found = -1
    for i in range(len(events.time)):
        if events.channel[i] != marker or events.status[i] == 3:
            continue
        if precedes(events, i, start, day, exact) and start - events.time[i] <= option[LOOK_BACK]:
            found = i
    return found


@part
def write_marker(events: Events, marker: int, option: NDArray[np.float64], steps: Steps) -> tuple[int, int]:
    """Points of one marker at best and at worst, its event. Returns flags and bits of what would settle the points."""
    i, equal = baseline_of(events, marker, option), option[AT_CUT_OFF] == GIVES_POINT
    steps.fact[0, AT_BEST + marker], steps.fact[0, AT_WORST + marker] = 0.0, MOST_POINTS[marker]
    if i < 0:
        return 0, 1 << marker
    counts = may_count(events, marker, i) if marker in (PLATELETS, HAEMOGLOBIN) else np.arange(len(events.time)) == i
    i, flags = own_value(events, marker, i)
    steps.fact[0, EVENT + marker] = i
    counts[i] = True
    given = 1 << (PLATELETS_GIVEN if marker == PLATELETS else RED_CELLS) if np.sum(counts) > 1 else 0
    low, high = 99, -1
    for k in range(len(events.time)):
        if events.channel[k] != marker or events.status[k] == 3:
            continue
        if not stands_beside(events, counts, k):
            continue
        for number in bounds_of(events, k):
            low, high = min(low, points_of(marker, number, equal)), max(high, points_of(marker, number, equal))
        if events.status[k] == 0 and is_at_cut_off(marker, events.value[k]):
            flags |= EQUAL
    steps.fact[0, AT_BEST + marker], steps.fact[0, AT_WORST + marker] = low, high
    return flags, (1 << marker | given) if low < high else 0


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    start, _, _, found = start_of(events, option)
    flags = 0 if found else NO_LYMPHODEPLETION
    known, low, high, missing, place = False, 0, 0, 0, 0
    for marker in range(MARKERS):
        found_flags, wanted = write_marker(events, marker, option, steps)
        flags, missing = flags | found_flags, missing | wanted
        best, worst = int(steps.fact[0, AT_BEST + marker]), int(steps.fact[0, AT_WORST + marker])
        low, high = low + best, high + worst
        event = steps.fact[0, EVENT + marker]
        if not np.isnan(event):
            steps.decided[0, place] = int(event)
            known = known or events.status[int(event)] <= 2
            place += 1
    if np.any(events.channel == DISEASE):
        flags |= OTHER_DISEASE
    steps.at[0], steps.missing[0], steps.reason[0] = start, missing, flags
    if not known:
        steps.reason[0] |= NO_MARKER
        return 1
    steps.low[0], steps.high[0] = low, high
    return 1


def gather_markers(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Markers, starts of lymphodepletion, transfusions; whether a disease other than lymphoma is recorded."""
    given = {"red_cells": RED_CELLS, "platelet_concentrate": PLATELETS_GIVEN}
    extra = []
    for drug in course.drugs:
        if not drug.start.known:
            continue
        if drug.drug_class == "lymphodepletion":
            extra.append(event_row(LYMPHODEPLETION, 1.0, moment=drug.start, uid=drug.uid))
        elif drug.drug in given:
            extra.append(event_row(given[drug.drug], 1.0, moment=drug.start, uid=drug.uid))
    if course.disease.name and not is_lymphoma(course.disease.name):
        extra.append(event_row(DISEASE, 1.0, moment=None))
    events = gather(course, channels, extra)
    # A baseline before treatment has no cause to be attributed to.
    return events._replace(attributed=np.ones_like(events.attributed))


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as records; one part for each marker."""
    events = rule.events(course)
    steps = rule.calculate(events, option)
    overall = rule.overall(steps, events)
    parts = tuple((CHANNELS[marker].name, _part(rule, steps, events, marker)) for marker in range(MARKERS))
    facts = tuple(_value(rule, steps, events, marker) for marker in range(MARKERS))
    used = rule.settings_used(option)
    return Assessment(rule.name, rule.title, used, overall, facts=facts, parts=parts)


def _part(rule: Rule, steps: Steps, events: Events, marker: int) -> Grade:
    low, high = (int(steps.fact[0, place + marker]) for place in (AT_BEST, AT_WORST))
    event = steps.fact[0, EVENT + marker]
    return Grade(
        rule.name,
        "graded" if low == high else "range",
        low,
        high,
        settles=() if low == high else (CHANNELS[marker].name,),
        evidence=() if math.isnan(event) else (int(events.uid[int(event)]),),
        provisional=bool(rule.provisional),
    )


def _value(rule: Rule, steps: Steps, events: Events, marker: int) -> Quantity:
    channel, event = CHANNELS[marker], steps.fact[0, EVENT + marker]
    units = ("10*9/L", "10*9/L", "g/L", "mg/L", "ng/mL")
    name = f"Baseline of {channel.meaning}"
    if math.isnan(event) or math.isnan(events.value[int(event)]) or events.status[int(event)] > 2:
        return Quantity(
            f"{channel.name}_value", name, None, units[marker], rule.name, reason="no value before treatment"
        )
    i = int(event)
    value, used = float(events.value[i]), (int(events.uid[i]),)
    flags = (BEYOND_LIMIT.code,) if events.status[i] != 0 else ()
    return Quantity(f"{channel.name}_value", name, value, units[marker], rule.name, used=used, flags=flags)


RULE = Rule(
    id="hematotox.rejeski2021",
    version="1",
    title="CAR-HEMATOTOX",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("rejeski2021hematotox", "cartrace"),
    provisional=("The cut-offs of the five markers are written from memory of the publication's figure.",),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    categories=tuple(f"{score} ({'high' if score >= HIGH_FROM else 'low'})" for score in range(sum(MOST_POINTS) + 1)),
    gather=gather_markers,
)
