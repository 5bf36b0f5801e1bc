"""Comparing intervals: against every pair of points they contain, and rounding against decimal numbers."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.assess.labs import bounds
from cartrace.assess.labs.bounds import NO, UNKNOWN, YES, above, significant

NUMBERS = st.floats(min_value=1e-6, max_value=1e9)


def interval(low: float, high: float, low_open: bool = False, high_open: bool = False) -> np.ndarray:
    made = np.zeros(bounds.COLUMNS)
    bounds.put(made, low, high, float(low_open), float(high_open))
    return made


def reported(value: float, status: int) -> list[float]:
    made = np.zeros(bounds.COLUMNS)
    bounds.put_reported(made, value, status)
    return list(made)


@pytest.mark.parametrize(
    ("number", "rounded"),
    [(1.5 * 1.2, 1.8), (0.75 * 200, 150.0), (3 * 0.1, 0.3), (0.9999999999999999, 1.0), (1234567890.4, 1234567890.0)],
)
def test_products_meet_the_number_a_reader_would_write(number: float, rounded: float) -> None:
    assert significant(number) == significant(rounded) == rounded


@given(NUMBERS)
def test_ten_significant_digits(number: float) -> None:
    expected = Context(prec=10, rounding=ROUND_HALF_UP).create_decimal(Decimal(number))
    assert math.isclose(significant(number), float(expected), rel_tol=1.1e-10)
    assert significant(significant(number)) == significant(number)
    assert significant(-number) == pytest.approx(-significant(number), rel=1.1e-10)


@given(NUMBERS, NUMBERS)
def test_rounding_keeps_the_order(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert significant(low) <= significant(high)


def test_what_cannot_be_rounded_stays() -> None:
    assert significant(0.0) == 0.0
    assert significant(math.inf) == math.inf
    assert significant(-math.inf) == -math.inf


@pytest.mark.parametrize(
    ("value", "status", "expected"),
    [
        (0.1, 0, [0.1, 0.1, 0, 0]),
        (0.1, 1, [0.0, 0.1, 0, 1]),
        (0.1, 2, [0.1, math.inf, 1, 1]),
        (math.nan, 0, [0.0, math.inf, 0, 1]),
        (math.nan, 1, [0.0, math.inf, 0, 1]),
        (math.nan, 4, [0.0, math.inf, 0, 1]),
    ],
)
def test_a_report_as_an_interval(value: float, status: int, expected: list[float]) -> None:
    assert reported(value, status) == expected


def test_a_limit_is_a_point_or_any_positive_number() -> None:
    made = np.zeros(bounds.COLUMNS)
    bounds.put_point_or_positive(made, 1.8)
    assert bounds.is_point(made)
    bounds.put_point_or_positive(made, math.nan)
    assert list(made) == [0.0, math.inf, 1.0, 1.0]
    assert not bounds.is_point(made)


def test_mirroring_twice_is_nothing() -> None:
    made = interval(1.0, 2.0, True, False)
    bounds.mirror(made)
    assert list(made) == [-2.0, -1.0, 0.0, 1.0]
    bounds.mirror(made)
    assert list(made) == [1.0, 2.0, 1.0, 0.0]


def points(ends: tuple[int, int, bool, bool]) -> list[Fraction]:
    """Ends (when they belong to it) and points between."""
    low, high, low_open, high_open = ends
    steps = [Fraction(low) + Fraction(high - low, 16) * i for i in range(17)]
    inside = steps[1:-1] if high > low else steps[:1]
    return [*([] if low_open else steps[:1]), *inside, *([] if high_open else steps[-1:])]


ENDS = st.tuples(st.integers(1, 4), st.integers(0, 3), st.booleans(), st.booleans()).map(
    lambda e: (e[0], e[0] + e[1], e[2] and e[1] > 0, e[3] and e[1] > 0)
)


@given(ENDS, ENDS, st.sampled_from([1, 2]), st.booleans())
def test_above_says_what_every_pair_of_points_says(
    value: tuple[int, int, bool, bool], limit: tuple[int, int, bool, bool], factor: int, strict: bool
) -> None:
    answers = {v > factor * x or (not strict and v == factor * x) for v in points(value) for x in points(limit)}
    expected = UNKNOWN if len(answers) == 2 else YES if answers == {True} else NO
    assert above(interval(*value), float(factor), interval(*limit), int(strict)) == expected


def test_infinity_on_either_side() -> None:
    unknown, point = interval(0.0, math.inf, True, True), interval(5.0, 5.0)
    assert above(point, 3.0, unknown, 1) == UNKNOWN
    assert above(unknown, 3.0, point, 1) == UNKNOWN
    assert above(interval(0.0, 0.0), 3.0, unknown, 1) == NO
    assert above(interval(20.0, math.inf, True, True), 3.0, point, 1) == YES
    assert above(point, 1.0, interval(math.inf, math.inf), 1) == NO
