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


def period(rule, start, end, low, title=""):
    grade = Grade(rule, "graded", low, low, at=start, until=end)
    return Assessment(rule, title, (), grade)


def drawn(*found):
    return ribbons.lanes(found, "icaht", "ICAHT", course=COURSE, axis=time_axis(range(0, 101)), last=100.0)


def test_early_and_late_share_a_lane_when_they_follow_each_other():
    (lane,) = drawn(period("icaht.late@1", 31.0, 100.0, 2), period("icaht.early@1", 0.0, 30.0, 3))
    assert [(span.start, span.end, span.text) for span in lane.spans] == [(0.0, 30.0, "3"), (31.0, 100.0, "2")]
    assert lane.summary == "max 3"


def test_editions_that_overlap_have_a_lane_each():
    lanes = drawn(
        period("icaht.early@1", 0.0, 30.0, 3, "Early"), period("icaht.early_b@1", 0.0, 30.0, 2, "Early, other")
    )
    assert [(lane.name, lane.summary) for lane in lanes] == [("Early", "max 3"), ("Early, other", "max 2")]
    assert len({lane.key for lane in lanes}) == 2


def test_nothing_graded_is_no_lane():
    assert drawn(Assessment("icaht.early@1", "Early", (), Grade("icaht.early@1", "not graded"))) == ()


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        ((graded(2),), "max 2"),
        ((graded(1, 3), graded(2)), "max 2–3"),
        ((graded(1, words="aplasia"),), "aplasia"),
        ((), ""),
    ],
)
def test_the_worst_grade_in_words(grades, words):
    assert ribbons.worst([Assessment("r@1", "R", (), grade) for grade in grades]) == words


def test_a_span_is_written_in_the_rule_s_own_words():
    days = (graded(1, day=3, words="aplasia"), graded(0, day=4, words="recovered"))
    assert [span.text for span in spans(Assessment("r@1", "R", (), days[0], days=days))] == ["aplasia", "recovered"]


def test_responses_are_marks_at_their_day_by_site():
    best = tuple(
        (site, graded(n, at=day, words=words))
        for site, n, day, words in (("skin", 0, 28.0, "CR"), ("testis", 2, 14.0, "PR"))
    )
    lost = ("node", Grade("response.extramedullary@1", "not graded"))
    assessment = Assessment("response.extramedullary@1", "By site", (), best[0][1], parts=(*best, lost))
    (lane,) = ribbons.response((assessment,), "response.extramedullary", "Response", AXIS)
    assert [(event.time, event.label) for event in lane.events] == [(14.0, "testis PR"), (28.0, "skin CR")]


def test_without_sites_every_evaluation_is_a_mark():
    steps = (graded(5, at=14.0, words="not CR"), graded(0, at=28.0, words="CR"), graded(0, at=99.0, words="CR"))
    assessment = Assessment("response.ball@1", "B-ALL", (), steps[1], steps=steps)
    (lane,) = ribbons.response((assessment,), "response.ball", "Response", AXIS)
    assert [(event.time, event.label) for event in lane.events] == [(14.0, "not CR"), (28.0, "CR")]
    assert ribbons.response((), "response.ball", "Response", AXIS) == ()
