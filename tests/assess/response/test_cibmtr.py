"""Response after the CIBMTR: the case table, and a second computation over random visits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import cibmtr

RULE = cibmtr.RULE
ORDER = ("CR", "CRi", "not CR")
Visit = dict[str, Any]
Held = Callable[..., None]
Lasting = Callable[..., list[tuple[str, str]]]


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


def bounds(lasting: Lasting, visits: list[Visit], options: dict[str, str]) -> list[tuple[str, str]]:
    return lasting(visits, [category(visit) for visit in visits[1:]], options, ORDER)


def test_random_visits_against_the_table(against_the_table: Held, lasting: Lasting) -> None:
    against_the_table(RULE, ORDER, chosen, partial(bounds, lasting), range(150))


@pytest.mark.slow
def test_many_random_visits_against_the_table(against_the_table: Held, lasting: Lasting) -> None:
    against_the_table(RULE, ORDER, chosen, partial(bounds, lasting), range(150, 3000))


def test_a_range_holds_what_was_left_out(with_less_known: Held) -> None:
    with_less_known(RULE, chosen)


def test_the_cellularity_of_the_marrow_takes_no_part_and_is_not_asked_for() -> None:
    asked = {channel.name for n, channel in enumerate(cibmtr.CHANNELS) if cibmtr.ASKS >> n & 1}
    idle = {channel.name for channel in cibmtr.CHANNELS if channel.meaning == "Takes no part in this edition"}
    assert idle == {"marrow_cellularity", "cells_counted"}
    assert asked == {channel.name for channel in cibmtr.CHANNELS} - idle
    assert ("rbc_transfusion" in asked, "mrd" in asked) == (True, False)
    assert cibmtr.ASKS >> len(cibmtr.CHANNELS) == 0, "progression and days of MRD alone take no part"
