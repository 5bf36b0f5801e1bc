"""Response after Ponte di Legno 2022: the case table, and a second computation over random visits."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import pontedilegno2022

RULE = pontedilegno2022.RULE
ORDER = ("CR", "not CR", "treatment failure")
Visit = dict[str, Any]
MadeUp = Callable[[int], tuple[list[Visit], list[str]]]


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def chosen(seed: int) -> dict[str, str]:
    return {"failure_day": str((0, 50, 60)[seed % 3])}


def category(visits: list[Visit], i: int, failure_day: int) -> str:
    """The published definition on one visit. A mass that grows from its smallest is not free, however small."""
    visit = visits[i]
    remission = visit["mrd"] < 0.01 if visit["mrd"] is not None else visit["blasts"] < 5
    mass = visit["mass"] or 0
    grown = mass > 0 and 2 * mass >= 3 * min(earlier["mass"] for earlier in visits[:i])
    if remission and not visit["blood"] and visit["cns"] == "cns1" and 3 * mass <= 60 and not grown:
        return "CR"
    return "treatment failure" if 0 < failure_day <= visit["day"] else "not CR"


def bounds(visits: list[Visit], options: dict[str, str]) -> list[tuple[str, str]]:
    own = [category(visits, i, int(options["failure_day"])) for i in range(1, len(visits))]
    return [(word, word) for word in own]


def compare(made_up: MadeUp, seed: int) -> None:
    visits, items = made_up(seed)
    options = chosen(seed)
    result = RULE.run(read_given("; ".join(items)), options)
    found = [(ORDER[s.low], ORDER[s.high]) for s in result.steps if s.low is not None and s.high is not None]
    expected = bounds(visits, options)
    assert found == expected, (seed, items)
    counted = [
        (ORDER.index(low), ORDER.index(high))
        for visit, (low, high) in zip(visits[1:], expected, strict=True)
        if visit["day"] >= 28 and (visit["transplant"] is None or visit["day"] <= visit["transplant"])
    ]
    if not counted:
        assert result.overall.state == "not graded", seed
        return
    assert (result.overall.low, result.overall.high) == tuple(map(min, zip(*counted, strict=True))), seed


def test_random_visits_against_the_table(made_up: MadeUp) -> None:
    for seed in range(150):
        compare(made_up, seed)


@pytest.mark.slow
def test_many_random_visits_against_the_table(made_up: MadeUp) -> None:
    for seed in range(150, 3000):
        compare(made_up, seed)


def test_a_range_holds_what_was_left_out(made_up: MadeUp) -> None:
    chance = random.Random(9)
    for seed in range(120):
        _, items = made_up(seed)
        options = chosen(seed)
        full = RULE.run(read_given("; ".join(items)), options)
        hidden = [hide(item) if chance.random() < 0.15 else item for item in items]
        less = RULE.run(read_given("; ".join(hidden)), options)
        known = {step.day: step for step in full.steps}
        for step in less.steps:
            whole = known[step.day]
            if step.low is not None and step.high is not None and whole.low is not None and whole.high is not None:
                assert step.low <= whole.low, (seed, hidden)
                assert step.high >= whole.high, (seed, hidden)


def hide(item: str) -> str:
    """The item with its result not recorded, where it has one."""
    words = item.split()
    if words[1] in ("anc", "platelets"):
        return ""
    if words[1] in ("cns_status", "blasts_percent"):
        return " ".join([*words[:2], "status=not_recorded", *words[3:]])
    return item.replace(words[-1], "not_recorded") if words[1] == "mrd" else item
