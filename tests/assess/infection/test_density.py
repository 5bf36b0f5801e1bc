"""Infection density: the published figures, the edges of a window, and the exact interval by a second computation."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.assess.case_notation import read_given
from cartrace.assess.infection.density import (
    FIRST_WINDOW,
    NO_FOLLOW_UP,
    NOT_AT_RISK,
    NOT_RECORDED,
    OPEN,
    SECOND_WINDOW,
    days_at_risk,
    density,
    exact_interval,
    infections,
    pooled_density,
)
from cartrace.course.record import Outcome


def test_three_infections_in_133_patients_of_29_days():
    quiet = read_given("d0 infection none; d100 last_follow_up yes")
    one = read_given("d9 infection bacterial site=blood; d100 last_follow_up yes")
    found = pooled_density([quiet] * 130 + [one] * 3)
    assert (found.infections, found.days, found.courses) == (3, 3857, 133)
    assert found.per_100_days == pytest.approx(300 / 3857)
    assert found.per_100_days == pytest.approx(0.0778, abs=5e-5)


def test_one_infection_of_a_patient_who_died_on_day_10():
    found = density(read_given("d9 infection viral site=lung; d10 death infection"))
    assert (found.infections, found.days) == (1, 11)
    assert found.per_100_days == pytest.approx(9.09, abs=0.005)


def test_no_infection_still_has_an_upper_end():
    found = density(read_given("d0 infection none; d60 last_follow_up yes"))
    assert found.per_100_days == 0
    assert found.low == 0
    assert found.high == pytest.approx(100 * -math.log(0.025) / 29)


def test_the_published_density_and_its_denominator():
    days = 100 * 43 / 1.19
    assert days / 133 == pytest.approx(27.2, abs=0.05)
    low, high = exact_interval(43)
    assert 100 * low / days < 1.19 < 100 * high / days


@pytest.mark.parametrize(
    ("given", "days", "reason"),
    [
        ("d28 last_follow_up yes", 29, ""),
        ("d27 last_follow_up yes", 28, ""),
        ("d29 last_follow_up yes", 29, ""),
        ("d0 death other", 1, ""),
        ("d14 next_therapy yes; d90 last_follow_up yes", 15, ""),
        ("d28 anc 1", 29, ""),
        ("d27 anc 1", 0, NO_FOLLOW_UP),
        ("", 0, NO_FOLLOW_UP),
        ("d-20 next_therapy yes; d40 last_follow_up yes", 29, ""),
    ],
)
def test_days_at_risk_in_the_first_window(given, days, reason):
    assert days_at_risk(read_given(given), FIRST_WINDOW) == (days, reason)


def test_the_second_window_and_day_0():
    course = read_given("d200 last_follow_up yes")
    assert days_at_risk(course, SECOND_WINDOW) == (62, "")
    assert days_at_risk(course, SECOND_WINDOW, include_day0=False) == (62, "")
    assert days_at_risk(course, FIRST_WINDOW, include_day0=False) == (28, "")
    assert days_at_risk(read_given("d20 death other"), SECOND_WINDOW) == (0, NOT_AT_RISK)
    assert days_at_risk(read_given("d0 death other"), FIRST_WINDOW, include_day0=False) == (0, NOT_AT_RISK)


def test_the_last_day_of_the_outcome_ends_the_risk():
    course = dataclasses.replace(read_given("d60 anc 1"), outcome=Outcome(last_day=11.5))
    assert days_at_risk(course, FIRST_WINDOW) == (12, "")


def test_a_window_without_a_day_is_refused():
    with pytest.raises(ValueError, match="has no day"):
        days_at_risk(read_given(""), (29, 28))


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("d5 infection viral site=lung; d19 infection viral site=lung", 1),
        ("d5 infection viral site=lung; d20 infection viral site=lung", 2),
        ("d5 infection viral site=lung; d6 infection viral site=blood", 2),
        ("d5 infection viral site=lung; d6 infection fungal site=lung", 2),
        ("d2 infection viral; d12 infection viral; d22 infection viral", 2),
        ("d5 infection none; d6 infection status=not_recorded", 0),
    ],
)
def test_the_same_organism_at_the_same_site_counts_once_in_14_days(given, count):
    assert len(infections(read_given(given))) == count


def test_an_infection_counts_in_the_window_of_its_day():
    text = "d-3 infection viral; d0 infection fungal; d28 infection bacterial; d29 infection parasitic; d90 infection fungal"
    course = read_given(f"{text}; d91 infection bacterial; d200 last_follow_up yes")
    assert density(course, FIRST_WINDOW).infections == 2
    assert density(course, FIRST_WINDOW, include_day0=False).infections == 1
    assert density(course, SECOND_WINDOW).infections == 2
    texts = [course.record(uid).text for uid in density(course, SECOND_WINDOW).used]
    assert texts == ["parasitic", "fungal"]


def test_an_infection_after_the_end_of_risk_does_not_count():
    course = read_given("d5 infection viral; d20 infection fungal; d10 next_therapy yes")
    assert (density(course).infections, density(course).days) == (1, 11)


def test_silence_is_not_zero():
    silent, told = read_given("d100 last_follow_up yes"), read_given("d3 infection viral; d100 last_follow_up yes")
    assert density(silent).reason == NOT_RECORDED
    assert density(silent).per_100_days is None
    together = pooled_density([silent, told])
    assert (together.infections, together.days, together.courses) == (1, 29, 1)
    assert pooled_density([silent]).reason == NOT_RECORDED
    assert pooled_density([]).reason == "no course"


def test_an_infection_of_unknown_result_leaves_the_number_open():
    text = "d3 infection viral; d{} infection status=not_recorded; d100 last_follow_up yes"
    assert density(read_given(text.format(20))).reason == OPEN
    assert density(read_given(text.format(29))).infections == 1
    assert density(read_given(text.format(29)), SECOND_WINDOW).reason == OPEN


def tail_by_area(shape, mean):
    """P(fewer than `shape` events) as the area of the gamma density above `mean`, by Simpson's rule."""
    t = np.linspace(mean, mean + 80 + 12 * math.sqrt(shape), 200_001)
    height = np.exp((shape - 1) * np.log(t) - t - math.lgamma(shape))
    weights = np.ones_like(t)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return float((height * weights).sum() * (t[1] - t[0]) / 3)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 43, 200])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_by_the_area_of_the_gamma_density(count, level):
    low, high = exact_interval(count, level)
    tail = (1 - level) / 2
    assert tail_by_area(count + 1, high) == pytest.approx(tail, rel=1e-6)
    if count == 0:
        assert low == 0
        assert high == pytest.approx(-math.log(tail))
    else:
        assert 1 - tail_by_area(count, low) == pytest.approx(tail, rel=1e-5)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(count=st.integers(0, 150))
def test_the_interval_holds_the_count_and_grows_with_it(count):
    low, high = exact_interval(count)
    assert low <= count < high
    assert exact_interval(count + 1)[0] > low
    assert exact_interval(count + 1)[1] > high


def test_the_interval_of_one_infection_in_29_days_of_one_course():
    found = density(read_given("d9 infection bacterial site=blood; d100 last_follow_up yes"))
    # Exact limits of a Poisson count of 1: 0.0253 and 5.572.
    assert (found.low, found.high) == pytest.approx((100 * 0.0253178 / 29, 100 * 5.571643 / 29), rel=1e-5)
    assert found.courses == 1
