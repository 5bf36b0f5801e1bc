"""What a tool answers to a question, and whether it is right; and our own answer in the same form.

In: one JSON object, a rule and a case. Out: a `Verdict`; or, from an assessment of ours, the answer.
Decided here: a grade is {"grade": 2}, {"low": 1, "high": 3}, {"not_graded": true} or {"not_applicable": true}, a number or a
word of the rule's categories; {"unsupported": true} passes on the case. `steps`, `days`, `parts`, `facts`, `flags`, `settles`
and `evidence` (uids of records) are extensions: an item of a case that needs one which the answer lacks is unanswered and not
held against it. A case none of whose items is answered is unsupported. Silence about the evidence is one thing, a wrong grade
another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance.expected import Expected, expectations
from cartrace.assess.conformance.judge import flags, named, number, same
from cartrace.assess.conformance.question import course_of
from cartrace.assess.conformance.tables import Case
from cartrace.assess.result import Grade
from cartrace.assess.rule import Rule

State = Literal["passed", "failed", "unsupported", "crashed", "timed out"]
STATES: tuple[State, ...] = ("passed", "failed", "unsupported", "crashed", "timed out")

Answer = Mapping[str, Any]
EXTENSIONS = {
    "fact": "facts",
    **dict.fromkeys(("flag", "no flag"), "flags"),
    **dict.fromkeys(("settles", "no settles"), "settles"),
    **dict.fromkeys(("evidence", "no evidence"), "evidence"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one case on a tool.

    wrong       what was found and what was expected, one sentence each; of a crash the tool's last words
    unanswered  items of the case that need an extension the answer lacks
    """

    case: Case
    state: State
    wrong: tuple[str, ...] = ()
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    state: str
    low: int = 0
    high: int = 0

    @property
    def text(self) -> str:
        if self.state != "graded":
            return self.state
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


def read_answer(line: str, name: str) -> Answer:
    """A line as an answer to the case of this name. Raises ValueError in words when it is none."""
    try:
        found = json.loads(line)
    except ValueError:
        raise ValueError(f"the answer is not JSON: {line.strip()[:80]}") from None
    if not isinstance(found, dict):
        raise ValueError(f"the answer is not a JSON object: {line.strip()[:80]}")
    if found.get("case") != name:
        raise ValueError(f"the answer is to {found.get('case')!r}, the question was {name!r}")
    return found


def judge_answer(rule: Rule, case: Case, answer: Answer) -> Verdict:
    """The verdict on one answer. Raises ValueError in words for an answer outside the protocol."""
    if answer.get("unsupported") is True:
        return Verdict(case, "unsupported")
    items = expectations(case.expect)
    said = [(item, _check(rule, case, answer, item)) for item in items]
    wrong = tuple(f"{item.text}: {complaint}" for item, complaint in said if complaint)
    unanswered = sum(complaint is None for _, complaint in said)
    if unanswered == len(items):
        return Verdict(case, "unsupported", unanswered=unanswered)
    return Verdict(case, "failed" if wrong else "passed", wrong, unanswered)


def _check(rule: Rule, case: Case, answer: Answer, item: Expected) -> str | None:
    """What is wrong with one item: "" nothing, None when the answer does not speak of it."""
    if item.kind in EXTENSIONS:
        said = answer.get(EXTENSIONS[item.kind])
        return None if said is None else _check_extension(case, said, item)
    match item.kind:
        case "at":
            steps = answer.get("steps")
            if steps is None:
                return None
            before = [step for step in steps if step["elapsed_days"] <= item.time + 1e-9]
            found = _graded(rule, max(before, key=lambda step: step["elapsed_days"])) if before else None
        case "day":
            days = answer.get("days")
            if days is None:
                return None
            found = next((_graded(rule, day) for day in days if day["study_day"] == item.time), None)
        case "part":
            if answer.get("parts") is None:
                return None
            part = answer["parts"].get(item.name)
            found = None if part is None else _graded(rule, part)
        case _:
            found = _graded(rule, answer)
            if found is None:
                return None
    return "found no grade" if found is None else _difference(rule, found, item)


def _check_extension(case: Case, said: Any, item: Expected) -> str | None:
    if item.kind == "fact":
        if item.name not in said:
            return None
        value = said[item.name]
        right = value is None if item.grade == "none" else value is not None and same(value, float(item.grade))
        return "" if right else f"found {value}"
    evidence = item.kind.endswith("evidence")
    there = named(read_given(case.given), said, item) if evidence else item.name in said
    if item.kind.startswith("no "):
        return "named" if there else ""
    return "" if there else "not named"


def _graded(rule: Rule, plain: Answer) -> _Found | None:
    """A grade as it is answered; None when there is none."""
    if plain.get("not_graded") is True:
        return _Found("not graded")
    if plain.get("not_applicable") is True:
        return _Found("not applicable")
    if "grade" in plain:
        grade = _number(rule, plain["grade"])
        return _Found("graded", grade, grade)
    if "low" in plain or "high" in plain:
        return _Found("graded", _number(rule, plain.get("low")), _number(rule, plain.get("high")))
    return None


def _number(rule: Rule, grade: object) -> int:
    if isinstance(grade, int) and not isinstance(grade, bool):
        return grade
    if isinstance(grade, str) and grade in rule.categories:
        return number(rule, grade)
    raise ValueError(f"{grade!r} is no grade of {rule.id}")


def _difference(rule: Rule, found: _Found, item: Expected) -> str:
    """What a grade that was found has against the one expected, in words; "" when nothing."""
    if item.grade in ("not graded", "not applicable"):
        if found.state == item.grade:
            return ""
        return f"found {found.text}" + (": graded without the evidence" if found.state == "graded" else "")
    low, high = (number(rule, word) for word in item.bounds)
    if found.state != "graded":
        return f"found {found.text}"
    if (found.low, found.high) == (low, high):
        return ""
    if found.high < low or found.low > high:
        return f"found {found.text}: too {'low' if found.high < low else 'high'}"
    if low <= found.low and found.high <= high:
        return f"found {found.text}: surer than what is recorded allows"
    if found.low <= low and high <= found.high:
        return f"found {found.text}: less sure than what is recorded allows"
    return f"found {found.text}"


def answer_of(rule: Rule, asked: Mapping[str, Any]) -> Answer:
    """Our own answer to a question, with every extension."""
    found = rule.run(course_of(asked["course"]), asked["options"])
    return {
        "case": asked["case"],
        **_said(rule, found.overall),
        "steps": [{"elapsed_days": step.at, **_said(rule, step)} for step in found.steps],
        "days": [{"study_day": day.day, **_said(rule, day)} for day in found.days],
        "parts": {name: _said(rule, grade) for name, grade in found.parts},
        "facts": {fact.id: fact.value for fact in found.facts},
        "flags": sorted(flags(found)),
        "settles": list(found.overall.settles),
        "evidence": list(found.overall.evidence),
    }


def _said(rule: Rule, grade: Grade) -> Answer:
    if grade.low is None or grade.high is None:
        return {grade.state.replace(" ", "_"): True}
    low, high = ((rule.categories[n] if rule.categories else n) for n in (grade.low, grade.high))
    return {"grade": low} if grade.low == grade.high else {"low": low, "high": high}
