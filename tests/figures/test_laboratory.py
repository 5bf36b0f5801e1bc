"""Charts of measured values."""

from __future__ import annotations

import pytest

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.record import Source
from cartrace.figures import laboratory
from cartrace.figures.description import Chart, Silent
from cartrace.figures.time_axis import time_axis

AXIS = time_axis(range(-7, 31))
DAY = Clock().from_study_day


@pytest.fixture
def build():
    return CourseBuilder("x", clock=Clock())


def panels(build, shown, assessments=()):
    return laboratory.panels(build.course(), assessments, AXIS, "e", shown, 30.0)


def test_each_analyte_has_its_own_axis_with_its_unit(dense):
    found = laboratory.panels(dense.course, dense.assessments, AXIS, "e", laboratory.INFLAMMATION, 30.0)
    units = {panel.axis.label: panel.axis.unit for panel in found if isinstance(panel, Chart)}
    assert units == {"Temperature": "°C", "IL-6": "pg/mL", "IFN-γ": "pg/mL", "CRP": "mg/L"}
    assert [panel.letter for panel in found] == ["e", "", "", ""]


def test_what_was_not_recorded_is_one_line(build):
    build.observe("crp", 12.0, moment=DAY(1), unit="mg/L")
    build.observe("temperature", None, moment=DAY(1))
    chart, silent = panels(build, laboratory.INFLAMMATION)
    assert chart.axis.label == "CRP"
    assert silent == Silent("silent-temperature", "", "Temperature, IL-6, IFN-γ: not recorded in the source")


def test_hscrp_stands_in_for_crp_under_its_own_name(build):
    build.observe("hscrp", 12.0, moment=DAY(1), unit="mg/L")
    assert panels(build, laboratory.INFLAMMATION)[0].axis.label == "hsCRP"


def test_values_below_the_limit_are_open_and_under_the_limit_line(build):
    build.observe("il6", None, moment=DAY(0), status=Status.BELOW, lloq=7.0)
    build.observe("il6", 300.0, moment=DAY(3))
    chart = panels(build, laboratory.INFLAMMATION)[0]
    low, high = chart.series[0].points
    assert low.beyond
    assert low.value == 3.5
    assert not high.beyond
    assert chart.levels[0].value == 7.0
    assert chart.levels[0].label == "LLOQ 7"


def test_zero_neutrophils_are_open_at_the_foot(build):
    build.observe("anc", 0.0, moment=DAY(5))
    build.observe("anc", 1.2, moment=DAY(9))
    zero = panels(build, laboratory.COUNTS)[0].series[0].points[0]
    assert zero.beyond
    assert zero.value == laboratory.ANC_FOOT
    assert "Neutrophils 0 10⁹/L" in zero.hover


def test_hover_has_value_unit_day_grade_and_source(build, dense):
    found = laboratory.panels(dense.course, dense.assessments, AXIS, "d", laboratory.COUNTS, 30.0)
    point = found[0].series[0].points[3]
    for word in ("Neutrophils", "10⁹/L", "day −2", "labs.csv, row 8"):
        assert word in point.hover


def test_haematology_has_grade_ribbons(dense):
    anc, platelets, haemoglobin = laboratory.panels(dense.course, dense.assessments, AXIS, "d", laboratory.COUNTS, 30.0)
    assert [lane.name for lane in anc.ribbons] == ["ICAHT", "CTCAE 5"]
    assert [lane.name for lane in platelets.ribbons] == ["CTCAE 5"]
    assert haemoglobin.ribbons == ()


@pytest.mark.parametrize(("value", "inside"), [(36.6, True), (41.2, True), (34.0, True)])
def test_the_fever_line_is_always_on_the_temperature_axis(build, value, inside):
    build.observe("temperature", value, moment=DAY(1), unit="Cel")
    axis = panels(build, laboratory.INFLAMMATION)[0].axis
    assert axis.low < laboratory.FEVER_FROM < axis.high
    assert (axis.low <= value <= axis.high) == inside


def test_points_outside_the_axis_are_counted(build):
    build.observe("crp", 12.0, moment=DAY(1), unit="mg/L", source=Source("a.csv", 2))
    build.observe("crp", 12.0, moment=DAY(900), unit="mg/L")
    assert panels(build, laboratory.INFLAMMATION)[0].notes == ("1 more outside the days shown",)


def test_sites_of_one_analyte_are_never_joined(build):
    for day, site, value in ((1, "blood", 40.0), (2, "csf", 900.0), (3, "blood", 60.0), (4, "", 70.0)):
        build.observe("il6", value, moment=DAY(day), site=site)
    chart = panels(build, laboratory.INFLAMMATION)[0]
    assert {s.name: [p.value for p in s.points] for s in chart.series} == {"blood": [40.0, 60.0, 70.0], "CSF": [900.0]}
    assert len({s.tone for s in chart.series}) == 2


def test_b_cells_have_their_chart_and_aplasia_its_ribbon(build):
    build.observe("cd19_cells", 20.0, moment=DAY(28))
    days = (Grade("aplasia.bcell@1", "graded", 1, 1, day=28, words="aplasia"),)
    aplasia = Assessment("aplasia.bcell@1", "B-cell aplasia", (), days[0], days=days)
    (chart,) = panels(build, laboratory.B_CELLS, (aplasia,))
    assert (chart.axis.label, chart.axis.unit) == ("B cells", "cells/µL")
    assert [(lane.name, lane.summary) for lane in chart.ribbons] == [("Aplasia", "aplasia")]
    assert panels(CourseBuilder("y"), laboratory.B_CELLS) == ()


def ctcae(code, grade):
    rule = f"ctcae5.{code}@1"
    return Assessment(rule, code, (), grade(rule), days=(grade(rule, day=3),))


def test_further_ctcae_rules_are_ribbons_when_severe_and_words_below(build):
    def graded(low, high):
        state = "graded" if low == high else "range"
        return lambda rule, day=None: Grade(rule, state, low, high, day=day)

    found = (
        ctcae("anc", graded(4, 4)),
        ctcae("creatinine", graded(3, 3)),
        ctcae("bilirubin", graded(0, 0)),
        ctcae("alt", graded(0, 3)),
        ctcae("ldh", graded(2, 2)),
        ctcae("ast", graded(1, 2)),
    )
    (panel,) = laboratory.others(build.course(), found, AXIS, 30.0)
    *severe, lower = panel.lanes
    assert [(lane.name, lane.summary) for lane in severe] == [("Creatinine", "max 3"), ("ALT", "max 0–3")]
    assert [text.text for text in lower.texts] == ["LDH 2", "AST 1–2"]
    assert laboratory.others(build.course(), found[:1], AXIS, 30.0) == ()


@pytest.mark.parametrize("fields", [{"value": 300.0}, {"value": None, "uloq": 300.0}])
def test_values_above_the_upper_limit_are_open_at_the_limit(build, fields):
    build.observe("crp", fields.pop("value"), moment=DAY(3), unit="mg/L", status=Status.ABOVE, **fields)
    build.observe("crp", 20.0, moment=DAY(4), unit="mg/L")
    above, inside = panels(build, laboratory.INFLAMMATION)[0].series[0].points
    assert (above.value, above.beyond, inside.beyond) == (300.0, True, False)
    assert "above the limit of 300 mg/L" in above.hover
