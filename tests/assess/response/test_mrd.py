"""MRD response: the case table, and an oracle over sets of possible states."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import mrd
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.record import MrdResult

RULE = mrd.RULE


@pytest.mark.parametrize("case", cases("response.mrd"), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above() -> None:
    sides = {(case.threshold, case.side) for case in cases("response.mrd") if case.threshold}
    for name in {name for name, _ in sides}:
        assert hasattr(mrd, name)
        assert {side for other, side in sides if other == name} == {"below", "at", "above"}


def test_every_option_changes_an_answer() -> None:
    changed = set()
    for case in cases("response.mrd"):
        course = read_given(case.given)
        for word in case.options.split():
            name, value = word.split("=")
            if RULE.run(course).overall != RULE.run(course, {name: value}).overall:
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


def a_test(chance: random.Random) -> dict[str, Any]:
    return {
        "method": chance.choice(["flow", "flow", "ngs"]),
        "result": chance.choice(
            ["negative", "negative", "5e-06", "9e-05", "0.0001", "0.00011", "0.2", "not_recorded", "not_done"]
        ),
        "lod": chance.choice([None, 1e-6, 1e-4, 2e-4]),
        "lloq": chance.choice([None, 1e-5, 1e-4, 1e-3]),
        "gate": chance.choice([None, "yes", "no"]),
    }


def in_words(day: int, test: dict[str, Any]) -> str:
    keys = "".join(f" {key}={test[key]}" for key in ("lod", "lloq") if test[key] is not None)
    gate = f" cd19_gating={test['gate']}" if test["gate"] else ""
    return f"d{day} mrd marrow {test['method']} {test['result']}{keys}{gate}"


def possible(test: dict[str, Any], target: str | None) -> set[int | None]:
    """Every state the test may stand for; None: it proves nothing."""
    if test["result"] == "not_done":
        return {None}
    if test["result"] == "not_recorded":
        return {None, 0, 1, 2, 3, 4}
    if test["result"] != "negative":
        fraction = float(test["result"])
        if fraction > 1e-4:
            return {4}
        return {2, 3} if test["lloq"] is None else {2 if fraction < test["lloq"] else 3}
    if test["lod"] is not None:
        own: set[int | None] = {0 if test["lod"] <= 1e-4 else 1}
    else:
        own = {0} if test["lloq"] is not None and test["lloq"] <= 1e-4 else {0, 1}
    doubts = [test["method"] == "flow", {"yes": True, "no": False}.get(test["gate"]), target and target == "CD19"]
    if False in doubts:
        return own
    return {None} if all(doubts) else own | {None}


def test_random_days_against_sets_of_states() -> None:
    chance = random.Random(5)
    for _ in range(400):
        target = chance.choice([None, "CD19", "CD22"])
        tests = [a_test(chance) for _ in range(chance.randint(1, 3))]
        items = [in_words(28, test) for test in tests] + ([f"product target={target}"] if target else [])
        states = set()
        for combination in itertools.product(*(possible(test, target) for test in tests)):
            valid = [state for state in combination if state is not None]
            positive = [state for state in valid if state >= 2]
            states.add(max(positive) if positive else min(valid) if valid else 4)
        nothing = all(test["result"] == "not_recorded" or possible(test, target) == {None} for test in tests)
        for _ in range(2):
            overall = RULE.run(read_given("; ".join(items))).overall
            expected = (None, None) if nothing else (min(states), max(states))
            assert (overall.low, overall.high) == expected, items
            chance.shuffle(items)


def test_recurrence_on_random_series() -> None:
    chance = random.Random(6)
    for _ in range(200):
        levels = [chance.choice(["negative", "5e-05", "0.0001", "0.01"]) for _ in range(6)]
        given = "; ".join(f"d{28 * (i + 1)} mrd marrow ngs {x} lod=1e-6 lloq=1e-6" for i, x in enumerate(levels))
        result = RULE.run(read_given(given))
        back = [i for i, x in enumerate(levels) if x in ("0.0001", "0.01") and "negative" in levels[:i]]
        fact = next(fact for fact in result.facts if fact.id == "mrd_recurrence_day")
        assert fact.value == (28.0 * (back[0] + 1) if back else None)
        flagged = [i for i, step in enumerate(result.steps) if "mrd_recurrence" in step.reasons]
        assert flagged == back
        confirmed = [i for i, step in enumerate(result.steps) if "mrd_recurrence_confirmed" in step.reasons]
        assert confirmed == [i for i in back if i - 1 in back]


def test_evidence_is_the_test_that_decided() -> None:
    given = (
        "d28 mrd marrow ngs negative lod=1e-6; d28 mrd marrow ngs 5e-5 lloq=1e-6; d28 mrd marrow flow negative lod=1e-3"
    )
    course = read_given(given)
    assert [getattr(course.record(uid), "fraction", 0) for uid in RULE.run(course).overall.evidence] == [5e-5]
    negatives = read_given("d28 mrd marrow ngs negative lod=1e-3; d28 mrd marrow ngs negative lod=1e-6")
    assert [getattr(negatives.record(uid), "lod", 0) for uid in RULE.run(negatives).overall.evidence] == [1e-6]
    gated = "product target=CD19; d28 mrd marrow flow negative lod=1e-5 cd19_gating=yes"
    two = read_given(f"{gated}; d28 mrd marrow flow negative lod=1e-5")
    (first,) = RULE.run(two).overall.evidence
    assert getattr(two.record(first), "gates_on_cd19", True) is None


def test_mrd_given_as_an_observation_is_read() -> None:
    builder = CourseBuilder("case", clock=Clock(start_minute=0))
    day = builder.clock.from_study_day(28)
    builder.observe("mrd", None, moment=day, method="ngs", status=Status.BELOW, lod=1e-6)
    builder.observe("mrd", 0.01, moment=builder.clock.from_study_day(60), method="ngs", site="marrow")
    result = RULE.run(builder.course())
    assert result.overall.text == "negative"
    assert result.steps[1].text == "failure"


@pytest.mark.parametrize(
    ("value", "fields", "text"),
    [
        (1e-4, {"lloq": 1e-4}, "negative to positive, not quantifiable"),
        (1e-3, {"lloq": 1e-3}, "negative to failure"),
        (1e-6, {"lloq": 1e-6, "lod": 1e-6}, "negative"),
    ],
)
def test_below_quantification_is_negative_or_detected_unless_the_limit_of_detection_is_known(
    value: float, fields: dict[str, float], text: str
) -> None:
    builder = CourseBuilder("case", clock=Clock(start_minute=0))
    day = builder.clock.from_study_day(28)
    builder.observe("mrd", value, moment=day, method="ngs", status=Status.BELOW, **fields)
    builder.mrd(moment=day, site="marrow", method="ngs", status=Status.BELOW, lod=1e-6)
    assert RULE.run(builder.course()).overall.text == text


@pytest.mark.slow
def test_the_compiled_kernel_says_the_same() -> None:
    compiled = compile_kernel(RULE.kernel)
    for case in cases("response.mrd"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings()
        steps, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        assert compiled(events, option, steps) == len(plain.at)
        assert steps.low[: len(plain.at)].tolist() == plain.low.tolist()
        assert steps.high[: len(plain.at)].tolist() == plain.high.tolist()
        assert steps.reason[: len(plain.at)].tolist() == plain.reason.tolist()


@pytest.mark.parametrize(
    ("given", "text", "settles", "reasons"),
    [
        ("d28 mrd marrow flow negative lod=1e-5", "negative to failure", ("cd19_gating", "product_target"), ()),
        # What the limit of quantification says of the positive test; the other one is negative whatever it says.
        (
            "d28 mrd marrow ngs 5e-5 lod=1e-5; d28 mrd marrow ngs negative lod=1.1e-4",
            "positive, not quantifiable to positive below 1e-4",
            ("limit_of_quantification",),
            (),
        ),
        # What was done cannot be made good by any entry.
        (
            "product target=CD19; d28 mrd marrow flow negative lod=1e-5 cd19_gating=yes",
            "not graded",
            (),
            ("not_evaluable", "method_invalid_for_negativity"),
        ),
        ("d28 mrd marrow ngs not_done", "not graded", (), ("not_evaluable",)),
        ("d28 mrd marrow ngs not_recorded", "not graded", ("mrd",), ("result_not_recorded",)),
        (
            "d28 mrd marrow ngs not_recorded; d28 mrd marrow pcr not_done",
            "not graded",
            ("mrd",),
            ("result_not_recorded",),
        ),
        ("d28 mrd marrow ngs not_done; d28 mrd marrow pcr negative lod=1e-4", "negative", (), ()),
        ("d28 mrd marrow ngs 0.001", "failure", (), ()),
    ],
)
def test_what_would_settle_a_day_and_what_is_said_of_it(
    given: str, text: str, settles: tuple[str, ...], reasons: tuple[str, ...]
) -> None:
    result = RULE.run(read_given(given))
    for grade in (result.overall, *result.steps):
        assert (grade.text, grade.settles, grade.reasons) == (text, settles, reasons)


def test_recurrence_and_its_confirmation_are_all_that_is_said_of_their_days() -> None:
    given = "d28 mrd marrow ngs negative lod=1e-5; d60 mrd marrow ngs 0.01; d90 mrd marrow ngs 0.01"
    flags = [step.reasons for step in RULE.run(read_given(given)).steps]
    assert flags == [(), ("mrd_recurrence",), ("mrd_recurrence", "mrd_recurrence_confirmed")]


def test_a_result_that_is_not_recorded_is_no_recurrence() -> None:
    facts = RULE.run(read_given("d28 mrd marrow ngs not_recorded")).facts
    assert {fact.id: fact.value for fact in facts}["mrd_recurrence_day"] is None


@pytest.mark.parametrize(
    ("given", "hour", "method"),
    [
        # Of two alike the earlier.
        ("h672 mrd marrow ngs 5e-5 lloq=1e-5; h680 mrd marrow pcr 5e-5 lloq=1e-5", 672, "ngs"),
        ("h672 mrd marrow ngs negative lod=1e-5; h680 mrd marrow pcr negative lod=1e-5", 672, "ngs"),
        # One that says how much goes before one that leaves it open.
        ("h672 mrd marrow ngs 5e-5; h680 mrd marrow pcr 5e-5 lloq=1e-4", 680, "pcr"),
        # What is detected goes before a negative result, and a test that proves something before one that does not.
        ("h672 mrd marrow ngs 5e-5 lod=1e-5; h680 mrd marrow pcr negative", 672, "ngs"),
        ("h672 mrd marrow ngs negative; h680 mrd marrow pcr 5e-5 lod=1e-5", 680, "pcr"),
        (
            "product target=CD19; h672 mrd marrow flow negative lod=1e-5 cd19_gating=yes; h680 mrd marrow facs negative lod=1e-5",
            680,
            "facs",
        ),
    ],
)
def test_one_test_of_a_day_is_named(given: str, hour: int, method: str) -> None:
    course = read_given(given)
    (record,) = [course.record(uid) for uid in RULE.run(course).overall.evidence]
    assert isinstance(record, MrdResult)
    assert (round(24 * record.moment.time), record.method) == (hour, method)
