"""CNS status: the case table, and a second computation that tries every number a missing value could be."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.cns import cog
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.rule import allocate

RULE = cog.RULE
ORDER = ("CNS1", "CNS2a", "CNS2b", "CNS2c", "CNS3a", "CNS3b", "CNS3c")


@pytest.mark.parametrize("case", cases("cns.cog"), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


# The oracle knows a sample as words: a number, None when nobody recorded it, or "?" when the result was not recorded.


def a_sample(chance: random.Random) -> dict[str, Any]:
    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.75 else chance.choice([None, "?"])

    return {
        "csf_wbc": maybe(chance.choice([0, 3, 4.9, 5, 8, 10, 40])),
        "csf_rbc": maybe(chance.choice([0, 9, 10, 50, 500, 2000, 5000])),
        "csf_blasts": maybe(chance.choice(["yes", "yes", "no"])),
        "cns_signs": maybe(chance.choice(["no", "no", "no", "yes"])),
        "wbc": maybe(chance.choice([0.1, 1, 10, 40])),
        "erythrocytes": maybe(chance.choice([2, 4, 5])),
    }


def in_words(sample: dict[str, Any], day: int) -> list[str]:
    """Fluid of a day, blood of the day before."""
    return [
        f"d{day - 1 if name in ('wbc', 'erythrocytes') else day} {name} {'status=not_recorded' if value == '?' else value}"
        for name, value in sample.items()
        if value is not None
    ]


def status(white: Any, red: Any, blasts: str, signs: str, blood_white: Any, blood_red: Any) -> str:
    """The published table on complete numbers, exact."""
    if signs == "yes":
        return "CNS3c"
    if blasts == "no":
        return "CNS1"
    white, red, blood_white, blood_red = (Fraction(str(x)) for x in (white, red, blood_white, blood_red))
    if white < 5:
        return "CNS2a" if red < 10 else "CNS2b"
    if red < 10:
        return "CNS3a"
    above = white / red > 2 * (blood_white / 1000) / blood_red
    return "CNS3b" if above else "CNS2c"


def expected(sample: dict[str, Any]) -> tuple[str, str]:
    many = {
        "csf_wbc": [0, 5, 10**12],
        "csf_rbc": [0, 10, 10**12],
        "csf_blasts": ["no", "yes"],
        "cns_signs": ["no", "yes"],
        "wbc": [Fraction(1, 10**9), 10**9],
        "erythrocytes": [Fraction(1, 10**9), 10**9],
    }
    if sample["cns_signs"] is None:
        many["cns_signs"] = ["no"]
    choices = [many[name] if value in (None, "?") else [value] for name, value in sample.items()]
    found = [ORDER.index(status(*values)) for values in itertools.product(*choices)]
    return ORDER[min(found)], ORDER[max(found)]


def compare_random(seed: int, count: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        sample = a_sample(chance)
        fluid = [value for name, value in sample.items() if name.startswith("csf")]
        if all(value is None for value in fluid):
            continue
        items = in_words(sample, 28)
        chance.shuffle(items)
        grade = RULE.run(read_given("; ".join(items))).overall
        assert grade.low is not None
        assert grade.high is not None
        assert (ORDER[grade.low], ORDER[grade.high]) == expected(sample), items
        assert bool(grade.settles) == (grade.state == "range")
        known = {name for name, value in sample.items() if value not in (None, "?")}
        assert not known & set(grade.settles), items


def test_random_samples_against_every_completion() -> None:
    compare_random(5, 300)


@pytest.mark.slow
def test_many_random_samples_against_every_completion() -> None:
    compare_random(6, 6000)


def test_an_input_that_is_said_to_settle_a_range_changes_it_for_some_value() -> None:
    chance = random.Random(7)
    values = {"csf_wbc": (0, 100), "csf_rbc": (0, 9999), "wbc": (0, 99), "erythrocytes": (0.1, 9)}
    for _ in range(60):
        sample = a_sample(chance)
        if all(sample[name] is None for name in ("csf_wbc", "csf_rbc", "csf_blasts")):
            continue
        before = RULE.run(read_given("; ".join(in_words(sample, 28)))).overall
        if len(before.settles) != 1:
            continue
        (name,) = before.settles
        after = [
            RULE.run(read_given("; ".join(in_words(sample | {name: value}, 28)))).overall
            for value in values.get(name, ("no", "yes"))
        ]
        assert any((grade.low, grade.high) != (before.low, before.high) for grade in after), sample


def test_of_several_samples_the_one_that_decides_is_named() -> None:
    given = "h672 csf_wbc 2; h675 csf_wbc 9; h672 csf_rbc 0; h675 csf_rbc 40; d28 csf_blasts yes; d28 cns_signs no"
    course = read_given(given + "; h678 csf_wbc 4; h678 csf_rbc 20; h670 csf_wbc status=not_done")
    named = [course.record(uid) for uid in RULE.run(course).overall.evidence]
    values = {getattr(o, "code", ""): getattr(o, "value", None) for o in named}
    assert (values["csf_wbc"], values["csf_rbc"]) == (9.0, 0.0)


def test_evidence_names_the_sample_and_the_blood_only_where_the_ratio_is_asked_for() -> None:
    given = "d28 csf_wbc 8; d28 csf_rbc {}; d28 csf_blasts yes; d28 wbc 10; d28 erythrocytes 4; d28 cns_signs no"
    for red, codes in (
        (2, {"csf_wbc", "csf_rbc", "csf_blasts"}),
        (500, {"csf_wbc", "csf_rbc", "csf_blasts", "wbc", "erythrocytes"}),
    ):
        course = read_given(given.format(red))
        overall = RULE.run(course).overall
        assert {getattr(course.record(uid), "code", "") for uid in overall.evidence} == codes
        assert overall.provisional
        assert not overall.candidate


@pytest.mark.slow
def test_the_compiled_kernel_says_the_same() -> None:
    compiled = compile_kernel(RULE.kernel)
    for case in cases("cns.cog"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings()
        steps, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        assert compiled(events, option, steps) == len(plain.at)
        assert steps.low[: len(plain.at)].tolist() == plain.low.tolist()
        assert steps.high[: len(plain.at)].tolist() == plain.high.tolist()
        assert steps.missing[: len(plain.at)].tolist() == plain.missing.tolist()


def test_blood_counts_are_asked_for_only_when_they_could_matter() -> None:
    # Without leucocytes in the fluid nobody needs the ratio to those in the blood yet.
    (sample,) = RULE.run(read_given("d0 csf_rbc 0")).steps
    assert (sample.low, sample.high) == (0, 4)
    assert sample.settles == ("csf_wbc", "csf_blasts")


@pytest.mark.parametrize(
    ("given", "text", "asked"),
    [
        # Nothing but the blasts is open; the ratio to the blood is asked for in no completion.
        ("d28 csf_wbc 8; d28 csf_rbc 2; d28 wbc 10; d28 cns_signs no", "CNS1 to CNS3a", ("csf_blasts",)),
        ("d28 csf_wbc 3; d28 csf_blasts yes; d28 wbc 10; d28 cns_signs no", "CNS2a to CNS2b", ("csf_rbc",)),
        # Surely traumatic, and how far decides the ratio.
        (
            "d28 csf_wbc 8; d28 csf_rbc 50 status=above; d28 csf_blasts yes; d28 wbc 10; d28 erythrocytes 4; d28 cns_signs no",
            "CNS2c to CNS3b",
            ("csf_rbc",),
        ),
        # Twelve hours after the infusion is after it.
        ("h12 csf_wbc 3; h12 csf_rbc 0; h12 cns_signs no", "CNS1 to CNS2a", ("csf_blasts",)),
        # A later sample that may be as bad as the worst, and no worse, changes nothing.
        (
            "d28 csf_wbc 9; d28 csf_rbc 0; d28 csf_blasts yes; d28 cns_signs no; d90 csf_wbc 9; d90 csf_rbc 0",
            "CNS3a",
            (),
        ),
    ],
)
def test_only_what_can_change_the_status_is_asked_for(given: str, text: str, asked: tuple[str, ...]) -> None:
    overall = RULE.run(read_given(given)).overall
    assert (overall.text, overall.settles) == (text, asked)


def test_response_and_relapse_are_flagged_on_their_day_and_on_the_course() -> None:
    free, ill = "csf_wbc 1; d{0} csf_rbc 0; d{0} csf_blasts no", "csf_wbc 9; d{0} csf_rbc 0; d{0} csf_blasts yes"
    days = ((28, ill), (56, free), (90, ill))
    found = RULE.run(read_given("; ".join(f"d{day} {fluid.format(day)}; d{day} cns_signs no" for day, fluid in days)))
    assert [step.reasons for step in found.steps] == [(), ("cns_response",), ("cns_relapse",)]
    assert set(found.overall.reasons) == {"cns_response", "cns_relapse"}


def test_signs_taken_as_absent_are_flagged_on_the_course_as_on_the_day() -> None:
    found = RULE.run(read_given("d28 csf_wbc 3; d28 csf_rbc 0; d28 csf_blasts no"))
    assert found.overall.reasons == ("signs_taken_as_absent",)
    assert [step.reasons for step in found.steps] == [("signs_taken_as_absent",)]


def test_the_worst_day_is_the_first_of_that_status() -> None:
    course = read_given("d20 cns_signs yes; d28 csf_wbc 1; d28 csf_rbc 0; d28 csf_blasts no")
    found = RULE.run(course)
    assert found.overall.text == "CNS3c"
    assert {fact.id: fact.value for fact in found.facts}["worst_day"] == 20
    assert [getattr(course.record(uid), "code", "") for uid in found.overall.evidence] == ["cns_signs"]


def test_of_two_equal_samples_of_a_day_the_earlier_is_named() -> None:
    course = read_given("h672 csf_wbc 8; h675 csf_wbc 8; h672 csf_rbc 0; h672 csf_blasts yes; d28 cns_signs no")
    named = [course.record(uid) for uid in RULE.run(course).overall.evidence]
    assert [round(24 * o.moment.time) for o in named if getattr(o, "code", "") == "csf_wbc"] == [672]  # type: ignore[union-attr]


def test_blood_counts_that_rule_out_the_higher_status_are_evidence() -> None:
    """With blasts it would be CNS2c and not CNS3b, by the ratio to these counts."""
    given = "d28 csf_wbc 8; d28 csf_rbc 5000; d28 wbc 10; d28 erythrocytes 4; d28 cns_signs no"
    course = read_given(given)
    overall = RULE.run(course).overall
    assert overall.text == "CNS1 to CNS2c"
    codes = {getattr(course.record(uid), "code", "") for uid in overall.evidence}
    assert codes == {"csf_wbc", "csf_rbc", "wbc", "erythrocytes"}


def test_the_first_free_fluid_after_disease_is_the_response_and_evidence_begins_with_the_blasts() -> None:
    fluid = "d{0} csf_wbc {1}; d{0} csf_rbc 0; d{0} csf_blasts {2}; d{0} cns_signs no"
    days = ((28, 9, "yes"), (56, 1, "no"), (90, 1, "no"))
    course = read_given("; ".join(fluid.format(*day) for day in days))
    found = RULE.run(course)
    assert {fact.id: fact.value for fact in found.facts}["cns_response_day"] == 56
    assert ["cns_response" in step.reasons for step in found.steps] == [False, True, False]
    named = [getattr(course.record(uid), "code", "") for uid in found.overall.evidence]
    assert named == ["csf_blasts", "csf_wbc", "csf_rbc"]
