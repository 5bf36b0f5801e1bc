"""From the rows of a rule with one row per evaluation to records.

In: a rule whose kernel writes row 0 as the course's result and one row for each study day with an evaluation after it.
Out: `Assessment`. Decided here: column STUDY_DAY of a row's facts is its study day; the facts of row 0 are study days, and
the evidence of such a fact is that of the evaluation on that day.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule
from cartrace.course import Course, Quantity

STUDY_DAY = 0
"""Column of `Steps.fact`: the study day of an evaluation."""


def assess_evaluations(
    rule: Rule, course: Course, option: NDArray[np.float64], facts: tuple[tuple[int, str, str, str], ...]
) -> Assessment:
    """The kernel's rows as records.

    facts  (column of row 0, id, name, reason when there is none) of the study days [d] to hand out
    """
    events = rule.events(course)
    rows = rule.calculate(events, option)
    steps = tuple(
        replace(rule.grade(rows, row, events), day=int(rows.fact[row, STUDY_DAY])) for row in range(1, len(rows.at))
    )
    found = []
    for column, identifier, name, why in facts:
        value = float(rows.fact[0, column])
        used = tuple(uid for step in steps if step.day == value for uid in step.evidence)
        missing = math.isnan(value)
        found.append(
            Quantity(identifier, name, None if missing else value, "d", rule.name, why if missing else "", used)
        )
    overall = rule.grade(rows, 0, events)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, steps, facts=tuple(found))
