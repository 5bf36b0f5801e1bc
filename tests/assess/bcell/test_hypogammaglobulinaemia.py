"""Hypogammaglobulinaemia: case table, and random courses against levels the record leaves open."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cartrace.assess.bcell import hypogammaglobulinaemia
from cartrace.assess.bcell.hypogammaglobulinaemia import RULE
from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown


@pytest.mark.parametrize("case", cases("hypogammaglobulinaemia"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above():
    names = [n for n in vars(hypogammaglobulinaemia) if n.endswith(("_FROM", "_UP_TO", "_ABOVE", "_BELOW"))]
    covered = {(case.threshold, case.side) for case in cases("hypogammaglobulinaemia")}
    assert len(names) == 2
    assert {(name, side) for name in names for side in ("below", "at", "above")} <= covered


def test_every_option_changes_an_answer():
    changed = set()
    for case in cases("hypogammaglobulinaemia"):
        course = read_given(case.given)
        for name, value in chosen_options(case.options).items():
            if RULE.run(course).overall != RULE.run(course, {name: value}).overall:
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


def random_course(rng):
    values = {
        rng.randrange(-20, 200): (rng.choice((100, None, 399, 400, 500, 600, 900)), rng.choice((None, 500, 700)))
        for _ in range(rng.randrange(0, 6))
    }
    doses = [rng.randrange(-40, 200) for _ in range(rng.choice((0, 0, 1, 2)))]
    complete = rng.random() < 0.6
    items = [
        f"d{day} igg {value if value else 'status=not_recorded'}" + (f" low={limit}" if limit else "")
        for day, (value, limit) in values.items()
    ]
    items += [f"d{day} drug ivig" for day in doses] + (["complete drugs"] if complete else [])
    return values, doses, complete, "; ".join(items)


def states(value, limit, hidden):
    """Every grade the day may have: the patient's own level is the value, or anything below it when hidden."""
    if value is None:
        return {0, 1, 2}
    own = {value} | ({0, 399, 400, 499, 500, 699, 700} if hidden else set())
    limits = {limit} if limit else {0, 10_000}
    return {2 if v < 400 else 1 if v < lln else 0 for v in own if v <= value for lln in limits}


def test_random_courses_against_every_level_left_open():
    seen = set()
    for seed in range(1000):
        values, doses, complete, text = random_course(random.Random(seed))
        result = RULE.run(read_given(text))
        after = {day: pair for day, pair in sorted(values.items()) if day > 0}
        if not any(value for value, _ in after.values()):
            assert result.overall.state == "not graded"
            continue
        expected = []
        for day, (value, limit) in after.items():
            hidden = not complete or any(0 <= day - dose <= 28 for dose in doses)
            possible = states(value, limit, hidden)
            expected.append((min(possible), max(possible)))
        assert [(step.low, step.high) for step in result.steps] == expected, seed
        worst = tuple(max(pair[k] for pair in expected) for k in (0, 1))
        assert (result.overall.low, result.overall.high) == worst, seed
        seen.add(worst)
    assert {(0, 0), (1, 1), (2, 2), (0, 2), (1, 2), (0, 1)} <= seen


def test_evidence_is_the_worst_value():
    course = read_given("complete drugs; d30 igg 500 low=700; d60 igg 200 low=700; d90 igg 100 low=700")
    assert [course.record(uid).value for uid in RULE.run(course).overall.evidence] == [200]


def test_evidence_of_a_day_is_its_lowest_value():
    course = read_given("complete drugs; h1440 igg 650 low=700; h1441 igg 350 low=700; h1442 igg 600 low=700")
    (step,) = RULE.run(course).steps
    assert [course.record(uid).value for uid in step.evidence] == [350]


def test_evidence_of_a_day_with_the_same_value_twice_is_the_first():
    course = read_given("complete drugs; h1440 igg 350 low=700; h1450 igg 350 low=700")
    (step,) = RULE.run(course).steps
    assert [course.record(uid).moment.time for uid in step.evidence] == [1440 / 24]


def test_a_day_with_a_severe_value_asks_for_nothing():
    (step,) = RULE.run(read_given("complete drugs; h1440 igg 350; h1441 igg 650")).steps
    assert (step.state, step.settles) == ("graded", ())


def test_the_course_carries_the_remarks_of_its_days():
    result = RULE.run(read_given("complete drugs; d30 igg 300 low=600; d46 drug ivig; d60 igg 650 low=600"))
    assert [step.reasons for step in result.steps] == [(), ("supported",)]
    assert result.overall.reasons == ("supported",)


def test_each_days_grade_holds_until_the_next_measured_day():
    steps = RULE.run(read_given("complete drugs; d30 igg 500 low=700; d60 igg 200 low=700; d90 igg 800 low=700")).steps
    assert [(step.at, step.until, step.low) for step in steps] == [(30, 60, 1), (60, 90, 2), (90, None, 0)]


def test_immunoglobulin_of_unknown_day_takes_back_that_the_chart_is_complete():
    builder = CourseBuilder("case", clock=Clock(start_minute=0))
    builder.observe("igg", 900, moment=builder.clock.from_study_day(60), reference_low=700.0)
    assert RULE.run(builder.course(complete=frozenset({"drugs"}))).overall.text == "not low"
    builder.drug("ivig", start=unknown("before"))
    assert RULE.run(builder.course(complete=frozenset({"drugs"}))).overall.text == "not low to severe"


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases("hypogammaglobulinaemia")]
    courses += [read_given(random_course(random.Random(seed))[3]) for seed in range(200)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings()
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)


def test_a_known_value_that_may_be_supported_asks_only_for_the_replacement():
    (step,) = RULE.run(read_given("d60 igg 900 low=700")).steps
    assert (step.text, step.settles) == ("not low to severe", ("immunoglobulin",))
