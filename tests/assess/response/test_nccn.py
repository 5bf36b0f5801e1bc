"""Response after the NCCN guideline: the case table, and a second computation over random visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import nccn
from cartrace.assess.response.remission import ASKS_PROGRESSION

RULE = nccn.RULE
ORDER = ("CR", "CRh", "CRi", "not CR", "PD", "relapse")
Visit = dict[str, Any]
Held = Callable[..., None]


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def chosen(seed: int) -> dict[str, str]:
    return {"at_the_limit": ("recovered", "below")[seed % 2]}


def category(visits: list[Visit], i: int, remission_before: bool, strict: bool) -> str:
    """The criteria on one visit."""
    visit = visits[i]
    elsewhere = visit["blood"] or visit["cns"] != "cns1" or visit["mass"]
    if not elsewhere and visit["blasts"] < 5:
        anc = visit["anc"] > 1 if strict else visit["anc"] >= 1
        platelets = visit["platelets"] > 100 if strict else visit["platelets"] >= 100
        if anc and platelets:
            return "CR"
        if visit["anc"] > 0.5 and visit["platelets"] > 50:
            return "CRh"
        return "CRi" if anc or platelets else "not CR"
    if remission_before and (elsewhere or visit["blasts"] > 5):
        return "relapse"
    return "PD" if risen(visits, i) else "not CR"


def bounds(visits: list[Visit], options: dict[str, str]) -> list[tuple[str, str]]:
    own: list[str] = []
    for i in range(1, len(visits)):
        before = any(word in ("CR", "CRh", "CRi") for word in own)
        own.append(category(visits, i, before, options["at_the_limit"] == "below"))
    # Growth of a mass before day 28 may be inflammation.
    return [
        (word, "PD" if word == "not CR" and grown(visits, i) and visits[i]["day"] < 28 else word)
        for i, word in enumerate(own, start=1)
    ]


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


def test_random_visits_against_the_table(against_the_table: Held) -> None:
    against_the_table(RULE, ORDER, chosen, bounds, range(150))


@pytest.mark.slow
def test_many_random_visits_against_the_table(against_the_table: Held) -> None:
    against_the_table(RULE, ORDER, chosen, bounds, range(150, 3000))


def test_a_range_holds_what_was_left_out(with_less_known: Held) -> None:
    with_less_known(RULE, chosen)


@pytest.mark.parametrize(
    ("disease", "flag"),
    [
        ("d28 blasts_percent 30 site=marrow; d28 cns_status cns1", "marrow_blasts"),
        ("d28 blasts_percent 1 site=marrow; d28 cns_status cns1; d28 blasts_percent 2 site=blood", "blood_blasts"),
        ("d28 blasts_percent 1 site=marrow; d28 cns_status cns2a", "cns_disease"),
        (
            "d28 blasts_percent 1 site=marrow; d28 cns_status cns1; d-5 lesion leg skin photograph 30x30; "
            "d28 lesion leg skin photograph 20x20; d28 procedure biopsy skin positive",
            "extramedullary_disease",
        ),
    ],
)
def test_where_disease_is_left_the_counts_are_not_the_reason(disease: str, flag: str) -> None:
    before = "complete drugs transfusions; d-5 blasts_percent 60 site=marrow; d-5 blasts_percent 60 site=blood"
    (step,) = RULE.run(read_given(f"{before}; {disease}; d28 anc 0.1; d28 platelets 10")).steps
    assert step.low == nccn.NOT_CR
    assert flag in step.reasons
    assert "counts_not_recovered" not in step.reasons


def test_a_clean_marrow_without_counts_is_not_cr_for_its_counts() -> None:
    given = "complete drugs transfusions; d28 blasts_percent 1 site=marrow; d28 cns_status cns1; d28 anc 0.1; d28 platelets 10"
    (step,) = RULE.run(read_given(given)).steps
    assert (step.text, "counts_not_recovered" in step.reasons) == ("not CR", True)


def test_the_cellularity_of_the_marrow_takes_no_part_and_is_not_asked_for() -> None:
    asked = {channel.name for n, channel in enumerate(nccn.CHANNELS) if nccn.ASKS >> n & 1}
    idle = {channel.name for channel in nccn.CHANNELS if channel.meaning == "Takes no part in this edition"}
    assert idle == {"marrow_cellularity", "cells_counted"}
    assert asked == {channel.name for channel in nccn.CHANNELS} - idle
    assert not asked & {"rbc_transfusion", "mrd"}
    assert nccn.ASKS >> len(nccn.CHANNELS) == ASKS_PROGRESSION >> len(nccn.CHANNELS)
