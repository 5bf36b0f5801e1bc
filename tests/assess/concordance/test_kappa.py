"""Weighted kappa: by hand, by an independent computation, and its properties."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.assess.concordance.kappa import WEIGHTINGS, weighted_kappa

# Three by three by hand, 20 pairs: rows one rater, columns the other.
TABLE = [[4, 2, 0], [1, 5, 2], [0, 1, 5]]
PAIRS = [(a, b) for a, row in enumerate(TABLE) for b, n in enumerate(row) for _ in range(n)]
# Margins 6, 8, 6 and 5, 8, 7. Observed disagreement, linear: 6 / 20. Expected: the sum of |a - b| × row × column / 400 =
# (6×8 + 2×6×7 + 8×5 + 8×7 + 2×6×5 + 6×8) / 400 = 336 / 400. Quadratic: 6 / 20 and (48 + 168 + 40 + 56 + 120 + 48) / 400.
BY_HAND = {"linear": 1 - (6 / 20) / (336 / 400), "quadratic": 1 - (6 / 20) / (480 / 400)}


def kappa_of(table, weighting):
    """From a table of proportions, by disagreements: the definition, not the code under test."""
    size = len(table)
    power = {"linear": 1, "quadratic": 2}[weighting]
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) ** power
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return 1 - (distance * table).sum() / (distance * chance).sum()


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_by_hand(weighting):
    found = weighted_kappa(PAIRS, weighting)
    assert found.value == pytest.approx(BY_HAND[weighting])
    assert found.pairs == 20
    assert found.low < found.value < found.high


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize(
    "table", [TABLE, [[10, 3, 1, 0], [2, 8, 4, 1], [0, 3, 9, 2], [1, 0, 2, 6]], [[20, 5], [10, 15]]]
)
def test_the_standard_error_is_that_of_the_delta_method(table, weighting):
    # Gradient of kappa by central differences, covariance of the multinomial.
    table = np.array(table, dtype=float)
    n = table.sum()
    p = table / n
    step = 1e-6
    gradient = np.zeros_like(p)
    for cell in itertools.product(range(len(p)), repeat=2):
        up, down = p.copy(), p.copy()
        up[cell] += step
        down[cell] -= step
        gradient[cell] = (kappa_of(up / up.sum(), weighting) - kappa_of(down / down.sum(), weighting)) / (2 * step)
    variance = ((gradient**2 * p).sum() - (gradient * p).sum() ** 2) / n
    pairs = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(int(count))]
    found = weighted_kappa(pairs, weighting)
    assert found.high - found.value == pytest.approx(1.959964 * math.sqrt(variance), rel=1e-4)


def test_two_grades_give_plain_kappa():
    # The textbook table of 50 proposals read by two: 20, 5, 10, 15; kappa 0.40.
    pairs = [(0, 0)] * 20 + [(0, 1)] * 5 + [(1, 0)] * 10 + [(1, 1)] * 15
    assert [weighted_kappa(pairs, weighting).value for weighting in WEIGHTINGS] == pytest.approx([0.4, 0.4])


def test_complete_agreement_is_one_without_an_interval():
    found = weighted_kappa([(0, 0), (2, 2), (3, 3)], "quadratic")
    assert (found.value, found.low, found.high) == (1.0, None, None)
    assert "complete agreement" in found.reason


@pytest.mark.parametrize(("pairs", "words"), [([], "no pair"), ([(1, 2)], "one pair"), ([(2, 2)] * 9, "the same")])
def test_no_kappa_has_a_reason(pairs, words):
    found = weighted_kappa(pairs, "linear")
    assert found.value is None
    assert words in found.reason


def test_two_pairs_are_enough_and_the_interval_ends_at_the_bounds():
    opposed = weighted_kappa([(0, 1), (1, 0)], "linear")
    assert (opposed.value, opposed.low) == (-1.0, -1.0)
    near = weighted_kappa([(0, 0), (1, 1), (2, 2), (2, 1)], "linear")
    assert near.value < near.high == 1.0
    poor = weighted_kappa([(0, 1), (1, 0), (1, 1)], "linear")
    assert (poor.value, poor.low) == (pytest.approx(-0.5), -1.0)


def test_one_rater_who_always_says_the_same_is_chance():
    assert weighted_kappa([(0, 1), (2, 1), (3, 1)], "linear").value == pytest.approx(0.0)


PAIR = st.tuples(st.integers(0, 5), st.integers(0, 5))


@settings(max_examples=60, deadline=None)
@given(st.lists(PAIR, min_size=2, max_size=40), st.sampled_from(WEIGHTINGS))
def test_raters_can_be_exchanged_and_the_bounds_hold(pairs, weighting):
    found = weighted_kappa(pairs, weighting)
    swapped = weighted_kappa([(b, a) for a, b in pairs], weighting)
    assert (found.value is None) == (swapped.value is None)
    if found.value is not None:
        assert -1.0 - 1e-9 <= found.value <= 1.0
        assert swapped.value == pytest.approx(found.value)
        table = np.zeros((6, 6))
        for a, b in pairs:
            table[a, b] += 1
        assert found.value == pytest.approx(kappa_of(table, weighting))
    if found.low is not None:
        assert -1.0 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1.0
