"""Which days are drawn, and how."""

from __future__ import annotations

import math

import pytest

from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.figures.time_axis import AFTER, recorded_days, time_axis


def test_a_calm_course_shows_a_little_more_than_it_has():
    axis = time_axis([-5, 0, 1, 2, 7])
    assert axis.kinks == ()
    assert axis.start < -5
    assert 7 < axis.end <= 20


def test_a_month_is_drawn_to_scale():
    axis = time_axis(range(-7, 30))
    assert axis.kinks == ()
    assert axis.end == pytest.approx(AFTER + 1)


def test_a_year_of_follow_up_is_compressed():
    axis = time_axis([*range(-7, 30), 60, 90, 180, 365])
    assert len(axis.kinks) == 1
    assert axis.shows(365)
    dense = axis.place(28) - axis.place(0)
    late = axis.place(365) - axis.place(60)
    assert late < dense


def test_a_distant_past_is_compressed():
    axis = time_axis([-400, -5, 0, 28])
    assert axis.shows(-400)
    assert axis.kinks[0] < -5
    assert axis.place(0) - axis.place(-5) > axis.place(-300) - axis.place(-400)


def test_dense_records_lengthen_the_window():
    axis = time_axis(range(0, 100, 5))
    assert axis.kinks == ()
    assert axis.end > 95


@pytest.mark.parametrize("pace", ["auto", "clip", "full"])
def test_every_pace_gives_rising_places_and_ticks_inside(pace):
    axis = time_axis([-60, -5, 0, 28, 300], pace=pace)
    assert [knot[0] for knot in axis.knots] == sorted({knot[0] for knot in axis.knots})
    assert all(axis.shows(day) for day, _ in axis.ticks)
    assert 3 <= len(axis.ticks) <= 16
    assert axis.shows(300) == (pace != "clip")
    assert (len(axis.kinks) > 0) == (pace == "auto")


def test_a_given_window_is_kept():
    axis = time_axis([-60, 0, 300], window=(-3.0, 20.0), pace="clip")
    assert (axis.start, axis.end) == (-3.0, 20.0)


def test_no_record_still_gives_an_axis():
    axis = time_axis([])
    assert axis.start < 0 < axis.end
    assert axis.unit == "days"


def test_unknown_days_are_no_days():
    build = CourseBuilder("x", clock=Clock())
    build.infusion(moment=build.clock.from_study_day(0))
    build.drug("fludarabine", start=unknown(), end=build.clock.from_study_day(-3), end_state="ended")
    build.procedure(kind="transplant", moment=unknown())
    days = recorded_days(build.course())
    assert days == (-3.0, 0.0)
    assert all(math.isfinite(day) for day in days)
