"""MRD against a second computation: series of samples, several tests a day, recurrence and the best of them.

Every test says all that is needed (limits, gate, target), so that each day has one answer or none.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import mrd

RULE = mrd.RULE
LIMIT = Fraction(1, 10_000)
NONE, INSENSITIVE, TRACE, LOW, FAILURE = RULE.categories


def a_series(seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    days: dict[int, list[dict[str, Any]]] = {}
    for day in chance.sample((-10, -3, 14, 20, 21, 28, 60, 61, 90, 180), chance.randint(1, 7)):
        days[day] = [
            {
                "place": chance.choice(("marrow", "marrow", "blood")),
                "method": chance.choice(("flow", "ngs", "pcr")),
                "result": chance.choice((None, None, None, "2e-6", "5e-5", "1e-4", "1.1e-4", "0.02")),
                "lod": chance.choice(("1e-6", "1e-4", "1.1e-4", "1e-3")),
                "lloq": chance.choice(("1e-6", "1e-5", "1e-4")),
                "gate": chance.choice(("yes", "no")),
            }
            for _ in range(chance.choice((1, 1, 2, 3)))
        ]
    return {
        "days": days,
        "target": chance.choice(("CD19", "CD22", "CD19/CD22")),
        "next_therapy": chance.choice((None, None, 50, 100)),
        "options": {"specimen": chance.choice(("marrow", "any")), "best_from_day": chance.choice((21, 21, 14))},
    }


def in_words(series: dict[str, Any]) -> list[str]:
    items = [f"product target={series['target']}"]
    for day, tests in series["days"].items():
        for test in tests:
            limits = f"lod={test['lod']} lloq={test['lloq']} cd19_gating={test['gate']}"
            items.append(f"d{day} mrd {test['place']} {test['method']} {test['result'] or 'negative'} {limits}")
    if series["next_therapy"]:
        items.append(f"d{series['next_therapy']} next_therapy yes")
    return items


def state(test: dict[str, Any], target: str) -> str | None:
    """The ELN state of one test; None when it proves nothing."""
    if test["result"] is None:
        if test["method"] == "flow" and test["gate"] == "yes" and "CD19" in target:
            return None
        return NONE if Fraction(test["lod"]) <= LIMIT else INSENSITIVE
    if Fraction(test["result"]) > LIMIT:
        return FAILURE
    return LOW if Fraction(test["result"]) >= Fraction(test["lloq"]) else TRACE


def compare(seed: int) -> str:
    series = a_series(seed)
    items = in_words(series)
    random.Random(seed).shuffle(items)
    result = RULE.run(read_given("; ".join(items)), series["options"])
    order = (NONE, INSENSITIVE, TRACE, LOW, FAILURE)
    answers: dict[int, str] = {}
    recurrences, confirmed, negative_before, run = [], [], False, 0
    for day in sorted(series["days"]):
        tests = [t for t in series["days"][day] if t["place"] == "marrow" or series["options"]["specimen"] == "any"]
        if not tests:
            continue
        states = [found for t in tests if (found := state(t, series["target"])) is not None]
        positive = [found for found in states if found in (TRACE, LOW, FAILURE)]
        word = max(positive, key=order.index) if positive else min(states, key=order.index) if states else "not graded"
        reached = any(t["result"] and Fraction(t["result"]) >= LIMIT for t in tests)
        if reached and negative_before:
            run += 1
            recurrences += [day] if day > 0 else []
            confirmed += [day] if day > 0 and run > 1 else []
        elif word != "not graded":
            run = 0
        negative_before = negative_before or word == NONE
        if day > 0:
            answers[day] = word
    assert {step.day: step.text for step in result.steps} == answers, (seed, items)
    assert [s.day for s in result.steps if "mrd_recurrence" in s.reasons] == recurrences, (seed, items)
    assert [s.day for s in result.steps if "mrd_recurrence_confirmed" in s.reasons] == confirmed, (seed, items)
    until = series["next_therapy"] or 10**6
    counted = {d: w for d, w in answers.items() if series["options"]["best_from_day"] <= d <= until and w in order}
    best = min(counted.values(), key=order.index, default="not graded")
    assert result.overall.text == best, (seed, items)
    facts = {fact.id: fact.value for fact in result.facts}
    assert facts["mrd_recurrence_day"] == (recurrences[0] if recurrences else None), (seed, items)
    assert facts["first_negative_day"] == min((d for d, w in counted.items() if w == NONE), default=None), seed
    assert facts["best_day"] == min((d for d, w in counted.items() if w == best), default=None), seed
    return best


def test_random_series() -> None:
    assert {compare(seed) for seed in range(400)} == {NONE, INSENSITIVE, TRACE, LOW, FAILURE, "not graded"}


@pytest.mark.slow
def test_many_random_series() -> None:
    for seed in range(10_000, 15_000):
        compare(seed)
