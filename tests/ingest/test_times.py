"""Times as files write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.course import Clock, Moment
from cartrace.ingest import times
from cartrace.ingest.times import Problem

DATED = times.clock_of(first_infusion="2024-03-01 14:00", infusion_time="", zone="Europe/Berlin", convention="day0")
RELATIVE = Clock()


def moment(clock: Clock, **texts: str) -> Moment | Problem:
    return times.moment(texts, clock=clock, elapsed_time=True)


@pytest.mark.parametrize(
    ("texts", "elapsed", "day", "precision"),
    [
        ({"datetime": "2024-03-02 06:00"}, 16 / 24, 1, "minute"),
        ({"datetime": "2024-03-02T06:00:30"}, 16 / 24, 1, "minute"),
        ({"datetime": "2024-03-02"}, 1.0, 1, "day"),
        ({"date": "2024-03-02"}, 1.0, 1, "day"),
        ({"date": "2024-03-02", "time": "06:00"}, 16 / 24, 1, "minute"),
        ({"date": "2024-02-29"}, -1.0, -1, "day"),
        ({"hour": "16"}, 16 / 24, 1, "minute"),
        ({"day": "1", "time": "6:00"}, 16 / 24, 1, "minute"),
        ({"day": "1"}, 1.0, 1, "day"),
        ({"day": "1.0"}, 1.0, 1, "day"),
        ({"day": "1.25"}, 1.25, 1, "minute"),
        ({"time": "1.5"}, 1.5, 2, "minute"),
        # the finer key wins
        ({"datetime": "2024-03-02 06:00", "date": "2024-03-05", "day": "9"}, 16 / 24, 1, "minute"),
        ({"hour": "16", "day": "9"}, 16 / 24, 1, "minute"),
    ],
)
def test_a_time_is_placed(texts, elapsed, day, precision):
    found = moment(DATED, **texts)
    assert (found.time, found.day, found.precision) == (pytest.approx(elapsed), day, precision)


@pytest.mark.parametrize("word", ["", "  ", "not recorded", "unknown"])
def test_nothing_said_is_not_recorded_and_keeps_its_label(word):
    found = moment(DATED, day=word, label="at relapse")
    assert (found.known, found.label) == (False, "at relapse")


def test_label_and_assumption_are_kept():
    found = moment(DATED, day="4", label="day +4", assumption="counted from the first infusion")
    assert (found.label, found.assumption) == ("day +4", "counted from the first infusion")


@pytest.mark.parametrize(
    ("clock", "texts", "key"),
    [
        (RELATIVE, {"date": "2024-03-02"}, "date"),
        (RELATIVE, {"datetime": "2024-03-02 10:00"}, "datetime"),
        (DATED, {"date": "02.03.2024"}, "date"),
        (DATED, {"date": "2024-13-01"}, "date"),
        (DATED, {"date": "2024-03-02", "time": "24:00"}, "time"),
        (DATED, {"datetime": "2024-03-31 02:30"}, "datetime"),
        (DATED, {"datetime": "1901-03-31 02:30"}, "datetime"),
        (DATED, {"day": "x"}, "day"),
        (DATED, {"day": "1e9"}, "day"),
        (DATED, {"day": "1.5", "time": "10:00"}, "day"),
        (DATED, {"hour": "1e9"}, "hour"),
        (DATED, {"time": "10:00"}, "time"),
        (Clock(convention="day1"), {"day": "0"}, "day"),
        (Clock(convention="day1"), {"day": "1.5"}, "day"),
    ],
)
def test_what_cannot_be_placed_says_which_key_and_what_it_wants(clock, texts, key):
    problem = moment(clock, **texts)
    assert isinstance(problem, Problem)
    assert (problem.key, problem.found) == (key, texts[key])
    assert problem.expected


def test_a_problem_shows_no_date_but_the_one_in_the_cell():
    problem = moment(DATED, datetime="2024-10-27 02:30")
    assert "2024" not in problem.expected


def test_a_lone_number_is_elapsed_days_only_in_a_plain_table():
    assert isinstance(times.moment({"time": "1.5"}, clock=DATED), Problem)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"first_infusion": "01.03.2024"}, "first_infusion"),
        ({"first_infusion": "2024-03-01"}, "first_infusion"),
        ({"first_infusion": "2024-03-31 02:30", "zone": "Europe/Berlin"}, "first_infusion"),
        ({"infusion_time": "2 pm"}, "infusion_time"),
        ({"first_infusion": "2024-03-01 14:00", "infusion_time": "15:00"}, "infusion_time"),
        ({"zone": "Berlin"}, "zone"),
        ({"zone": "../zone"}, "zone"),
        ({"zone": "Europe"}, "zone"),
    ],
)
def test_a_clock_that_cannot_be(said, key):
    problem = times.clock_of(**{"first_infusion": "", "infusion_time": "", "zone": "", "convention": "day0", **said})
    assert isinstance(problem, Problem)
    assert problem.key == key


def test_a_clock_by_its_time_of_day_alone():
    clock = times.clock_of(first_infusion="", infusion_time="14:00", zone="", convention="day1")
    assert (clock.start_minute, clock.convention, clock.origin) == (840, "day1", None)
    assert clock.from_day_and_time(2, minute_of_day=360).time == pytest.approx(16 / 24)


@given(texts=st.dictionaries(st.sampled_from(times.TIME_KEYS), st.text(max_size=20)))
def test_any_texts_give_a_moment_or_a_problem(texts):
    for clock in (DATED, RELATIVE):
        assert isinstance(times.moment(texts, clock=clock, elapsed_time=True), Moment | Problem)
