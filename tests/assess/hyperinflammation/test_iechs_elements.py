"""Findings against limits and baselines: every value between the known and the unknown, counted through."""

from __future__ import annotations

import itertools
import math

import pytest

from cartrace.assess import RULES
from cartrace.assess.case_notation import read_given
from cartrace.assess.hyperinflammation import hlh2004, iechs_elements, mas2016
from cartrace.assess.hyperinflammation.iechs_elements import (
    CHANNELS,
    LIMIT,
    baseline_of,
    either,
    exceeds,
    interval,
    times,
)
from cartrace.course.events import gather
from cartrace.vocabulary import terms, units

LIMITS = BASELINES = (20, 39, 40, 41, 80, 200)
VALUES = (30, 80, 81, 82, 160, 161, 199, 200, 201, 400, 401, 1001)
FACTORS = (2.0, 5.0)


def met(value, limit, baseline, factor, any_baseline):
    """The published sentence for numbers that are all known."""
    if baseline > limit:
        return value > factor * baseline
    return value > factor * limit or (any_baseline and value > factor * baseline)


@pytest.mark.parametrize("any_baseline", [True, False])
def test_known_numbers(any_baseline):
    for value, limit, baseline, factor in itertools.product(VALUES, LIMITS, BASELINES, FACTORS):
        wanted = int(met(value, limit, baseline, factor, any_baseline))
        assert times(value, limit, baseline, factor, any_baseline) == (wanted, wanted)


@pytest.mark.parametrize("any_baseline", [True, False])
def test_what_is_unknown_leaves_every_answer_it_could_give(any_baseline):
    some = (*range(1, 60), *range(60, 2000, 7))
    for value, factor in itertools.product(VALUES, FACTORS):
        for limit in (40, 80):
            answers = {int(met(value, limit, b, factor, any_baseline)) for b in some}
            assert times(value, limit, math.nan, factor, any_baseline) == (min(answers), max(answers))
        for baseline in (20, 40):
            answers = {int(met(value, u, baseline, factor, any_baseline)) for u in some}
            assert times(value, math.nan, baseline, factor, any_baseline) == (min(answers), max(answers))
        assert times(value, math.nan, math.nan, factor, any_baseline) == (0, 1)


def test_numbers_are_compared_at_ten_digits():
    assert exceeds(2.1, 3 * 0.7) == 0
    assert exceeds(2.1000001, 3 * 0.7) == 1
    assert exceeds(1.0, math.nan) == 0


@pytest.mark.parametrize(
    ("given", "baseline"),
    [
        ("d-5 alt 30; d-2 alt 50; d0 alt 60; d3 alt 400", 60),
        ("d-5 alt 30; d-2 alt status=not_done", 30),
        ("d-5 alt 30; d-2 alt status=not_recorded", math.nan),
        ("d3 alt 400", math.nan),
    ],
)
def test_the_baseline_is_the_last_value_before_the_infusion(given, baseline):
    found = baseline_of(gather(read_given(given), CHANNELS), [c.name for c in CHANNELS].index("alt"))
    assert found == baseline or (math.isnan(found) and math.isnan(baseline))


def test_either_is_as_certain_as_its_more_certain_finding():
    assert either((0, 1), (1, 1)) == (1, 1)
    assert either((0, 0), (0, 1)) == (0, 1)


def test_channels_stand_in_the_order_of_their_numbers():
    assert CHANNELS[LIMIT].name == "reference_limit"
    assert len(CHANNELS) == LIMIT + 1
    assert any(rule.channels == CHANNELS for rule in RULES)


@pytest.mark.parametrize(
    ("entry", "least", "most"),
    [
        ("alt 30", 30, 30),
        ("alt status=below lloq=10", 0, pytest.approx(10, rel=1e-8)),
        ("alt 900 status=above", pytest.approx(900, rel=1e-8), math.inf),
        ("alt status=not_recorded", 0, math.inf),
    ],
)
def test_what_an_entry_can_have_been(entry, least, most):
    found = interval(gather(read_given(f"d3 {entry}"), CHANNELS), 0)
    assert found == (least, most)


def test_a_limit_of_measurement_is_never_reached():
    assert interval(gather(read_given("d3 alt status=below lloq=10"), CHANNELS), 0)[1] < 10
    assert interval(gather(read_given("d3 alt 900 status=above"), CHANNELS), 0)[0] > 900


@pytest.mark.parametrize(
    ("printed", "limit"),
    [
        (265.0, iechs_elements.TRIGLYCERIDES_ABOVE),
        (265.0, hlh2004.TRIGLYCERIDES_FROM),
        (156.0, mas2016.TRIGLYCERIDES_ABOVE),
    ],
)
def test_limits_of_triglycerides_are_the_printed_ones_in_canonical_units(printed, limit):
    family = terms.analytes()["triglycerides"].family
    assert units.to_canonical(printed, unit="mg/dL", family=family) == pytest.approx(limit, rel=1e-12)
