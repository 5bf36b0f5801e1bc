"""Response after the NCI workshop of 2010: the case table, and a second computation over random visits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import nci2010
from cartrace.assess.response.remission import ASKS_PROGRESSION

RULE = nci2010.RULE
ORDER = ("CR", "CRi", "not CR", "PD", "relapse")
Visit = dict[str, Any]
Held = Callable[..., None]
Lasting = Callable[..., list[tuple[str, str]]]


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


def bounds(lasting: Lasting, visits: list[Visit], options: dict[str, str]) -> list[tuple[str, str]]:
    own: list[str] = []
    for i in range(1, len(visits)):
        own.append(category(visits, i, any(word in ("CR", "CRi") for word in own)))
    # Growth of a mass before day 28 may be inflammation.
    answers = lasting(visits, own, options, ORDER)
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


def test_random_visits_against_the_table(against_the_table: Held, lasting: Lasting) -> None:
    against_the_table(RULE, ORDER, chosen, partial(bounds, lasting), range(150))


@pytest.mark.slow
def test_many_random_visits_against_the_table(against_the_table: Held, lasting: Lasting) -> None:
    against_the_table(RULE, ORDER, chosen, partial(bounds, lasting), range(150, 3000))


def test_a_range_holds_what_was_left_out(with_less_known: Held) -> None:
    with_less_known(RULE, chosen)


def test_the_cellularity_of_the_marrow_takes_no_part_and_is_not_asked_for() -> None:
    asked = {channel.name for n, channel in enumerate(nci2010.CHANNELS) if nci2010.ASKS >> n & 1}
    idle = {channel.name for channel in nci2010.CHANNELS if channel.meaning == "Takes no part in this edition"}
    assert idle == {"marrow_cellularity", "cells_counted"}
    assert asked == {channel.name for channel in nci2010.CHANNELS} - idle
    assert ("rbc_transfusion" in asked, "mrd" in asked) == (False, False)
    assert nci2010.ASKS >> len(nci2010.CHANNELS) == ASKS_PROGRESSION >> len(nci2010.CHANNELS)


def test_a_choice_by_its_number_is_the_choice_by_its_word() -> None:
    for word, number in (("four_weeks", 0), ("single", 1)):
        assert RULE.settings({"held": word}).tolist() == RULE.settings({"held": number}).tolist()
