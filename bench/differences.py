"""What a rule says about many courses, as marks that can be compared: does a mutant that nobody found change any result?

In: rules. Out: per course one mark for each part of the result.
Decided here: the courses are the cases, the cases with one item left out, and two cases laid over each other (a sample, the same
for the same seed); the parts are ordered by what they mean to a reader, so that the first that differs names the difference.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from cartrace.assess import Assessment, Grade, Rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, chosen_options

PARTS = ("grade", "fact", "flag", "settles", "evidence")
VARIED = 250

Mark = tuple[int, ...]


def marks(rules: Sequence[Rule], seed: int) -> Iterator[Mark]:
    """The marks of each course, one course after another."""
    for rule in rules:
        for given, options in courses(rule, seed, len(rules)):
            yield mark(rule.run(read_given(given), chosen_options(options)))


def courses(rule: Rule, seed: int, rules: int) -> list[tuple[str, str]]:
    """(given, options) of every case, and of a sample of varied ones that `rules` share."""
    table = cases(rule.id)
    varied = []
    for n, case in enumerate(table):
        items = [item for item in case.given.split(";") if item.strip()]
        varied += [(";".join(items[:k] + items[k + 1 :]), case.options) for k in range(len(items))]
        varied += [(f"{case.given};{table[(n + step) % len(table)].given}", case.options) for step in (1, 5, 17)]
    chosen = random.Random(seed).sample(varied, min(VARIED // rules, len(varied)))
    return [(case.given, case.options) for case in table] + chosen


def mark(assessment: Assessment) -> Mark:
    """Each part of an assessment as a number; equal parts have equal numbers."""
    grades = (assessment.overall, *assessment.steps, *assessment.days, *(grade for _, grade in assessment.parts))
    parts = (
        [said(grade) for grade in grades],
        [(fact.id, fact.value, fact.reason, fact.censored, fact.flags) for fact in assessment.facts],
        [grade.reasons for grade in grades],
        [grade.settles for grade in grades],
        [(grade.evidence, grade.candidate) for grade in grades],
    )
    return tuple(hash(repr(part)) for part in parts)


def said(grade: Grade) -> tuple[object, ...]:
    """The grade and when it holds."""
    return grade.state, grade.low, grade.high, grade.at, grade.until, grade.day


def first_difference(right: Sequence[Mark], found: Iterator[Mark], *, any_part: bool) -> str:
    """The part that differs and means most, or with `any_part` the first one met; "" when none does."""
    differing: set[int] = set()
    for a, b in zip(right, found, strict=True):
        differing |= {n for n in range(len(PARTS)) if a[n] != b[n]}
        if 0 in differing or (any_part and differing):
            break
    return PARTS[min(differing)] if differing else ""
