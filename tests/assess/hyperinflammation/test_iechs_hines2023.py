"""IEC-HS: case table, random courses against a second computation, and what only a clinician can say."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.hyperinflammation.iechs_hines2023 import OF_IECHS, RULE, VENTILATION
from cartrace.assess.rule import allocate
from cartrace.vocabulary import terms

BEFORE = "d-5 ferritin 250 high=300; d-5 alt 20 high=40; d-5 ast 20 high=40"
# For each finding: an entry that does not make the element, and one that does.
SIDES = {
    "ferritin": ("ferritin 500 high=300", "ferritin 601 high=300"),
    "alt": ("alt 200 high=40", "alt 201 high=40"),
    "ast": ("ast 200 high=40", "ast 201 high=40"),
    "fibrinogen": ("fibrinogen 201 low=200", "fibrinogen 199 low=200"),
    "haemophagocytosis": ("haemophagocytosis no", "haemophagocytosis yes"),
    "anc": ("anc 0.5", "anc 0.49"),
    "platelets": ("platelets 25", "platelets 24"),
}
SEVERITIES = ("observation", "intervention", "severe", "life_threatening")
CHARTED = {
    "bleeding transfusion": 3,
    "bleeding life_threatening": 4,
    "oxygen_device invasive_ventilation": 4,
    "dialysis yes": 4,
}


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def elements(found):
    return (
        (found["alt"] or found["ast"])
        + found["fibrinogen"]
        + found["haemophagocytosis"]
        + (found["anc"] or found["platelets"])
    )


def grades(findings, severity, charted):
    """Every grade over the completions of missing findings and severity."""
    missing = [name for name, value in findings.items() if value is None]
    found = set()
    for completion in itertools.product((False, True), repeat=len(missing)):
        whole = {**findings, **dict(zip(missing, completion, strict=True))}
        if not (whole["ferritin"] and elements(whole) >= 1):
            found.add(0)
            continue
        for said in (SEVERITIES.index(severity) + 1,) if severity else (1, 2, 3, 4):
            found.add(max(said, *(CHARTED[entry] for entry in charted), 1))
    return found


def random_course(rng):
    findings = {name: rng.choice((False, False, True, None)) for name in SIDES}
    severity = rng.choice((None, *SEVERITIES))
    charted = [entry for entry in CHARTED if rng.random() < 0.15]
    items = [BEFORE]
    items += [f"d12 {SIDES[name][value]}" for name, value in findings.items() if value is not None]
    items += [f"d12 iechs_severity {severity}"] * (severity is not None) + [f"d12 {entry}" for entry in charted]
    return findings, severity, charted, "; ".join(items)


def test_random_courses_against_every_completion():
    seen = set()
    for seed in range(800):
        findings, severity, charted, text = random_course(random.Random(seed))
        found = RULE.run(read_given(text)).overall
        if text == BEFORE:
            assert found.state == "not graded"
            continue
        wanted = grades(findings, severity, charted)
        assert (found.low, found.high) == (min(wanted), max(wanted)), (seed, text)
        seen.add(found.text)
    assert {"0", "1", "2", "3", "4", "1 to 4", "0 to 4"} <= seen


def test_the_codes_are_those_of_the_vocabulary():
    assert terms.analyte("death").values[int(OF_IECHS)] == "iec_hs"
    assert terms.analyte("oxygen_device").values[int(VENTILATION)] == "invasive_ventilation"
    assert terms.analyte("iechs_severity").values == SEVERITIES
    assert terms.analyte("bleeding").values[2:] == ("transfusion", "life_threatening")


def test_a_grade_waits_for_a_clinician_until_it_is_attributed():
    text = f"{BEFORE}; d12 ferritin 5000 high=300{{}}; d12 anc 0.2{{}}; d12 iechs_severity severe{{}}"
    assert RULE.run(read_given(text.format("", "", ""))).overall.candidate
    decided = " attributed=yes"
    assert not RULE.run(read_given(text.format(decided, decided, decided))).overall.candidate


def test_evidence_is_ferritin_and_the_elements():
    course = read_given(f"{BEFORE}; d12 ferritin 5000 high=300; d12 alt 300 high=40; d12 anc 0.2; d12 platelets 90")
    codes = {course.record(uid).code for uid in RULE.run(course).overall.evidence}
    assert codes == {"ferritin", "alt", "anc"}


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [read_given(case.given) for case in cases(RULE.id)]
    courses += [read_given(random_course(random.Random(seed))[3]) for seed in range(200)]
    for course in courses:
        events, option = RULE.events(course), RULE.settings()
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)


CALM = f"{BEFORE}; " + "; ".join(f"d12 {entry[0]}" for name, entry in SIDES.items() if name != "ferritin")
HIGH = "d12 ferritin 5000 high=300"
OTHERS = (
    "d12 ldh 200 high=250; d12 aptt 30 high=36; d12 inr 1 high=1.2; d12 bilirubin_direct 0.1 high=0.3; "
    "d12 splenomegaly no; d12 temperature 37; d12 oxygen_device room_air; d12 triglycerides 1"
)


def without(text, name):
    return "; ".join(item for item in text.split("; ") if f"d12 {name}" not in item)


@pytest.mark.parametrize(
    ("entries", "settles"),
    [
        ("d12 anc 0.2", ("iechs_severity",)),
        ("d12 anc 0.2; d12 iechs_severity observation; d12 bleeding status=not_recorded", ("bleeding",)),
        ("d12 alt 150; d12 iechs_severity observation", ("reference_limit",)),
        ("d12 fibrinogen status=not_recorded low=200; d12 iechs_severity severe", ("fibrinogen",)),
        ("d12 fibrinogen 180; d12 iechs_severity severe", ("reference_limit",)),
    ],
)
def test_exactly_what_is_missing_is_asked_for(entries, settles):
    rest = CALM
    for entry in entries.split("; "):
        rest = without(rest, entry.split()[1])
    assert RULE.run(read_given(f"{rest}; {HIGH}; {entries}")).overall.settles == settles


@pytest.mark.parametrize("name", [item.split()[1] for item in OTHERS.split("; ")])
def test_another_element_that_is_not_recorded_may_be_there(name):
    complete = {fact.id: fact.value for fact in RULE.run(read_given(f"{CALM}; {HIGH}; {OTHERS}")).facts}
    assert (complete["other_elements"], complete["other_possible"]) == (0, 0)
    facts = {fact.id: fact.value for fact in RULE.run(read_given(f"{CALM}; {HIGH}; {without(OTHERS, name)}")).facts}
    assert (facts["other_elements"], facts["other_possible"]) == (0, 1)


def test_fibrinogen_below_its_own_limit_is_evidence():
    course = read_given(f"{without(CALM, 'fibrinogen')}; {HIGH}; d12 fibrinogen 180 low=200")
    assert {course.record(uid).code for uid in RULE.run(course).overall.evidence} == {"ferritin", "fibrinogen"}


def test_ferritin_of_unknown_result_is_not_excluded():
    found = RULE.run(read_given(f"{CALM}; d12 ferritin status=not_recorded; d12 anc 0.2"))
    assert found.overall.reasons == ()
    assert [step.at for step in found.steps] == [12.0]


def test_a_grade_of_what_is_charted_asks_for_no_severity():
    found = RULE.run(read_given(f"{without(CALM, 'anc')}; {HIGH}; d12 anc 0.2; d12 bleeding life_threatening"))
    assert [(step.low, step.high, step.settles) for step in found.steps] == [(4, 4, ())]
