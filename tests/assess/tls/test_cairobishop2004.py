"""Cairo-Bishop 2004: case table, and random courses against every completion of what is missing."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.rule import allocate
from cartrace.assess.tls.cairobishop2004 import CATEGORIES, RULE, SEIZURE_GRADES, creatinine_grade
from cartrace.vocabulary import terms

# (normal before, then: within limit and steady, changed by 25 % within limit, beyond limit)
VALUES = {
    "urate": (5.0, (5.5, 6.25, 8.0)),
    "potassium": (4.0, (4.5, 5.0, 6.0)),
    "phosphate": (1.0, (1.1, 1.25, 1.45)),
    "calcium": (2.4, (2.3, 1.8, 1.75)),
}
CREATININE = {"1.79": 0, "1.8": 1, "1.81": 2, "3.6": 2, "3.61": 3, "7.2": 3, "7.21": 4}
ARRHYTHMIA = ("none", "no_intervention", "non_urgent_intervention", "symptomatic", "life_threatening", "sudden_death")
SEIZURE = {"none": 0, "brief": 2, "nonconvulsive_resolved": 3, "over_5_min": 4, "repetitive": 4}


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def random_course(rng):
    course = {name: (rng.random() < 0.7, rng.choice((None, 0, 0, 1, 2))) for name in VALUES}
    creatinine = rng.choice((None, *CREATININE))
    arrhythmia, seizure = rng.choice((None, "none", *ARRHYTHMIA)), rng.choice((None, "none", *SEIZURE))
    items = ["patient age=40", "d-1 albumin 40", "d2 albumin 40"]
    for name, (has_baseline, state) in course.items():
        before, values = VALUES[name]
        items += [f"d-1 {name} {before}"] * has_baseline
        items += [f"d2 {name} {values[state]}"] * (state is not None) if state is not None else []
    items += [f"d2 creatinine {creatinine} high=1.2"] * (creatinine is not None)
    items += [f"d2 arrhythmia {arrhythmia}"] * (arrhythmia is not None)
    items += [f"d2 seizure {seizure}"] * (seizure is not None)
    return course, creatinine, arrhythmia, seizure, "; ".join(items)


def may_be_met(has_baseline, state):
    """Every answer a criterion can have. A baseline lies in the window as well, as a value within its limit."""
    if state is None:
        return {False} if has_baseline else {False, True}
    if state == 2:
        return {True}
    return {state == 1} if has_baseline else {False, True}


def answers(course, creatinine, arrhythmia, seizure):
    """Every result over the completions."""
    kidney = set(range(5)) if creatinine is None else {CREATININE[creatinine]}
    heart = set(range(6)) if arrhythmia is None else {ARRHYTHMIA.index(arrhythmia)}
    brain = set(SEIZURE.values()) if seizure is None else {SEIZURE[seizure]}
    found = set()
    for criteria in itertools.product(*(may_be_met(*entry) for entry in course.values())):
        if sum(criteria) < 2:
            found.add(0)
        else:
            found |= {1 + max(grades) for grades in itertools.product(kidney, heart, brain)}
    return found


def test_random_courses_against_every_completion():
    seen = set()
    for seed in range(800):
        *course, text = random_course(random.Random(seed))
        found = RULE.run(read_given(text)).overall
        if not any(has_baseline or state is not None for has_baseline, state in course[0].values()):
            assert found.state == "not graded"
            continue
        wanted = answers(*course)
        assert (found.low, found.high) == (min(wanted), max(wanted)), (seed, text)
        seen.add((found.low, found.high))
    assert {(0, 0), (0, 6), (1, 1), (3, 3), (6, 6)} <= seen


def test_codes_are_those_of_the_vocabulary():
    assert terms.analyte("arrhythmia").values == ARRHYTHMIA
    assert dict(zip(terms.analyte("seizure").values, SEIZURE_GRADES, strict=True)) == SEIZURE
    assert len(CATEGORIES) == 2 + 5


def test_grade_by_creatinine_never_falls():
    grades = [creatinine_grade(n / 100, 1.2) for n in range(50, 1000)]
    assert grades == sorted(grades)
    assert set(grades) == {0, 1, 2, 3, 4}


def test_evidence_is_what_was_beyond_its_limit():
    course = read_given("patient age=40; d2 urate 9; d2 potassium 7; d2 phosphate 1; d2 calcium 2.3; d2 albumin 40")
    codes = {course.record(uid).code for uid in RULE.run(course).overall.evidence}
    assert codes == {"urate", "potassium"}


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases(RULE.id)]
    courses += [read_given(random_course(random.Random(seed))[-1]) for seed in range(200)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings()
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)


NORMAL = (
    "patient age=40; d-1 urate 5; d-1 potassium 4; d-1 phosphate 1; d-1 calcium 2.3; d-1 albumin 40; d-1 creatinine 0.8 high=1.2; "
    "d2 urate 5; d2 potassium 4; d2 phosphate 1; d2 calcium 2.3; d2 albumin 40; d2 creatinine 0.8 high=1.2; "
    "d2 arrhythmia none; d2 seizure none"
)
TWO_MET = NORMAL.replace("d2 urate 5", "d2 urate 9").replace("d2 phosphate 1;", "d2 phosphate 2;")


def graded(given):
    course = read_given(given)
    overall = RULE.run(course).overall
    return overall, [course.record(uid).code for uid in overall.evidence]


@pytest.mark.parametrize(
    ("normal", "worse", "grade"),
    [
        ("d2 creatinine 0.8", "d2 creatinine 7.3", 4),
        ("d2 arrhythmia none", "d2 arrhythmia symptomatic", 3),
        ("d2 seizure none", "d2 seizure brief", 2),
    ],
)
def test_the_finding_that_makes_the_grade_is_evidence_beside_the_two_criteria(normal, worse, grade):
    overall, codes = graded(TWO_MET.replace(normal, worse))
    assert overall.text == f"clinical TLS grade {grade}"
    assert sorted(codes) == sorted(["urate", "phosphate", worse.split()[1]])


def test_a_normal_creatinine_and_findings_said_to_be_absent_are_no_evidence():
    assert sorted(graded(TWO_MET)[1]) == ["phosphate", "urate"]
    open_, codes = graded(
        TWO_MET.replace("d2 creatinine 0.8 high=1.2; ", "").replace("d-1 creatinine 0.8 high=1.2; ", "")
    )
    assert open_.text == "laboratory TLS to clinical TLS grade 4"
    assert open_.settles == ("creatinine",)
    assert sorted(codes) == ["phosphate", "urate"]


def test_one_criterion_that_may_be_met_is_one_however_little_is_known_of_it():
    """A rise from an unknown baseline; a fall of calcium without albumin on either day: alone it makes no syndrome."""
    for given in (
        NORMAL.replace("d-1 urate 5; ", "").replace("d2 urate 5", "d2 urate 7"),
        NORMAL.replace("d-1 albumin 40; ", "")
        .replace("d2 albumin 40; ", "")
        .replace("d2 calcium 2.3", "d2 calcium 1.7"),
    ):
        overall, codes = graded(given)
        assert overall.text == "no TLS"
        assert codes == []


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (NORMAL.replace("d-1 potassium 4; ", ""), "baseline"),
        (NORMAL.replace("d2 potassium 4", "d2 potassium status=not_recorded"), "potassium"),
        (NORMAL.replace("d-1 potassium 4; ", "").replace("d2 potassium 4; ", ""), "potassium"),
    ],
)
def test_beside_a_high_urate_only_what_leaves_the_second_criterion_open_is_asked_for(given, asked):
    overall, codes = graded(given.replace("d2 urate 5", "d2 urate 9"))
    assert overall.text == "no TLS to laboratory TLS"
    assert overall.settles == (asked,)
    assert codes == ["urate"]


def test_a_criterion_beyond_its_limit_asks_for_no_baseline():
    given = NORMAL.replace("d-1 urate 5; ", "").replace("d2 urate 5", "d2 urate 9").replace("d2 potassium 4; ", "")
    overall, _ = graded(given.replace("d-1 potassium 4; ", ""))
    assert overall.settles == ("potassium",)


def test_creatinine_without_its_upper_limit_asks_for_the_limit_alone():
    overall, _ = graded(TWO_MET.replace("d2 creatinine 0.8 high=1.2", "d2 creatinine 0.8"))
    assert overall.text == "laboratory TLS to clinical TLS grade 4"
    assert overall.settles == ("reference_limit",)


def test_the_window_of_the_infusion_begins_with_it_and_stands_alone_without_lymphodepletion():
    (part,) = RULE.run(read_given(NORMAL)).parts
    assert (part[0], part[1].at) == ("after_infusion", 0.0)
    assert [name for name, _ in RULE.run(read_given("patient age=40; d20 potassium 7")).parts] == ["after_infusion"]


def test_a_calcium_far_above_its_limit_does_not_ask_for_its_albumin():
    # The day before: above the limit whatever the albumin. On day 2 it was measured and the result is not recorded.
    given = NORMAL.replace("d2 urate 5", "d2 urate 9").replace("d-1 albumin 40; ", "")
    overall, codes = graded(given.replace("d2 calcium 2.3", "d2 calcium status=not_recorded"))
    assert overall.text == "no TLS to laboratory TLS"
    assert set(overall.settles) == {"calcium", "baseline"}
    assert codes == ["urate"]


def test_two_criteria_that_are_met_ask_for_no_third():
    given = TWO_MET.replace("d2 potassium 4", "d2 potassium status=not_recorded")
    ((_, settled),) = RULE.run(read_given(given)).parts
    assert (settled.text, settled.settles) == ("laboratory TLS", ())
    without = given.replace("d2 creatinine 0.8 high=1.2; ", "").replace("d-1 creatinine 0.8 high=1.2; ", "")
    ((_, open_),) = RULE.run(read_given(without)).parts
    assert open_.settles == ("creatinine",)
