"""The days on which a hyperinflammation score is asked, and the worst value of each input around such a day.

In: `Events`, the channel of ferritin, how many study days a value speaks for. Out: days, bounds, records.
Decided here: a score is asked on every study day after the infusion with an entry of ferritin, the test that raises the
question; a course without any ferritin after the infusion is asked on every day with an entry. A bare day 0 is before the
infusion. An input speaks by its worst value over the window that ends with the day. A value below or above a limit of
measurement lies strictly beyond it; a result that is not recorded may be anything; a test that was not done is no entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.assess.sweep import STATUS_ABOVE, STATUS_BELOW, STATUS_NOT_RECORDED, decide, summarise
from cartrace.course import Channel, Course, Events, Quantity
from cartrace.course.events import gather
from cartrace.course.status import Status

Floats = NDArray[np.float64]

HIGH, LOW = 1.0, -1.0
"""Which way an input is worse."""

EVER = 100_000
"""[d] a window that reaches back over the whole record, for what a patient is known to have."""

STRICTLY = 1e-9
"""Relative distance by which a value below (above) a limit lies beyond it; far below the precision of any assay."""

NOT_DONE = int(Status.NOT_DONE)
_BELOW, _ABOVE, _NOT_RECORDED = STATUS_BELOW, STATUS_ABOVE, STATUS_NOT_RECORDED

WINDOW_DAYS = 3.0
"""[d] study days for which a vital sign or blood test speaks: manifestations stand together in about 72 h; cartrace."""

FINDING_DAYS = 14.0
"""[d] study days for which an examination, a marrow or a special test speaks; cartrace."""

WINDOW = Option(
    "window_days", WINDOW_DAYS, "study days, the day itself included, for which vital signs and blood tests speak", "d"
)
FINDING = Option(
    "finding_days",
    FINDING_DAYS,
    "study days, the day itself included, for which examination, marrow and special tests speak",
    "d",
)

NEVER_ASKED = 1
ASKED_NOTHING = Reason("nothing_recorded", "No input is recorded after the infusion.")
"""The first reason of every rule that is asked on these days."""

DAY = 15
"""Column of `Steps.fact`: the study day of a row; on row 0 that of the highest certain result."""


@part
def asked(events: Events, ferritin: int) -> NDArray[np.int64]:
    """Index of the first entry of every day that is asked."""
    count = len(events.time)
    any_ferritin = False
    for i in range(count):
        if events.channel[i] == ferritin and events.time[i] > 0.0 and events.status[i] != NOT_DONE:
            any_ferritin = True
    found = np.zeros(count, np.int64)
    size = 0
    for i in range(count):
        if events.time[i] <= 0.0 or events.status[i] == NOT_DONE:
            continue
        if any_ferritin and events.channel[i] != ferritin:
            continue
        if size == 0 or events.day[found[size - 1]] != events.day[i]:
            found[size] = i
            size += 1
    return found[:size]


@part
def bounds(events: Events, channel: int, last_day: int, days: float, sign: float) -> tuple[float, float, int]:
    """(at best, at worst, index of the deciding entry or -1) of the worst value of an input, times `sign`.

    Values are turned by `sign` so that more is worse; nothing recorded gives (-inf, inf, -1). What a clinician holds to be
    due to something else does not count.
    """
    best, worst, deciding = -np.inf, -np.inf, -1
    seen = False
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.day[i] > last_day or events.day[i] <= last_day - days:
            continue
        if events.status[i] == NOT_DONE:
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        low = high = events.value[i]
        if events.status[i] == _NOT_RECORDED or np.isnan(low):
            low, high = -np.inf, np.inf
        elif events.status[i] == _BELOW:
            low, high = -np.inf, high - abs(high) * STRICTLY
        elif events.status[i] == _ABOVE:
            low, high = low + abs(low) * STRICTLY, np.inf
        if sign < 0.0:
            low, high = -high, -low
        if low > best or deciding < 0:
            deciding = i
        best, worst = max(best, low), max(worst, high)
    if not seen:
        return -np.inf, np.inf, -1
    return best, worst, deciding


@part
def level(value: float, first: float, beyond: float) -> int:
    """0 below `first`, 1 from `first` on, 2 above `beyond`."""
    return 2 if value > beyond else 1 if value >= first else 0


@part
def criterion(
    events: Events, steps: Steps, row: int, channel: int, days: float, limit: float, sign: float, included: bool
) -> tuple[int, int]:
    """(at best, at worst) whether an input reaches its limit (1) or not (0); names its record when it does.

    sign       HIGH: from the limit upward; LOW: from the limit downward
    included   whether the limit itself counts
    """
    best, worst, i = bounds(events, channel, int(steps.fact[row, DAY]), days, sign)
    turned = limit * sign
    low = 1 if best > turned or (included and best == turned) else 0
    high = 1 if worst > turned or (included and worst == turned) else 0
    if low == 1:
        decide(steps, row, i)
    return low, high


@part
def ask(steps: Steps, row: int, channel: int, met: tuple[int, int]) -> None:
    """Note an input that leaves its criterion open."""
    if met[0] < met[1]:
        steps.missing[row] |= 1 << channel


@part
def open_row(steps: Steps, row: int, events: Events, i: int) -> None:
    """Clear a row and date it."""
    steps.at[row] = events.time[i]
    steps.low[row] = steps.high[row] = NOT_GRADED
    steps.reason[row] = steps.missing[row] = 0
    steps.fact[row, DAY] = events.day[i]


@part
def close(steps: Steps, rows: int, certain: int, possible: int, ferritin: int) -> None:
    """Row 0 from the rows of the days: the worst grade, the highest certain and the highest possible count with the day."""
    summarise(steps, rows, NEVER_ASKED)
    if rows == 1:
        steps.reason[0], steps.missing[0] = NEVER_ASKED, 1 << ferritin
        return
    for row in range(1, rows):
        if not steps.fact[0, certain] >= steps.fact[row, certain]:
            steps.fact[0, certain], steps.fact[0, DAY] = steps.fact[row, certain], steps.fact[row, DAY]
    keep_highest(steps, rows, possible)


@part
def keep_highest(steps: Steps, rows: int, column: int) -> None:
    """The highest of a column into row 0."""
    for row in range(1, rows):
        if not steps.fact[0, column] >= steps.fact[row, column]:
            steps.fact[0, column] = steps.fact[row, column]


def without_attribution(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The course's events for criteria that do not ask whether the cells caused a finding."""
    events = gather(course, channels)
    return events._replace(attributed=np.ones_like(events.attributed))


class Number(NamedTuple):
    """A number a rule hands out: address, column of `Steps.fact` on row 0, what a reader calls it, unit, why there is none."""

    id: str
    column: int
    name: str
    unit: str
    why_not: str = "no day with an entry that could be judged"


def assess_by_day(
    rule: Rule,
    course: Course,
    option: Floats,
    numbers: tuple[Number, ...],
    words: Callable[[Floats], str] | None = None,
) -> Assessment:
    """The kernel's rows as records: one step for each day that was asked.

    words   a step's result for a reader from the facts of its row, where the rule has more to say than its category
    """
    events = rule.events(course)
    rows = rule.calculate(events, option)
    count = len(rows.at)
    ends = [*(float(at) for at in rows.at[2:]), None]
    steps = [rule.grade(rows, k, events, until=ends[k - 1]) for k in range(1, count)]
    if words is not None:
        steps = [replace(step, words=words(rows.fact[k])) for k, step in enumerate(steps, start=1)]
    facts = []
    for number in numbers:
        value = float(rows.fact[0, number.column])
        none = math.isnan(value)
        why_not = number.why_not if none else ""
        facts.append(Quantity(number.id, number.name, None if none else value, number.unit, rule.name, reason=why_not))
    overall = rule.grade(rows, 0, events)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, tuple(steps), facts=tuple(facts))
