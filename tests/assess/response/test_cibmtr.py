"""Response after the CIBMTR: the case table, and a second computation over random visits."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import cibmtr

RULE = cibmtr.RULE
ORDER = ("CR", "CRi", "not CR")
Visit = dict[str, Any]
MadeUp = Callable[[int], tuple[list[Visit], list[str]]]


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def chosen(seed: int) -> dict[str, str]:
    return {"held": ("four_weeks", "single")[seed % 2]}


def category(visit: Visit) -> str:
    """The published table on one visit."""
    if visit["blasts"] >= 5 or visit["blood"] or visit["cns"] != "cns1" or visit["mass"]:
        return "not CR"
    return "CR" if visit["anc"] >= 1 and visit["platelets"] >= 100 and not visit["red_cells"] else "CRi"


def bounds(visits: list[Visit], options: dict[str, str]) -> list[tuple[str, str]]:
    return lasting(visits, [category(visit) for visit in visits[1:]], options)


def lasting(visits: list[Visit], own: list[str], options: dict[str, str]) -> list[tuple[str, str]]:
    """Each visit by the worst of the visits up to the first one four weeks later; open while there is none."""
    if options["held"] == "single":
        return [(word, word) for word in own]
    last = visits[0]["transplant"] or 10**6
    answers = []
    for i, visit in enumerate(visits[1:]):
        ahead = [k for k in range(i + 1, len(own)) if visits[k + 1]["day"] <= last]
        after = [k for k in ahead if visits[k + 1]["day"] >= visit["day"] + 28]
        seen = [k for k in ahead if not after or k <= after[0]]
        worst = max([own[i], *(own[k] for k in seen)], key=ORDER.index)
        if own[i] not in ("CR", "CRi"):
            answers.append((own[i], own[i]))
        elif worst not in ("CR", "CRi"):
            answers.append(("not CR", "not CR"))
        else:
            answers.append((worst, worst if after else "not CR"))
    return answers


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
        if visit["day"] >= 21 and (visit["transplant"] is None or visit["day"] <= visit["transplant"])
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
