"""Made-up patients seen completely at every visit, for second computations of the editions of the response."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

Visit = dict[str, Any]
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


@pytest.fixture
def made_up() -> Callable[[int], tuple[list[Visit], list[str]]]:
    """The visits of a seed, and the same in the notation of the case tables, in any order."""

    def course(seed: int) -> tuple[list[Visit], list[str]]:
        visits = a_course(seed)
        items = in_words(visits)
        random.Random(seed).shuffle(items)
        return visits, items

    return course
