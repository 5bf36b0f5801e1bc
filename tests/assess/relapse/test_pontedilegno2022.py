"""Marrow relapse: the case table, and a second computation that tries every result a missing test could have."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.relapse import pontedilegno2022
from cartrace.assess.rule import allocate
from cartrace.course.record import MrdResult

RULE = pontedilegno2022.RULE
ORDER = ("no relapse", "MRD reappearance", "second marrow needed", "relapse")
KINDS = ("flow", "pcr", "morphology", "genetics")
Marrow = dict[str, Any]


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


# The oracle reads marrows after a negative one of day 28: {kind: percent, "?" or absent}, the second in its time or not.


def a_marrow(chance: random.Random, share: float, unread: float) -> Marrow:
    marrow: Marrow = {"flow": chance.choice([0.0, 0.005, 0.01, 0.9, 1, 2, 4.9, 5, 8, 24.9, 25, 60])}
    for kind in KINDS[1:]:
        if chance.random() < share:
            marrow[kind] = chance.choice([0.0, 0.5, 0.9, 1, 2, 6, 30])
    return {kind: "?" if chance.random() < unread else value for kind, value in marrow.items()}


def in_words(marrow: Marrow, day: int) -> list[str]:
    items = []
    for kind, value in marrow.items():
        if kind in ("flow", "pcr"):
            items.append(f"d{day} mrd marrow {kind} {'not_recorded' if value == '?' else round(value / 100, 9)}")
        else:
            code = {"morphology": "blasts_percent", "genetics": "leukaemic_clone_percent"}[kind]
            items.append(f"d{day} {code} {'status=not_recorded' if value == '?' else value}")
    return items


def first_marrow(marrow: Marrow) -> int:
    """The published grid on complete results, after a negative marrow."""
    tested = [kind for kind in ("flow", "pcr") if kind in marrow]
    lead = max(tested, key=lambda kind: marrow[kind])
    others = sum(value >= 1 for kind, value in marrow.items() if kind != lead)
    needed = 0 if marrow[lead] >= 25 else 1 if marrow[lead] >= 5 else 2
    if marrow[lead] < 1:
        return 1 if marrow[lead] >= 0.01 else 0
    return 3 if others >= needed else 2


def answer(first: Marrow, second: Marrow | None, in_time: bool) -> int:
    if second is None:
        return first_marrow(first)
    one, two = first_marrow(first), first_marrow(second)
    if one == 2 and in_time:
        return 3 if sum(value >= 1 for value in second.values()) >= 2 else max(1, two)
    return max(one, two)


def completions(marrow: Marrow) -> list[Marrow]:
    choices = [[0.0, 0.5, 1, 5, 25, 90] if value == "?" else [value] for value in marrow.values()]
    return [dict(zip(marrow, values, strict=True)) for values in itertools.product(*choices)]


def compare(seed: int, unread: float) -> None:
    chance = random.Random(seed)
    first = a_marrow(chance, 0.4, unread)
    second = a_marrow(chance, 0.4, unread) if chance.random() < 0.5 else None
    gap = chance.choice([6, 7, 14, 28, 29])
    items = ["d28 mrd marrow flow negative", *in_words(first, 100), *(in_words(second, 100 + gap) if second else [])]
    chance.shuffle(items)
    overall = RULE.run(read_given("; ".join(items))).overall
    every = {
        answer(one, two, 7 <= gap <= 28)
        for one in completions(first)
        for two in (completions(second) if second else [None])
    }
    assert overall.low is not None
    assert overall.high is not None
    assert overall.low <= min(every), (seed, items)
    assert overall.high >= max(every), (seed, items)
    if not unread:
        assert (overall.low, overall.high) == (min(every), max(every)), (seed, items)


def test_complete_marrows_against_the_grid() -> None:
    for seed in range(300):
        compare(seed, 0.0)


def test_a_range_holds_every_completion() -> None:
    for seed in range(150):
        compare(seed, 0.2)


@pytest.mark.slow
def test_many_marrows() -> None:
    for seed in range(300, 4000):
        compare(seed, 0.0)
        compare(seed, 0.15)


def test_one_marrow_gives_the_narrowest_range() -> None:
    for seed in range(150):
        chance = random.Random(seed)
        marrow = a_marrow(chance, 0.6, 0.3)
        overall = RULE.run(read_given("; ".join(["d28 mrd marrow flow negative", *in_words(marrow, 100)]))).overall
        every = [first_marrow(one) for one in completions(marrow)]
        assert (overall.low, overall.high) == (min(every), max(every)), marrow
        unread = {kind for kind, value in marrow.items() if value == "?"}
        names = {"flow": "mrd_flow", "pcr": "mrd_molecular"}
        assert set(overall.settles) <= {names.get(kind, kind) for kind in unread}
        assert bool(overall.settles) == (overall.state == "range")


@pytest.mark.slow
def test_the_compiled_kernel_says_the_same() -> None:
    compiled = compile_kernel(RULE.kernel)
    for case in cases(RULE.id):
        events = RULE.events(read_given(case.given))
        option = RULE.settings()
        steps, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        assert compiled(events, option, steps) == len(plain.at)
        assert steps.low[: len(plain.at)].tolist() == plain.low.tolist()
        assert steps.high[: len(plain.at)].tolist() == plain.high.tolist()
        assert steps.missing[: len(plain.at)].tolist() == plain.missing.tolist()


def evidence(given: str) -> list[tuple[int, float | None]]:
    """(hour, MRD) of the records that decide the overall answer."""
    course = read_given(given)
    records = [course.record(uid) for uid in RULE.run(course).overall.evidence]
    assert all(isinstance(record, MrdResult) for record in records)
    return [(round(24 * r.moment.time), r.fraction) for r in records if isinstance(r, MrdResult)]


@pytest.mark.parametrize(
    ("given", "text", "settles", "reasons"),
    [
        # Whether there was a remission to relapse from: an earlier marrow with MRD would tell.
        (
            "d28 mrd marrow flow 0.02",
            "no relapse to second marrow needed",
            ("mrd_flow", "mrd_molecular"),
            ("remission_not_recorded",),
        ),
        (
            "d28 mrd marrow flow 0.3",
            "no relapse to relapse",
            ("mrd_flow", "mrd_molecular"),
            ("remission_not_recorded",),
        ),
        ("", "not graded", ("mrd_flow", "mrd_molecular"), ("no_marrow",)),
        # It never was in remission: a test that is not recorded changes nothing.
        (
            "d-5 mrd marrow flow 0.6; d28 mrd marrow flow 0.08; d28 blasts_percent status=not_recorded",
            "no relapse",
            (),
            ("no_remission_before",),
        ),
    ],
)
def test_what_would_settle_the_marrow_and_what_is_said_of_it(
    given: str, text: str, settles: tuple[str, ...], reasons: tuple[str, ...]
) -> None:
    result = RULE.run(read_given(given))
    for grade in (result.overall, *result.steps[-1:]):
        assert (grade.text, grade.settles, grade.reasons) == (text, settles, reasons)


def test_the_second_marrow_and_the_first_ask_for_what_is_open_on_the_second() -> None:
    """MRD of 2 % twice: genetics of at least 1 % on the second marrow would be relapse."""
    given = "d28 mrd marrow pcr negative; d200 mrd marrow flow 0.02; d210 mrd marrow flow 0.02"
    result = RULE.run(read_given(given + "; d210 leukaemic_clone_percent status=not_recorded"))
    assert [step.settles for step in result.steps] == [(), ("genetics",), ("genetics",)]
    assert (result.overall.text, result.overall.settles) == ("second marrow needed to relapse", ("genetics",))


@pytest.mark.parametrize(
    ("second", "text", "flags"),
    [
        ("d210 mrd marrow flow 0.02; d210 blasts_percent 2", "relapse", ("confirmed_by_second_marrow",)),
        ("d210 mrd marrow flow 0.001", "MRD reappearance", ("not_confirmed_by_second_marrow",)),
        ("d229 mrd marrow flow 0.001", "second marrow needed", ()),
    ],
)
def test_what_the_second_marrow_says_is_all_that_is_said(second: str, text: str, flags: tuple[str, ...]) -> None:
    given = "d28 mrd marrow flow negative; d200 mrd marrow flow 0.02; "
    overall = RULE.run(read_given(given + second)).overall
    assert (overall.text, overall.reasons) == (text, flags)


def test_a_marrow_without_mrd_and_one_before_the_infusion_decide_nothing() -> None:
    for given, flags in (("d28 blasts_percent 5", ("mrd_not_recorded",)), ("d-5 mrd marrow flow 0.3", ("no_marrow",))):
        overall = RULE.run(read_given(given)).overall
        assert (overall.state, overall.reasons, overall.evidence) == ("not graded", flags, ())


def test_a_day_on_which_nothing_was_done_is_no_marrow() -> None:
    given = "d28 mrd marrow flow negative; d28 mrd marrow pcr negative; d200 leukaemic_clone_percent status=not_done"
    result = RULE.run(read_given(given))
    assert [step.day for step in result.steps] == [28]
    assert (result.overall.text, result.overall.reasons) == ("no relapse", ())


@pytest.mark.parametrize(
    ("given", "named"),
    [
        # The higher of two results of one kind and day, whichever came first, and of two alike the earlier.
        ("h672 mrd marrow flow 0.3; h675 mrd marrow facs 0.1", [(672, 0.3)]),
        ("h672 mrd marrow flow 0.1; h675 mrd marrow facs 0.3", [(675, 0.3)]),
        ("h672 mrd marrow flow 0.3; h675 mrd marrow facs 0.3", [(672, 0.3)]),
        # Of two marrows that are equally bad the first.
        ("d-5 mrd marrow flow negative; d60 mrd marrow flow 0.3; d200 mrd marrow flow 0.4", [(60 * 24, 0.3)]),
    ],
)
def test_the_test_that_decided_is_named(given: str, named: list[tuple[int, float]]) -> None:
    assert evidence(given) == named


@pytest.mark.parametrize(
    ("given", "relapse", "reappearance"),
    [
        ("d-5 mrd marrow flow negative; d60 mrd marrow flow 0.3; d200 mrd marrow flow 0.3", 60, 60),
        ("d28 mrd marrow flow negative; d60 mrd marrow flow 0.0005; d90 mrd marrow flow 0.0005", None, 60),
        # Not settled: nothing says that it had gone.
        ("d28 mrd marrow flow 0.3", None, None),
    ],
)
def test_relapse_and_reappearance_have_their_first_settled_day(
    given: str, relapse: int | None, reappearance: int | None
) -> None:
    found = {fact.id: fact.value for fact in RULE.run(read_given(given)).facts}
    assert (found["relapse_day"], found["reappearance_day"]) == (relapse, reappearance)
