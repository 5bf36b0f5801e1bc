"""HLH-2004: case table, and random courses against every completion of what is missing."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.hyperinflammation.hlh2004 import RULE
from cartrace.assess.rule import allocate

# For each input a value on either side of its published limit: (no, yes).
SIDES = {
    "temperature": (38.4, 38.5),
    "splenomegaly": ("no", "yes"),
    "haemoglobin": (90, 89),
    "platelets": (100, 99),
    "anc": (1.0, 0.99),
    "triglycerides": (2.99, 3.0),
    "fibrinogen": (151, 150),
    "haemophagocytosis": ("no", "yes"),
    "nk_activity": ("normal", "low_or_absent"),
    "ferritin": (499, 500),
    "scd25": (2399, 2400),
}


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def criteria(found):
    """How many of the eight sentences hold for a complete set of findings."""
    lineages = found["haemoglobin"] + found["platelets"] + found["anc"]
    return sum(
        (
            found["temperature"],
            found["splenomegaly"],
            lineages >= 2,
            found["triglycerides"] or found["fibrinogen"],
            found["haemophagocytosis"],
            found["nk_activity"],
            found["ferritin"],
            found["scd25"],
        )
    )


def possible(findings):
    """Every count over all completions of the missing findings."""
    missing = [name for name, value in findings.items() if value is None]
    return {
        criteria({**findings, **dict(zip(missing, completion, strict=True))})
        for completion in itertools.product((False, True), repeat=len(missing))
    }


def random_findings(rng):
    return {name: rng.choice((False, True, True, None)) for name in SIDES}


def written(findings):
    return "; ".join(f"d9 {name} {SIDES[name][value]}" for name, value in findings.items() if value is not None)


def test_random_findings_against_every_completion():
    seen = set()
    for seed in range(400):
        findings = random_findings(random.Random(seed))
        if all(value is None for value in findings.values()):
            continue
        found = RULE.run(read_given(written(findings)))
        counts = possible(findings)
        facts = {fact.id: fact.value for fact in found.facts}
        assert (facts["criteria_met"], facts["criteria_possible"]) == (min(counts), max(counts)), seed
        assert (found.overall.low, found.overall.high) == (min(counts) >= 5, max(counts) >= 5), seed
        seen.add(found.overall.text)
    assert seen == {"met", "not met", "not met to met"}


def matters(findings, name):
    """Whether the input changes the count under some completion of the others."""
    others = [other for other, value in findings.items() if value is None and other != name]
    for completion in itertools.product((False, True), repeat=len(others)):
        filled = {**findings, **dict(zip(others, completion, strict=True))}
        if criteria({**filled, name: True}) != criteria({**filled, name: False}):
            return True
    return False


def test_every_input_that_is_named_as_settling_can_change_the_count():
    named = 0
    for seed in range(150):
        findings = random_findings(random.Random(seed))
        if all(value is None for value in findings.values()):
            continue
        for name in RULE.run(read_given(written(findings))).overall.settles:
            assert matters(findings, name), (seed, name)
            named += 1
    assert named > 50


def test_the_paper_prints_one_limit_in_two_units():
    for text, met in (("265 mg/dL", 1), ("264 mg/dL", 0), ("3.0 mmol/L", 1), ("2.99 mmol/L", 0)):
        facts = {fact.id: fact.value for fact in RULE.run(read_given(f"d5 triglycerides {text}")).facts}
        assert facts["criteria_met"] == met


def test_a_day_is_told_in_criteria():
    (step,) = RULE.run(read_given("d5 ferritin 700; d5 temperature 40")).steps
    assert step.words == "2 to 8 of 8"


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases(RULE.id)]
    courses += [read_given(written(random_findings(random.Random(seed)))) for seed in range(100)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings({"molecular_unknown": "range"})
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)
