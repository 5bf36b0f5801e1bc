"""Which infusion a profile counts from, and where it ends."""

from __future__ import annotations

import math

import pytest

from cartrace.course import CourseBuilder
from cartrace.course.clock import unknown
from cartrace.kinetics.infusion_clock import clock_of, clocks_of


def infused(*infusions):
    """A course with infusions: a day, or (day, fraction), or None for a day that is not recorded."""
    build = CourseBuilder("infused")
    for infusion in infusions:
        day, fraction = infusion if isinstance(infusion, tuple) else (infusion, None)
        moment = unknown("later") if day is None else build.clock.from_elapsed_days(day)
        build.infusion(moment=moment, fraction=fraction)
    return build.course()


def test_one_infusion_is_the_origin():
    clock = clock_of(infused(0), 1)
    assert (clock.start, clock.end, clock.refusal) == (0.0, math.inf, "")
    assert clock.words == "elapsed days since the start of infusion 1"


def test_a_plain_table_without_infusions_counts_from_its_own_day_0():
    assert clock_of(infused(), 1).start == 0.0


def test_a_split_dose_counts_from_its_first_part_and_says_so():
    clock = clock_of(infused((0, 0.1), (1, 0.3), (2, 0.6)), 1)
    assert (clock.start, clock.end) == (0.0, math.inf)
    assert clock.words == (
        "elapsed days since the start of infusion 1, the first part of a split dose; the next on days 1, 2"
    )


@pytest.mark.parametrize(("day", "end"), [(6.0, math.inf), (7.0, math.inf), (7.5, 7.5), (60.0, 60.0)])
def test_an_infusion_more_than_a_week_later_is_a_re_infusion(day, end):
    assert clock_of(infused(0, day), 1).end == end


def test_a_recorded_fraction_makes_a_late_part_a_part():
    assert clock_of(infused((0, 0.3), (14, 0.7)), 1).end == math.inf


def test_the_week_counts_from_the_part_before():
    assert clock_of(infused(0, 6, 12, 60), 1).end == 60.0


def test_a_re_infusion_has_its_own_clock():
    course = infused(0, 60, 200)
    second = clock_of(course, 2)
    assert (second.start, second.end) == (60.0, 200.0)
    assert second.words == "elapsed days since the start of infusion 2; ends with the re-infusion on day 140"
    assert clock_of(course, 3).end == math.inf


def test_an_infusion_that_is_not_there_is_refused_with_a_sentence():
    assert clock_of(infused(0), 2).refusal == "Infusion 2 is not recorded."
    assert clock_of(infused(), 2).refusal == "Infusion 2 is not recorded."
    assert clock_of(infused(0, None), 2).refusal == "The time of infusion 2 is not recorded."


def test_the_first_infusion_is_the_origin_even_when_its_day_is_not_recorded():
    assert clock_of(infused(None), 1).start == 0.0


@pytest.mark.parametrize(
    ("infusions", "numbers"),
    [
        ((), (1,)),
        ((0,), (1,)),
        ((0, 7), (1,)),
        ((0, 8), (1, 2)),
        (((0, 0.1), (1, 0.3), (2, 0.6), 90), (1, 4)),
        ((0, 60, 62, 200), (1, 2, 4)),
        ((0, None, 60), (1, 3)),
    ],
)
def test_which_infusions_start_a_clock(infusions, numbers):
    assert clocks_of(infused(*infusions)) == numbers


def test_clocks_follow_each_other_without_a_hole():
    course = infused(0, 60, 62, 200)
    clocks = [clock_of(course, number) for number in clocks_of(course)]
    assert [clock.end for clock in clocks] == [*(clock.start for clock in clocks[1:]), math.inf]
