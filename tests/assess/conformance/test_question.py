"""A case as any tool reads it, and the way back to the course."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from cartrace.assess import RULES, rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import Case, cases, course_of, question_of
from cartrace.course import Course

CRS = rule("crs.astct2019")


def asked(given: str, of=CRS, options: str = "") -> dict:
    return question_of(of, Case(of.id, "x", "", given, options, "0", "", "", ""))


def without_raw(course: Course) -> Course:
    """What a question leaves out: the text that a value was read from."""
    return replace(course, observations=tuple(replace(o, raw="", raw_unit="") for o in course.observations))


@pytest.mark.parametrize("of", RULES, ids=lambda of: of.id)
def test_no_case_loses_anything_on_the_way(of):
    for case in cases(of.id):
        line = json.dumps(question_of(of, case), allow_nan=False)
        sent, course = course_of(json.loads(line)["course"]), without_raw(read_given(case.given))
        assert sent.complete == course.complete, case.case
        # Compared as text, since an unknown time is NaN and differs from itself; a set has no order in a text.
        sent, course = replace(sent, complete=frozenset()), replace(course, complete=frozenset())
        assert repr(sent) == repr(course), case.case


def test_numbers_are_in_canonical_units_and_coded_values_are_words():
    fever, device = asked("h6 temperature 101.3 [degF]; h6 oxygen_device nasal_cannula")["course"]["observations"]
    assert math.isclose(fever["value"], 38.5, abs_tol=1e-9)
    assert fever["unit"] == "Cel"
    assert device["value"] == "nasal_cannula"
    assert fever["moment"] == {"elapsed_days": 0.25, "study_day": 0, "precision": "minute"}


def test_what_is_not_recorded_has_no_key():
    (observation,) = asked("d3 anc 0.4")["course"]["observations"]
    assert not {"lloq", "attributed", "site", "reference_low", "source"} & set(observation)
    assert not {"patient", "drugs"} & set(asked("d3 anc 0.4")["course"])


def test_a_no_is_recorded():
    assert asked("patient age=8 developmental_delay=no")["course"]["patient"]["developmental_delay"] is False


def test_the_question_does_not_hold_the_answer():
    case = cases(CRS.id)[0]
    assert not {"expect", "sentence", "threshold", "side", "locator"} & set(question_of(CRS, case))


def test_options_and_categories_are_asked_with():
    ball = rule("response.ball")
    assert asked("d28 anc 1", of=ball, options="cri_mode=any")["options"] == {"cri_mode": "any"}
    assert asked("d28 anc 1", of=ball)["categories"] == list(ball.categories)
    assert "categories" not in asked("d28 anc 1")
