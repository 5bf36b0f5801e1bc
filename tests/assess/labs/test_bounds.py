"""Comparing intervals: against every pair of points they contain, and rounding against decimal numbers."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import product

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
        (0.1, 4, [0.0, math.inf, 0, 1]),
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


Ends = tuple[int, int, bool, bool]
# Every interval between 1 and 4, with and without its ends.
INTERVALS: list[Ends] = [
    (low, high, *left_out)
    for low, high in product(range(1, 5), repeat=2)
    for left_out in (product((False, True), repeat=2) if low < high else [(False, False)])
    if low <= high
]


def points(ends: Ends) -> list[Fraction]:
    """Ends (when they belong to it) and points between, closer to the ends than any other end."""
    low, high, low_open, high_open = ends
    inside = [Fraction(n, 8) for n in range(8 * low + 1, 8 * high)]
    return [*([] if low_open else [Fraction(low)]), *inside, *([] if high_open else [Fraction(high)])]


@pytest.mark.parametrize(("factor", "strict"), [(1, True), (1, False), (2, True), (2, False)])
def test_above_says_what_every_pair_of_points_says(factor: int, strict: bool) -> None:
    for value, limit in product(INTERVALS, repeat=2):
        # The mildest pair and the worst pair decide; both are among the points.
        values, limits = points(value), points(limit)
        answers = {v > factor * x or (not strict and v == factor * x) for v in values for x in limits}
        expected = UNKNOWN if len(answers) == 2 else YES if answers == {True} else NO
        assert above(interval(*value), float(factor), interval(*limit), int(strict)) == expected, (value, limit)


def test_widening_holds_both() -> None:
    for one, other in product(INTERVALS, repeat=2):
        made = interval(*one)
        bounds.widen(made, interval(*other))
        both = set(points(one)) | set(points(other))
        assert (made[bounds.LOW], made[bounds.HIGH]) == (min(one[0], other[0]), max(one[1], other[1]))
        assert (made[bounds.LOW_OPEN] == 0.0) == (made[bounds.LOW] in both)
        assert (made[bounds.HIGH_OPEN] == 0.0) == (made[bounds.HIGH] in both)


def test_infinity_on_either_side() -> None:
    unknown, point = interval(0.0, math.inf, True, True), interval(5.0, 5.0)
    assert above(point, 3.0, unknown, 1) == UNKNOWN
    assert above(unknown, 3.0, point, 1) == UNKNOWN
    assert above(interval(0.0, 0.0), 3.0, unknown, 1) == NO
    assert above(interval(20.0, math.inf, True, True), 3.0, point, 1) == YES
    assert above(point, 1.0, interval(math.inf, math.inf), 1) == NO
