"""The ribbons on top."""

from __future__ import annotations

import dataclasses

from cartrace.course import CourseBuilder
from cartrace.figures import toxicity
from cartrace.figures.description import Lanes, Silent
from cartrace.figures.time_axis import time_axis

AXIS = time_axis(range(0, 31))


def test_dense_courses_have_a_ribbon_per_toxicity_and_the_recorded_grade_beside_it(dense):
    panel = toxicity.panel(dense.course, dense.assessments, AXIS, 30.0)
    assert isinstance(panel, Lanes)
    assert [lane.name for lane in panel.lanes] == ["CRS", "CRS, recorded", "ICANS"]
    assert panel.lanes[0].spans
    assert [lane.summary for lane in panel.lanes] == ["max 3", "", "max 2–4"]
    assert panel.lanes[1].events[0].label == "grade 3"


def test_a_recorded_maximum_without_a_day_is_a_text(empty):
    panel = toxicity.panel(empty.course, empty.assessments, AXIS, 30.0)
    assert isinstance(panel, Lanes)
    (lane,) = panel.lanes
    assert [text.text for text in lane.texts] == [
        "recorded: grade 1 (maximum, day not recorded)",
        "computed: not graded",
    ]
    assert lane.summary == ""


def test_recorded_without_computed_is_shown(empty):
    panel = toxicity.panel(empty.course, (), AXIS, 30.0)
    assert isinstance(panel, Lanes)
    assert panel.lanes[0].name == "CRS, recorded"


def test_nothing_assessed_is_one_line():
    assert toxicity.panel(CourseBuilder("x").course(), (), AXIS, 1.0) == Silent(
        "toxicity", "", "CRS, ICANS: not assessed"
    )


def test_only_the_leading_scale_has_a_lane(dense):
    first = next(a for a in dense.assessments if a.rule.startswith("crs"))
    other = dataclasses.replace(first, rule="crs.lee2014@1", title="CRS, Lee 2014")
    panel = toxicity.panel(dense.course, (*dense.assessments, other), AXIS, 30.0)
    assert panel == toxicity.panel(dense.course, dense.assessments, AXIS, 30.0)
    alone = toxicity.panel(dense.course, (other,), AXIS, 30.0)
    assert isinstance(alone, Lanes)
    assert [lane.key for lane in alone.lanes] == ["crs.lee2014", "crs-recorded"]
