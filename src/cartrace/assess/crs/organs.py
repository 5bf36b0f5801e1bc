"""Organ toxicity as the editions of CRS count it: the laboratory grades of creatinine, ALT, AST and bilirubin.

In: a course. Out: events with the lowest and highest grade of each value, and a part that reads them.
Decided here (key cartrace): organ toxicity is what the rules ctcae5.creatinine, .alt, .ast and .bilirubin say with their own
options at default; a value holds for `HOURS`; one attributed to another cause counts as known and harmless. Toxicity of other
organs is not in the record and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cartrace.assess.compiled import part
from cartrace.assess.labs import ctcae5
from cartrace.assess.sweep import Ints
from cartrace.course import Course, Events
from cartrace.course.events import EventRow, event_row
from cartrace.course.record import Observation

ANALYTES = ("creatinine", "alt", "ast", "bilirubin")
# [h] a laboratory value speaks for this long: labs are daily, not to the hour; cartrace.
HOURS = 48
MOST = 4

_RULES = {rule.id.removeprefix("ctcae5."): rule for rule in ctcae5.RULES}


def grade_rows(course: Course, first: int) -> Iterator[EventRow]:
    """One event for each graded value of `ANALYTES`, on channels from `first` on: value and low the lowest grade, high the highest."""
    by_uid = {observation.uid: observation for observation in course.observations}
    for place, analyte in enumerate(ANALYTES):
        if not any(observation.code == analyte for observation in by_uid.values()):
            continue
        for step in _RULES[analyte].run(course).steps:
            decided = [by_uid[uid] for uid in step.evidence if by_uid[uid].code == analyte]
            of_step = [o for o in decided if step.at is not None and abs(o.moment.time - step.at) < 1e-9]
            if of_step and step.low is not None and step.high is not None:
                yield _row(first + place, of_step, step.low, step.high)


def _row(channel: int, values: list[Observation], low: int, high: int) -> EventRow:
    value = values[0]
    judged = [o.attributed for o in values]
    attributed = 1 if all(judged) else 0
    if all(a is False for a in judged):
        low, high, attributed = 0, 0, -1
    row = event_row(channel, low, moment=value.moment, uid=value.uid, low=low, high=high)
    return row._replace(attributed=attributed)


@part
def organ_grade(events: Events, current: Ints, channel: int, silent: float) -> tuple[int, int]:
    """Lowest and highest grade of one value now; anything when none is current, unless silence counts as none."""
    i = current[channel]
    if i < 0:
        return 0, (0 if silent > 0 else MOST)
    return int(events.low[i]), int(events.high[i])
