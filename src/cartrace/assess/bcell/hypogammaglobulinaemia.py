"""Hypogammaglobulinaemia after B-cell-directed products: hypogammaglobulinaemia

In: immunoglobulin G with the laboratory's lower limit, immunoglobulin replacement. Out: a grade at every measured day.
Decided here: what replacement does to a value. No single standard exists; the limits are from memory (`provisional`).

**Published rule** (usual practice, from memory; immunoglobulin G in mg/dL)

    severe     < 400
    low        below the laboratory's lower limit of normal
    not low    otherwise

A value within 28 days after immunoglobulin was given is supported and shows no recovery.

**Readings**

- One grade for each study day with a value after the infusion; the lowest of several values of a day. A bare day 0 is
  before the infusion. Overall: the worst of the course.
- A value that was taken and is not recorded may be anything; a test that was not done is no day.
- The lower limit of normal is the one given with the value. Not given: from 400 on a value may be low or not.
- Supported (day of the dose to day 28 after it, `ivig_days`; during a course of doses all along): the patient's own level is
  at most the measured one, so the grade reaches from that of the value to severe.
- Immunoglobulin that is not charted is unknown unless the drug chart is complete: the value may be supported
  (`ivig_unknown=not_given` takes silence as no replacement).
- The nadir is the lowest value; one below a limit stands for the limit. It is an upper bound (`upper_bound`) when some value
  may lie below it.
- `severe_below` moves the severe limit (600 and 700 mg/dL are in use for adults).

**Ungradable** no immunoglobulin G after the infusion (`never_measured`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.extremes import UPPER_BOUND
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Channel, Course, Events, Quantity
from cartrace.course.events import event_row
from cartrace.course.events import gather as gather_all

Floats = NDArray[np.float64]

SEVERE_BELOW = 400.0
"""[mg/dL] usual practice, from memory."""

IVIG_UP_TO = 28
"""[d] after a dose of immunoglobulin for which a value is supported; usual practice, from memory."""

IGG, IVIG, CHART, LOWER_LIMIT = range(4)
CHANNELS = (
    Channel("igg", codes=("igg",), meaning="immunoglobulin G; low = the laboratory's lower limit"),
    Channel("immunoglobulin", meaning="immunoglobulin replacement; value = last study day of the course"),
    Channel("drug_chart", meaning="1 when the drug chart is declared complete"),
    Channel("lower_limit", meaning="named when the laboratory's lower limit would settle a value"),
)

SEVERE_LIMIT, IVIG_DAYS, IVIG_UNKNOWN = range(3)
NOT_GIVEN = 1
OPTIONS = (
    Option("severe_below", SEVERE_BELOW, "immunoglobulin G that is severe", "mg/dL"),
    Option("ivig_days", IVIG_UP_TO, "days after a dose for which a value is supported", "d"),
    Option("ivig_unknown", 0, "immunoglobulin that is not charted", values=(("range", 0), ("not_given", 1))),
)

NEVER_MEASURED, SUPPORTED, SUPPORT_UNKNOWN = 1, 2, 4
REASONS = (
    Reason("never_measured", "No immunoglobulin G is recorded after the infusion."),
    Reason("supported", "The value was taken after immunoglobulin was given: it shows no recovery."),
    Reason("support_unknown", "Whether immunoglobulin had been given is not recorded."),
    UPPER_BOUND,
)
NOT_LOW, LOW, SEVERE = range(3)
CATEGORIES = ("not low", "low", "severe")

NADIR, NADIR_DAY, ONSET_DAY, LEAST = range(4)
"""Columns of `Steps.fact` on row 0. LEAST: the lowest level that any value leaves possible."""


@part
def grade_of(value: float, limit: float, severe_below: float, lowest_limit: bool) -> int:
    """The table for one level; `lowest_limit`: what to take a limit for that is not given."""
    if value < severe_below:
        return SEVERE
    if np.isnan(limit):
        return NOT_LOW if lowest_limit else LOW
    return LOW if value < limit else NOT_LOW


@part
def support(events: Events, i: int, option: Floats) -> int:
    """SUPPORTED, SUPPORT_UNKNOWN or 0 for value `i`."""
    complete = option[IVIG_UNKNOWN] == NOT_GIVEN
    for k in range(len(events.time)):
        if events.channel[k] == IVIG and events.day[k] <= events.day[i] <= events.value[k] + option[IVIG_DAYS]:
            return SUPPORTED
        if events.channel[k] == CHART:
            complete = True
    return 0 if complete else SUPPORT_UNKNOWN


@part
def judge(events: Events, i: int, option: Floats) -> tuple[int, int, int, int]:
    """(low, high, reason, missing) of value `i`; a value that is not recorded may be anything."""
    value, status, limit = events.value[i], events.status[i], events.low[i]
    if status == 4:
        return NOT_LOW, SEVERE, 0, 1 << IGG
    most = np.inf if status == 2 or np.isnan(value) else value
    least = 0.0 if status == 1 or np.isnan(value) else value
    severe_below = option[SEVERE_LIMIT]
    low = SEVERE if status == 1 and most <= severe_below else grade_of(most, limit, severe_below, True)
    high = grade_of(least, limit, severe_below, False)
    missing = 0
    if low < high:
        missing = 1 << IGG if least < most else 1 << LOWER_LIMIT
    reason = support(events, i, option) if low < SEVERE else 0
    if reason != 0:
        missing |= 1 << IGG if reason == SUPPORTED else 1 << IVIG
        high = SEVERE
    return low, high, reason, missing


@part
def write_day(steps: Steps, row: int, events: Events, i: int, judged: tuple[int, int, int, int]) -> None:
    """The worst of the day so far, and the lowest value of the course."""
    low, high, reason, missing = judged
    first = steps.low[row] == NOT_GRADED
    if first or low > steps.low[row]:
        steps.decided[row, 0] = i
    steps.low[row], steps.high[row] = max(low, steps.low[row]), max(high, steps.high[row])
    steps.reason[row] |= reason
    steps.missing[row] |= missing
    steps.at[row] = events.time[i] if first else steps.at[row]
    steps.fact[row, 0] = events.day[i]
    least = events.value[i] if events.status[i] in (0, 2) else 0.0
    if np.isnan(steps.fact[0, LEAST]) or least < steps.fact[0, LEAST]:
        steps.fact[0, LEAST] = least
    if events.status[i] <= 1 and (np.isnan(steps.fact[0, NADIR]) or events.value[i] < steps.fact[0, NADIR]):
        steps.fact[0, NADIR], steps.fact[0, NADIR_DAY] = events.value[i], events.day[i]


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per measured day after the infusion, after row 0 with the worst of them."""
    row, day, measured = 0, -1_000_000, 0
    for i in range(len(events.time)):
        if events.channel[i] != IGG or events.time[i] <= 0.0 or events.status[i] == 3:
            continue
        measured += 1 if events.status[i] <= 2 else 0
        judged = judge(events, i, option)
        if events.day[i] != day:
            row, day = row + 1, events.day[i]
            steps.low[row] = steps.high[row] = NOT_GRADED
        write_day(steps, row, events, i, judged)
    worst, reason, missing = 0, 0, 0
    steps.low[0] = steps.high[0] = NOT_GRADED
    for k in range(1, row + 1):
        if steps.low[k] == steps.high[k]:
            steps.missing[k] = 0
        if np.isnan(steps.fact[0, ONSET_DAY]) and steps.low[k] > NOT_LOW:
            steps.fact[0, ONSET_DAY] = steps.fact[k, 0]
        if worst == 0 or steps.low[k] > steps.low[0]:
            worst = k
        steps.low[0], steps.high[0] = max(steps.low[0], steps.low[k]), max(steps.high[0], steps.high[k])
        reason |= steps.reason[k]
        missing |= steps.missing[k]
    if measured == 0:
        steps.high[0] = steps.low[0] = NOT_GRADED
        steps.reason[0], steps.missing[0] = NEVER_MEASURED, 1 << IGG
        return 1
    steps.reason[0] = reason
    steps.missing[0] = missing if steps.low[0] < steps.high[0] else 0
    steps.decided[0, 0] = steps.decided[worst, 0]
    return row + 1


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Values, replacement and whether the drug chart is complete; nothing asks for attribution."""
    given = [drug for drug in course.drugs if drug.drug_class == "immunoglobulin"]
    extra = []
    for drug in given:
        if drug.start.known:
            end = drug.end if drug.end is not None and drug.end.known else drug.start
            last = math.inf if drug.end_state == "ongoing" else float(end.day or 0)
            extra.append(event_row(IVIG, last, moment=drug.start, uid=drug.uid))
    if "drugs" in course.complete and all(drug.start.known for drug in given):
        extra.append(event_row(CHART, 1.0, moment=None))
    events = gather_all(course, channels, extra)
    return events._replace(attributed=np.ones_like(events.attributed))


NO_NADIR = "no value after the infusion, or none that is known from above"
_FACTS = (
    ("nadir", NADIR, "Lowest immunoglobulin G after the infusion", "mg/dL", NO_NADIR),
    ("nadir_day", NADIR_DAY, "Study day of the lowest value", "d", NO_NADIR),
    ("onset_day", ONSET_DAY, "First study day with a value that is certainly low", "d", "no value is certainly low"),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    events = rule.events(course)
    rows = rule.calculate(events, option)
    ends = [*(float(at) for at in rows.at[2:]), None]
    steps = tuple(rule.grade(rows, k, events, until=ends[k - 1]) for k in range(1, len(rows.at)))
    facts = tuple(_fact(rule, rows, *named) for named in _FACTS)
    overall = rule.grade(rows, 0, events)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, steps, facts=facts)


def _fact(rule: Rule, rows: Steps, identifier: str, column: int, name: str, unit: str, why_not: str) -> Quantity:
    value = float(rows.fact[0, column])
    if math.isnan(value):
        return Quantity(identifier, name, None, unit, rule.name, reason=why_not)
    beyond = column in (NADIR, NADIR_DAY) and rows.fact[0, LEAST] < rows.fact[0, NADIR]
    return Quantity(identifier, name, value, unit, rule.name, flags=(UPPER_BOUND.code,) if beyond else ())


RULE = Rule(
    id="hypogammaglobulinaemia",
    version="1",
    title="Hypogammaglobulinaemia",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("cartrace",),
    provisional=("The limit of 400 mg/dL and the 28 days after immunoglobulin are written from memory.",),
    kernel=kernel,
    rows=lambda events: events + 1,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
