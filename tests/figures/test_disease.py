"""Blasts, MRD, lesions."""

from __future__ import annotations

import pytest

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.clock import unknown
from cartrace.figures import disease
from cartrace.figures.description import Chart, Lanes, Silent
from cartrace.figures.time_axis import time_axis

AXIS = time_axis(range(-14, 31))
DAY = Clock().from_study_day


@pytest.fixture
def build():
    return CourseBuilder("x", clock=Clock())


def test_blasts_have_a_series_per_site_before_and_after(build):
    build.panel(moment=DAY(-10), site="skin", blasts_percent=93.1)
    build.observe("blasts_percent", 2.0, moment=DAY(14), site="marrow")
    build.panel(moment=DAY(28), site="skin", blasts_percent=0.0)
    chart = disease.blasts(build.course(), (), AXIS, "b")
    assert isinstance(chart, Chart)
    assert {s.name: [p.value for p in s.points] for s in chart.series} == {"skin": [93.1, 0.0], "marrow": [2.0]}
    assert chart.axis.unit == "%"
    assert (chart.axis.low, chart.axis.ticks[-1][0]) == (0.0, 100.0)


def test_blasts_without_a_day_are_a_text_not_a_point(build):
    build.panel(moment=unknown(), site="skin", blasts_percent=93.1)
    panel = disease.blasts(build.course(), (), AXIS, "b")
    assert isinstance(panel, Lanes)
    assert panel.lanes[0].texts[0].text == "93.1 %, day not recorded"


def test_no_blasts_is_one_line(build):
    build.panel(moment=DAY(0), site="skin")
    assert isinstance(disease.blasts(build.course(), (), AXIS, "b"), Silent)


@pytest.mark.parametrize(
    ("status", "fraction", "text"),
    [
        (Status.BELOW, None, "neg"),
        (Status.DONE, 3e-4, "3×10⁻⁴"),
        (Status.DONE, None, "pos"),
        (Status.NOT_DONE, None, "not done"),
        (Status.NOT_RECORDED, None, "not recorded"),
    ],
)
def test_mrd_in_words(build, status, fraction, text):
    build.mrd(moment=DAY(28), site="marrow", method="flow", status=status, fraction=fraction)
    panel = disease.mrd(build.course(), AXIS, "")
    assert panel.lanes[0].name == "MRD marrow flow"
    assert panel.lanes[0].events[0].label == text


def test_mrd_outside_the_axis_is_a_text(build):
    build.mrd(moment=DAY(300), site="marrow", method="flow", status=Status.BELOW)
    panel = disease.mrd(build.course(), AXIS, "")
    assert panel.lanes[0].texts[0].text == "neg, day 300"
    assert disease.mrd(CourseBuilder("y").course(), AXIS, "") is None


def test_lesions_show_the_longest_axis_and_bare_visits_apart(build):
    build.lesion(lesion="left", site="testis", moment=DAY(-5), axes_mm=(22.0, 38.0))
    build.lesion(lesion="left", site="testis", moment=DAY(4), status=Status.NOT_RECORDED)
    (chart,) = disease.lesions(build.course(), (), AXIS, "c")
    assert isinstance(chart, Chart)
    assert [p.value for p in chart.series[0].points] == [38.0]
    assert [v.time for v in chart.visits[0].visits] == [4.0]
    assert "not recorded" in chart.visits[0].visits[0].hover
    assert chart.axis.unit == "mm"


def test_volumes_have_their_own_axis(build):
    build.lesion(lesion="left", site="testis", moment=DAY(-5), axes_mm=(22.0, 38.0))
    build.lesion(lesion="node", site="node", moment=DAY(-5), volume_ml=9.0)
    charts = disease.lesions(build.course(), (), AXIS, "c")
    assert [chart.axis.unit for chart in charts] == ["mm", "mL"]
    assert [chart.letter for chart in charts] == ["c", ""]


def test_visits_without_any_size_are_lanes(empty):
    (panel,) = disease.lesions(empty.course, (), time_axis([-5, 37]), "c")
    assert isinstance(panel, Lanes)
    assert [event.time for event in panel.lanes[0].events] == [-5.0, 4.0, 7.0, 37.0]
    assert panel.lanes[1].texts[0].text == "size not recorded; also seen after HSCT, day not recorded"


def test_no_lesions_is_one_line(build):
    assert isinstance(disease.lesions(build.course(), (), AXIS, "c")[0], Silent)


def test_responses_stand_over_the_disease_they_judge(build):
    build.panel(moment=DAY(-10), site="marrow", blasts_percent=60.0)
    build.lesion(lesion="left", site="testis", moment=DAY(-5), axes_mm=(22.0, 38.0))
    cr = Grade("response.ball@1", "graded", 0, 0, at=28.0, words="CR")
    pr = Grade("response.extramedullary@1", "graded", 2, 2, at=28.0, words="PR")
    found = (
        Assessment("response.ball@1", "B-ALL", (), cr, steps=(cr,)),
        Assessment("response.extramedullary@1", "By site", (), pr, parts=(("testis", pr),)),
    )
    chart = disease.blasts(build.course(), found, AXIS, "b")
    (lesions,) = disease.lesions(build.course(), found, AXIS, "c")
    assert [event.label for event in chart.ribbons[0].events] == ["CR"]
    assert [event.label for event in lesions.ribbons[0].events] == ["testis PR"]
