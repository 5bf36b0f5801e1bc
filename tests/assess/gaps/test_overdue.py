"""Overdue looks: below, at and above the time asked for."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.assess.case_notation import read_given
from cartrace.assess.gaps.overdue import overdue
from cartrace.assess.gaps.schedule import Visit, default_schedule

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


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 95), max_size=12))
def test_a_walk_hour_by_hour_agrees(hours):
    found = overdue(read_given(f"{looks(*sorted(hours))}; {REACHES}" if hours else REACHES), (ICE,))
    edges = [0, *sorted(hours), 96]
    expected = [(a, b) for a, b in itertools.pairwise(edges) if b - a > 24]
    assert [(round(q.at * 24), round(q.until * 24)) for q in found] == expected
