"""What the lymphoma response reads: which diseases are meant, and what spleen and marrow say."""

from __future__ import annotations

import math

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response.lugano2014_inputs import CHANNELS, LYMPHOMA, MARROW, SPLEEN, gather
from cartrace.assess.response.sites import BIOPSY, SITE


@pytest.mark.parametrize(("name", "meant"), [("DLBCL", True), ("B-ALL", False), ("", False)])
def test_the_disease_is_a_standing_fact(name: str, meant: bool) -> None:
    events = gather(read_given(f"disease {name}"), CHANNELS)
    assert events.value[events.channel == LYMPHOMA].tolist() == [float(meant)]


def values(given: str, channel: int) -> list[float | None]:
    events = gather(read_given(given), CHANNELS)
    return [None if math.isnan(v) else float(v) for v in events.value[events.channel == channel]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("d28 procedure biopsy marrow positive", 1.0),
        ("d28 procedure biopsy marrow negative", 0.0),
        ("d28 procedure biopsy marrow", None),
        ("d28 lesion marrow marrow pet deauville=4", 1.0),
        ("d28 lesion marrow marrow pet deauville=3", 0.0),
        ("d28 lesion marrow marrow ct abnormal", 1.0),
        ("d28 lesion marrow marrow ct resolved", 0.0),
        ("d28 lesion marrow marrow ct equivocal", None),
        ("d28 lesion marrow marrow ct abnormal status=not_recorded", None),
        ("site marrow involved=yes", 1.0),
    ],
)
def test_what_the_marrow_says(given: str, said: float | None) -> None:
    assert values(given, MARROW) == [said]


def test_the_spleen_is_measured_by_its_longest_diameter_and_is_no_site() -> None:
    given = "site spleen involved=yes; d28 lesion spleen spleen ct 60x140; d60 lesion spleen spleen ct"
    assert values(given, SPLEEN) == [140.0, None]
    assert values(given, SITE) == []


@pytest.mark.parametrize(("word", "said"), [("positive", [1.0]), ("negative", [])])
def test_only_a_negative_biopsy_of_a_lesion_nobody_looked_at_is_left_out(word: str, said: list[float]) -> None:
    given = f"d28 lesion left node ct 30x20; d28 procedure biopsy node {word} lesion=right"
    assert values(given, BIOPSY) == said
