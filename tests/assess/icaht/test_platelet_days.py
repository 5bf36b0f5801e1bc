"""The daily platelet count: which counts take part, what a transfusion marks, recovery."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.icaht.platelet_days import (
    CHANNELS,
    OTHER_CAUSE,
    SUPPORTED,
    days_since_transfusion,
    gather_platelets,
    measured_platelets,
    platelet_window_end,
    recovery_of,
)


def events_of(given):
    return gather_platelets(read_given(given), CHANNELS)


def days_of(given, first=0, count=5):
    least, most, source = np.zeros(count), np.zeros(count), np.zeros(count, dtype=np.int64)
    flags = measured_platelets(events_of(given), first, least, most, source)
    return least, most, source, flags


def test_the_lowest_count_of_a_day():
    least, most, source, flags = days_of("h2 platelets 60; h5 platelets 40; d2 platelets 80")
    assert (least[0], most[0], least[2], most[2]) == (40, 40, 80, 80)
    assert (source >= 0).tolist() == [True, False, True, False, False]
    assert flags == 0


def test_a_count_below_its_limit_lies_below_it():
    least, most, _, _ = days_of("d1 platelets status=below lloq=20; d2 platelets 20")
    assert least[1] == 0
    assert 19.9 < most[1] < 20
    assert most[2] == 20


def test_a_bound_and_a_count_of_one_day():
    least, most, _, _ = days_of("h30 platelets status=below lloq=20; h32 platelets 35")
    assert (least[1], round(most[1])) == (0, 20)
    least, most, _, _ = days_of("h30 platelets 15; h32 platelets status=below lloq=20")
    assert (least[1], most[1]) == (0, 15)


def test_what_is_no_count():
    _, _, source, _ = days_of(
        "d1 platelets status=not_done; d2 platelets status=not_recorded; d3 platelets 9 site=marrow"
    )
    assert np.all(source == -1)


@pytest.mark.parametrize(("hour", "marked"), [(47, False), (48, True), (60, True), (72, True), (72.1, False)])
def test_counts_within_a_day_of_a_transfusion_are_marked(hour, marked):
    flags = days_of(f"h48 platelet_transfusion yes; h{hour} platelets 30")[3]
    assert bool(flags & SUPPORTED) == marked


def test_a_count_of_another_cause_is_marked():
    assert days_of("d1 platelets 30 attributed=no")[3] == OTHER_CAUSE


def test_the_window_ends():
    assert platelet_window_end(events_of("d1 platelets 30"), 0, 30) == 30
    assert platelet_window_end(events_of("d1 platelets 30; d9 death other"), 0, 30) == 9
    assert platelet_window_end(events_of("d-3 progression yes"), 0, 30) == 30
    assert platelet_window_end(events_of("d8 last_follow_up yes; d9 platelet_transfusion yes"), 0, 30) == 9


def test_days_since_a_transfusion():
    events = events_of("d3 drug platelet_concentrate; d10 platelet_transfusion no")
    assert [days_since_transfusion(events, day) for day in (3, 10)] == [0, 7]
    assert days_since_transfusion(events, 2) > 1000


def test_recovery_needs_a_low_count_first():
    assert recovery_of(events_of("d1-9 platelets 60")) == (-1, False)
    assert recovery_of(events_of("d1 platelets 10; d2-4 platelets 60")) == (2, True)
    assert recovery_of(events_of("d1 platelets 10; d2 platelets 60; d9 platelets 60; d20 platelets 60")) == (2, True)
    assert recovery_of(events_of("d1 platelets 10; d2-3 platelets 60; d4 platelets 19; d5-6 platelets 30")) == (
        -1,
        True,
    )


def test_a_bound_proves_recovery_only_from_above():
    given = "d1 platelets 10; d2-4 platelets {}"
    assert recovery_of(events_of(given.format("20 status=above")))[0] == 2
    assert recovery_of(events_of(given.format("status=below lloq=40")))[0] == -1


def test_the_last_day_of_the_outcome_ends_the_window():
    course = read_given("d1 platelets 30")
    ended = dataclasses.replace(course, outcome=dataclasses.replace(course.outcome, last_day=12))
    assert platelet_window_end(gather_platelets(ended, CHANNELS), 0, 30) == 12


def test_an_undecided_count_is_no_candidate():
    assert gather_platelets(
        read_given("d1 platelets 30; d2 platelets 30 attributed=no"), CHANNELS
    ).attributed.tolist() == [1, -1]


def test_of_equal_counts_of_one_day_the_first_is_named():
    course = read_given("h50 platelets 30; h60 platelets 30; h70 platelets 40")
    source = np.zeros(5, dtype=np.int64)
    events = gather_platelets(course, CHANNELS)
    measured_platelets(events, 0, np.zeros(5), np.zeros(5), source)
    assert events.time[source[2]] * 24 == pytest.approx(50)
