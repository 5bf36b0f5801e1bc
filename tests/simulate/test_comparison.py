"""Intervals against published examples and independent computations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cartrace.simulate import comparison


def test_wilson_intervals_of_the_trial_are_those_worked_out_before():
    # sscart19: 7/47 and 15/40 with severe CRS, 43/47 and 34/40 with remission.
    expected = {(7, 47): (7.4, 27.7), (15, 40): (24.2, 53.0), (43, 47): (80.1, 96.6), (34, 40): (70.9, 92.9)}
    for (events, of), (low, high) in expected.items():
        found = comparison.proportion(events, of)
        assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


@pytest.mark.parametrize(("events", "of"), [(0, 10), (10, 10), (3, 7), (40, 400)])
def test_wilson_solves_its_own_quadratic(events, of):
    z = 1.959963984540054
    found, share = comparison.proportion(events, of), events / of
    for bound in (found.low, found.high):
        assert (share - bound) ** 2 == pytest.approx(z * z * bound * (1 - bound) / of, abs=1e-12)


def test_the_difference_of_newcombes_first_example():
    # newcombe1998, table II, 56/70 against 48/80, method 10 (from memory).
    found = comparison.difference(56, 70, 48, 80)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_fisher_on_the_published_counts():
    # The published 0.036 is another test; 0.025 was worked out before.
    assert comparison.fisher(7, 47, 15, 40) == pytest.approx(0.025, abs=0.0005)
    total = math.comb(87, 22)
    chance = [math.comb(47, k) * math.comb(40, 22 - k) / total for k in range(23)]
    assert comparison.fisher(7, 47, 15, 40) == pytest.approx(sum(p for p in chance if p <= chance[7] * (1 + 1e-9)))


def test_nothing_to_compare_is_no_number():
    assert math.isnan(comparison.proportion(0, 0).value)
    assert math.isnan(comparison.fisher(0, 0, 1, 2))
    assert math.isnan(comparison.median(np.array([])).value)
    with pytest.raises(ValueError, match="5 events of 4"):
        comparison.proportion(5, 4)


def test_a_median_with_the_spread_of_the_patients():
    found = comparison.median(np.arange(101.0))
    assert (found.low, found.value, found.high) == (5.0, 50.0, 95.0)


def test_bootstrap_of_a_median_covers_a_shift_and_is_the_same_again():
    rng = np.random.default_rng(7)
    one, other = rng.normal(3.0, 1.0, 400), rng.normal(1.0, 1.0, 400)
    found = comparison.median_difference(one, other, seed=1)
    assert found.low < 2.0 < found.high
    assert found == comparison.median_difference(one, other, seed=1)


def test_a_paired_difference_is_that_within_patients():
    rng = np.random.default_rng(7)
    one = rng.normal(3.0, 1.0, 400)
    paired = comparison.paired_difference(one, one - 0.5, np.median, seed=1)
    assert (paired.low, paired.value, paired.high) == pytest.approx((0.5, 0.5, 0.5))
    events = (np.arange(400) % 4 == 0).astype(float)
    found = comparison.paired_difference(events, np.zeros(400), np.mean, seed=1)
    # A quarter, with the standard error of a proportion of 400.
    error = 1.96 * math.sqrt(0.25 * 0.75 / 400)
    assert found.value == 0.25
    assert (found.low, found.high) == (pytest.approx(0.25 - error, abs=0.006), pytest.approx(0.25 + error, abs=0.006))
