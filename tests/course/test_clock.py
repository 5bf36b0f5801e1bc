"""Days, hours and dates: the conventions of criteria.md 0.2 and data_layer.md 3, clock changes, several infusions."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.course import Clock, Moment
from cartrace.course import clock as clock_room

BERLIN = Clock(datetime(2024, 3, 30, 14, 0), "Europe/Berlin", "day0", 14 * 60)


@pytest.mark.parametrize(
    ("day", "day0", "day1"),
    [(-2, -2, -2), (-1, -1, -1), (0, 0, 1), (1, 1, 2), (28, 28, 29)],
)
def test_the_two_conventions(day, day0, day1):
    """SDTM --DY has no zero: the day of the infusion is day 1, the day before it day -1."""
    assert clock_room.from_day0(day, convention="day0") == day0
    assert clock_room.from_day0(day, convention="day1") == day1
    assert clock_room.to_day0(day1, convention="day1") == day


def test_day_0_does_not_exist_in_the_day_1_convention():
    with pytest.raises(ValueError, match="no day 0"):
        clock_room.to_day0(0, convention="day1")
    with pytest.raises(ValueError, match="no day 0"):
        Clock(convention="day1").from_study_day(0)


@given(day=st.integers(-2000, 2000), convention=st.sampled_from(["day0", "day1"]))
def test_conventions_convert_back(day, convention):
    assert clock_room.to_day0(clock_room.from_day0(day, convention=convention), convention=convention) == day


def test_study_day_and_elapsed_days_differ():
    """06:00 on the morning after a 14:00 infusion: day 1 by the calendar, 16 hours by the watch (data_layer 3)."""
    clock = Clock(datetime(2024, 1, 10, 14, 0), start_minute=14 * 60)
    by_date = clock.from_datetime(datetime(2024, 1, 11, 6, 0))
    assert (by_date.day, by_date.time, by_date.precision) == (1, pytest.approx(16 / 24), "minute")
    assert clock.from_day_and_time(1, minute_of_day=360) == by_date
    assert clock.from_elapsed_hours(16) == by_date
    assert clock.from_elapsed_hours(9.99).day == 0
    assert clock.from_elapsed_hours(10).day == 1


def test_a_day_without_a_time_invents_no_minute():
    clock = Clock(datetime(2024, 1, 10, 14, 0), start_minute=14 * 60)
    assert clock.from_date(date(2024, 1, 13)) == Moment(3.0, 3, "day")
    assert clock.from_study_day(3) == Moment(3.0, 3, "day")


def test_a_time_of_day_is_not_used_while_the_infusion_has_none():
    moment = Clock().from_day_and_time(3, minute_of_day=600)
    assert (moment.time, moment.precision) == (3.0, "day")
    assert "not recorded" in moment.assumption


def test_elapsed_days_say_what_they_assume_about_the_study_day():
    assert "infusion time not recorded" in Clock().from_elapsed_days(0.7).assumption
    assert Clock(start_minute=0).from_elapsed_days(0.7).assumption == ""


def test_the_spring_night_has_23_hours():
    """Clocks go from 02:00 to 03:00 on 31 March 2024 in Berlin."""
    after = BERLIN.from_datetime(datetime(2024, 3, 31, 14, 0))
    assert after.time == pytest.approx(23 / 24)
    assert after.day == 1
    without_zone = Clock(datetime(2024, 3, 30, 14, 0), "", "day0", 14 * 60)
    assert without_zone.from_datetime(datetime(2024, 3, 31, 14, 0)).time == 1.0


def test_the_autumn_night_has_25_hours():
    clock = Clock(datetime(2024, 10, 26, 14, 0), "Europe/Berlin", "day0", 14 * 60)
    assert clock.from_datetime(datetime(2024, 10, 27, 14, 0)).time == pytest.approx(25 / 24)


@pytest.mark.parametrize(
    ("when", "origin"),
    [
        (datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 30, 14, 0)),  # skipped
        (datetime(2024, 10, 27, 2, 30), datetime(2024, 10, 26, 14, 0)),  # twice
    ],
)
def test_a_local_time_that_is_no_one_moment_is_refused(when, origin):
    with pytest.raises(ValueError, match="Europe/Berlin"):
        Clock(origin, "Europe/Berlin").from_datetime(when)


@pytest.mark.parametrize("minute", [datetime(2024, 3, 31, 1, 59), datetime(2024, 3, 31, 3, 0)])
def test_the_minutes_beside_the_change_are_read(minute):
    assert BERLIN.from_datetime(minute).precision == "minute"


def test_a_time_with_its_own_zone():
    """13:00 UTC on 30 March 2024 is 14:00 in Berlin, the start of the infusion; 22:30 UTC is 23:30, still that day."""
    assert BERLIN.from_datetime(datetime(2024, 3, 30, 13, 0, tzinfo=UTC)).time == 0.0
    late = BERLIN.from_datetime(datetime(2024, 3, 30, 23, 30, tzinfo=UTC))
    assert (late.day, late.time) == (1, pytest.approx(10.5 / 24))
    with pytest.raises(ValueError, match="zone of the clock"):
        Clock(datetime(2024, 3, 30, 14, 0)).from_datetime(datetime(2024, 3, 30, 13, 0, tzinfo=UTC))


def test_a_date_needs_the_first_infusion():
    with pytest.raises(ValueError, match="first infusion"):
        Clock().from_date(date(2024, 1, 1))


def test_the_origin_is_not_shown():
    assert "2024" not in repr(BERLIN)


def test_every_infusion_has_its_own_clock():
    first, second = BERLIN.from_elapsed_days(0), BERLIN.from_elapsed_days(90.25)
    fever = BERLIN.from_elapsed_days(92.0)
    assert clock_room.since(fever, second) == pytest.approx(1.75)
    assert clock_room.since(fever, first) == 92.0
    assert clock_room.since(first, second) == pytest.approx(-90.25)
    assert math.isnan(clock_room.since(clock_room.unknown(), second))


def test_label_and_assumption_stay_beside_the_day():
    moment = Clock(convention="day1").from_study_day(1, label="day 01", assumption="counted from the first infusion")
    assert (moment.day, moment.label, moment.assumption) == (0, "day 01", "counted from the first infusion")
    before = clock_room.unknown("at relapse")
    assert (before.known, before.day, before.label) == (False, None, "at relapse")


def test_hours_and_days():
    assert clock_room.hours(1.5) == 36.0
    assert clock_room.days(36.0) == 1.5


@given(
    minutes=st.integers(-500 * 1440, 500 * 1440),
    start=st.integers(0, 1439),
)
def test_three_ways_to_write_a_moment_agree(minutes, start):
    """Elapsed days, study day with time of day, and local date and time, held against plain date arithmetic."""
    origin = datetime(2023, 6, 1) + timedelta(minutes=start)
    clock = Clock(origin, "", "day0", start)
    when = origin + timedelta(minutes=minutes)
    day = (when.date() - origin.date()).days
    moments = [
        clock.from_datetime(when),
        clock.from_elapsed_days(minutes / 1440),
        clock.from_day_and_time(day, minute_of_day=when.hour * 60 + when.minute),
    ]
    assert {(m.time, m.day) for m in moments} == {(minutes / 1440, day)}
