"""Response after the NCI workshop of 2010: the case table, and a second computation over random visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import nci2010

RULE = nci2010.RULE
ORDER = ("CR", "CRi", "not CR", "PD", "relapse")
Visit = dict[str, Any]
Held = Callable[..., None]


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def chosen(seed: int) -> dict[str, str]:
    return {"held": ("four_weeks", "single")[seed % 2]}


def category(visits: list[Visit], i: int, remission_before: bool) -> str:
    """The published table on one visit."""
    visit = visits[i]
    elsewhere = visit["blood"] or visit["cns"] != "cns1" or visit["mass"]
    if not elsewhere and visit["blasts"] < 5:
        return "CR" if visit["anc"] >= 1 and visit["platelets"] >= 100 else "CRi"
    if remission_before and (elsewhere or visit["blasts"] >= 25):
        return "relapse"
    return "PD" if risen(visits, i) else "not CR"


def bounds(visits: list[Visit], options: dict[str, str]) -> list[tuple[str, str]]:
    own: list[str] = []
    for i in range(1, len(visits)):
        own.append(category(visits, i, any(word in ("CR", "CRi") for word in own)))
    # Growth of a mass before day 28 may be inflammation.
    answers = lasting(visits, own, options)
    for i, (low, high) in enumerate(answers, start=1):
        if (
            (low, high) == ("not CR", "not CR")
            and own[i - 1] == "not CR"
            and grown(visits, i)
            and visits[i]["day"] < 28
        ):
            answers[i - 1] = ("not CR", "PD")
    return answers


def risen(visits: list[Visit], i: int) -> bool:
    """Marrow (when ill) or blood by a quarter from the lowest before, or a mass in progression."""
    now, before = visits[i], visits[:i]
    if now["blasts"] >= 5 and 4 * now["blasts"] >= 5 * min(visit["blasts"] for visit in before):
        return True
    if now["blood"] > 0 and 4 * now["blood"] >= 5 * min(visit["blood"] for visit in before):
        return True
    return grown(visits, i) and now["day"] >= 28


def grown(visits: list[Visit], i: int) -> bool:
    mass = visits[i]["mass"]
    return bool(mass) and 2 * mass >= 3 * min(visit["mass"] for visit in visits[:i])


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
