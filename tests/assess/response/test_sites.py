"""Which records speak of which site, and as what."""

from __future__ import annotations

import math

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import sites
from cartrace.course import Events


def events_of(given: str) -> Events:
    return sites.gather(read_given(given), sites.CHANNELS)


def on(events: Events, channel: int) -> list[tuple[float, float, float]]:
    """(value, site, lesion) on a channel, NaN as None-like -9."""
    rows = zip(events.value, events.low, events.high, events.channel, strict=True)
    return [(-9.0 if math.isnan(v) else float(v), float(s), float(x)) for v, s, x, c in rows if c == channel]


def test_sites_judged_elsewhere_take_no_part() -> None:
    course = read_given(
        "site marrow involved=yes; site skin involved=yes; d1 lesion n cns mri abnormal; d-5 panel blood 3"
    )
    assert sites.site_names(course) == ("skin",)


def test_the_last_word_about_each_detail_counts() -> None:
    given = "site skin involved=yes detail=leg; site skin involved=no detail=leg; site skin involved=yes detail=arm"
    assert sites.involvement(read_given(given), "skin") is True
    assert sites.involvement(read_given(given.rsplit(";", 1)[0]), "skin") is False
    assert sites.involvement(read_given(given), "testis") is None


def test_a_look_becomes_size_score_and_finding() -> None:
    events = events_of("d28 lesion left testis ultrasound 20x31x5 abnormal deauville=2 volume=9")
    assert on(events, sites.AXES) == [(620.0, 0.0, 0.0)]
    assert on(events, sites.LONGEST) == [(31.0, 0.0, 0.0)]
    assert on(events, sites.VOLUME) == [(9.0, 0.0, 0.0)]
    assert on(events, sites.DEAUVILLE) == [(2.0, 0.0, 0.0)]
    assert on(events, sites.ULTRASOUND) == [(float(sites.ABNORMAL), 0.0, 0.0)]


@pytest.mark.parametrize(
    ("method", "channel"),
    [
        ("photograph", sites.EXAMINATION),
        ("examination", sites.EXAMINATION),
        ("Ultrasound", sites.ULTRASOUND),
        ("mri", sites.IMAGING),
    ],
)
def test_methods(method: str, channel: int) -> None:
    assert on(events_of(f"d28 lesion n skin {method} normal"), channel) == [(float(sites.NORMAL), 0.0, 0.0)]


def test_a_size_that_is_not_recorded_is_no_size() -> None:
    events = events_of("d28 lesion n skin photograph 20x20 status=not_recorded")
    assert on(events, sites.AXES) == []
    assert on(events, sites.EXAMINATION) == [(-9.0, 0.0, 0.0)]


def test_biopsies_and_panels_speak_for_tissue() -> None:
    events = events_of(
        "d1 lesion n node ct 9x9; d1 procedure biopsy node positive lesion=n; d2 procedure biopsy node; d3 panel node 0; d4 panel node"
    )
    assert on(events, sites.BIOPSY) == [(1.0, 0.0, 0.0), (-9.0, 0.0, -1.0), (0.0, 0.0, -1.0), (-9.0, 0.0, -1.0)]


@pytest.mark.parametrize(
    ("given", "kind", "part"),
    [
        ("d1 lesion n node ct 15x9", sites.NODE, False),
        ("d1 lesion n node ct 16x9", sites.NODE, True),
        ("d1 lesion n kidney ct 1x1", sites.OTHER, True),
        ("d1 lesion n kidney ct normal", sites.OTHER, False),
        ("d1 lesion n kidney ct resolved", sites.OTHER, True),
        ("d1 lesion n kidney ct status=not_recorded", sites.OTHER, True),
        ("d1 lesion n kidney ct normal deauville=3", sites.OTHER, False),
        ("d1 lesion n kidney ct normal deauville=4", sites.OTHER, True),
        ("site skin involved=yes", sites.SKIN, True),
        ("site skin involved=no", sites.SKIN, False),
        ("d1 procedure biopsy skin positive", sites.SKIN, True),
        ("d1 procedure biopsy skin negative", sites.SKIN, False),
    ],
)
def test_who_takes_part(given: str, kind: int, part: bool) -> None:
    assert sites.takes_part(events_of(given), kind, 0.0) is part


def test_what_would_settle_a_site_nobody_looked_at() -> None:
    named = {kind: sites.what_would_settle(kind) for kind in range(5)}
    assert named[sites.TESTIS] == 1 << sites.EXAMINATION | 1 << sites.ULTRASOUND
    assert named[sites.SKIN] == 1 << sites.EXAMINATION
    assert named[sites.NODE] == 1 << sites.LONGEST
    assert named[sites.OTHER] == named[sites.MEDIASTINUM] == 1 << sites.IMAGING


def test_looks_before_the_infusion_are_no_evaluations() -> None:
    events = events_of("d0 lesion n node ct 15x9; d1 lesion n node ct 15x9")
    looks = [i for i in range(len(events.time)) if sites.look_of(events, i, 0.0)]
    assert {float(events.time[i]) for i in looks} == {1.0}
