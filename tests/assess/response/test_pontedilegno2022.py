"""Response after Ponte di Legno 2022: the case table, and a second computation over random visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import pontedilegno2022

RULE = pontedilegno2022.RULE
ORDER = ("CR", "not CR", "treatment failure")
Visit = dict[str, Any]
Held = Callable[..., None]


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


def test_random_visits_against_the_table(against_the_table: Held) -> None:
    against_the_table(RULE, ORDER, chosen, bounds, range(150), first_day=28)


@pytest.mark.slow
def test_many_random_visits_against_the_table(against_the_table: Held) -> None:
    against_the_table(RULE, ORDER, chosen, bounds, range(150, 3000), first_day=28)


def test_a_range_holds_what_was_left_out(with_less_known: Held) -> None:
    with_less_known(RULE, chosen)
