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
