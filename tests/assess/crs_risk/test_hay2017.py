"""Hay 2017: case table, and random courses against the published tree for every completion of what is missing."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs_risk.hay2017 import RULE
from cartrace.assess.rule import allocate


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def tree(highest_temperature, highest_mcp1):
    if highest_temperature < 38.9:
        return "low risk"
    return "high risk" if highest_mcp1 >= 1343.5 else "low risk"


def random_course(rng):
    fevers = [(rng.randrange(-10, 60), rng.choice((37.0, 38.8, 38.9, 40.0))) for _ in range(rng.randrange(0, 4))]
    samples = [(rng.randrange(-10, 60), rng.choice((50.0, 1343.4, 1343.5, 9000.0))) for _ in range(rng.randrange(0, 3))]
    items = [f"h{hour} temperature {value}" for hour, value in fevers] + [
        f"h{hour} mcp1 {value}" for hour, value in samples
    ]
    return fevers, samples, "; ".join(items)


def test_random_courses_against_the_tree():
    seen = set()
    for seed in range(500):
        fevers, samples, text = random_course(random.Random(seed))
        found = RULE.run(read_given(text)).overall
        hot = [value for hour, value in fevers if 0 < hour <= 36]
        mcp1 = [value for hour, value in samples if 0 < hour <= 36]
        if not hot and not mcp1:
            assert found.state == "not graded"
            continue
        answers = {
            tree(*known)
            for known in itertools.product([max(hot)] if hot else (36, 41), [max(mcp1)] if mcp1 else (0, 10**6))
        }
        assert found.text == (answers.pop() if len(answers) == 1 else "low risk to high risk"), (seed, text)
        seen.add(found.text)
    assert seen == {"low risk", "high risk", "low risk to high risk"}


def test_evidence_is_the_fever_and_the_sample():
    course = read_given("h5 temperature 37; h20 temperature 39.5; h30 mcp1 2000; h50 mcp1 9000")
    assert [course.record(uid).value for uid in RULE.run(course).overall.evidence] == [39.5, 2000]
    assert RULE.run(course).overall.provisional


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases(RULE.id)]
    courses += [read_given(random_course(random.Random(seed))[-1]) for seed in range(100)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings()
        fast, plain = allocate(1), RULE.calculate(events, option)
        assert compiled(events, option, fast) == len(plain.at) == 1
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one, other)
