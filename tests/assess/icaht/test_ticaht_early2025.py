"""Early T-ICAHT: case table, random series against an oracle that writes each day as a letter."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.icaht.ticaht_early2025 import RULE
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Status

CLOCK = Clock(start_minute=600)
COUNTS = ("0", "5", "19.9", "20", "20.1", "35", "49.9", "50", "50.1", "90", "150")


@pytest.mark.parametrize("case", cases("ticaht.early"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def random_series(rng):
    """{day: (status, text)}: at most one count a day, in stretches that look like courses."""
    series, level, density = {}, COUNTS[8:], rng.choice((1.0, 0.7, 0.4, 0.15))
    for day in range(36):
        if rng.random() < 0.2:
            level = rng.choice((COUNTS[:3], COUNTS[2:7], COUNTS[7:], COUNTS))
        if rng.random() < density:
            status = rng.choice((Status.DONE,) * 12 + (Status.BELOW, Status.NOT_DONE, Status.NOT_RECORDED))
            series[day] = status, rng.choice(level)
    return series


def course_of(series, death=None):
    builder = CourseBuilder("random", clock=CLOCK)
    for day, (status, text) in series.items():
        number = float(text) if status <= Status.BELOW else None
        builder.observe("platelets", number, moment=CLOCK.from_study_day(day), status=status)
    if death is not None:
        builder.observe("death", "other", moment=CLOCK.from_study_day(death))
    return builder.course()


def filled(series, last, gap):
    """{day: (least, most, most is left out)} with short gaps on a straight line."""
    known = {}
    for day, (status, text) in series.items():
        if day <= last and status is Status.DONE:
            known[day] = Fraction(text), Fraction(text)
        elif day <= last and status is Status.BELOW:
            known[day] = Fraction(0), Fraction(text) - Fraction(1, 10**6)
    days = dict(known)
    for day in set(range(last + 1)) - set(known) if known else ():
        left = max((d for d in known if d < day), default=None)
        right = min((d for d in known if d > day), default=None)
        width = (last + 1 if right is None else right) - (-1 if left is None else left) - 1
        if width > gap:
            continue
        if left is None or right is None:
            days[day] = known[right if left is None else left]
        else:
            share = Fraction(day - left, right - left)
            days[day] = tuple(a + (b - a) * share for a, b in zip(known[left], known[right], strict=True))
    return known, days


def counted(text, options):
    join = options["join_days"]
    runs = re.findall(rf"x(?:\.{{0,{join}}}x)*", text)
    lengths = [len(run) for run in runs]
    if options["counting"] == "cumulative":
        return text.count("x")
    return max(lengths, default=0) if options["counting"] == "longest_run" else sum(lengths)


def grade(days, last, bound, unknown, options):
    texts = [
        "".join(unknown if day not in days else "x" if days[day][bound] < limit else "." for day in range(last + 1))
        for limit in (50, 20)
    ]
    low, severe = (counted(text, options) for text in texts)
    return 4 if severe >= 14 else 3 if severe >= 1 else 2 if low >= 7 else 1 if low >= 1 else 0


def compare(seed):
    rng = random.Random(seed)
    series, death = random_series(rng), rng.choice((None, None, None, rng.randrange(1, 36)))
    options = {
        "counting": rng.choice(("cumulative_joined", "cumulative", "longest_run")),
        "gap_days": rng.choice((7, 7, 0, 3)),
        "join_days": rng.choice((2, 2, 0, 4)),
    }
    last = min(30, 30 if death is None else death)
    known, days = filled(series, last, options["gap_days"])
    overall = RULE.run(course_of(series, death), options).overall
    if not known:
        assert overall.state == "not graded", seed
        return None
    pair = grade(days, last, 1, ".", options), grade(days, last, 0, "x", options)
    assert (overall.low, overall.high) == pair, seed
    never = RULE.run(course_of(series, death), {**options, "unknown_days": "never_low"}).overall
    assert (never.low, never.high) == (pair[0], pair[0]), seed
    return pair


def test_random_series_against_the_oracle():
    found = {compare(seed) for seed in range(700)}
    assert {g for pair in found if pair for g in pair} == set(range(5))
    assert any(pair and pair[0] < pair[1] for pair in found)


@pytest.mark.slow
def test_many_random_series_against_the_oracle():
    for seed in range(10_000, 20_000):
        compare(seed)


def test_evidence_names_the_counts_of_the_days_that_decided():
    course = read_given("d0-30 platelets 150; d5-9 platelets 45; d7 platelets 40")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert days[0] == 7
    assert set(days) == {4, 5, 6, 7, 8, 9, 10}


def test_evidence_of_grade_3_is_the_count_below_20():
    course = read_given("d0-30 platelets 150; d5-9 platelets 45; d20 platelets 15")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert set(days) == {19, 20, 21}


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    for case in cases("ticaht.early"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings(chosen_options(case.options))
        plain, fast = allocate(1), allocate(1)
        assert RULE.kernel(events, option, plain) == compiled(events, option, fast) == 1
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_grade_speaks_for_the_whole_window():
    overall = RULE.run(read_given("d0-30 platelets 150; d5-10 platelets 45")).overall
    assert (overall.at, overall.until) == (0, 30)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("d0-30 platelets 150; d5-9 platelets 45; d12 platelet_transfusion yes", "supported"),
        ("d0-30 platelets 150; d5-9 platelets 45 attributed=no", "other_cause"),
        ("d0-4 platelets 45; d5-30 platelets 150", "pre_existing"),
        ("d0-3 platelets 150; d20-30 platelets 150", "partial"),
        ("d40 platelets 45", "no_platelets"),
    ],
)
def test_one_thing_to_remark_is_the_only_flag(given, reason):
    assert RULE.run(read_given(given)).overall.reasons == (reason,)
