"""The figure of one profile."""

from __future__ import annotations

import dataclasses
import math

import pytest

from cartrace.course import Clock, CourseBuilder, Quantity
from cartrace.figures import kinetics
from cartrace.kinetics import KineticsSettings, measure


def test_the_figure_shows_peak_area_half_life_and_lloq(dense, profile):
    (chart,) = kinetics.kinetics_figure(dense.course, profile).panels
    texts = [callout.text for callout in chart.callouts]
    assert texts[0] == "Cmax 41\u202f000 on day 8"
    assert texts[1].startswith("AUC 0–28 d 360\u202f000")
    assert texts[2] == "Half-life 19.4 days"
    assert chart.levels[0].value == 50.0
    assert (chart.areas[0].points[0][0], chart.areas[0].points[-1][0]) == (0.0, 28.0)


def test_the_half_life_line_halves_in_one_half_life(dense, profile):
    (chart,) = kinetics.kinetics_figure(dense.course, profile, pace="full").panels
    start, end = chart.series[1].points
    assert math.log2(start.value / end.value) == pytest.approx((end.time - start.time) / 19.4)


def test_both_phases_of_the_fall_have_their_line(dense, profile):
    uids = tuple(p.uid for p in profile.points if 14 <= p.time <= 21)
    contraction = Quantity("contraction_half_life", "Contraction half-life", 3.6, "d", "kinetics@1", used=uids)
    changed = dataclasses.replace(profile, metrics=(*profile.metrics, contraction))
    (chart,) = kinetics.kinetics_figure(dense.course, changed).panels
    assert [s.key for s in chart.series[1:]] == ["contraction_half_life", "half_life"]
    assert [(s.points[0].time, s.points[-1].time) for s in chart.series[1:]] == [(14.0, 21.0), (28.0, 90.0)]


def test_the_month_after_infusion_is_shaded_unless_another_window_is_asked_for(dense, profile):
    windows = [Quantity(f"auc_0_{n}", f"AUC 0–{n} d", 1e5, "d.{copies}/ug", "m@1") for n in (7, 28, 90)]
    changed = dataclasses.replace(profile, metrics=tuple(windows))
    for asked, shown in (("", "auc_0_28"), ("auc_0_7", "auc_0_7"), ("auc_0_99", None)):
        (chart,) = kinetics.kinetics_figure(dense.course, changed, auc=asked).panels
        assert [area.key for area in chart.areas] == ([shown] if shown else [])
    longest = dataclasses.replace(profile, metrics=(windows[0], windows[2]))
    assert kinetics.kinetics_figure(dense.course, longest).panels[0].areas[0].key == "auc_0_90"


def test_a_refused_half_life_is_a_note_and_no_line(dense, profile):
    refused = Quantity("half_life", "Half-life", None, "d", "kinetics.half_life@1", reason="fewer than 3 samples")
    changed = dataclasses.replace(profile, metrics=(*profile.metrics[:3], refused))
    (chart,) = kinetics.kinetics_figure(dense.course, changed).panels
    assert len(chart.series) == 1
    assert chart.notes == ("Half-life: fewer than 3 samples",)


def test_a_profile_without_metrics_is_drawn_bare(dense, profile):
    (chart,) = kinetics.kinetics_figure(dense.course, dataclasses.replace(profile, metrics=())).panels
    assert (chart.areas, chart.callouts, len(chart.series)) == ((), (), 1)


def test_lower_bounds_are_marked():
    metric = Quantity("persistence", "Persistence", 180.0, "d", "kinetics.persistence@1", censored=True)
    assert kinetics.said(metric) == "Persistence ≥ 180 days"


@pytest.mark.parametrize(
    ("name", "window"),
    [("auc_0_28", (0, 28)), ("auc_0_84d", (0, 84)), ("auc0-28", (0, 28)), ("auc_inf", None), ("cmax", None)],
)
def test_windows_are_read_from_ids(name, window):
    assert kinetics.window(Quantity(name, "A", 1.0, "", "m@1")) == window


@pytest.mark.parametrize(
    ("time", "value"),
    [(0.0, 0.0), (1.0, 50.0), (2.0, 100.0), (3.0, 10.0), (4.0, 1.0), (5.0, 0.5), (6.0, 0.0), (9.0, 0.0)],
)
def test_the_curve_between_samples(time, value):
    curve = [(0.0, 0.0), (2.0, 100.0), (4.0, 1.0), (6.0, 0.0)]
    assert kinetics.value_at(curve, time) == pytest.approx(value)


def test_an_area_under_zeros_alone_is_not_shaded(dense, profile):
    zeros = tuple(dataclasses.replace(p, used=0.0, value=0.0) for p in profile.points)
    area = Quantity("auc_0_28", "AUC 0–28 d", 0.0, "d.{copies}/ug", "m@1")
    (chart,) = kinetics.kinetics_figure(
        dense.course, dataclasses.replace(profile, points=zeros, metrics=(area,))
    ).panels
    assert chart.areas == ()


def test_a_re_infusion_has_its_own_axis():
    build = CourseBuilder("re", clock=Clock())
    for day in (0.0, 60.0):
        build.infusion(moment=build.clock.from_elapsed_days(day))
    for day, value in ((7.0, 9000.0), (60.0, 80.0), (67.0, 4000.0), (80.0, 300.0)):
        build.observe("car_copies_per_ug", value, moment=build.clock.from_elapsed_days(day), lloq=50.0)
    course = build.course()
    for infusion, label, days, lines in (
        (1, "Time since first infusion", [7, 60], (0, 60)),
        (2, "Time since infusion 2", [0, 7, 20], (0,)),
    ):
        (measured,) = measure(course, KineticsSettings(infusion=infusion))
        figure = kinetics.kinetics_figure(course, measured)
        assert figure.axis.label == label
        assert [point.time for point in figure.panels[0].series[0].points] == days
        assert figure.infusions == lines
