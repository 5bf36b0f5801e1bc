"""The best response over a course: shared by the three response rules.

In: the evaluations a kernel wrote, one row each. Out: one more row, the best response, and its `Assessment`.
Decided here: which evaluations count (from `best_from_day` on, up to the next anticancer therapy), and that an
evaluation of which nothing is recorded could have been the best one: it widens the range, it never closes it.

Row 0 is the best response of all together; a rule with parts writes the rows of its sites before the evaluations of all.
Columns of `Steps.fact`: site number (-1 = all together), 1 for the best response and 0 for an evaluation, then on
the row of the best response four study days (best, first settled CR, first of the CR family, first setback), and on
an evaluation column 6 the change of size from baseline [fraction] and column 7 its study day.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import DECIDING, NOT_APPLICABLE, NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Course, Events, Quantity
from cartrace.course.events import event_row

SITE, IS_BEST, BEST_DAY, FIRST_CR_DAY, FIRST_FAMILY_DAY, SETBACK_DAY, CHANGE, STUDY_DAY = range(8)
"""Columns of `Steps.fact`."""

BEST_DAYS_FROM = 21.0
"""[study day], day 0 = infusion; cartrace: best overall response counts from day 21 (an implementation decision)."""

NO_EVALUATION, TOO_EARLY, NOT_EVALUABLE = 1, 2, 4
"""The first three bits of `Steps.reason` in every response rule."""

SHARED_REASONS = (
    Reason("no_evaluation", "No evaluation is recorded between the infusion and the next anticancer therapy."),
    Reason("too_early", "Every evaluation lies before the day from which the best response counts."),
    Reason("not_evaluable", "The evaluation was made and could not be judged."),
)

BEST_FROM = Option("best_from_day", BEST_DAYS_FROM, "Study day from which evaluations count for the best response", "d")


@part
def after_infusion(time: float) -> bool:
    """Whether an event lies after the infusion began. A bare "day 0" counts as before: it is the last look before it."""
    return time > 0.0


@part
def write_best(
    steps: Steps,
    first: int,
    end: int,
    row: int,
    worst: int,
    family: int,
    begin: float,
    until: float,
    site: float,
) -> None:
    """Write the best of rows `first` up to `end` (not included) into `row`.

    worst  the last category; family: the last category that still counts as the CR family
    begin  [study day] from which evaluations count; until: [d] the next anticancer therapy, inf when none
    """
    steps.at[row] = np.nan
    steps.low[row] = steps.high[row] = NOT_GRADED
    steps.reason[row] = steps.missing[row] = 0
    steps.decided[row] = -1
    steps.fact[row] = np.nan
    steps.fact[row, SITE] = site
    steps.fact[row, IS_BEST] = 1.0
    low, high, chosen, counted, known, early = worst + 1, worst + 1, -1, 0, 0, 0
    for i in range(first, end):
        if steps.fact[i, STUDY_DAY] < begin:
            early += 1
            continue
        if steps.at[i] > until or steps.low[i] == NOT_APPLICABLE:
            continue
        if steps.low[i] == NOT_GRADED:
            steps.reason[row] |= steps.reason[i]
            if steps.reason[i] & NOT_EVALUABLE:
                continue
            counted += 1
            low = 0
            high = min(high, worst)
            continue
        counted += 1
        known += 1
        low = min(low, steps.low[i])
        better = chosen < 0 or steps.high[i] < steps.high[chosen]
        if better or (steps.high[i] == steps.high[chosen] and steps.low[i] < steps.low[chosen]):
            chosen = i
        high = min(high, steps.high[i])
        if steps.high[i] == 0 and np.isnan(steps.fact[row, FIRST_CR_DAY]):
            steps.fact[row, FIRST_CR_DAY] = steps.fact[i, STUDY_DAY]
        if steps.high[i] <= family and np.isnan(steps.fact[row, FIRST_FAMILY_DAY]):
            steps.fact[row, FIRST_FAMILY_DAY] = steps.fact[i, STUDY_DAY]
    if known == 0:
        if counted == 0 and not steps.reason[row] & NOT_EVALUABLE:
            steps.reason[row] |= TOO_EARLY if early > 0 else NO_EVALUATION
    else:
        steps.low[row], steps.high[row] = low, high
        steps.at[row] = steps.at[chosen]
        steps.reason[row] = steps.reason[chosen]
        steps.fact[row, BEST_DAY] = steps.fact[chosen, STUDY_DAY]
        for k in range(DECIDING):
            steps.decided[row, k] = steps.decided[chosen, k]
    for i in range(first, end):
        if steps.fact[i, STUDY_DAY] >= begin and steps.at[i] <= until:
            undecided = steps.low[i] == NOT_GRADED or steps.low[i] < steps.high[row]
            if known == 0 or (low < high and undecided):
                steps.missing[row] |= steps.missing[i]


@part
def next_therapy_time(events: Events, channel: int) -> float:
    """[d] of the first anticancer therapy after the infusion; inf when none is recorded."""
    for i in range(len(events.time)):
        if events.channel[i] == channel and after_infusion(events.time[i]) and events.status[i] == 0:
            return float(events.time[i])
    return math.inf


def assessment(
    rule: Rule, events: Events, option: NDArray[np.float64], facts: tuple[tuple[int, str, str, str], ...]
) -> tuple[Assessment, Steps]:
    """Run the kernel and lay its rows out: overall = best response of all together, steps = its evaluations.

    facts  (column, id, name, reason when there is none) of the study days to hand out
    """
    steps = rule.calculate(events, option)
    overall = rule.grade(steps, 0, events)
    evaluations = tuple(
        replace(rule.grade(steps, row, events), day=int(steps.fact[row, STUDY_DAY]))
        for row in range(1, len(steps.at))
        if steps.fact[row, SITE] < 0
    )
    handed_out = tuple(
        _fact(rule, steps, column, identifier, name, reason, overall) for column, identifier, name, reason in facts
    )
    result = Assessment(rule.name, rule.title, rule.settings_used(option), overall, evaluations, (), handed_out)
    return result, steps


def _fact(rule: Rule, steps: Steps, column: int, identifier: str, name: str, reason: str, best: Grade) -> Quantity:
    number = float(steps.fact[0, column])
    if math.isnan(number):
        return Quantity(identifier, name, None, "d", rule.name, reason=reason)
    return Quantity(identifier, name, number, "d", rule.name, used=best.evidence if column == BEST_DAY else ())


def therapy_rows(course: Course, channel: int) -> list[Any]:
    """Events of the next anticancer therapy: what the record names so, and transplants."""
    rows = [
        event_row(channel, o.value, moment=o.moment, uid=o.uid, status=o.status)
        for o in course.observations
        if o.code == "next_therapy" and o.moment.known
    ]
    rows += [
        event_row(channel, 0.0, moment=p.moment, uid=p.uid)
        for p in course.procedures
        if p.kind == "transplant" and p.moment.known
    ]
    return rows


def with_parts(result: Assessment, rule: Rule, events: Events, steps: Steps, names: tuple[str, ...]) -> Assessment:
    """`result` with the best response of each numbered part."""
    parts = tuple(
        (names[int(steps.fact[row, SITE])], rule.grade(steps, row, events))
        for row in range(len(steps.at))
        if steps.fact[row, SITE] >= 0 and steps.fact[row, IS_BEST] == 1
    )
    return replace(result, parts=parts)


def without_attribution(events: Events) -> Events:
    """`events` as decided: response asks nobody whether a finding is due to the cells."""
    return events._replace(attributed=np.ones_like(events.attributed))
