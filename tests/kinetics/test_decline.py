"""The falling part: the published selection rule, by hand, in limits and against polynomial fits over every window."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cartrace.kinetics import decline

STEPS = st.lists(st.tuples(st.integers(1, 30), st.floats(-3.0, 3.0)), min_size=3, max_size=12)


def fitted(time, concentration):
    """(rate, R2, adjusted R2) by numpy's polynomial fit and the correlation coefficient."""
    slope, _ = np.polyfit(time - time.mean(), np.log(concentration), 1)
    r = np.corrcoef(time, np.log(concentration))[0, 1]
    n = len(time)
    return -slope, r * r, 1 - (1 - r * r) * (n - 1) / (n - 2)


def selected(time, concentration):
    """The rule as criteria 7.4 says it, over a list of all windows: rate, points; None when it refuses."""
    windows = [(n, *fitted(time[-n:], concentration[-n:])) for n in range(3, len(time) + 1)]
    best = max(adjusted for *_, adjusted in windows)
    falling = [(n, rate) for n, rate, _, adjusted in windows if rate > 0 and adjusted > best - 0.0001]
    return max(falling) if falling else None


def laid_out(steps):
    time = np.cumsum([step for step, _ in steps]).astype(float)
    return time, np.exp(5.0 + np.array([level for _, level in steps]))


def test_k2_of_the_criteria():
    time, concentration = np.array([2.0, 4.0, 7.0, 14.0]), np.array([150.0, 90.0, 40.0, 10.0])
    shorter = decline.regress(time, np.log(concentration), 1, 3)
    longer = decline.regress(time, np.log(concentration), 0, 3)
    assert shorter.adjusted == pytest.approx(0.988192, abs=5e-7)
    assert longer.adjusted == pytest.approx(0.991118, abs=5e-7)
    slope = decline.best_fit(time, concentration, 0)
    assert slope.points == 4
    assert slope.rate == pytest.approx(0.224278, abs=5e-7)
    assert math.log(2) / slope.rate == pytest.approx(3.0906, abs=5e-5)


def test_k5_of_the_criteria():
    time = np.array([11.0, 14, 21, 28, 60, 90, 180])
    concentration = np.array([18000.0, 9000, 3000, 1200, 300, 200, 120])
    slope = decline.best_fit(time, concentration, 0)
    assert (slope.points, slope.first, slope.last) == (3, 4, 6)
    assert slope.adjusted == pytest.approx(0.909178, abs=5e-7)
    assert slope.rate == pytest.approx(0.0071835, abs=5e-8)


def test_three_points_by_hand():
    # ln C = 4, 2, 3 at t = 0, 1, 2: mean 3, sxy = -1, sxx = 2, syy = 2: rate 0.5, R2 0.25, adjusted 1 - 0.75 x 2 = -0.5
    slope = decline.regress(np.array([0.0, 1.0, 2.0]), np.array([4.0, 2.0, 3.0]), 0, 2)
    assert (slope.rate, slope.r_squared, slope.adjusted) == pytest.approx((0.5, 0.25, -0.5))


@pytest.mark.parametrize("half_life", [0.5, 4.3, 217.0])
def test_an_exponential_fall_has_its_exact_half_life_and_uses_every_point(half_life):
    time = np.array([10.0, 11, 14, 21, 28, 60])
    slope = decline.best_fit(time, 24000 * 0.5 ** (time / half_life), 0)
    assert math.log(2) / slope.rate == pytest.approx(half_life, rel=1e-9)
    assert slope.points == 6
    assert slope.r_squared == pytest.approx(1.0)


def test_fewer_than_three_points_give_no_slope():
    for start, points in ((1, 2), (2, 1), (3, 0)):
        slope = decline.best_fit(np.array([1.0, 2, 3]), np.array([9.0, 5, 2]), start)
        assert math.isnan(slope.rate)
        assert slope.points == points


def test_a_best_window_that_rises_refuses_a_worse_one_that_falls():
    # All five fall on the whole, badly; the last three rise on a straight line.
    time = np.array([1.0, 2, 3, 4, 5])
    concentration = np.array([9000.0, 50, 100, 200, 400])
    rate, _, adjusted = fitted(time, concentration)
    assert rate > 0
    assert adjusted < fitted(time[2:], concentration[2:])[2]
    assert decline.best_fit(time, concentration, 0).rate <= 0


def test_of_equally_good_windows_only_a_falling_one_is_taken():
    # The last three fall; a far early low sample turns the line of all four upwards. Its level is set so that both
    # windows are equally good within the tolerance.
    time = np.array([0.0, 1000.0, 1001.0, 1002.0])

    def both(early):
        log_value = np.array([early, 1.0, 0.3, 0.0])
        return decline.regress(time, log_value, 0, 3), decline.regress(time, log_value, 1, 3), log_value

    low, high = -50.0, 0.4
    for _ in range(80):
        middle = (low + high) / 2
        four, three, _ = both(middle)
        low, high = (middle, high) if four.adjusted > three.adjusted - 5e-5 else (low, middle)
    four, three, log_value = both(low)
    assert four.rate < 0 < three.rate
    assert four.adjusted == pytest.approx(three.adjusted - 5e-5, abs=1e-8)
    assert decline.best_fit(time, np.exp(log_value), 0) == three


def test_equal_values_do_not_fall():
    time = np.array([1.0, 2.0, 3.7, 11.0])
    for level in (80.0, 0.1, 3e-7, 123456.789):
        assert decline.best_fit(time, np.full(4, level), 0).rate == 0.0


@pytest.mark.parametrize(("worse", "points"), [(0.5e-4, 4), (2e-4, 3)])
def test_a_longer_window_is_preferred_up_to_the_tolerance(worse, points):
    """Below and above the tolerance of 1e-4 in adjusted R2."""
    time = np.array([0.0, 1.0, 2.0, 3.0])

    def loss(bend):
        log_value = np.array([9.0 + bend, 6.0, 3.0, 0.0])
        full = decline.regress(time, log_value, 0, 3).adjusted
        return decline.regress(time, log_value, 1, 3).adjusted - full, log_value

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if loss(middle)[0] < worse else (low, middle)
    lost, log_value = loss(low)
    assert lost == pytest.approx(worse, rel=1e-6)
    assert decline.best_fit(time, np.exp(log_value), 0).points == points


@given(STEPS)
def test_against_polynomial_fits_over_every_window(steps):
    time, concentration = laid_out(steps)
    logs = np.log(concentration)
    # A flat window has no R2 to compare.
    assume(all(np.ptp(logs[-n:]) > 1e-3 for n in range(3, len(time) + 1)))
    windows = [fitted(time[-n:], concentration[-n:]) for n in range(3, len(time) + 1)]
    edge = max(w[2] for w in windows) - 1e-4
    # On the edge of the tolerance rounding decides.
    assume(all(abs(w[2] - edge) > 1e-9 and abs(w[0]) > 1e-9 for w in windows))
    slope, expected = decline.best_fit(time, concentration, 0), selected(time, concentration)
    if expected is None:
        assert slope.rate <= 0
    else:
        assert (slope.points, slope.rate) == (expected[0], pytest.approx(expected[1], rel=1e-6))


@given(STEPS, st.floats(1e-3, 1e3))
def test_the_unit_of_the_assay_does_not_move_a_slope(steps, factor):
    time, concentration = laid_out(steps)
    one, other = (decline.span_slope(time, c, after=-1, until=1e9) for c in (concentration, factor * concentration))
    assert other.rate == pytest.approx(one.rate, rel=1e-6, abs=1e-9)


@given(STEPS, st.floats(0.1, 10))
def test_a_stretched_time_divides_the_rate(steps, factor):
    time, concentration = laid_out(steps)
    one = decline.span_slope(time, concentration, after=-1, until=1e9)
    other = decline.span_slope(factor * time, concentration, after=-1, until=1e9)
    assert other.rate * factor == pytest.approx(one.rate, rel=1e-6, abs=1e-9)


def test_a_span_excludes_its_begin_and_includes_its_end():
    time, concentration = np.array([7.0, 14, 21, 28, 60]), np.array([900.0, 400, 200, 90, 80])
    slope = decline.span_slope(time, concentration, after=7.0, until=28.0)
    assert (slope.first, slope.last, slope.points) == (1, 3, 3)
    assert slope.rate == pytest.approx(fitted(time[1:4], concentration[1:4])[0])
    assert math.isnan(decline.span_slope(time, concentration, after=14.0, until=28.0).rate)


@pytest.mark.parametrize(("again", "found"), [(199.9, False), (200.0, False), (200.1, True)])
def test_a_rise_to_more_than_twice_the_low_is_a_re_expansion(again, found):
    assert decline.re_expands(np.array([9000.0, 300, 100, again]), 0, 2.0) is found


def test_the_rise_to_the_peak_is_no_re_expansion():
    assert not decline.re_expands(np.array([10.0, 100, 9000, 300]), 2, 2.0)
