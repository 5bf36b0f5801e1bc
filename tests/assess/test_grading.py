"""Many courses by many rules: the options of each, and derived neutrophil counts for those that ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.assess import rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.grading import grade_all

RULES = (rule("ctcae5.anc"), rule("crs.astct2019"))
PLAIN = replace(read_given("d5 wbc 1.0; d5 neutrophil_percent 40"), id="plain")
ASKS = replace(PLAIN, id="asks", settings=(("course.anc", "derived"), ("crs.astct2019.gap_hours", 12)))


@pytest.mark.parametrize("registry", [False, True])
def test_what_one_course_asks_for_holds_for_it_alone(registry):
    if registry:
        pytest.importorskip("numba")
    courses, graded = grade_all((PLAIN, ASKS), RULES, registry=registry)
    assert courses[0] is PLAIN
    assert len(courses[1].observations) == len(ASKS.observations) + 1
    assert [assessments[0].overall.low for assessments in graded] == [None, 4]
    assert [dict(assessments[1].settings)["gap_hours"] for assessments in graded] == [0, 12]


def test_what_the_run_says_goes_before_the_course():
    courses, graded = grade_all((ASKS,), RULES, {"course.anc": "recorded"})
    assert courses == (ASKS,)
    assert graded[0][0].overall.low is None


def test_a_derived_count_that_would_lower_a_grade_takes_no_part():
    recorded = "; ".join(f"d{day} anc {0.3 if 2 <= day <= 15 else 2}" for day in range(31) if day not in (8, 9, 10))
    course = read_given(f"{recorded}; d8-10 wbc 4; d8-10 neutrophil_percent 50")
    rules = (rule("icaht.early"),)
    _, plain = grade_all((course,), rules)
    wider, derived = grade_all((course,), rules, {"course.anc": "derived"})
    assert derived == plain
    assert len(wider[0].observations) == len(course.observations) + 3


def test_without_rules_every_course_has_none():
    assert grade_all((PLAIN, PLAIN), ())[1] == [(), ()]
