"""One lesion on one day: which look counts, whether it is gone, how it grew."""

from __future__ import annotations

import math

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import extramedullary, lesion, lugano2014, sites
from cartrace.assess.response.lesion import GONE, PRESENT, UNCLEAR
from cartrace.course import Events


def events_of(given: str) -> Events:
    return sites.gather(read_given(given), sites.CHANNELS)


def values(events: Events, index: int) -> float:
    return float(events.value[index]) if index >= 0 else math.nan


@pytest.mark.parametrize(
    ("at", "size"),
    [(28.0, 600.0), (33.9, 600.0), (34.0, 600.0), (34.1, 200.0), (55.0, math.nan), (54.0, 200.0), (13.0, math.nan)],
)
def test_the_nearest_look_within_the_window_counts(at: float, size: float) -> None:
    events = events_of("d-5 lesion n node ct 40x30; d28 lesion n node ct 30x20; d40 lesion n node ct 20x10")
    found = values(events, lesion.nearest(events, sites.AXES, 0.0, 0.0, at, 14.0))
    assert found == pytest.approx(size, nan_ok=True)


@pytest.mark.parametrize(
    ("kind", "site", "look", "state"),
    [
        (sites.NODE, "node", "ct 15x10", GONE),
        (sites.NODE, "node", "ct 16x10", PRESENT),
        (sites.NODE, "node", "ct 14x10 abnormal", PRESENT),
        (sites.NODE, "node", "ct normal", GONE),
        (sites.NODE, "node", "ct 30x20 normal", PRESENT),
        (sites.NODE, "node", "ct 30x20 deauville=3", GONE),
        (sites.NODE, "node", "ct 10x10 deauville=4", PRESENT),
        (sites.NODE, "node", "pet 10x10", UNCLEAR),
        (sites.NODE, "node", "ct equivocal", UNCLEAR),
        (sites.OTHER, "kidney", "ct 0x0", GONE),
        (sites.OTHER, "kidney", "ct 1x1", PRESENT),
        (sites.OTHER, "kidney", "ct volume=2", PRESENT),
        (sites.OTHER, "kidney", "ct status=not_recorded", UNCLEAR),
        (sites.SKIN, "skin", "photograph normal", GONE),
        (sites.SKIN, "skin", "photograph abnormal", UNCLEAR),
        (sites.SKIN, "skin", "photograph new", PRESENT),
        (sites.TESTIS, "testis", "ultrasound normal", UNCLEAR),
        (sites.TESTIS, "testis", "ultrasound abnormal", PRESENT),
    ],
)
def test_gone_present_or_unclear(kind: int, site: str, look: str, state: int) -> None:
    events = events_of(f"d28 lesion n {site} {look}")
    assert lesion.gone(events, kind, 0.0, 0.0, 28.0, 14.0)[0] == state


@pytest.mark.parametrize(("word", "state"), [("negative", GONE), ("positive", PRESENT), ("", UNCLEAR)])
def test_a_biopsy_decides(word: str, state: int) -> None:
    events = events_of(f"d28 lesion n node ct 30x20 deauville=4; d30 procedure biopsy node {word}")
    assert lesion.gone(events, sites.NODE, 0.0, 0.0, 28.0, 14.0)[0] == state


def test_the_biopsy_of_the_lesion_comes_before_one_of_the_site() -> None:
    events = events_of(
        "d28 lesion n node ct 30x20; d28 procedure biopsy node positive; d29 procedure biopsy node negative lesion=n"
    )
    assert values(events, lesion.biopsy(events, 0.0, 0.0, 28.0, 14.0)) == 0.0


@pytest.mark.parametrize(
    ("series", "at", "answer"),
    [
        ("d-5 20x20; d28 30x20", 28.0, 1),
        ("d-5 20x20; d28 29x20", 28.0, 0),
        ("d-9 10x10; d-5 20x20; d28 29x20", 28.0, 0),
        ("d-5 40x40; d28 20x20; d90 30x20", 90.0, 1),
        ("d-5 40x40; d28 0x0; d90 1x1", 90.0, 1),
        ("d28 30x20", 28.0, UNCLEAR),
        ("d-5 20x20; d28 status=not_recorded", 28.0, UNCLEAR),
        ("d-5 20x20; d28 status=not_recorded; d90 20x20", 90.0, UNCLEAR),
        ("d-5 20x20; d28 status=not_recorded; d90 0x0", 90.0, 0),
    ],
)
def test_growth_from_the_smallest_size(series: str, at: float, answer: int) -> None:
    looks = [look.split(" ", 1) for look in series.split("; ")]
    events = events_of("; ".join(f"{when} lesion n node ct {what}" for when, what in looks))
    assert lesion.grown(events, sites.AXES, 0.0, 0.0, at, 14.0) == answer


@pytest.mark.parametrize(
    ("before", "now", "answer"), [(5, 4, -1), (4, 4, 0), (4, 5, 1), (None, 4, 2), (None, 5, 0), (4, None, 3)]
)
def test_uptake(before: int | None, now: int | None, answer: int) -> None:
    first = f" deauville={before}" if before else ""
    then = f" deauville={now}" if now else ""
    events = events_of(f"d-5 lesion n node ct 30x20{first}; d28 lesion n node ct 30x20{then}")
    assert lesion.uptake(events, 0.0, 0.0, 28.0, 14.0) == answer


def test_size_of_a_lesion_that_is_gone_and_was_not_measured() -> None:
    events = events_of("d-5 lesion n node ct 30x20; d28 lesion n node ct resolved")
    assert lesion.size(events, sites.AXES, 0.0, 0.0, 28.0, 14.0, GONE) == 0.0
    assert math.isnan(lesion.size(events, sites.AXES, 0.0, 0.0, 28.0, 14.0, UNCLEAR))


def test_what_had_resolved_and_is_abnormal_has_come_back() -> None:
    events = events_of("d28 lesion n kidney ct resolved; d90 lesion n kidney ct abnormal")
    assert lesion.reappeared(events, sites.OTHER, 0.0, 0.0, 90.0, 14.0)
    assert not lesion.reappeared(events, sites.OTHER, 0.0, 0.0, 28.0, 14.0)


def test_what_one_method_called_clean_and_another_ill_was_never_gone() -> None:
    seen = "d28 lesion n kidney examination normal; d28 lesion n kidney ct abnormal; d90 lesion n kidney examination abnormal"
    assert not lesion.reappeared(events_of(seen), sites.OTHER, 0.0, 0.0, 90.0, 14.0)


def test_of_two_looks_of_one_day_the_worse_counts_and_the_smaller_baseline() -> None:
    events = events_of(
        "d-5 lesion n node ct 40x30; d-5 lesion n node ct 30x20; d28 lesion n node ct 14x10; d28 lesion n node ct 20x10"
    )
    assert lesion.baseline(events, sites.AXES, 0.0, 0.0) == 600.0
    assert events.value[lesion.nearest(events, sites.AXES, 0.0, 0.0, 28.0, 14.0)] == 200.0


def test_any_growth_counts_beside_uptake() -> None:
    events = events_of("d-5 lesion n node ct 30x20; d28 lesion n node ct 31x20")
    assert lesion.larger_than_before(events, 0.0, 0.0, 28.0, 14.0)
    assert lesion.smallest_before(events, sites.AXES, 0.0, 0.0, 28.0) == 600.0
    assert lesion.baseline(events, sites.AXES, 0.0, 0.0) == 600.0


def test_a_larger_look_farther_away_does_not_speak_for_the_day() -> None:
    events = events_of("d28 lesion n node ct 20x10; d32 lesion n node ct 40x30")
    assert values(events, lesion.nearest(events, sites.AXES, 0.0, 0.0, 28.0, 14.0)) == 200.0


def test_of_two_looks_alike_the_first_is_named() -> None:
    events = events_of("d28 lesion n node ct 20x10; d28 lesion n node mri 20x10")
    twins = [i for i in range(len(events.time)) if events.channel[i] == sites.AXES]
    assert lesion.nearest(events, sites.AXES, 0.0, 0.0, 28.0, 14.0) == twins[0]


def test_of_two_methods_that_find_the_same_examination_is_named_before_imaging() -> None:
    events = events_of("d28 lesion n kidney ct abnormal; d28 lesion n kidney examination abnormal")
    found = lesion.worst_finding(events, 0.0, 0.0, 28.0, 14.0)
    assert events.channel[found] == sites.EXAMINATION


@pytest.mark.parametrize(
    ("look", "state", "channel"),
    [
        ("d28 lesion n kidney ct 30x20; d30 procedure biopsy kidney positive", PRESENT, sites.BIOPSY),
        ("d28 lesion n kidney ct 30x20; d30 procedure biopsy kidney negative", GONE, sites.BIOPSY),
        ("d28 lesion n kidney pet 10x10 deauville=4", PRESENT, sites.DEAUVILLE),
        ("d28 lesion n kidney pet 10x10 deauville=3", GONE, sites.DEAUVILLE),
        ("d28 lesion n kidney ct abnormal", PRESENT, sites.IMAGING),
        ("d28 lesion n kidney ct 1x1", PRESENT, sites.LONGEST),
        ("d28 lesion n kidney ct normal", GONE, sites.IMAGING),
    ],
)
def test_a_lesion_that_is_settled_asks_for_nothing(look: str, state: int, channel: int) -> None:
    events = events_of(look)
    found, asked, decided = lesion.gone(events, sites.OTHER, 0.0, 0.0, 28.0, 14.0)
    assert (found, asked, events.channel[decided]) == (state, 0, channel)


def evidence(rule, given: str) -> list[str]:
    course = read_given(given)
    return [str(getattr(course.record(uid), "lesion", "")) for uid in rule.run(course).overall.evidence]


NODES = "; ".join(f"d-5 lesion n{k} node ct 30x20; d28 lesion n{k} node ct 20x10" for k in range(8))


@pytest.mark.parametrize(
    ("rule", "disease"),
    [(extramedullary.RULE, "disease b_all; "), (lugano2014.RULE, "disease large B-cell lymphoma; ")],
    ids=lambda value: getattr(value, "id", ""),
)
def test_each_lesion_is_named_once_and_the_one_that_grew_first(rule, disease: str) -> None:
    assert evidence(rule, disease + NODES) == [f"n{k}" for k in range(8)]
    grown = "; d-5 lesion last node ct 30x20; d28 lesion last node ct 60x40"
    assert evidence(rule, disease + NODES + grown)[0] == "last"
    left = evidence(rule, (disease + NODES).replace("n0 node ct 20x10", "n0 node ct 10x10"))
    assert left == [*(f"n{k}" for k in range(1, 8)), "n0"]


def test_of_several_sites_the_worst_is_named_first() -> None:
    grown = "d-5 lesion mass skin ct 30x20; d28 lesion mass skin ct 60x40; d30 procedure biopsy skin positive"
    named = evidence(extramedullary.RULE, f"disease b_all; {NODES}; {grown}")
    assert named[0] in ("mass", "")
    assert len(named) == 8


def test_an_avid_lesion_that_became_brighter_is_named_first() -> None:
    still = "; ".join(
        f"d-5 lesion n{k} node pet-ct 30x20 deauville=5; d28 lesion n{k} node pet-ct 20x10 deauville=3"
        for k in range(8)
    )
    brighter = "; d-5 lesion last node pet-ct 30x20 deauville=4; d28 lesion last node pet-ct 30x20 deauville=5"
    assert evidence(lugano2014.RULE, f"disease large B-cell lymphoma; {still}{brighter}")[0] == "last"
