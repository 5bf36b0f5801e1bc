"""Severe CRS by Davila 2014: its case table, and a second oracle over all that unrecorded facts could be."""

import random
from itertools import product

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs.severe_davila2014 import PANEL, RULE


@pytest.mark.parametrize("case", cases(RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(RULE, case).wrong == ()


def longest(days):
    best = run = 0
    for fevered in days:
        run = run + 1 if fevered else 0
        best = max(best, run)
    return best


def a_course(rng):
    """(entries, worlds): fever by day, fold changes, signs; what is not recorded is every fact it could be."""
    given, days = ["complete drugs"], []
    for day in range(7):
        temperature = rng.choice((37, 39, 39, 39, None)) if day < 6 else 37
        given += [f"d{day} temperature {temperature}"] if temperature else []
        days.append([temperature == 39] if temperature else [False, True])
    folds = []
    for code in PANEL:
        fold = rng.choice((2, 2, 2, 80, 300, None)) if rng.random() < 0.5 else 2
        given.append(f"d-1 {code} 5; d2 {code} {5 * fold}" if fold else f"d-1 {code} 5")
        folds.append([fold] if fold else [1, 100, 1000])
    signs = []
    for words in (
        ("drug norepinephrine",),
        ("oxygen_device room_air", "oxygen_device cpap"),
        ("consciousness alert", "consciousness awakens_to_touch"),
        ("seizure none", "seizure brief"),
    ):
        word = rng.choice((*words[:1], *words[:1], words[-1], None))
        given += [f"d2 {word}"] if word else []
        absent = (word == words[0] and len(words) > 1) or (word is None and len(words) == 1)
        signs.append([False] if absent else [True] if word else [False, True])
    return "; ".join(given), days, folds, signs


def compare(seed):
    given, days, folds, signs = a_course(random.Random(seed))
    fever = {longest(world) >= 3 for world in product(*days)}
    storm = {any(f >= 250 for f in world) or sum(f >= 75 for f in world) >= 2 for world in product(*folds)}
    ill = {any(world) for world in product(*signs)}
    answers = {all(world) for world in product(fever, storm, ill)}
    overall = RULE.run(read_given(given)).overall
    assert (overall.low, overall.high) == (min(answers), max(answers)), given
    assert bool(overall.settles) == (len(answers) == 2)


@pytest.mark.parametrize("seed", range(60))
def test_all_three_over_all_that_is_possible(seed):
    compare(seed)


def test_words_for_a_reader():
    words = {RULE.run(read_given(case.given)).overall.text for case in cases(RULE.id) if not case.options}
    assert words == {"no", "yes", "no to yes", "not graded"}


def test_the_days_of_fever_and_the_cytokine_are_the_evidence():
    case = next(case for case in cases(RULE.id) if case.case == "S1")
    course = read_given(case.given)
    found = {course.record(uid).__class__.__name__: [] for uid in RULE.run(course).overall.evidence}
    for uid in RULE.run(course).overall.evidence:
        record = course.record(uid)
        found[record.__class__.__name__].append(getattr(record, "code", getattr(record, "drug", "")))
    assert sorted(found["Observation"]) == ["il6", "temperature", "temperature", "temperature"]
    assert found["DrugCourse"] == ["norepinephrine"]
