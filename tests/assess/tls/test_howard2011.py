"""Tumour lysis syndrome of 2011: case table, complete courses by brute force, and bounds that hold what is hidden."""

from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.rule import allocate
from cartrace.assess.tls.howard2011 import RULE
from cartrace.course import Status

SIDES = {"urate": (7.9, 8.0), "potassium": (5.9, 6.0), "phosphate": (1.44, 1.45), "calcium": (1.76, 1.75)}
FINDINGS = {
    "oliguria": ("no", "yes"),
    "arrhythmia": ("none", "no_intervention"),
    "seizure": ("none", "brief"),
    "symptomatic_hypocalcaemia": ("no", "yes"),
}


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def random_course(rng):
    """Samples with all four tests at several hours, creatinine before and after, all findings recorded."""
    hours = sorted(rng.sample(range(1, 190), rng.randrange(1, 5)))
    samples = [(hour, {name: rng.random() < 0.25 for name in SIDES}) for hour in hours]
    creatinine = rng.choice((0.8, 1.09, 1.1, 2.0))
    findings = {name: rng.random() < 0.08 for name in FINDINGS}
    items = ["patient age=40", "d-2 creatinine 0.8", f"h30 creatinine {creatinine}"]
    for hour, sample in samples:
        items += [f"h{hour} {name} {SIDES[name][raised]}" for name, raised in sample.items()] + [f"h{hour} albumin 40"]
    items += [f"h40 {name} {FINDINGS[name][there]}" for name, there in findings.items()]
    return samples, creatinine, findings, "; ".join(items)


def brute_force(samples, creatinine, findings):
    raised = [(hour, name) for hour, sample in samples for name, beyond in sample.items() if beyond and hour < 192]
    laboratory = any(
        first[1] != second[1] and abs(first[0] - second[0]) <= 24 for first, second in itertools.combinations(raised, 2)
    )
    if not laboratory:
        return 0
    return 2 if creatinine >= 1.1 or any(findings.values()) else 1


def test_complete_courses_by_brute_force():
    seen = {0: 0, 1: 0, 2: 0}
    for seed in range(600):
        *course, text = random_course(random.Random(seed))
        wanted = brute_force(*course)
        assert RULE.run(read_given(text)).overall.value == wanted, (seed, text)
        seen[wanted] += 1
    assert min(seen.values()) > 20


def test_what_is_hidden_stays_within_the_bounds():
    opened = 0
    for seed in range(250):
        rng = random.Random(seed)
        text = random_course(rng)[-1]
        course = read_given(text)
        truth = RULE.run(course).overall.value
        hidden = set(rng.sample(range(len(course.observations)), rng.randrange(1, 4)))
        observations = tuple(
            dataclasses.replace(o, value=None, text="", status=Status.NOT_RECORDED) if i in hidden else o
            for i, o in enumerate(course.observations)
        )
        found = RULE.run(dataclasses.replace(course, observations=observations)).overall
        if found.state == "not graded":
            continue
        assert found.low <= truth <= found.high, (seed, text)
        opened += found.state == "range"
    assert opened > 20


def test_evidence_is_the_pair():
    course = read_given(
        "patient age=40; h30 urate 9; h30 potassium 4; h30 phosphate 1; h30 calcium 2.3; h30 albumin 40; h50 potassium 7; "
        "h50 urate 5; h50 phosphate 1; h50 calcium 2.3; h50 albumin 40"
    )
    assert sorted(course.record(uid).value for uid in RULE.run(course).overall.evidence) == [7, 9]


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases(RULE.id)]
    courses += [read_given(random_course(random.Random(seed))[-1]) for seed in range(150)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings()
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)


LABORATORY = (
    "patient age=40; d-1 creatinine 0.8; d2 urate 9; d2 potassium 7; d2 phosphate 1; d2 calcium 2.3; d2 albumin 40; "
    "d2 creatinine {}; d2 arrhythmia none; d2 seizure none; d2 oliguria no"
)


def test_creatinine_is_evidence_when_it_rose():
    for creatinine, risen in ((0.9, False), (1.5, True)):
        course = read_given(LABORATORY.format(creatinine))
        codes = {course.record(uid).code for uid in RULE.run(course).overall.evidence}
        assert codes == {"urate", "potassium"} | ({"creatinine"} if risen else set())


def test_only_the_finding_that_is_missing_is_asked_for():
    found = RULE.run(read_given(LABORATORY.format(0.9))).overall
    assert found.text == "laboratory TLS to clinical TLS"
    assert found.settles == ("symptomatic_hypocalcaemia",)


def test_without_any_look_the_four_criteria_are_asked_for():
    found = RULE.run(read_given("patient age=40; d30 urate 9"))
    assert found.overall.settles == ("urate", "potassium", "phosphate", "calcium")
    assert [(name, grade.state) for name, grade in found.parts] == [("after_infusion", "not graded")]


def test_albumin_is_asked_for_only_when_it_is_missing():
    rest = "patient age=40; d2 potassium 7; d2 urate 5; d2 phosphate 1; d2 calcium {}"
    with_albumin = RULE.run(read_given(rest.format("status=not_recorded") + "; d2 albumin 40")).overall
    assert "albumin" not in with_albumin.settles
    assert "calcium" in with_albumin.settles
    without = RULE.run(read_given(rest.format(1.7))).overall
    assert "albumin" in without.settles
    assert "calcium" not in without.settles


def test_rasburicase_is_one_flag():
    found = RULE.run(read_given(LABORATORY.format(0.9) + "; d1 drug rasburicase 6 mg"))
    assert found.overall.reasons == ("rasburicase_given",)
    assert [grade.reasons for _, grade in found.parts] == [("rasburicase_given",)]


def test_the_part_after_the_infusion_begins_with_it():
    assert dict(RULE.run(read_given("")).parts)["after_infusion"].at == 0.0


COMPLETE = (
    "patient age=40; d-1 creatinine {before}; d2 urate 9; d2 potassium 4; d2 phosphate 2; d2 calcium 2.3; d2 albumin 40; "
    "d2 creatinine {after}; d2 arrhythmia none; d2 seizure none; d2 oliguria no; d2 symptomatic_hypocalcaemia no"
)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        # From somewhere below 0.8 to 1.0: the value after the start is known, how far it rose is not.
        ("status=below lloq=0.8", "1.0", "baseline"),
        ("status=not_recorded", "1.0", "baseline"),
        ("0.8", "status=not_recorded", "creatinine"),
    ],
)
def test_a_rise_of_creatinine_asks_for_the_one_value_that_is_not_known(before, after, asked):
    found = RULE.run(read_given(COMPLETE.format(before=before, after=after))).overall
    assert found.text == "laboratory TLS to clinical TLS"
    assert found.settles == (asked,)


@pytest.mark.parametrize(
    ("absent", "present"),
    [
        ("oliguria no", "oliguria yes"),
        ("arrhythmia none", "arrhythmia no_intervention"),
        ("seizure none", "seizure brief"),
        ("symptomatic_hypocalcaemia no", "symptomatic_hypocalcaemia yes"),
    ],
)
def test_the_finding_that_makes_it_clinical_is_evidence_beside_the_two_criteria(absent, present):
    course = read_given(COMPLETE.format(before=0.8, after=0.8).replace(absent, present))
    overall = RULE.run(course).overall
    assert overall.text == "clinical TLS"
    assert {course.record(uid).code for uid in overall.evidence} == {"urate", "phosphate", present.split()[0]}


def test_a_criterion_nobody_looked_at_settles_nothing_once_two_others_are_met():
    without = COMPLETE.format(before=0.8, after="status=not_recorded").replace("d2 potassium 4; ", "")
    overall = RULE.run(read_given(without)).overall
    assert overall.text == "laboratory TLS to clinical TLS"
    assert overall.settles == ("creatinine",)


def test_two_criteria_nobody_looked_at_may_be_met_together_and_only_they_are_asked_for():
    given = "patient age=40; d-1 creatinine 0.8; d2 urate 5; d2 potassium 4; d2 creatinine 0.8; d2 arrhythmia none; "
    overall = RULE.run(read_given(given + "d2 seizure none; d2 oliguria no")).overall
    assert overall.text == "no TLS to clinical TLS"
    assert overall.settles == ("phosphate", "calcium", "symptomatic_hypocalcaemia")


def test_a_rise_of_creatinine_alone_makes_no_laboratory_syndrome():
    overall = RULE.run(read_given(COMPLETE.format(before=0.8, after=2.0).replace("d2 phosphate 2; ", ""))).overall
    assert overall.text == "no TLS to clinical TLS"
    assert overall.settles == ("phosphate",)


def test_the_baseline_of_creatinine_is_taken_up_to_the_infusion_and_not_after_it():
    """0.8 before and 2.0 on the day after: risen. The value of day 1 is no baseline for the one of day 2."""
    given = COMPLETE.format(before=0.8, after=2.0) + "; d1 creatinine 2.0"
    assert RULE.run(read_given(given)).overall.text == "clinical TLS"


def test_a_finding_that_settles_the_clinical_syndrome_leaves_no_other_to_ask_for():
    given = COMPLETE.format(before=0.8, after=0.8).replace("arrhythmia none", "arrhythmia symptomatic")
    ((_, found),) = RULE.run(read_given(given.replace("d2 oliguria no", "d2 oliguria status=not_recorded"))).parts
    assert (found.text, found.settles) == ("clinical TLS", ())


def test_every_abnormality_of_the_same_day_is_evidence_in_order_of_time():
    given = (
        COMPLETE.format(before=0.8, after=0.8)
        .replace("d2 urate 9", "h49 urate 9")
        .replace("d2 phosphate 2", "h51 phosphate 2")
    )
    course = read_given(given.replace("d2 potassium 4", "h50 potassium 7"))
    named = [course.record(uid).code for uid in RULE.run(course).overall.evidence]
    assert named == ["urate", "potassium", "phosphate"]
