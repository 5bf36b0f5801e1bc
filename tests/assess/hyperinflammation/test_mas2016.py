"""MAS 2016: case table, and every combination of findings against the published sentence."""

from __future__ import annotations

import itertools

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.hyperinflammation.mas2016 import RULE

SIDES = {
    "temperature": (37.9, 38.0),
    "ferritin": (684, 685),
    "platelets": (182, 181),
    "ast": (48, 49),
    "triglycerides": ("156 mg/dL", "157 mg/dL"),
    "fibrinogen": (361, 360),
}
STATES = (False, True, None)


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def classified(temperature, ferritin, *findings):
    return temperature and ferritin and sum(findings) >= 2


def test_every_combination_against_every_completion():
    texts = set()
    for states in itertools.product(STATES, repeat=len(SIDES)):
        given = "; ".join(
            f"d3 {name} {SIDES[name][state]}" for name, state in zip(SIDES, states, strict=True) if state is not None
        )
        if not given:
            continue
        completions = itertools.product(*((state,) if state is not None else (False, True) for state in states))
        answers = {classified(*completion) for completion in completions}
        found = RULE.run(read_given(given)).overall
        assert (found.low, found.high) == (min(answers), max(answers)), given
        texts.add(found.text)
    assert texts == {"met", "not met", "not met to met"}


def test_a_silent_course_asks_for_ferritin():
    found = RULE.run(read_given("d-3 ferritin 900"))
    assert found.overall.settles == ("ferritin",)
    assert found.overall.reasons == ("nothing_recorded",)
    assert found.steps == ()
    assert all(fact.value is None and fact.reason for fact in found.facts)
