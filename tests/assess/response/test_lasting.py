"""Rises from the lowest value before, and remissions that have to last."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import best, lasting, marrow
from cartrace.assess.rule import NOT_GRADED, Steps, allocate
from cartrace.course import Events


def events_of(given: str, channel: int, day: int) -> tuple[Events, int]:
    events = marrow.gather(read_given(given), marrow.CHANNELS)
    return events, int(np.flatnonzero((events.channel == channel) & (events.day == day))[-1])


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [
        ("d-5 blasts_percent 40", 49.9, (False, False)),
        ("d-5 blasts_percent 40", 50, (True, True)),
        ("d-5 blasts_percent 40; d10 blasts_percent 20", 25, (True, True)),
        ("d-5 blasts_percent 40; d10 blasts_percent status=below lloq=5", 30, (True, True)),
        ("d-5 blasts_percent status=below lloq=5", 5, (False, True)),
        ("d-5 blasts_percent 40; d10 blasts_percent status=not_recorded", 30, (False, True)),
        ("", 30, (False, True)),
        ("d-5 blasts_percent 0", 0, (False, False)),
        ("d-5 blasts_percent 8.8", 11, (True, True)),
    ],
)
def test_a_rise_by_a_quarter_from_the_lowest_value_before(before: str, now: float, answer: tuple[bool, bool]) -> None:
    events, i = events_of(f"{before}; d28 blasts_percent {now}", marrow.MARROW_BLASTS, 28)
    assert lasting.rise(events, marrow.MARROW_BLASTS, i, float(now), float(now)) == answer


def test_blasts_in_blood_are_compared_in_one_unit() -> None:
    given = "d-5 blasts_per_ul 1000; d-5 blasts_percent 30 site=blood; d28 blasts_per_ul 1240"
    events, i = events_of(given, marrow.BLOOD_BLASTS, 28)
    assert lasting.lowest_before(events, marrow.BLOOD_BLASTS, i) == (1000.0, 1000.0)


def rows(*found: tuple[int, int, int]) -> Steps:
    """Rows 1... of (study day, low, high)."""
    steps = allocate(len(found) + 1)
    for row, (day, low, high) in enumerate(found, start=1):
        steps.at[row] = steps.fact[row, best.STUDY_DAY] = day
        steps.low[row], steps.high[row] = low, high
    return steps


@pytest.mark.parametrize(
    ("found", "until", "bounds"),
    [
        # 0 and 1 are the family, 2 is the worst
        ([(28, 0, 0), (56, 0, 0)], math.inf, [(0, 0), (0, 2)]),
        ([(28, 0, 0), (55, 0, 0)], math.inf, [(0, 2), (0, 2)]),
        ([(28, 0, 0), (40, 1, 1), (60, 0, 0)], math.inf, [(1, 1), (1, 2), (0, 2)]),
        ([(28, 0, 0), (40, 2, 2)], math.inf, [(2, 2), (2, 2)]),
        ([(28, 0, 0), (60, 0, 0), (70, 2, 2)], math.inf, [(0, 0), (2, 2), (2, 2)]),
        ([(28, 0, 0), (60, 0, 0)], 40.0, [(0, 2), (0, 2)]),
        ([(28, 0, 0), (60, NOT_GRADED, NOT_GRADED)], math.inf, [(0, 2), (NOT_GRADED, NOT_GRADED)]),
        ([(28, 0, 4), (60, 0, 0)], math.inf, [(0, 4), (0, 2)]),
        ([(28, 2, 4), (60, 0, 0)], math.inf, [(2, 4), (0, 2)]),
    ],
)
def test_a_remission_is_what_the_worst_of_four_weeks_says(
    found: list[tuple[int, int, int]], until: float, bounds: list[tuple[int, int]]
) -> None:
    steps = rows(*found)
    lasting.hold(steps, len(found) + 1, 1, 2, until, 64, 1)
    assert list(zip(steps.low[1:].tolist(), steps.high[1:].tolist(), strict=True)) == bounds


def test_the_first_evaluation_that_surely_is_that_bad() -> None:
    assert lasting.first_at_least(rows((28, 0, 0), (50, 2, 4), (60, 4, 4)), 4, 4) == 60
    assert math.isnan(lasting.first_at_least(rows((28, 0, 0)), 2, 4))


def test_an_evaluation_without_a_result_within_four_weeks_leaves_the_remission_open_and_is_asked_for() -> None:
    steps = rows((28, 0, 0), (42, NOT_GRADED, NOT_GRADED), (60, 0, 0))
    lasting.hold(steps, 4, 1, 2, math.inf, 64, 1)
    assert (steps.low[1], steps.high[1], steps.reason[1], steps.missing[1]) == (0, 2, 0, 1)


def test_a_marrow_that_could_not_be_judged_says_nothing_about_the_four_weeks() -> None:
    steps = rows((28, 0, 0), (42, NOT_GRADED, NOT_GRADED), (60, 0, 0))
    steps.reason[2] = best.NOT_EVALUABLE
    lasting.hold(steps, 4, 1, 2, math.inf, 64, 1)
    assert (steps.low[1], steps.high[1], steps.missing[1]) == (0, 0, 0)


def test_a_remission_that_was_open_and_then_surely_ended_asks_for_nothing() -> None:
    # Not CR or worse either way: what was not recorded on day 28 no longer matters.
    steps = rows((28, 0, 2), (40, 2, 2))
    steps.missing[1] = 8
    lasting.hold(steps, 3, 1, 2, math.inf, 64, 1)
    assert (steps.low[1], steps.high[1], steps.missing[1]) == (2, 2, 0)
