"""Ranges and ticks of value axes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.figures import value_axis

VALUES = st.lists(st.floats(1e-3, 1e7), min_size=1, max_size=20)


@given(VALUES)
def test_linear_axes_hold_every_value_and_a_few_ticks(values):
    axis = value_axis.linear("A", "mm", values)
    assert axis.low <= min(values)
    assert max(values) <= axis.high
    assert 2 <= len(axis.ticks) <= 6
    assert all(axis.low - 1e-9 <= tick <= axis.high + 1e-9 for tick, _ in axis.ticks)


@given(VALUES)
def test_log_axes_hold_every_value_and_end_above_zero(values):
    axis = value_axis.logarithmic("A", "pg/mL", values)
    assert 0 < axis.low <= min(values)
    assert max(values) <= axis.high
    assert 1 <= len(axis.ticks) <= 6
    assert all(axis.low <= tick * 1.0001 and tick <= axis.high * 1.0001 for tick, _ in axis.ticks)


def test_the_floor_is_the_foot_of_the_axis():
    axis = value_axis.linear("A", "%", [12.0, 50.0], floor=0.0, ceiling=100.0)
    assert axis.low == 0.0
    assert axis.high > 100.0
    assert axis.ticks[0] == (0.0, "0")


@pytest.mark.parametrize("values", [[], [5.0], [5.0, 5.0], [float("nan")]])
def test_poor_data_still_give_an_axis(values):
    linear = value_axis.linear("A", "mm", values)
    logarithmic = value_axis.logarithmic("A", "mm", values)
    assert linear.low < linear.high
    assert 0 < logarithmic.low < logarithmic.high


def test_log_ticks_are_decades_in_words():
    axis = value_axis.logarithmic("A", "copies/µL", [0.5, 3e5])
    assert {label for _, label in axis.ticks} <= {"0.1", "1", "10", "100", "1\u202f000", "10⁴", "10⁵", "10⁶"}


def test_a_log_foot_has_room():
    assert value_axis.logarithmic("A", "x", [100.0], foot=3.0).low < 3.0


@pytest.mark.parametrize(
    ("values", "labels"), [((2.0, 200.0), ["10", "100"]), ((3.0, 40.0), ["3", "10", "30"]), ((0.5, 1.0), ["0.3", "1"])]
)
def test_a_short_log_axis_has_a_label_between_its_decades(values, labels):
    assert [label for _, label in value_axis.logarithmic("A", "u", values).ticks] == labels
