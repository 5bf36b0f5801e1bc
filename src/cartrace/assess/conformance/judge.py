"""One case on one of our own rules.

In: a rule and a case. Out: an `Outcome` with what came out wrong, in words.
Decided here: a grade is right when state and both bounds are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance.expected import Expected, expectations
from cartrace.assess.conformance.tables import Case, chosen_options
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule
from cartrace.course import Course
from cartrace.course.record import (
    DrugCourse,
    Infusion,
    LesionMeasurement,
    MrdResult,
    Observation,
    Panel,
    Procedure,
    Record,
)

SAME = 1e-6
"""Relative difference up to which two values of a fact are the same."""


KINDS: Mapping[type, str] = {Infusion: "infusion", LesionMeasurement: "lesion", MrdResult: "mrd", Panel: "panel"}
"""What the notation of cases calls records without a code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: `wrong` is empty when everything expected was found."""

    case: Case
    wrong: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.wrong


def run_case(rule: Rule, case: Case) -> Outcome:
    """Run one case on one rule."""
    course = read_given(case.given)
    assessment = rule.run(course, chosen_options(case.options))
    return Outcome(
        case, tuple(c for item in expectations(case.expect) if (c := _check(rule, course, assessment, item)))
    )


def _check(rule: Rule, course: Course, assessment: Assessment, item: Expected) -> str:
    match item.kind:
        case "evidence":
            return "" if named(course, assessment.overall.evidence, item) else f"{item.text}: not named as evidence"
        case "no evidence":
            return f"{item.text}: named as evidence" if named(course, assessment.overall.evidence, item) else ""
        case "at":
            return _compare(rule, _step_at(assessment, item.time), item)
        case "day":
            return _compare(rule, next((g for g in assessment.days if g.day == item.time), None), item)
        case "part":
            return _compare(rule, dict(assessment.parts).get(item.name), item)
        case "fact":
            return _check_fact(assessment, item.name, item.grade)
        case "flag":
            return "" if item.name in flags(assessment) else f"flag {item.name} is missing"
        case "no flag":
            return f"flag {item.name} is set" if item.name in flags(assessment) else ""
        case "settles":
            return "" if item.name in assessment.overall.settles else f"{item.name} is not named as settling"
        case "no settles":
            return f"{item.name} is named as settling" if item.name in assessment.overall.settles else ""
    return _compare(rule, assessment.overall, item)


def named(course: Course, uids: Iterable[int], item: Expected) -> bool:
    """Whether one of these records is the one that the item speaks of."""
    return any(_is(course.record(uid), item) for uid in uids)


def _is(record: Record, item: Expected) -> bool:
    match record:
        case DrugCourse():
            name, moment = record.drug, record.start
        case Observation():
            name, moment = record.code, record.moment
        case Procedure():
            name, moment = record.kind, record.moment
        case _:
            name, moment = KINDS.get(type(record), ""), record.moment
    return name == item.name and abs(moment.time - item.time) < 1e-9


def _step_at(assessment: Assessment, time: float) -> Grade | None:
    found = None
    for step in assessment.steps:
        if step.at is not None and step.at <= time + 1e-9:
            found = step
    return found


def flags(assessment: Assessment) -> set[str]:
    """Every reason code that an assessment carries."""
    grades = (assessment.overall, *assessment.steps, *assessment.days)
    fact_flags = {flag for fact in assessment.facts for flag in fact.flags}
    return {code for grade in grades for code in grade.reasons} | fact_flags


def _check_fact(assessment: Assessment, name: str, value: str) -> str:
    fact = next((f for f in assessment.facts if f.id == name), None)
    if fact is None:
        return f"there is no fact {name}"
    if value == "none":
        return "" if fact.value is None else f"fact {name} is {fact.value:g}, expected a reason"
    if fact.value is None or not same(fact.value, float(value)):
        return f"fact {name} is {fact.value if fact.value is not None else fact.reason}, expected {value}"
    return ""


def same(found: float, expected: float) -> bool:
    """Whether two values of a fact are the same number."""
    return math.isclose(found, expected, rel_tol=SAME, abs_tol=1e-9)


def _compare(rule: Rule, grade: Grade | None, item: Expected) -> str:
    if grade is None:
        return f"{item.text}: no grade at that time"
    if item.grade in ("not graded", "not applicable"):
        return "" if grade.state == item.grade else f"{item.text}: found {grade.text}"
    low, high = item.bounds
    if (grade.low, grade.high) == (number(rule, low), number(rule, high)):
        return ""
    return f"{item.text}: found {grade.text}"


def number(rule: Rule, word: str) -> int:
    """A grade as a number: digits, or the place of a word among the rule's categories. Raises ValueError."""
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    return rule.categories.index(word)
