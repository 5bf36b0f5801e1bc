"""What is compared with what, that both hypotheses are always there, and that the same input gives the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cartrace.models import library
from cartrace.simulate import scenario_file
from cartrace.simulate.prediction import ANALYTES, CONVENTIONAL, GIVEN, LESIONS, SINGLE, counterparts, looks, predict
from cartrace.simulate.scenario import HYPOTHESES, CellProduct


@pytest.fixture(scope="module")
def scenario():
    return scenario_file.load("founding-case", {"virtual_patients.count": "32", "days": "56"})


def test_every_arm_stands_under_both_hypotheses(scenario):
    found = predict(scenario)
    assert [(arm.key, arm.hypothesis) for arm in found.arms] == [
        (key, hypothesis) for hypothesis in HYPOTHESES for key in (GIVEN, CONVENTIONAL, SINGLE)
    ]
    for arm in found.arms:
        assert set(arm.bands) == {*ANALYTES, *LESIONS}
        assert 0.0 <= arm.crs[3].low <= arm.crs[3].value <= arm.crs[1].value <= arm.crs[1].high <= 1.0


def test_the_conventional_arm_silences_nothing_and_the_single_dose_keeps_the_total(scenario):
    arms = counterparts(scenario)
    assert arms[CONVENTIONAL].product.knock_down == 0.0
    assert arms[SINGLE].dose.days == (0.0,)
    assert arms[SINGLE].dose.total(60.0) == scenario.dose.total(60.0)


def test_an_arm_that_would_be_the_same_is_left_out(scenario):
    single = counterparts(scenario)[SINGLE]
    plain = replace(single, product=CellProduct("conventional", 0.0))
    assert list(counterparts(plain)) == [GIVEN]
    assert predict(plain).arm(CONVENTIONAL, "H1") is None


def test_under_h2_the_knock_down_moves_the_il6_peak_less_than_under_h1(scenario):
    found = predict(scenario)

    def ratio(hypothesis):
        given, other = (found.arm(key, hypothesis).peaks["il6"].value for key in (GIVEN, CONVENTIONAL))
        return other / given

    assert ratio("H1") > ratio("H2") >= 1.0 - 1e-3


def test_the_same_scenario_gives_the_same_numbers(scenario):
    first = predict(scenario)
    predict.cache_clear()
    assert predict(scenario) == first


def test_the_peak_of_a_patient_group_is_not_below_its_median_curve(scenario):
    for arm in predict(scenario).arms:
        for code, peak in arm.peaks.items():
            assert peak.value >= 0.99 * max(row[3] for row in arm.bands[code].rows if row[0] >= 0.0)


def test_every_parameter_is_counted_by_its_evidence(scenario):
    assert sum(number for _, number in predict(scenario).evidence) == len(library.load("cartrace2026").parameters)


def test_looks_are_daily_from_a_week_before_and_temperature_is_read_four_times_a_day():
    found = looks(56.0)
    assert found.laboratory[0] == -7.0
    assert found.laboratory[-1] == 56.0
    assert set(np.diff(found.laboratory)) == {1.0}
    assert set(np.diff(found.vitals)) == {0.25}
