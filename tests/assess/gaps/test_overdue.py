"""Overdue looks: below, at and above the time asked for."""

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.assess.case_notation import read_given
from cartrace.assess.gaps.overdue import overdue
from cartrace.assess.gaps.schedule import Visit, default_schedule
from cartrace.course import Clock, CourseBuilder

ICE = Visit("ice", "ICE", ("ice", "capd"), 0, 3, 24.0, "high", "cartrace", "why", "where")
REACHES = "d30 last_follow_up yes"


def asked(given_text, *visits):
    return overdue(read_given(f"{given_text}; {REACHES}"), visits or (ICE,))


def looks(*hours):
    return "; ".join(f"h{hour} ice 10" for hour in hours)


@pytest.mark.parametrize(("second", "queries"), [(47.9, 0), (48, 0), (48.1, 1)])
def test_the_time_between_two_looks(second, queries):
    found = asked(looks(12, 24, second, 70, 90))
    assert len(found) == queries
    if found:
        assert found[0].check == "overdue.ice"
        assert (found[0].at, found[0].day) == (1.0, 1)
        assert found[0].until == pytest.approx(second / 24)
        assert len(found[0].evidence) == 2


@pytest.mark.parametrize(("first", "queries"), [(24, 0), (24.1, 1)])
def test_the_first_look_is_due_after_the_infusion(first, queries):
    assert len(asked(looks(first, 48, 72, 90))) == queries


@pytest.mark.parametrize(("last", "queries"), [(72, 0), (71.9, 1)])
def test_the_last_look_is_due_before_the_end_of_the_window(last, queries):
    # The window ends with study day 3, at hour 96.
    assert len(asked(looks(24, 48, last))) == queries


def test_nothing_at_all_is_one_question():
    (one,) = asked("h5 temperature 37")
    assert one.what == "ICE: none recorded from study day 0 on"
    assert (one.at, one.until, one.evidence) == (0.0, 4.0, ())


def test_either_analyte_answers():
    assert asked("h20 capd 3; h40 ice 10; h60 capd 3; h80 capd 2") == []


def test_a_test_known_not_to_have_been_made_answers_and_a_gap_in_the_record_does_not():
    assert asked(f"{looks(24, 72, 90)}; h48 ice status=not_done") == []
    assert len(asked(f"{looks(24, 72, 90)}; h48 ice status=not_recorded")) == 1


def test_a_day_without_a_time_may_be_any_time_of_it():
    # Hour 24 and some time on day 2 (hours 48 to 72) may be 24 h apart; some time on day 1 and hour 73 cannot.
    assert asked(f"{looks(24)}; d2 ice 10; h75 ice 10") == []
    assert len(asked("d1 ice 10; h73 ice 10; h90 ice 10")) == 1


def test_nobody_is_asked_about_days_after_the_record_or_after_death():
    assert overdue(read_given(looks(20, 40)), (ICE,)) == []
    assert overdue(read_given(f"{looks(20, 40)}; d2 death infection; d30 last_follow_up yes"), (ICE,)) == []
    later = Visit("late", "Late", ("anc",), 90, 120, 240.0, "low", "cartrace", "why", "where")
    assert overdue(read_given("d40 anc 2"), (later,)) == []


def test_several_stretches_are_several_questions():
    schedule = [visit for visit in default_schedule() if visit.id == "anc"]
    found = overdue(read_given(f"d0 anc 1; d7 anc 1; d10 anc 1; d20 anc 1; d25 anc 1; {REACHES}"), schedule)
    assert [(query.day, round(query.until)) for query in found] == [(1, 7), (11, 20)]


TEN = Clock(start_minute=600)


def begun_at_ten(visit, *hours, last=30):
    """Looks at these hours of a course whose infusion began at 10:00; the first record has uid 0."""
    builder = CourseBuilder("ten", clock=TEN)
    for hour in hours:
        builder.observe("ice", 10, moment=TEN.from_elapsed_hours(hour))
    builder.observe("last_follow_up", "yes", moment=TEN.from_study_day(last))
    found = overdue(builder.course(), (visit,))
    return [(round(q.at * 24, 1), round(q.until * 24, 1), q.day, q.evidence) for q in found]


@pytest.mark.parametrize(
    ("visit_days", "hours", "expected"),
    [
        # From the infusion at 10:00 to the end of day 3, hour 86.
        ((0, 3), (20, 40, 62), []),
        ((0, 3), (25, 40, 62), [(0, 25, 0, (0,))]),
        ((0, 3), (20, 40, 61), [(61, 86, 2, (2,))]),
        ((0, 3), (20, 50, 70), [(20, 50, 1, (0, 1))]),
        # Day 2 begins at hour 38 and ends at hour 62; looks before and after it do not answer for its edges.
        ((2, 2), (37, 63), []),
        ((2, 3), (37, 63), [(38, 63, 2, (1,))]),
        ((2, 3), (37, 62, 87), []),
        ((2, 3), (38, 62), []),
        # Before the infusion: from midnight of day -2, hour -58, to the end of day -1, hour -10.
        ((-2, -1), (-34,), []),
        ((-2, -1), (-33,), [(-58, -33, -2, (0,))]),
        ((-2, -1), (-35,), [(-35, -10, -2, (0,))]),
        ((1, 2), (100,), [(14, 62, 1, ())]),
    ],
)
def test_windows_begin_and_end_at_midnight(visit_days, hours, expected):
    visit = dataclasses.replace(ICE, from_day=visit_days[0], to_day=visit_days[1])
    assert begun_at_ten(visit, *hours) == expected


def test_the_last_day_of_a_record_is_not_asked_about():
    # The record ends on day 2, which begins at hour 38: hour 13 to 38 is too long, hour 14 to 38 is not.
    assert begun_at_ten(ICE, 13, last=2) == [(13, 38, 0, (0,))]
    assert begun_at_ten(ICE, 14, last=2) == []
    assert begun_at_ten(ICE, 14, 38, last=3) == []
    assert begun_at_ten(ICE, 14, 37, last=3) == [(37, 62, 1, (1,))]
    late = dataclasses.replace(ICE, from_day=5, to_day=9, every_hours=1.0)
    assert begun_at_ten(late, last=4) == []
    assert begun_at_ten(late, last=5) == []


def test_days_without_a_time_are_local_days():
    builder = CourseBuilder("ten", clock=TEN)
    # Day 1 is hours 14 to 38: from its end to hour 62 are 24 h, to hour 63 are 25.
    builder.observe("ice", 10, moment=TEN.from_study_day(1))
    builder.observe("ice", 10, moment=TEN.from_elapsed_hours(63))
    builder.observe("last_follow_up", "yes", moment=TEN.from_study_day(30))
    assert [(round(q.at * 24), round(q.until * 24)) for q in overdue(builder.course(), (ICE,))] == [(38, 63)]


@pytest.mark.parametrize(
    ("until", "words"), [(37.5, "25.5 h"), (84, "72 h"), (84.5, "3 days"), (96 + 12, "4 days"), (96, "3.5 days")]
)
def test_how_long_in_words(until, words):
    visit = dataclasses.replace(ICE, to_day=20)
    found = overdue(read_given(f"{looks(12, until)}; {REACHES}"), (visit,))
    assert found[0].what == f"ICE: nothing for {words}, the schedule asks for every 24 h"


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 95), max_size=12))
def test_a_walk_hour_by_hour_agrees(hours):
    found = overdue(read_given(f"{looks(*sorted(hours))}; {REACHES}" if hours else REACHES), (ICE,))
    edges = [0, *sorted(hours), 96]
    expected = [(a, b) for a, b in itertools.pairwise(edges) if b - a > 24]
    assert [(round(q.at * 24), round(q.until * 24)) for q in found] == expected


def test_a_look_at_the_very_end_of_the_window_is_named():
    # Record 0 is the infusion.
    (one,) = asked(looks(20, 40, 60, 96))
    assert (one.at * 24, one.until * 24, one.evidence) == (pytest.approx(60), pytest.approx(96), (3, 4))


def test_of_two_looks_of_one_minute_the_first_entry_is_named():
    (one,) = asked(looks(20, 40, 40, 70, 90))
    assert one.evidence == (2, 4)
