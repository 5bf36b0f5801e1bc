"""One lesion and the spleen by the Lugano criteria: nadir, growth, uptake."""

from __future__ import annotations

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import lugano2014_lesion as one
from cartrace.assess.response.lesion import GONE, PRESENT, UNCLEAR
from cartrace.assess.response.lugano2014_inputs import CHANNELS, gather
from cartrace.assess.response.sites import NODE
from cartrace.course import Events


def events(given: str) -> Events:
    return gather(read_given(given), CHANNELS)


def test_the_nadir_is_the_smallest_product_since_the_last_look_before() -> None:
    seen = events(
        "d-20 lesion neck node ct 5x5; d-5 lesion neck node ct 40x30; d28 lesion neck node ct 20x15; "
        "d60 lesion neck node ct 18x17; d90 lesion neck node ct 10x10"
    )
    assert one.nadir(seen, 0, 0, 90.0) == (300.0, 20.0)


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [
        ("20x15", "26x18", 1),
        ("20x15", "24x19", 0),
        ("21x15", "30x20", 0),
        ("21x15", "31x20", 1),
        ("abnormal", "30x20", 2),
    ],
)
def test_growth(before: str, now: str, answer: int) -> None:
    seen = events(f"d-5 lesion neck node ct {before}; d28 lesion neck node ct {now}")
    assert one.progressive(seen, NODE, 0, 0, 28.0, 14.0, PRESENT) == answer


@pytest.mark.parametrize(
    ("now", "answer"), [("15x9", GONE), ("15.1x9", PRESENT), ("normal", GONE), ("abnormal", UNCLEAR)]
)
def test_a_node_by_size(now: str, answer: int) -> None:
    assert one.by_size(events(f"d28 lesion neck node ct {now}"), NODE, 0, 0, 28.0, 14.0)[0] == answer


@pytest.mark.parametrize(("before", "now", "low"), [(5, 4, one.PR), (4, 4, one.SD), (4, 5, one.PD), (5, 3, one.CR)])
def test_uptake(before: int, now: int, low: int) -> None:
    seen = events(f"d-5 lesion neck node pet deauville={before}; d28 lesion neck node pet deauville={now}")
    assert one.metabolic(seen, 0, 0, 28.0, 14.0)[:2] == (low, low)


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [(150, 139, (0, 1, 0)), (150, 140, (0, 0, 0)), (150, 161, (0, 0, 1)), (120, 140, (0, 0, 1)), (150, 130, (1, 1, 0))],
)
def test_the_spleen(before: int, now: int, answer: tuple[int, int, int]) -> None:
    seen = events(f"d-5 lesion spleen spleen ct {before}; d28 lesion spleen spleen ct {now}")
    assert one.spleen(seen, 28.0, 14.0)[:3] == answer


def test_a_spleen_that_was_normal_in_between_can_grow_anew() -> None:
    seen = events("d-5 lesion spleen spleen ct 180; d28 lesion spleen spleen ct 125; d90 lesion spleen spleen ct 145")
    assert one.spleen(seen, 90.0, 14.0)[2] == 1


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        # An earlier length that is not recorded may have been the smallest, or a larger one to fall from.
        ("d-5 lesion spleen spleen ct 150; d12 lesion spleen spleen ct status=not_recorded", (0, 2, 2)),
        # Another organ whose look is not recorded says nothing about the spleen.
        ("d-5 lesion spleen spleen ct 150; d12 lesion neck node ct status=not_recorded", (0, 1, 0)),
        # Never measured before: enlarged now, and nobody knows whether it has fallen or grown.
        ("d20 lesion neck node ct 10x10", (0, 2, 2)),
    ],
)
def test_a_spleen_whose_earlier_length_is_not_known(given: str, answer: tuple[int, int, int]) -> None:
    seen = events(f"{given}; d28 lesion spleen spleen ct 139")
    assert one.spleen(seen, 28.0, 14.0)[:3] == answer


def test_a_look_of_the_same_day_is_no_earlier_one() -> None:
    seen = events("d28 lesion neck node ct abnormal; d60 lesion neck node ct abnormal")
    assert not one.unmeasured(seen, 0, 0, 28.0)
    assert one.unmeasured(seen, 0, 0, 28.1)
