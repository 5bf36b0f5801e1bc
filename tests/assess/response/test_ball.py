"""Haematological response: the case table, an oracle that tries every completion of what is missing, and properties."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, run_case
from cartrace.assess.response import ball
from cartrace.assess.rule import allocate

RULE = ball.RULE
ORDER = ["CR", "CRh", "CRi", "MLFS", "aplastic", "not CR"]


@pytest.mark.parametrize("case", cases("response.ball"), ids=lambda case: case.case)
def test_case(case: Case) -> None:
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above() -> None:
    sides = {(case.threshold, case.side) for case in cases("response.ball") if case.threshold}
    for name in {name for name, _ in sides}:
        assert hasattr(ball, name)
        assert {side for other, side in sides if other == name} == {"below", "at", "above"}


def test_every_option_changes_an_answer() -> None:
    changed = set()
    for case in cases("response.ball"):
        course = read_given(case.given)
        for word in case.options.split():
            name, value = word.split("=")
            if RULE.run(course).overall != RULE.run(course, {name: value}).overall:
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


# The oracle reads a made-up patient in plain words, not events: for every input the list of what it could be.


def a_patient(chance: random.Random) -> dict[str, Any]:
    def maybe(value: Any, share: float = 0.75) -> Any:
        return value if chance.random() < share else None

    return {
        "blasts": maybe(chance.choice([0, 1, 4.9, 5, 5.1, 30]), 0.9),
        "anc": [
            (chance.randint(18, 38), chance.choice([0.1, 0.49, 0.5, 0.99, 1.0, 3])) for _ in range(chance.randint(0, 2))
        ],
        "platelets": [
            (chance.randint(18, 38), chance.choice([5, 49, 50, 99, 100, 300])) for _ in range(chance.randint(0, 2))
        ],
        "gcsf": maybe((chance.randint(5, 24), chance.choice([None, "?", chance.randint(25, 40)])), 0.3),
        "bags": [chance.randint(10, 35) for _ in range(chance.randint(0, 2))],
        "charts": [chart for chart in ("drugs", "transfusions") if chance.random() < 0.7],
        "cellularity": maybe(chance.choice([3, 9.9, 10, 50]), 0.5),
        "cells": maybe(chance.choice([50, 199, 200, 500]), 0.5),
        "cns": maybe((chance.randint(10, 45), chance.choice(["cns1", "cns1", "cns2a", "cns3b"])), 0.5),
        "cns_before": maybe(chance.choice(["cns1", "cns3a"]), 0.3),
        "blood": maybe((chance.randint(10, 45), chance.choice([0, 0, 2])), 0.5),
        "skin": maybe(chance.choice([None, "resolved", "silent"]), 0.3),
        "mrd": maybe(
            (chance.randint(20, 36), chance.choice([0.0001, 0.009, 0.01, 0.3, "negative", "not_recorded"])), 0.4
        ),
        "red_cells": maybe(chance.randint(15, 30), 0.3),
        "red_cells_asked": chance.choice(["not_asked", "asked"]),
        "cri_mode": chance.choice(["one_lineage", "any"]),
        "aplasia": chance.choice(["after_counts", "before_counts"]),
        "silent_sites": chance.choice(["free", "range"]),
        "support_unknown": chance.choice(["range", "unsupported"]),
    }


def in_words(patient: dict[str, Any]) -> list[str]:
    items = ["complete " + " ".join(patient["charts"])] if patient["charts"] else []
    blasts = "status=not_recorded" if patient["blasts"] is None else str(patient["blasts"])
    items.append(f"d28 blasts_percent {blasts} site=marrow")
    items += [f"d{day} anc {value}" for day, value in dict(patient["anc"]).items()]
    items += [f"d{day} platelets {value}" for day, value in dict(patient["platelets"]).items()]
    if patient["gcsf"]:
        start, end = patient["gcsf"]
        items.append(f"d{start}-{'' if end is None else end} drug filgrastim")
    items += [f"d{day} platelet_transfusion yes" for day in patient["bags"]]
    if patient["mrd"]:
        items.append(f"d{patient['mrd'][0]} mrd marrow flow {patient['mrd'][1]}")
    if patient["red_cells"] is not None:
        items.append(f"d{patient['red_cells']} rbc_transfusion yes")
    if patient["cellularity"] is not None:
        items.append(f"d28 marrow_cellularity {patient['cellularity']}")
    if patient["cells"] is not None:
        items.append(f"d28 cells_counted {patient['cells']}")
    if patient["cns_before"]:
        items.append(f"d-5 cns_status {patient['cns_before']}")
    if patient["cns"]:
        items.append(f"d{patient['cns'][0]} cns_status {patient['cns'][1]}")
    if patient["blood"]:
        items.append(f"d{patient['blood'][0]} blasts_percent {patient['blood'][1]} site=blood")
    if patient["skin"]:
        items.append("site skin involved=yes")
        if patient["skin"] == "resolved":
            items.append("d28 lesion leg skin examination resolved")
    return items


def possible_counts(patient: dict[str, Any], code: str) -> list[float]:
    near = [(abs(day - 28), day, value) for day, value in dict(patient[code]).items() if abs(day - 28) <= 7]
    if not near:
        return [0.0, 1e9]
    _, day, value = min(near)
    unsupported, supported = value, -1.0
    chart = "drugs" if code == "anc" else "transfusions"
    unknown = chart not in patient["charts"] and patient["support_unknown"] == "range"
    if code == "platelets":
        if any(0 <= day - bag < 7 for bag in patient["bags"]):
            return [supported]
        return [unsupported, supported] if unknown else [unsupported]
    if patient["gcsf"]:
        start, end = patient["gcsf"]
        if start <= day and (
            end is None or (end == "?" and day - start < 7) or (end not in (None, "?") and day - end < 7)
        ):
            return [supported]
        if start <= day and end == "?":
            unknown = True
    return [unsupported, supported] if unknown else [unsupported]


def possible_disease(patient: dict[str, Any]) -> list[list[bool]]:
    def elsewhere(entry: tuple[int, Any] | None, sick: bool, known: bool) -> list[bool]:
        if entry and abs(entry[0] - 28) <= 14:
            return [sick]
        return [False, True] if known or patient["silent_sites"] == "range" else [False]

    cns, blood = patient["cns"], patient["blood"]
    answers = [
        elsewhere(cns, bool(cns) and cns[1] != "cns1", patient["cns_before"] == "cns3a"),
        elsewhere(blood, bool(blood) and blood[1] > 0, False),
    ]
    if patient["skin"] == "resolved":
        answers.append([False])
    else:
        answers.append(elsewhere(None, False, patient["skin"] == "silent"))
    return answers


def possible_mrd(patient: dict[str, Any]) -> list[float]:
    if not patient["mrd"] or abs(patient["mrd"][0] - 28) > 7:
        return [0.0]
    value = patient["mrd"][1]
    return [0.0] if value == "negative" else [0.0, 1.0] if value == "not_recorded" else [value]


def possible_red_cells(patient: dict[str, Any]) -> list[bool]:
    if patient["red_cells_asked"] == "not_asked":
        return [False]
    if patient["red_cells"] is not None and 0 <= 28 - patient["red_cells"] < 7:
        return [True]
    unknown = "transfusions" not in patient["charts"] and patient["support_unknown"] == "range"
    return [False, True] if unknown else [False]


def answer(patient: dict[str, Any]) -> tuple[str, ...]:
    """(best, worst) over every completion, or () when there is none to speak of."""
    results = set()
    cellularities = [3, 50] if patient["cellularity"] is None else [patient["cellularity"]]
    cells = [50, 500] if patient["cells"] is None else [patient["cells"]]
    blasts = [0, 99] if patient["blasts"] is None else [patient["blasts"]]
    for b, mrd, given, anc, platelets, cellular, counted, *sick in itertools.product(
        blasts,
        possible_mrd(patient),
        possible_red_cells(patient),
        possible_counts(patient, "anc"),
        possible_counts(patient, "platelets"),
        cellularities,
        cells,
        *possible_disease(patient),
    ):
        empty = cellular < 10 and counted < 200
        if b >= 5 or mrd >= 0.01 or any(sick):
            word = "not CR"
        elif empty and patient["aplasia"] == "before_counts":
            word = "aplastic"
        elif min(anc / 1.0, platelets / 100) >= 1 and not given:
            word = "CR"
        elif min(anc / 0.5, platelets / 50) >= 1 and not given:
            word = "CRh"
        elif max(anc / 1.0, platelets / 100) >= 1:
            word = "CRi"
        elif empty:
            word = "aplastic"
        else:
            word = "CRi" if patient["cri_mode"] == "any" else "MLFS"
        results.add(ORDER.index(word))
    if patient["blasts"] is None and len(results) > 1:
        return ()
    return ORDER[min(results)], ORDER[max(results)]


def graded(patient: dict[str, Any], items: list[str]) -> tuple[str, ...]:
    options = {name: patient[name] for name in ("cri_mode", "aplasia", "silent_sites", "support_unknown")}
    options["red_cells"] = patient["red_cells_asked"]
    overall = RULE.run(read_given("; ".join(items)), options).overall
    if overall.low is None or overall.high is None:
        return ()
    return ORDER[overall.low], ORDER[overall.high]


def compare_random(seed: int, count: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        patient = a_patient(chance)
        items = in_words(patient)
        assert graded(patient, items) == answer(patient), items
        chance.shuffle(items)
        assert graded(patient, items) == answer(patient), items


def test_random_patients_against_every_completion() -> None:
    compare_random(1, 300)


@pytest.mark.slow
def test_many_random_patients_against_every_completion() -> None:
    compare_random(2, 5000)


def test_the_less_is_known_the_wider_the_range() -> None:
    chance = random.Random(3)
    for _ in range(200):
        patient = a_patient(chance) | {"silent_sites": "range", "support_unknown": "range", "gcsf": None, "bags": []}
        patient["anc"], patient["platelets"] = patient["anc"][:1], patient["platelets"][:1]
        items = in_words(patient)
        full = graded(patient, items)
        left = chance.choice(items)
        # Nobody looked: what was never looked for is no silence.
        if "involved" in left or "d28 blasts" in left or "d-5" in left or " mrd " in left or "rbc" in left or not full:
            continue
        fewer = graded(patient, [item for item in items if item != left])
        if not fewer:
            continue
        assert ORDER.index(fewer[0]) <= ORDER.index(full[0]), (items, left)
        assert ORDER.index(fewer[1]) >= ORDER.index(full[1]), (items, left)


def test_rows_that_say_not_recorded_change_nothing() -> None:
    given = "complete drugs transfusions; d28 blasts_percent 1; d28 anc 1.2; d28 platelets 120; d28 cns_status cns1"
    more = "; d29 anc status=not_recorded; d28 platelets status=not_done site=ward; d29 cns_status status=not_recorded"
    assert RULE.run(read_given(given)).overall.text == "CR"
    assert RULE.run(read_given(given + more)).overall.text == "CR"


def test_evidence_names_the_records_that_decided() -> None:
    course = read_given("complete drugs transfusions; d28 blasts_percent 1; d28 anc 1.2; d28 platelets 40; d3 anc 0")
    overall = RULE.run(course).overall
    codes = {getattr(course.record(uid), "code", "") for uid in overall.evidence}
    assert codes == {"blasts_percent", "anc", "platelets"}
    assert overall.at == 28.0
    assert overall.provisional
    assert not overall.candidate


@pytest.mark.slow
def test_the_compiled_kernel_says_the_same() -> None:
    compiled = compile_kernel(RULE.kernel)
    for case in cases("response.ball"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings()
        steps, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        assert compiled(events, option, steps) == len(plain.at)
        assert steps.low[: len(plain.at)].tolist() == plain.low.tolist()
        assert steps.high[: len(plain.at)].tolist() == plain.high.tolist()
        assert steps.missing[: len(plain.at)].tolist() == plain.missing.tolist()


def test_a_choice_by_its_number_is_the_choice_by_its_word() -> None:
    for option in (option for option in RULE.options if option.values):
        assert [number for _, number in option.values] == list(range(len(option.values)))
        words = {RULE.settings({option.name: word}).tobytes() for word, _ in option.values}
        assert words == {RULE.settings({option.name: n}).tobytes() for n in range(len(option.values))}


def test_everything_that_takes_part_may_be_asked_for_and_nothing_else() -> None:
    assert f"{ball.ASKS:b}" == "1" * len(RULE.channels)
