"""HScore: case table, the probability table, and random courses against a second computation from the published table."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.hyperinflammation.hscore_fardet2014 import RULE, probability
from cartrace.assess.rule import allocate

# The published rows, written a second time: (points, sentence that gives them).
TEMPERATURE = ((49, lambda t: t > 39.4), (33, lambda t: t >= 38.4), (0, lambda t: True))
FERRITIN = ((50, lambda f: f > 6000), (35, lambda f: f >= 2000), (0, lambda f: True))
TRIGLYCERIDES = ((64, lambda g: g > 4), (44, lambda g: g >= 1.5), (0, lambda g: True))
FIBRINOGEN = ((30, lambda f: f <= 250), (0, lambda f: True))
AST = ((19, lambda a: a >= 30), (0, lambda a: True))
SINGLE = {
    "temperature": TEMPERATURE,
    "ferritin": FERRITIN,
    "triglycerides": TRIGLYCERIDES,
    "fibrinogen": FIBRINOGEN,
    "ast": AST,
}
YES_NO = {"haemophagocytosis": 35, "known_immunosuppression": 18}
LINEAGES = {"haemoglobin": 92, "wbc": 5.0, "platelets": 110}
CHOICES = {
    "temperature": (36.8, 38.3, 38.4, 39.4, 39.5),
    "ferritin": (100, 1999, 2000, 6000, 6001),
    "triglycerides": (1.49, 1.5, 4.0, 4.01),
    "fibrinogen": (249, 250, 251),
    "ast": (29, 30),
    "haemoglobin": (91, 92, 93),
    "wbc": (4.9, 5.0, 5.1),
    "platelets": (109, 110, 111),
    **dict.fromkeys(("haemophagocytosis", "known_immunosuppression", "hepatomegaly", "splenomegaly"), ("no", "yes")),
}


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def points(table, value):
    return next(points for points, holds in table if holds(value))


def expected(record):
    """(lowest, highest) score over everything the missing inputs can be, item by item."""
    low = high = 0
    for name, table in SINGLE.items():
        every = [row[0] for row in table] if record[name] is None else [points(table, record[name])]
        low, high = low + min(every), high + max(every)
    for name, weight in YES_NO.items():
        every = {None: (0, weight), "no": (0,), "yes": (weight,)}[record[name]]
        low, high = low + min(every), high + max(every)
    organs = [record[name] for name in ("hepatomegaly", "splenomegaly")]
    by_organs = (0, 23, 38)
    low += by_organs[organs.count("yes")]
    high += by_organs[organs.count("yes") + organs.count(None)]
    reduced = [None if record[name] is None else record[name] <= limit for name, limit in LINEAGES.items()]
    by_lineages = {0: 0, 1: 0, 2: 24, 3: 34}
    return low + by_lineages[reduced.count(True)], high + by_lineages[3 - reduced.count(False)]


def random_record(rng):
    return {name: rng.choice((None, *values)) if rng.random() < 0.8 else values[0] for name, values in CHOICES.items()}


def written(record):
    return "; ".join(f"d12 {name} {value}" for name, value in record.items() if value is not None)


def test_random_records_against_the_second_computation():
    texts = set()
    for seed in range(1500):
        record = random_record(random.Random(seed))
        if all(value is None for value in record.values()):
            continue
        found = RULE.run(read_given(written(record)))
        low, high = expected(record)
        facts = {fact.id: fact.value for fact in found.facts}
        assert (facts["score_low"], facts["score_high"]) == (low, high), seed
        assert (found.overall.low, found.overall.high) == (low >= 169, high >= 169), seed
        texts.add(found.overall.text)
        assert set(found.overall.settles) <= {name for name, value in record.items() if value is None}
    assert texts == {"below 169", "169 or more", "below 169 to 169 or more"}


def test_recording_what_was_missing_narrows_the_score_to_the_one_with_it():
    for seed in range(300):
        rng = random.Random(seed)
        record = random_record(rng)
        known = {name: rng.choice(CHOICES[name]) if value is None else value for name, value in record.items()}
        bounds, settled = expected(record), expected(known)
        assert settled[0] == settled[1]
        assert bounds[0] <= settled[0] <= bounds[1]
        facts = {fact.id: fact.value for fact in RULE.run(read_given(written(known))).facts}
        assert facts["score_low"] == facts["score_high"] == settled[0]


@pytest.mark.parametrize(
    ("score", "percent"),
    [(100, 1), (110, 3), (120, 5), (130, 9), (140, 16), (150, 25), (160, 40), (170, 54), (180, 70), (190, 80), (200, 88),
     (210, 93), (220, 96), (230, 98), (240, 99), (105, 2), (177, 65.2), (169, 52.6)],
)  # fmt: skip
def test_probability_is_the_published_row_or_the_line_between_two(score, percent):
    assert probability(score) == pytest.approx(percent)


@pytest.mark.parametrize("score", [0, 90, 99.9, 240.1, 250, 337])
def test_no_number_where_the_table_gives_a_limit(score):
    assert np.isnan(probability(score))


def test_probability_never_falls():
    found = [probability(score) for score in range(100, 241)]
    assert found == sorted(found)


def test_a_day_is_told_in_points():
    (step,) = RULE.run(read_given("d5 ferritin 7000; d5 temperature 40")).steps
    assert step.words == "99 to 337 points"
    assert step.at == 5.0


def test_evidence_is_what_has_points():
    course = read_given("d5 ferritin 7000; d5 temperature 37; d5 ast 300; d5 fibrinogen 400")
    codes = {course.record(uid).code for uid in RULE.run(course).overall.evidence}
    assert codes == {"ferritin", "ast"}


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases(RULE.id)]
    courses += [read_given(written(random_record(random.Random(seed)))) for seed in range(200)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings()
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)
