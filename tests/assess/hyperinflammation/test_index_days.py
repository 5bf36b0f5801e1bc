"""Which days are asked, and what an input says around such a day."""

from __future__ import annotations

import math

import pytest

from cartrace.assess import rule
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
        ("d3 temperature 39; d4 ast 9; d4 platelets 90; d4 fibrinogen 300", [3, 4]),
        ("d3 temperature 39; d3 ast 9; d3 platelets 90; d4 ast 9; d4 temperature 39", [3, 4]),
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


@pytest.mark.parametrize(
    ("given", "channel", "sign", "hour"),
    [
        ("h100 temperature 39; h110 temperature 40; h120 temperature 38", TEMPERATURE, HIGH, 110),
        ("h100 temperature 40; h110 temperature 39; h120 temperature 38", TEMPERATURE, HIGH, 100),
        ("h100 temperature 38; h110 temperature 40; h120 temperature 40", TEMPERATURE, HIGH, 110),
        ("h100 platelets 90; h110 platelets 20; h120 platelets 50", PLATELETS, LOW, 110),
        ("h100 platelets 20; h110 platelets 20; h120 platelets 50", PLATELETS, LOW, 100),
    ],
)
def test_the_entry_that_decides_is_the_first_with_the_worst_value(given, channel, sign, hour):
    found = events(given)
    assert found.time[bounds(found, channel, 5, 3.0, sign)[2]] * 24 == pytest.approx(hour)


def test_a_result_holds_until_the_next_day_that_is_asked():
    found = mas2016.RULE.run(read_given("d3 ferritin 800; d5 ferritin 900; d9 ferritin 700"))
    assert [(step.at, step.until) for step in found.steps] == [(3, 5), (5, 9), (9, None)]


def test_each_day_is_told_in_its_own_words():
    never = "d3 known_immunosuppression no; d3 hepatomegaly no; d3 splenomegaly no; d3 haemophagocytosis no"
    calm = (
        "temperature 37",
        "triglycerides 1.0",
        "fibrinogen 300",
        "ast 20",
        "haemoglobin 120",
        "wbc 6",
        "platelets 200",
    )
    daily = [
        f"{day} {entry}" for day, ferritin in (("d3", 100), ("d8", 7000)) for entry in (*calm, f"ferritin {ferritin}")
    ]
    found = rule("hscore.fardet2014").run(read_given("; ".join((never, *daily))))
    assert [step.words for step in found.steps] == ["0 points", "50 points"]
