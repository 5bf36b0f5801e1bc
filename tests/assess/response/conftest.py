"""Made-up patients seen completely at every visit, for second computations of the editions of the response."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cartrace.assess import Rule
from cartrace.assess.case_notation import read_given

Visit = dict[str, Any]
Chosen = Callable[[int], dict[str, str]]
Bounds = Callable[[list[Visit], dict[str, str]], list[tuple[str, str]]]
BEFORE = -5


def a_course(seed: int) -> list[Visit]:
    """A visit before the infusion and some after it, everything recorded."""
    chance = random.Random(seed)
    days = chance.choice(((28,), (28, 55), (28, 56, 90), (21, 48, 60), (30, 45, 58, 75), (27, 60, 120), (20, 50, 80)))
    visits = []
    for day in (BEFORE, *days):
        visits.append(
            {
                "day": day,
                "blasts": chance.choice([1, 1, 2, 4, 4.9, 5, 5.1, 12, 24, 25, 40, 50, 60] if day > 0 else [20, 40, 60]),
                "blood": chance.choice([0, 0, 0, 0, 2, 20, 25] if day > 0 else [0, 20, 40]),
                "anc": chance.choice([0.1, 0.49, 0.5, 0.51, 0.99, 1.0, 1.2, 3]),
                "platelets": chance.choice([10, 49, 50, 51, 99, 100, 120]),
                "cns": chance.choice(["cns1"] * 6 + ["cns2a", "cns3b"]),
                "mrd": chance.choice([0.0001, 0.009, 0.01, 0.2, None]),
                "red_cells": chance.random() < 0.15,
                "mass": chance.choice([60, 60, 30, 20, 19, 10, 0]) if day > 0 else 60,
            }
        )
    with_mass, transplant = chance.random() < 0.4, chance.choice([None, None, None, days[0] + 10])
    for visit in visits:
        visit["mass"] = visit["mass"] if with_mass else None
        visit["transplant"] = transplant
    return visits


def in_words(visits: list[Visit]) -> list[str]:
    """The course in the notation of the case tables."""
    items = ["complete drugs transfusions"]
    for visit in visits:
        day = visit["day"]
        items += [f"d{day} blasts_percent {visit['blasts']} site=marrow", f"d{day} anc {visit['anc']}"]
        items += [f"d{day} blasts_percent {visit['blood']} site=blood", f"d{day} platelets {visit['platelets']}"]
        items += [f"d{day} cns_status {visit['cns']}"]
        if visit["mrd"] is not None:
            items.append(f"d{day} mrd marrow flow {visit['mrd']}")
        if visit["red_cells"]:
            items.append(f"d{day - 2} rbc_transfusion yes")
        if visit["mass"] is not None:
            items.append(f"d{day} lesion mass kidney ct {visit['mass']}x{10 if visit['mass'] else 0}")
    if visits[0]["transplant"] is not None:
        items.append(f"d{visits[0]['transplant']} procedure transplant")
    return items


def made_up(seed: int) -> tuple[list[Visit], list[str]]:
    """The visits of a seed, and the same in the notation of the case tables, in any order."""
    visits = a_course(seed)
    items = in_words(visits)
    random.Random(seed).shuffle(items)
    return visits, items


def hide(item: str) -> str:
    """The item with its result not recorded, where it has one."""
    words = item.split()
    if words[1] in ("anc", "platelets"):
        return ""
    if words[1] in ("cns_status", "blasts_percent"):
        return " ".join([*words[:2], "status=not_recorded", *words[3:]])
    return item.replace(words[-1], "not_recorded") if words[1] == "mrd" else item


@pytest.fixture
def against_the_table() -> Callable[..., None]:
    """Hold an edition's visits and its best response to a second computation, for each seed.

    order   the categories, best first; bounds(visits, options) -> the (best, worst) category of each visit
    """

    def compare(
        rule: Rule, order: Sequence[str], chosen: Chosen, bounds: Bounds, seeds: range, *, first_day: int = 21
    ) -> None:
        for seed in seeds:
            visits, items = made_up(seed)
            options = chosen(seed)
            result = rule.run(read_given("; ".join(items)), options)
            found = [(order[s.low], order[s.high]) for s in result.steps if s.low is not None and s.high is not None]
            expected = bounds(visits, options)
            assert found == expected, (seed, items)
            counted = [
                (order.index(low), order.index(high))
                for visit, (low, high) in zip(visits[1:], expected, strict=True)
                if visit["day"] >= first_day and (visit["transplant"] is None or visit["day"] <= visit["transplant"])
            ]
            if not counted:
                assert result.overall.state == "not graded", seed
                continue
            assert (result.overall.low, result.overall.high) == tuple(map(min, zip(*counted, strict=True))), seed

    return compare


@pytest.fixture
def with_less_known() -> Callable[..., None]:
    """Hide results at random: the range of each visit must hold what the whole record says."""

    def compare(rule: Rule, chosen: Chosen) -> None:
        chance = random.Random(9)
        for seed in range(120):
            items, options = made_up(seed)[1], chosen(seed)
            full = rule.run(read_given("; ".join(items)), options)
            hidden = [hide(item) if chance.random() < 0.15 else item for item in items]
            less = rule.run(read_given("; ".join(hidden)), options)
            known = {step.day: step for step in full.steps}
            for step in less.steps:
                whole = known[step.day]
                if step.low is not None and step.high is not None and whole.low is not None and whole.high is not None:
                    assert step.low <= whole.low, (seed, hidden)
                    assert step.high >= whole.high, (seed, hidden)

    return compare


@pytest.fixture
def lasting() -> Callable[..., list[tuple[str, str]]]:
    """Remissions that must last four weeks, computed a second time: the (best, worst) category of each visit."""

    def over_four_weeks(
        visits: list[dict[str, Any]], own: list[str], options: dict[str, str], order: Sequence[str]
    ) -> list[tuple[str, str]]:
        """Each visit by the worst of the visits up to the first one four weeks later; open while there is none."""
        if options["held"] == "single":
            return [(word, word) for word in own]
        last = visits[0]["transplant"] or 10**6
        answers = []
        for i, visit in enumerate(visits[1:]):
            ahead = [k for k in range(i + 1, len(own)) if visits[k + 1]["day"] <= last]
            after = [k for k in ahead if visits[k + 1]["day"] >= visit["day"] + 28]
            seen = [k for k in ahead if not after or k <= after[0]]
            worst = max([own[i], *(own[k] for k in seen)], key=order.index)
            if own[i] not in ("CR", "CRi"):
                answers.append((own[i], own[i]))
            elif worst not in ("CR", "CRi"):
                answers.append(("not CR", "not CR"))
            else:
                answers.append((worst, worst if after else "not CR"))
        return answers

    return over_four_weeks
