"""Percentiles against numpy on the raw curves, and grades read off the curves against the rule itself on the charts."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace import assess
from cartrace.simulate import scenario_file
from cartrace.simulate.bands import PERCENTILES, band, crs_grades, rounded
from cartrace.simulate.course import simulated_course
from cartrace.simulate.run import prepared
from cartrace.simulate.trajectory import run

PATIENTS = 24


@pytest.fixture(scope="module", params=["H1", "H2"])
def solved(request):
    scenario = scenario_file.load("conventional", {"virtual_patients.count": str(PATIENTS), "days": "40"})
    return run(prepared(scenario), request.param, 0, PATIENTS)


def test_the_grade_is_that_of_the_rule_on_the_charted_course(solved):
    made = solved.prepared
    rule = assess.rule("crs.astct2019")
    courses = [simulated_course(solved.patient(n), made.scenario, made.looks) for n in range(PATIENTS)]
    by_rule = [rule.run(course).overall.value for course in courses]
    assert crs_grades(solved).tolist() == by_rule
    assert len(set(by_rule)) > 1


def test_a_drug_that_lifts_the_gate_is_refused():
    scenario = scenario_file.load("rescue", {"virtual_patients.count": "2"})
    with pytest.raises(ValueError, match="grade the course"):
        crs_grades(run(prepared(scenario), "H1", 0, 2))


def test_a_band_holds_the_percentiles_of_the_patients_of_each_day(solved):
    days = np.array([20, 40, 60])
    found = band(solved, solved.of("TEMP"), days)
    for row, position in zip(found.rows, days, strict=True):
        assert row[0] == solved.prepared.looks.times[position]
        wanted = np.percentile(solved.of("TEMP")[:, position], PERCENTILES)
        np.testing.assert_allclose(row[1:], wanted, rtol=1e-3)
        assert list(row[1:]) == sorted(row[1:])


@pytest.mark.parametrize(("value", "kept"), [(0.0, 0.0), (123456.0, 123500.0), (0.00123456, 0.001235)])
def test_values_are_kept_to_four_figures(value, kept):
    assert rounded(value) == kept
