"""The best response: which evaluations count, and what an unrecorded one does to it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import ball, best
from cartrace.assess.response.best import after_infusion, next_therapy_time, therapy_rows, write_best
from cartrace.assess.rule import NOT_APPLICABLE, NOT_GRADED, Steps, allocate
from cartrace.course import Clock, CourseBuilder
from cartrace.course.events import from_rows


def evaluations(*rows: tuple[float, int, int, int]) -> Steps:
    """Row 0 free for the best response; then (day, low, high, reason)."""
    steps = allocate(len(rows) + 1)
    for i, (day, low, high, reason) in enumerate(rows, start=1):
        steps.at[i], steps.low[i], steps.high[i], steps.reason[i] = day, low, high, reason
        steps.fact[i, best.STUDY_DAY] = day
        steps.missing[i] = 0 if low == high and low != NOT_GRADED else 1 << i
    return steps


def summary(*rows: tuple[float, int, int, int], until: float = math.inf) -> Steps:
    steps = evaluations(*rows)
    write_best(steps, 1, len(rows) + 1, 0, 5, 2, 21.0, until, -1.0)
    return steps


@pytest.mark.parametrize(
    ("rows", "low", "high", "missing"),
    [
        ([(28, 3, 3, 0), (56, 1, 1, 0)], 1, 1, 0),
        ([(28, 0, 2, 0), (56, 1, 1, 0)], 0, 1, 2),
        ([(28, 0, 2, 0), (56, 0, 0, 0)], 0, 0, 0),
        ([(28, 2, 4, 0), (56, 1, 5, 0)], 1, 4, 6),
        ([(20, 0, 0, 0), (21, 3, 3, 0)], 3, 3, 0),
        ([(28, NOT_GRADED, NOT_GRADED, 64), (56, 2, 2, 0)], 0, 2, 2),
        ([(28, NOT_GRADED, NOT_GRADED, best.NOT_EVALUABLE), (56, 2, 2, 0)], 2, 2, 0),
        ([(10, NOT_GRADED, NOT_GRADED, 64), (28, 0, 2, 0)], 0, 2, 4),
        ([(28, NOT_APPLICABLE, NOT_APPLICABLE, 0), (56, 2, 2, 0)], 2, 2, 0),
    ],
)
def test_the_best_of_ranges(rows: list[tuple[float, int, int, int]], low: int, high: int, missing: int) -> None:
    steps = summary(*rows)
    assert (steps.low[0], steps.high[0], steps.missing[0]) == (low, high, missing)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], best.NO_EVALUATION),
        ([(10, 0, 0, 0)], best.TOO_EARLY),
        ([(10, 0, 0, 0), (28, NOT_GRADED, NOT_GRADED, best.NOT_EVALUABLE)], best.NOT_EVALUABLE),
        ([(28, NOT_GRADED, NOT_GRADED, 64)], 64),
    ],
)
def test_why_there_is_none(rows: list[tuple[float, int, int, int]], reason: int) -> None:
    steps = summary(*rows)
    assert steps.low[0] == NOT_GRADED
    assert steps.reason[0] == reason


def test_days_handed_out() -> None:
    steps = summary((28, 2, 2, 0), (56, 0, 1, 0), (90, 0, 0, 0), (120, 5, 5, 0))
    assert steps.fact[0, best.BEST_DAY] == 90
    assert steps.fact[0, best.FIRST_CR_DAY] == 90
    assert steps.fact[0, best.FIRST_FAMILY_DAY] == 28


def test_evaluations_after_the_next_therapy_do_not_count() -> None:
    assert summary((28, 2, 2, 0), (90, 0, 0, 0), until=60.0).low[0] == 2
    assert summary((28, 2, 2, 0), (60, 0, 0, 0), until=60.0).low[0] == 0


def test_only_evaluations_after_the_next_therapy() -> None:
    steps = summary((90, 0, 0, 0), until=60.0)
    assert (steps.low[0], steps.reason[0]) == (NOT_GRADED, best.NO_EVALUATION)


def test_only_the_best_day_carries_evidence() -> None:
    facts = ball.RULE.run(
        read_given("complete drugs transfusions; d28 blasts_percent 1; d28 anc 1.2; d28 platelets 120")
    ).facts
    assert [fact.id for fact in facts if fact.used] == ["best_day"]


def test_bare_day_zero_is_before_the_infusion() -> None:
    assert not after_infusion(0.0)
    assert after_infusion(0.01)


def test_the_next_therapy_is_the_first_after_the_infusion() -> None:
    builder = CourseBuilder("case", clock=Clock(start_minute=0))
    for day in (-100, 60, 80):
        builder.procedure(kind="transplant", moment=builder.clock.from_study_day(day))
    builder.procedure(kind="biopsy", moment=builder.clock.from_study_day(30))
    events = from_rows(therapy_rows(builder.course(), 3))
    assert len(events.time) == 3
    assert next_therapy_time(events, 3) == 60.0
    assert next_therapy_time(events, 4) == math.inf


def test_attribution_is_not_asked_for() -> None:
    builder = CourseBuilder("case", clock=Clock(start_minute=0))
    builder.procedure(kind="transplant", moment=builder.clock.from_study_day(60))
    events = best.without_attribution(from_rows(therapy_rows(builder.course(), 0)))
    assert np.array_equal(events.attributed, [1])
