"""Which days are asked, and what an input says around such a day."""

from __future__ import annotations

import math

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.hyperinflammation import mas2016
from cartrace.assess.hyperinflammation.index_days import EVER, HIGH, LOW, asked, bounds, level, without_attribution
from cartrace.course.events import gather

FERRITIN, TEMPERATURE, PLATELETS = mas2016.FERRITIN, mas2016.TEMPERATURE, mas2016.PLATELETS


def events(given):
    return without_attribution(read_given(given), mas2016.CHANNELS)


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ("d3 ferritin 1; d5 ferritin 2; d4 temperature 39", [3, 5]),
        ("d3 temperature 39; d4 ast 9", [3, 4]),
        ("d-1 ferritin 1; d0 ferritin 1; d4 ast 9", [4]),
        ("h2 ferritin 1", [0]),
        ("h30 ferritin 1; h40 ferritin 2", [1]),
        ("d3 ferritin status=not_recorded; d4 ast 9", [3]),
        ("d3 ferritin status=not_done; d4 ast 9", [4]),
        ("", []),
    ],
)
def test_days_that_are_asked(given, days):
    found = events(given)
    assert [int(found.day[i]) for i in asked(found, FERRITIN)] == days


def said(given, channel, sign, day=5, days=3.0):
    best, worst, _ = bounds(events(given), channel, day, days, sign)
    return best, worst


def test_the_worst_of_the_window_speaks():
    given = "d2 temperature 41; d3 temperature 39; d4 temperature 40; d5 temperature 37; d6 temperature 42"
    assert said(given, TEMPERATURE, HIGH) == (40, 40)
    assert said(given, TEMPERATURE, HIGH, days=4.0) == (41, 41)
    assert said(given, TEMPERATURE, HIGH, day=8, days=float(EVER)) == (42, 42)
    assert said("d3 platelets 90; d5 platelets 120", PLATELETS, LOW) == (-90, -90)


def test_silence_may_be_anything():
    assert said("d1 temperature 39", TEMPERATURE, HIGH) == (-math.inf, math.inf)
    assert said("d5 temperature status=not_done", TEMPERATURE, HIGH) == (-math.inf, math.inf)


def test_a_result_not_recorded_leaves_the_known_one_as_the_least():
    assert said("d5 temperature 39; d4 temperature status=not_recorded", TEMPERATURE, HIGH) == (39, math.inf)
    assert said("d5 platelets 50; d4 platelets status=not_recorded", PLATELETS, LOW) == (-50, math.inf)


def test_a_limit_of_measurement_itself_is_left_out():
    best, worst = said("d5 ferritin status=below lloq=10", FERRITIN, HIGH)
    assert best == -math.inf
    assert 9.999 < worst < 10
    best, worst = said("d5 ferritin 40000 status=above", FERRITIN, HIGH)
    assert 40000 < best < 40001
    assert worst == math.inf
    best, worst = said("d5 platelets status=below lloq=5", PLATELETS, LOW)
    assert -5 < best < -4.999
    assert worst == math.inf


def test_what_is_due_to_something_else_does_not_count():
    channels = mas2016.CHANNELS
    excluded = gather(read_given("d5 ferritin 900 attributed=no"), channels)
    assert bounds(excluded, FERRITIN, 5, 3.0, HIGH) == (-math.inf, -math.inf, -1)
    other = gather(read_given("d5 ferritin 900 attributed=no; d4 ferritin 700"), channels)
    assert bounds(other, FERRITIN, 5, 3.0, HIGH)[:2] == (700, 700)


@pytest.mark.parametrize(("value", "found"), [(1.99, 0), (2, 1), (5, 1), (5.01, 2)])
def test_level(value, found):
    assert level(value, 2.0, 5.0) == found
