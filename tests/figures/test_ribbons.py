"""Grades as stretches of time."""

from __future__ import annotations

import pytest

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, CourseBuilder
from cartrace.course.record import Source
from cartrace.figures import ribbons
from cartrace.figures.time_axis import time_axis

AXIS = time_axis(range(0, 31))
COURSE = CourseBuilder("x").course()


def graded(low, high=None, **fields):
    high = low if high is None else high
    return Grade("r@1", "graded" if low == high else "range", low, high, **fields)


def spans(assessment, last=30.0):
    return ribbons.spans(assessment, course=COURSE, axis=AXIS, last=last)


def test_steps_hold_until_the_next_one_and_the_last_to_the_end():
    steps = (graded(0, at=0.0), graded(2, at=3.0), graded(1, 3, at=5.0))
    found = spans(Assessment("r@1", "R", (), steps[1], steps=steps))
    assert [(s.start, s.end, s.text) for s in found] == [(0.0, 3.0, "0"), (3.0, 5.0, "2"), (5.0, 30.0, "1–3")]


def test_equal_neighbours_become_one_stretch():
    days = (graded(1, day=2), graded(1, day=3), graded(2, day=4), graded(2, day=7))
    found = spans(Assessment("r@1", "R", (), days[2], days=days))
    assert [(s.start, s.end, s.low) for s in found] == [(1.5, 3.5, 1), (3.5, 4.5, 2), (6.5, 7.5, 2)]


def test_not_graded_is_a_question_mark_and_not_applicable_is_nothing():
    steps = (Grade("r@1", "not graded", at=0.0), Grade("r@1", "not applicable", at=2.0), graded(1, at=4.0))
    found = spans(Assessment("r@1", "R", (), steps[2], steps=steps))
    assert [s.text for s in found] == ["?", "1"]
    assert found[0].low is None


@pytest.mark.parametrize(
    ("rule", "last", "ends"), [("icaht.early@1", 30.0, (0.0, 30.0)), ("icaht.early@1", 12.0, (0.0, 12.0))]
)
def test_period_rules_fill_their_window_as_far_as_the_record_goes(rule, last, ends):
    found = spans(Assessment(rule, "ICAHT", (), graded(2)), last)
    assert [(s.start, s.end) for s in found] == [ends]


def test_a_rule_without_any_time_has_no_ribbon_but_a_text():
    assessment = Assessment("crs.astct2019@1", "CRS", (), Grade("crs.astct2019@1", "not graded"))
    assert spans(assessment) == ()
    assert ribbons.overall_text(assessment).text == "computed: not graded"
    assert not ribbons.graded(assessment)


def test_rules_are_found_by_family():
    found = [Assessment(rule, "", (), graded(1)) for rule in ("crs.astct2019@1", "icans.astct2019@1", "crsx@1")]
    assert ribbons.find(found, "crs") == (found[0],)
    assert ribbons.find(found, "icans.astct2019") == (found[1],)


def test_hover_names_the_rows_that_decided():
    build = CourseBuilder("x", clock=Clock())
    day = build.clock.from_study_day(3)
    uid = build.observe("temperature", 39.0, moment=day, source=Source("vitals.csv", 7, "T"))
    grade = graded(1, at=3.0, evidence=(uid, 99))
    assessment = Assessment("crs.astct2019@1", "CRS", (), grade, steps=(grade,))
    found = ribbons.spans(assessment, course=build.course(), axis=AXIS, last=30.0)
    assert "vitals.csv, row 7" in found[0].hover
    assert ribbons.by_record([assessment])[uid] == ("CRS: grade 1",)
