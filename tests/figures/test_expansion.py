"""CAR-T cells over time."""

from __future__ import annotations

from cartrace.course import Clock, CourseBuilder, Status
from cartrace.figures import expansion
from cartrace.figures.description import Silent
from cartrace.figures.time_axis import time_axis
from cartrace.kinetics import KineticsSettings, measure

AXIS = time_axis(range(0, 91, 7))
DAY = Clock().from_study_day


def test_assay_kinds_are_never_pooled(dense):
    charts = expansion.panels(dense.course, (), time_axis([0, 365]), "f")
    assert [(c.axis.label, c.axis.unit) for c in charts] == [
        ("CAR copies", "copies/µg DNA"),
        ("CAR+ cells", "cells/µL"),
    ]
    assert all(chart.axis.scale == "log" for chart in charts)


def test_samples_below_the_lloq_are_open_and_under_its_line(dense):
    chart = expansion.panels(dense.course, (), time_axis([0, 365]), "f")[0]
    (level,) = chart.levels
    assert level.value == 50.0
    below = [p for p in chart.series[0].points if p.beyond]
    assert len(below) == 4
    assert all(chart.axis.low < p.value < level.value for p in below)
    assert all(p.value >= level.value for p in chart.series[0].points if not p.beyond)


def test_profiles_give_the_same_points_as_the_observations(dense, profile):
    axis = time_axis([0, 365])
    from_profile = expansion.panels(dense.course, (profile,), axis, "f")[0]
    from_rows = expansion.panels(dense.course, (), axis, "f")[0]
    assert from_profile.series[0].points == from_rows.series[0].points


def test_every_sample_is_drawn_whichever_infusion_the_profiles_count_from():
    build = CourseBuilder("x", clock=Clock())
    for day in (0, 60):
        build.infusion(moment=DAY(day))
    for day, value in ((-5, 0.0), (7, 9000.0), (60, 80.0), (67, 4000.0)):
        build.observe("car_copies_per_ug", value, moment=DAY(day), lloq=50.0)
    course = build.course()
    for infusion in (1, 2):
        profiles = measure(course, KineticsSettings(infusion=infusion, lloq=100.0))
        (chart,) = expansion.panels(course, profiles, time_axis([-5, 67]), "f")
        assert [p.time for p in chart.series[0].points] == [-5, 7, 60, 67]
        # 80 copies are a number, but under the LLOQ that was given: an open marker at 80.
        assert [(p.value, p.beyond) for p in chart.series[0].points][2] == (80.0, True)
        assert [level.value for level in chart.levels] == [100.0]


def test_a_recorded_zero_is_open_at_the_foot():
    build = CourseBuilder("x", clock=Clock())
    build.observe("car_cells_per_ul", 0.0, moment=DAY(0))
    build.observe("car_cells_per_ul", 8.0, moment=DAY(7))
    chart = expansion.panels(build.course(), (), AXIS, "f")[0]
    assert chart.series[0].points[0].beyond
    assert chart.series[0].points[0].value == 4.0
    assert chart.levels == ()


def test_hover_names_the_row(dense):
    chart = expansion.panels(dense.course, (), time_axis([0, 365]), "f")[0]
    assert "qpcr.csv, row 2" in chart.series[0].points[0].hover


def test_nothing_recorded_is_one_line():
    build = CourseBuilder("x", clock=Clock())
    build.observe("car_copies_per_ug", None, moment=DAY(0), status=Status.NOT_DONE)
    assert expansion.panels(build.course(), (), AXIS, "f") == (
        Silent("car", "f", "CAR-T cells in blood: not recorded in the source"),
    )


def test_sites_of_one_assay_share_its_axis_as_lines_of_their_own():
    build = CourseBuilder("x", clock=Clock())
    for day, site, value in ((3, "blood", 900.0), (7, "blood", 40000.0), (7, "csf", 300.0)):
        build.observe("car_copies_per_ug", value, moment=DAY(day), site=site, method="qPCR", lloq=50.0)
    (chart,) = expansion.panels(build.course(), (), AXIS, "f")
    assert [(s.name, len(s.points)) for s in chart.series] == [("blood qPCR", 2), ("CSF qPCR", 1)]
    assert len({s.tone for s in chart.series}) == 2
    assert [level.value for level in chart.levels] == [50.0]


def test_each_lloq_of_an_assay_has_its_line():
    build = CourseBuilder("x", clock=Clock())
    for site, lloq in (("blood", 50.0), ("csf", 100.0)):
        build.observe("car_copies_per_ug", 900.0, moment=DAY(7), site=site, method="qPCR", lloq=lloq)
    (chart,) = expansion.panels(build.course(), (), AXIS, "f")
    assert sorted(level.value for level in chart.levels) == [50.0, 100.0]
    assert len({level.key for level in chart.levels}) == 2


def test_a_sample_above_the_upper_limit_is_open_at_the_limit_and_blood_comes_first():
    build = CourseBuilder("x", clock=Clock())
    build.observe("car_copies_per_ug", 70.0, moment=DAY(7), site="csf", lloq=50.0)
    build.observe("car_copies_per_ug", None, moment=DAY(7), site="blood", status=Status.ABOVE, uloq=1e6)
    (chart,) = expansion.panels(build.course(), (), AXIS, "f")
    assert [s.name for s in chart.series] == ["blood", "CSF"]
    (point,) = chart.series[0].points
    assert (point.value, point.beyond) == (1e6, True)
    assert "above the limit of quantification of 1×10⁶" in point.hover
