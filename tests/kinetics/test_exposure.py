"""Peak and areas by hand, in limits, and against an integral computed in another way."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.kinetics import exposure

LEVELS = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))
PROFILES = st.lists(st.tuples(st.integers(1, 40), LEVELS), min_size=2, max_size=14)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


def laid_out(steps):
    """Times that rise by the steps, and the values."""
    return np.cumsum([step for step, _ in steps]) / 2.0, np.array([value for _, value in steps])


def curve(time, concentration, at):
    """The curve between samples, written as two ways of reading a table: straight, or straight in the logarithm."""
    right = min(max(int(np.searchsorted(time, at)), 1), len(time) - 1)
    a, b = concentration[right - 1], concentration[right]
    if 0.0 < b < a:
        return math.exp(np.interp(at, time[right - 1 : right + 1], np.log([a, b])))
    return np.interp(at, time[right - 1 : right + 1], [a, b])


def integral(time, concentration, start, end):
    """Gauss-Legendre over the pieces of the curve; exact for a line, and for an exponential in 8 short strips."""
    edges = sorted({start, end, *(t for t in time if start < t < end)})
    total = 0.0
    for a, b in pairwise(edges):
        for low, high in pairwise(np.linspace(a, b, 9)):
            middle, half = (low + high) / 2, (high - low) / 2
            total += half * sum(
                w * curve(time, concentration, middle + half * x) for x, w in zip(NODES, WEIGHTS, strict=True)
            )
    return total


def test_the_peak_is_the_first_of_equal_ones():
    assert exposure.peak(np.array([0.0, 3.0, 5.0, 5.0])) == 2
    assert exposure.peak(np.array([])) == -1


def test_a_rising_interval_is_a_trapezium_and_a_falling_one_an_exponential():
    assert exposure.segment(0, 1, 0.0, 200.0) == 100.0
    assert exposure.segment(1, 2, 200.0, 150.0) == pytest.approx(50 / math.log(200 / 150), rel=1e-14)
    assert exposure.segment(0, 4, 80.0, 0.0) == 160.0
    assert exposure.segment(0, 4, 0.0, 0.0) == 0.0


@pytest.mark.parametrize("fall", [1e-15, 1e-12, 1e-9, 1e-7, 1e-6, 2e-6, 1e-5])
def test_nearly_equal_values_keep_their_digits(fall):
    # (a-b)/ln(a/b) = mean x (1 - fall^2/12 + ...)
    first, last = 700.0, 700.0 * (1.0 - fall)
    assert exposure.segment(0, 1, first, last) == pytest.approx((first + last) / 2, rel=1e-10)


def test_halfway_down_a_fall_lies_the_geometric_mean_and_halfway_up_the_arithmetic_one():
    assert exposure.between(0, 2, 100.0, 25.0, 1) == pytest.approx(50.0)
    assert exposure.between(0, 2, 25.0, 100.0, 1) == pytest.approx(62.5)
    assert exposure.between(0, 2, 100.0, 0.0, 1) == pytest.approx(50.0)


@pytest.mark.parametrize("rate", [0.0032, 0.16, 2.0])
def test_an_exponential_fall_has_its_exact_area_whatever_the_sampling(rate):
    time = np.array([0.0, 0.3, 1.0, 5.0, 5.5, 17.0, 28.0])
    concentration = 24000 * np.exp(-rate * time)
    for until in (0.1, 5.25, 20.0, 28.0):
        exact = 24000 / rate * -math.expm1(-rate * until)
        assert exposure.area(time, concentration, until) == pytest.approx(exact, rel=1e-12)
    rest = exposure.tail(concentration[-1], rate, 28.0, math.inf)
    assert exposure.area(time, concentration, 28.0) + rest == pytest.approx(24000 / rate, rel=1e-12)


def test_a_short_tail_of_a_slow_fall_keeps_its_digits():
    assert exposure.tail(100.0, 1e-12, 0.0, 2.0) == pytest.approx(200.0, rel=1e-11)


def test_the_area_before_the_first_sample_is_none():
    assert exposure.area(np.array([3.0, 4.0]), np.array([10.0, 10.0]), 3.0) == 0.0
    assert exposure.area(np.array([3.0, 4.0]), np.array([10.0, 10.0]), 99.0) == 10.0


@given(PROFILES, st.floats(0.0, 1.0))
def test_the_area_is_the_integral_of_the_curve(steps, share):
    time, concentration = laid_out(steps)
    until = time[0] + share * (time[-1] - time[0])
    expected = integral(time, concentration, time[0], until) if until > time[0] else 0.0
    assert exposure.area(time, concentration, until) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@given(PROFILES, st.floats(1e-3, 1e3))
def test_a_scaled_profile_has_a_scaled_area(steps, factor):
    time, concentration = laid_out(steps)
    area = exposure.area(time, concentration, time[-1])
    assert exposure.area(time, factor * concentration, time[-1]) == pytest.approx(factor * area, rel=1e-9)


@given(PROFILES, st.floats(0.05, 0.95))
def test_a_sample_on_the_curve_changes_nothing(steps, share):
    time, concentration = laid_out(steps)
    at = time[-2] + share * (time[-1] - time[-2])
    # On a line that falls to 0 a further sample does change the reading: its first part then falls to a positive value.
    concentration[-1] = max(concentration[-1], 1e-3)
    value = exposure.between(time[-2], time[-1], concentration[-2], concentration[-1], at)
    area = exposure.area(np.insert(time, -1, at), np.insert(concentration, -1, value), time[-1])
    assert area == pytest.approx(exposure.area(time, concentration, time[-1]), rel=1e-9)


@given(PROFILES, st.data())
def test_a_higher_positive_value_never_makes_the_area_smaller(steps, data):
    # The reason why an area through a value above the upper limit is a lower bound.
    time, concentration = laid_out(steps)
    index = data.draw(st.integers(0, len(time) - 1))
    if concentration[index] == 0.0:
        concentration[index] = 1e-3
    higher = concentration.copy()
    higher[index] *= data.draw(st.floats(1.0, 100.0))
    before = exposure.area(time, concentration, time[-1])
    assert exposure.area(time, higher, time[-1]) >= before * (1 - 1e-9)
