"""Response after the CIBMTR: the case table, and a second computation over random visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import cibmtr

RULE = cibmtr.RULE
ORDER = ("CR", "CRi", "not CR")
Visit = dict[str, Any]
Held = Callable[..., None]


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


def test_random_visits_against_the_table(against_the_table: Held) -> None:
    against_the_table(RULE, ORDER, chosen, bounds, range(150))


@pytest.mark.slow
def test_many_random_visits_against_the_table(against_the_table: Held) -> None:
    against_the_table(RULE, ORDER, chosen, bounds, range(150, 3000))


def test_a_range_holds_what_was_left_out(with_less_known: Held) -> None:
    with_less_known(RULE, chosen)
