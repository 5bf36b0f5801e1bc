"""Onset, growth, doubling and fold rise as metrics."""

from __future__ import annotations

import math

import pytest


def test_k4(measured):
    found = measured("K4")
    assert found["tonset"].value == 1
    assert found["growth_rate"].value == pytest.approx(0.757865, abs=1e-6)
    assert found["doubling_time"].value == pytest.approx(math.log(2) / 0.757865, rel=1e-6)
    assert found["fold_rise"].value == 400
    assert found["growth_rate"].used == (1, 2, 3, 4)


def test_the_published_expansion_doubles_in_0_78_days(measured):
    rate = math.log(3900) / 9.3
    time = (1, 3, 5, 7, 9.3)
    found = measured(time, [24000 / 3900 * math.exp(rate * t) for t in time], of={"lloq": None})
    assert found["doubling_time"].value == pytest.approx(0.78, abs=0.005)


@pytest.mark.parametrize("policy", ["standard", "zero_all", "half_lloq", "drop_all"])
def test_the_onset_is_the_first_quantifiable_sample(measured, policy):
    found = measured((0, 2, 4, 7, 9), (0, "BLQ", 50, "BLQ", 900), policy=policy)
    assert found["tonset"].value == 4
    assert found["growth_rate"].reason == "Only 2 quantifiable samples up to the peak; three are needed."


def test_refusals(measured):
    found = measured((1, 7, 14), (900, 300, 100))
    assert found["growth_rate"].reason == "Only 1 quantifiable sample up to the peak; three are needed."
    assert found["fold_rise"].reason == "The first quantifiable sample is the peak."
    down = measured((1, 2, 3, 4, 4.1), (800, 60, 55, 52, 801))
    assert down["doubling_time"].reason == "The samples up to the peak do not rise."
    for name in ("tonset", "growth_rate", "doubling_time", "fold_rise"):
        assert measured("K8")[name].reason == "No sample is quantifiable."


def test_a_crooked_rise_is_flagged(measured):
    assert "r_squared_below_0.9" in measured((1, 2, 3, 4), (800, 60, 55, 9000))["growth_rate"].flags
    assert "r_squared_below_0.9" not in measured("K4")["growth_rate"].flags


def test_a_peak_above_the_upper_limit(measured):
    found = measured((1, 4, 7, 14), (60, 900, "ABOVE", 700), of={"uloq": 1e6})
    assert found["fold_rise"].censored
    assert "above_uloq" in found["growth_rate"].flags
