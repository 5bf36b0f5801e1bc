"""Pattern of neutrophil recovery: case table; every filling of unknown days tried out; a lone second oracle on words."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.icaht.recovery_rejeski2021 import CATEGORIES, RULE
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder

CLOCK = Clock(start_minute=None)
LETTERS = {"a": 0.3, "d": 0.7, "m": 1.2, "p": 2.5}
"""Aplasia, dip, between, peak: everything that a day can be."""


@pytest.mark.parametrize("case", cases("recovery.neutrophils"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def pattern(days):
    """The pattern of a course written as one letter a day from day 0 on."""
    if "a" * 14 in days:
        return "aplastic"
    dips = [day for day, letter in enumerate(days) if letter in "ad"]
    peaks = [day for day, letter in enumerate(days) if letter == "p" and dips and day > dips[0]]
    if not peaks:
        return "unclassified"
    again = [day for day in dips if day > peaks[0]]
    if any(day > 21 for day in again):
        return "intermittent"
    return "unclassified" if again else "quick"


def course_of(days):
    builder = CourseBuilder("letters", clock=CLOCK)
    for day, letter in enumerate(days):
        if letter != "?":
            builder.observe("anc", LETTERS[letter], moment=CLOCK.from_study_day(day))
    return builder.course()


def random_days(rng, length):
    days, letter = "", "p"
    for _ in range(length):
        if rng.random() < rng.choice((0.1, 0.3)):
            letter = rng.choice("aadmpp")
        days += letter
    return days


def found(days, **options):
    overall = RULE.run(course_of(days), {"last_day": len(days) - 1, "gap_days": 0, **options}).overall
    return CATEGORIES[overall.low], CATEGORIES[overall.high]


def test_complete_courses_have_one_pattern():
    rng, seen = random.Random(1), set()
    for _ in range(600):
        days = random_days(rng, 45)
        expected = pattern(days)
        assert found(days) == (expected, expected), days
        seen.add(expected)
    assert seen == set(CATEGORIES)


@pytest.mark.parametrize("block", range(3))
def test_unknown_days_leave_exactly_the_patterns_of_their_fillings(block):
    rng, ranges = random.Random(f"fillings {block}"), set()
    for _ in range(150):
        days = list(random_days(rng, 34))
        start = rng.choice((rng.randrange(34), rng.randrange(15, 28)))
        for day in {start, *range(start, min(34, start + rng.choice((1, 2, 4)))), rng.randrange(34)}:
            days[day] = "?"
        unknown = [day for day, letter in enumerate(days) if letter == "?"]
        possible = set()
        for letters in product("admp", repeat=len(unknown)):
            filled = list(days)
            for day, letter in zip(unknown, letters, strict=True):
                filled[day] = letter
            possible.add(CATEGORIES.index(pattern("".join(filled))))
        text = "".join(days)
        assert found(text) == (CATEGORIES[min(possible)], CATEGORIES[max(possible)]), text
        between = pattern(text.replace("?", "m"))
        assert found(text, unknown_days="as_measured") == (between, between), text
        ranges.add((min(possible), max(possible)))
    assert len(ranges) > 5


@pytest.mark.slow
def test_many_complete_courses_have_one_pattern():
    rng = random.Random(2)
    for _ in range(10_000):
        days = random_days(rng, 60)
        assert found(days) == (pattern(days), pattern(days)), days


def test_evidence_of_intermittent_is_dip_recovery_and_second_dip():
    course = read_given("d0-60 anc 2.5; d4-10 anc 0.3; d28-32 anc 0.6")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert days == [4, 11, 28]


def test_evidence_of_aplastic_is_its_run():
    course = read_given("d0-60 anc 2.5; d4-20 anc 0.3; d6 anc 0.1")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert days[0] == 6
    assert {4, 20, 3, 21} <= set(days)


def test_a_run_that_unknown_days_could_lengthen_is_a_lower_bound():
    def longest(given):
        fact = next(fact for fact in RULE.run(read_given(given)).facts if fact.id == "longest_below_500")
        return fact.value, fact.censored

    assert longest("d0-60 anc 2.5; d4-10 anc 0.3") == (7, False)
    assert longest("d0-10 anc 2.5; d4-10 anc 0.3; d19-60 anc 2.5") == (7, True)


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    for case in cases("recovery.neutrophils"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings(chosen_options(case.options))
        plain, fast = allocate(1), allocate(1)
        assert RULE.kernel(events, option, plain) == compiled(events, option, fast) == 1
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_pattern_speaks_for_the_whole_window():
    complete = RULE.run(read_given("d0-60 anc 2.5; d4-10 anc 0.3")).overall
    assert (complete.at, complete.until) == (0, 60)
    ended = RULE.run(read_given("d0-28 anc 2.5; d4-10 anc 0.3; d28 last_follow_up yes")).overall
    assert (ended.at, ended.until) == (0, 28)
