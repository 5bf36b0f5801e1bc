"""The conformance cases: one text for the tests, the documentation and `cartrace conformance`.

In: `cases/<rule id>.tsv`, one row per case: case, sentence, given, options, expect, threshold, side, locator.
Out: `Case` records, and the outcome of running one.
Decided here: what `expect` can say. Items separated by ";":

    3            the overall grade; "3..4" a range; "not graded"; "not applicable"; a category word or "CRi..CR"
    at h6 2      the grade of the step that holds at six hours (at d5: at elapsed day 5)
    day d5 1     the day's grade
    fact duration_inclusive 11     a fact's value (to 1e-6 relative), or "fact x none" when there is a reason instead
    flag late_onset_review         a reason code on the overall grade or any step;  "no flag x" for its absence
    part testis PR                 the grade of a part (an extramedullary site)
    settles oxygen_device          an input named as settling the overall range
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from importlib import resources

from cartrace.assess.case_notation import read_given
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule
from cartrace.course import clock


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a case table. `threshold` and `side` (below, at, above) tie boundary rows to a named constant."""

    rule: str
    case: str
    sentence: str
    given: str
    options: str
    expect: str
    threshold: str
    side: str
    locator: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: `wrong` is empty when everything expected was found."""

    case: Case
    wrong: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.wrong


def cases(rule_id: str) -> tuple[Case, ...]:
    """The case table of a rule, in file order; empty when there is none."""
    path = resources.files("cartrace.assess").joinpath("cases", f"{rule_id}.tsv")
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if line and not line.startswith("#")), delimiter="\t")
    return tuple(
        Case(rule=rule_id, **{name: (row.get(name) or "").strip() for name in Case.__slots__[1:]}) for row in rows
    )


def chosen_options(text: str) -> dict[str, str]:
    """`options` cell ("resolution_hours=48 mode=any") as a mapping."""
    return dict(item.split("=", 1) for item in text.split())


def run_case(rule: Rule, case: Case) -> Outcome:
    """Run one case on one rule."""
    assessment = rule.run(read_given(case.given), chosen_options(case.options))
    wrong = [complaint for item in case.expect.split(";") if (complaint := _check(rule, assessment, item.strip()))]
    return Outcome(case, tuple(wrong))


def _check(rule: Rule, assessment: Assessment, item: str) -> str:
    words = item.split()
    match words:
        case ["at", when, *rest]:
            return _compare(rule, _step_at(assessment, _time(when)), " ".join(rest), item)
        case ["day", when, *rest]:
            day = int(when[1:])
            found = next((g for g in assessment.days if g.day == day), None)
            return _compare(rule, found, " ".join(rest), item)
        case ["part", name, *rest]:
            return _compare(rule, dict(assessment.parts).get(name), " ".join(rest), item)
        case ["fact", name, value]:
            return _check_fact(assessment, name, value)
        case ["flag", code]:
            return "" if code in _flags(assessment) else f"flag {code} is missing"
        case ["no", "flag", code]:
            return f"flag {code} is set" if code in _flags(assessment) else ""
        case ["settles", name]:
            return "" if name in assessment.overall.settles else f"{name} is not named as settling"
    return _compare(rule, assessment.overall, item, item)


def _time(when: str) -> float:
    number = float(when[1:])
    return clock.days(number) if when[0] == "h" else number


def _step_at(assessment: Assessment, time: float) -> Grade | None:
    found = None
    for step in assessment.steps:
        if step.at is not None and step.at <= time + 1e-9:
            found = step
    return found


def _flags(assessment: Assessment) -> set[str]:
    grades = (assessment.overall, *assessment.steps, *assessment.days)
    fact_flags = {flag for fact in assessment.facts for flag in fact.flags}
    return {code for grade in grades for code in grade.reasons} | fact_flags


def _check_fact(assessment: Assessment, name: str, value: str) -> str:
    fact = next((f for f in assessment.facts if f.id == name), None)
    if fact is None:
        return f"there is no fact {name}"
    if value == "none":
        return "" if fact.value is None else f"fact {name} is {fact.value:g}, expected a reason"
    if fact.value is None or not math.isclose(fact.value, float(value), rel_tol=1e-6, abs_tol=1e-9):
        return f"fact {name} is {fact.value if fact.value is not None else fact.reason}, expected {value}"
    return ""


def _compare(rule: Rule, grade: Grade | None, expected: str, item: str) -> str:
    if grade is None:
        return f"{item}: no grade at that time"
    if expected in ("not graded", "not applicable"):
        return "" if grade.state == expected else f"{item}: found {grade.text}"
    low, _, high = expected.partition("..")
    bounds = _number(rule, low), _number(rule, high or low)
    if (grade.low, grade.high) == bounds:
        return ""
    return f"{item}: found {grade.text}"


def _number(rule: Rule, word: str) -> int:
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    return rule.categories.index(word)
