"""The rising part: limits, a hand-worked slope, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cartrace.kinetics import expansion


@pytest.mark.parametrize("doubling", [0.5, 0.78, 3.0])
def test_a_doubling_curve_has_its_doubling_time(doubling):
    time = np.array([1.0, 2.5, 4.0, 7.0, 9.0])
    line = expansion.growth(time, 60 * 2 ** (time / doubling), 4)
    assert math.log(2) / line.rate == pytest.approx(doubling, rel=1e-9)
    assert line.r_squared == pytest.approx(1.0)


def test_what_comes_after_the_peak_does_not_count():
    time, concentration = np.array([1.0, 2, 3, 4]), np.array([10.0, 20, 40, 1])
    assert expansion.growth(time, concentration, 2).rate == pytest.approx(math.log(2))


def test_k4_by_hand():
    # ln C - ln 60 at days 1, 4, 7, 9: 0, ln 15, ln 150, ln 400; mean day 5.25
    days, logs = (1, 4, 7, 9), (0, math.log(15), math.log(150), math.log(400))
    sxx = sum((day - 5.25) ** 2 for day in days)
    rate = sum((day - 5.25) * y for day, y in zip(days, logs, strict=True)) / sxx
    found = expansion.growth(np.array(days, float), np.array([60.0, 900, 9000, 24000]), 3)
    assert found.rate == pytest.approx(rate, rel=1e-12)
    assert rate == pytest.approx(0.757865, abs=1e-6)


def test_two_samples_are_not_enough():
    line = expansion.growth(np.array([4.0, 7.0]), np.array([10.0, 900.0]), 1)
    assert math.isnan(line.rate)
    assert line.points == 2
