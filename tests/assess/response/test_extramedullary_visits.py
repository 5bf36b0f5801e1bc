"""Extramedullary response against a second computation: lesions followed from visit to visit by every method.

Every lesion is seen completely at every visit, so that the published table and the Readings give one answer; sizes are
whole millimetres and the arithmetic is exact. Sites: node, mediastinum, kidney, testis, skin.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import extramedullary

RULE = extramedullary.RULE
ORDER = ("CR", "CRu", "PR", "SD", "PD")
BEFORE = -5
CLEAN, ILL = ("normal", "resolved"), ("abnormal", "new")
Look = dict[str, Any]


# --- made-up lesions --------------------------------------------------------------------------------------------------


def a_look(chance: random.Random, site: str, before: Look | None, pet: bool) -> Look:
    """One complete look: axes, findings by method, Deauville, biopsy, volume. `before` is the look before it."""
    start = (chance.randint(16, 60), chance.randint(8, 40))
    last = before["axes"] if before else start
    axes = chance.choice(
        [start, last, last, (0, 0), (15, 12), (16, 12), (last[0] * 2, last[1]), (last[0] // 2, last[1])]
    )
    look: Look = {"axes": start if before is None else axes, "findings": {}, "deauville": None, "biopsy": None}
    look["volume"] = chance.choice([100, 60, 26, 25, 24, 10]) if before else 100
    methods = {"testis": ("examination", "ultrasound"), "skin": ("examination",)}.get(site, ("ct", "examination"))
    for method in methods:
        word = chance.choice(("normal", "resolved", "abnormal", "abnormal", "new")) if before else "abnormal"
        if word == "new" and chance.random() < 0.7:
            word = "abnormal"
        if site in ("testis", "skin") or chance.random() < 0.4:
            look["findings"][method] = word
    if pet:
        look["deauville"] = chance.choice((1, 2, 3, 4, 4, 5)) if before else chance.choice((4, 5))
    if before and (chance.random() < 0.15 or (site == "skin" and not clean_skin(look))):
        look["biopsy"] = chance.choice((True, False))
    if site == "skin" and before and look["biopsy"] is None:
        look["axes"] = (0, 0)
    return look


def clean_skin(look: Look) -> bool:
    return look["findings"].get("examination") in CLEAN


def a_patient(seed: int) -> tuple[tuple[int, ...], dict[tuple[str, str], list[Look]]]:
    """Days of the visits, and for each lesion its look before the infusion and at each visit."""
    chance = random.Random(seed)
    visits = chance.choice(((28, 60, 100), (14, 60), (20, 45, 90), (27, 75), (35,)))
    lesions = {}
    for site in chance.sample(("node", "mediastinum", "kidney", "testis", "skin"), chance.randint(1, 3)):
        for number in range(chance.choice((1, 1, 2, 3, 8)) if site == "node" else 1):
            pet, looks = chance.random() < 0.3, []
            for _ in (BEFORE, *visits):
                looks.append(a_look(chance, site, looks[-1] if looks else None, pet))
            lesions[site, f"{site}{number}"] = looks
    return visits, lesions


def in_words(visits: tuple[int, ...], lesions: dict[tuple[str, str], list[Look]]) -> list[str]:
    items = []
    for (site, name), looks in lesions.items():
        for day, look in zip((BEFORE, *visits), looks, strict=True):
            size = f"{look['axes'][0]}x{look['axes'][1]}" + (
                f" volume={look['volume']}" if site == "mediastinum" else ""
            )
            method = "ultrasound" if site == "testis" else "photograph" if site == "skin" else "ct"
            items.append(f"d{day} lesion {name} {site} {method} {size}")
            items += [f"d{day} lesion {name} {site} {how} {word}" for how, word in look["findings"].items()]
            if look["deauville"] is not None:
                items.append(f"d{day} lesion {name} {site} pet deauville={look['deauville']}")
            if look["biopsy"] is not None:
                word = "positive" if look["biopsy"] else "negative"
                items.append(f"d{day} procedure biopsy {site} {word} lesion={name}")
    return items


# --- the second computation -------------------------------------------------------------------------------------------


def present(site: str, look: Look) -> bool:
    """Biopsy, then PET, then the worse of findings and size."""
    if look["biopsy"] is not None:
        return bool(look["biopsy"])
    if look["deauville"] is not None and (look["deauville"] > 3 or site != "testis"):
        return bool(look["deauville"] > 3)
    if any(word in ILL for word in look["findings"].values()):
        return True
    if site == "testis":
        return False
    return bool(max(look["axes"]) > (15 if site == "node" else 0))


def area(look: Look) -> int:
    return int(look["axes"][0] * look["axes"][1])


def worsening(site: str, looks: list[Look]) -> str:
    """ "back", "grown" or "" for a lesion that is present at the last of `looks`."""
    now, earlier = looks[-1], looks[:-1]
    if "new" in now["findings"].values():
        return "back"
    ill = any(word in ILL for word in now["findings"].values())
    for look in earlier[1:]:
        words = look["findings"].values()
        if ill and words and all(word in CLEAN for word in words) and not present(site, look):
            return "back"
    smallest = min(area(look) for look in earlier)
    if area(now) > 0 and 2 * area(now) >= 3 * smallest:
        return "grown"
    if now["deauville"] is not None and now["deauville"] > min(look["deauville"] for look in earlier):
        return "grown" if area(now) > smallest else ""
    return ""


def verdict(site: str, day: int, lesions: list[list[Look]]) -> tuple[int, int]:
    """Bounds for one site; each lesion by its looks up to this visit."""
    ill = [looks for looks in lesions if present(site, looks[-1])]
    how = {worsening(site, looks) for looks in ill}
    if "back" in how or ("grown" in how and day >= 28):
        return 4, 4
    if not ill:
        return 0, 0
    if "grown" in how:
        return 3, 4
    shrunk = all(looks[-1]["deauville"] is None and 4 * looks[-1]["volume"] < looks[0]["volume"] for looks in ill)
    if site == "mediastinum" and shrunk:
        return 1, 1
    paler = all(
        looks[-1]["deauville"] is not None
        and looks[-1]["deauville"] < looks[0]["deauville"]
        and looks[-1]["deauville"] <= min(look["deauville"] for look in looks)
        for looks in ill
    )
    targets = sorted(lesions, key=lambda looks: -area(looks[0]))[:6]
    halved = 2 * sum(area(looks[-1]) for looks in targets) <= sum(area(looks[0]) for looks in targets)
    return (2, 2) if paler or halved else (3, 3)


def compare(seed: int) -> tuple[int, int]:
    visits, lesions = a_patient(seed)
    items = in_words(visits, lesions)
    random.Random(seed).shuffle(items)
    result = RULE.run(read_given("; ".join(items)))
    sites = sorted({site for site, _ in lesions})
    by_site = {
        site: [
            verdict(site, day, [looks[: i + 2] for (place, _), looks in sorted(lesions.items()) if place == site])
            for i, day in enumerate(visits)
        ]
        for site in sites
    }
    worst = [
        (max(by_site[site][i][0] for site in sites), max(by_site[site][i][1] for site in sites))
        for i in range(len(visits))
    ]
    assert [(step.low, step.high) for step in result.steps] == worst, (seed, items)
    counted = [i for i, day in enumerate(visits) if day >= 21]
    assert (result.overall.low, result.overall.high) == (
        min(worst[i][0] for i in counted),
        min(worst[i][1] for i in counted),
    ), seed
    for site, grade in result.parts:
        best = min(by_site[site][i][0] for i in counted), min(by_site[site][i][1] for i in counted)
        assert (grade.low, grade.high) == best, (seed, site)
    facts = {fact.id: fact.value for fact in result.facts}
    assert facts["first_cr_day"] == next((visits[i] for i in counted if worst[i] == (0, 0)), None), seed
    assert facts["progression_day"] == next((d for d, w in zip(visits, worst, strict=True) if w[0] == 4), None), seed
    return worst[-1]


def test_random_lesions_from_visit_to_visit() -> None:
    found = [compare(seed) for seed in range(300)]
    assert {(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)} <= set(found)


@pytest.mark.slow
def test_many_random_lesions_from_visit_to_visit() -> None:
    for seed in range(10_000, 14_000):
        compare(seed)
