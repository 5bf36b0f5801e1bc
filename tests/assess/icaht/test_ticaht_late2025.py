"""Late T-ICAHT: case table, random series against an oracle on sets of days."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.icaht.ticaht_late2025 import RULE
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Status

CLOCK = Clock(start_minute=None)
COUNTS = (0.0, 10.0, 19.9, 20.0, 30.0, 49.9, 50.0, 99.9, 100.0, 150.0)
WINDOW = range(31, 101)


@pytest.mark.parametrize("case", cases("ticaht.late"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def random_tests(rng):
    """{day: (least, most)} and the same as entries; None = taken and not recorded."""
    tests, level = {}, COUNTS
    for day in sorted(rng.sample(range(25, 108), rng.choice((0, 1, 1, 2, 3, 6, 20, 60)))):
        if rng.random() < 0.3:
            level = rng.choice((COUNTS, COUNTS[:3], COUNTS[3:7], COUNTS[7:]))
        kind = rng.random()
        value = rng.choice(level)
        tests[day] = (0.0, None) if kind < 0.03 else (0.0, value - 1e-6) if kind < 0.08 else (value, value)
    return tests


def course_of(tests):
    builder = CourseBuilder("random", clock=CLOCK)
    for day, (least, most) in tests.items():
        status = Status.NOT_RECORDED if most is None else Status.DONE if least == most else Status.BELOW
        number = None if most is None else least if least == most else round(most, 3)
        builder.observe("platelets", number, moment=CLOCK.from_study_day(day), status=status)
    return builder.course()


def low_days(tests, bound, gap, worst):
    """Days of the window below 20: tests, short gaps on the line or at the edge, long gaps only at worst."""
    low = set()
    inside = sorted(tests)
    value = {day: np.inf if tests[day][bound] is None else tests[day][bound] for day in inside}
    for left, right in itertools.pairwise([None, *inside, None]):
        begin, end = (30 if left is None else left), (101 if right is None else right)
        for day in range(begin + 1, end):
            if end - begin - 1 > gap:
                low |= {day} if worst else set()
                continue
            at = [value[d] for d in (left, right) if d is not None]
            share = (day - begin) / (end - begin)
            between = at[0] if len(at) == 1 else at[0] + (at[1] - at[0]) * share if max(at) < np.inf else np.inf
            low |= {day} if between < 20 - 1e-9 else set()
    return low | {day for day in inside if value[day] < 20}


def joined(low, join):
    """How many days the runs of `low` have when gaps of at most `join` days count."""
    days = sorted(low)
    between = [later - day - 1 for day, later in itertools.pairwise(days)]
    return len(days) + sum(gap for gap in between if gap <= join)


def grade(tests, bound, options, worst):
    value = [np.inf if pair[bound] is None else pair[bound] for pair in tests.values()]
    needed = 1 if len(value) == 1 or options["confirmation"] == "one_test" else 2
    reached = [sum(v < limit for v in value) >= needed for limit in (100, 50, 20)]
    if reached[2]:
        days = joined(low_days(tests, bound, options["gap_days"], worst), options["join_days"])
        return 4 if days >= 14 else 3
    return 2 if reached[1] else 1 if reached[0] else 0


def compare(seed):
    rng = random.Random(seed)
    tests = random_tests(rng)
    options = {
        "confirmation": rng.choice(("two_tests", "two_tests", "one_test")),
        "gap_days": rng.choice((7, 7, 0, 14)),
        "join_days": rng.choice((2, 2, 0)),
    }
    inside = {day: pair for day, pair in tests.items() if day in WINDOW}
    overall = RULE.run(course_of(tests), options).overall
    if not any(most is not None for _, most in inside.values()):
        assert overall.state == "not graded", seed
        return None
    pair = grade(inside, 1, options, worst=False), grade(inside, 0, options, worst=True)
    assert (overall.low, overall.high) == pair, (seed, options, inside)
    return pair


def test_random_series_against_the_oracle():
    found = {compare(seed) for seed in range(900)}
    assert {(g, g) for g in range(5)} | {(3, 4), None} <= found


@pytest.mark.slow
def test_many_random_series_against_the_oracle():
    for seed in range(10_000, 20_000):
        compare(seed)


def test_evidence_is_the_tests_below_the_limit():
    course = read_given("d40 platelets 45; d47 platelets 40; d54 platelets 150; d60 platelets 160")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert days[:2] == [47, 40]


def test_another_test_below_a_limit_never_lowers_the_grade():
    rng = random.Random(5)
    for _ in range(150):
        tests = {day: pair for day, pair in random_tests(rng).items() if day in WINDOW}
        before = RULE.run(course_of(tests)).overall
        more = {**tests, rng.choice(WINDOW): (5.0, 5.0)}
        after = RULE.run(course_of(more)).overall
        if before.low is not None and len(tests) > 1:
            assert after.high >= before.high


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    for case in cases("ticaht.late"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings(chosen_options(case.options))
        plain, fast = allocate(1), allocate(1)
        assert RULE.kernel(events, option, plain) == compiled(events, option, fast) == 1
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("d31-100 platelets 150; d40 platelets 45", "unconfirmed"),
        ("d40 platelets 45", "single_value"),
        ("d20 death other", "window_never_began"),
        ("d20 platelets 45", "no_platelets"),
    ],
)
def test_one_thing_to_remark_is_the_only_flag(given, reason):
    assert RULE.run(read_given(given)).overall.reasons == (reason,)
