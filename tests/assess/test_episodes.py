"""Records from the rows of a time-resolved rule: steps, days, facts and their reasons."""

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs.astct2019 import RULE
from cartrace.assess.episodes import days
from cartrace.assess.result import Grade


def at(hour, temperature):
    return f"h{hour} temperature {temperature}; h{hour} hypotension no; h{hour} oxygen_device room_air"


def assess(given, **options):
    return RULE.run(read_given(given), options)


def facts(assessment):
    return {fact.id: fact for fact in assessment.facts}


def test_steps_follow_each_other_without_holes_and_the_last_is_open():
    steps = assess(f"{at(6, 39)}; {at(12, 37)}; {at(30, 37)}").steps
    assert [step.until for step in steps[:-1]] == [step.at for step in steps[1:]]
    assert steps[-1].until is None


def test_a_day_takes_the_worst_that_held_on_it_also_from_the_evening_before():
    found = {grade.day: grade for grade in assess(f"{at(20, 39)}; {at(30, 37)}; {at(60, 37)}").days}
    assert {day: (grade.low, grade.high) for day, grade in found.items()} == {0: (1, 1), 1: (1, 1), 2: (0, 0)}


def test_days_of_nothing():
    assert days((), (0, 1), 0) == ()


def test_an_open_episode_gives_censored_durations():
    found = facts(assess(f"{at(6, 39)}; {at(12, 37)}"))
    assert found["duration_elapsed"].value == pytest.approx(0.25)
    assert found["duration_elapsed"].censored
    assert found["total_duration_elapsed"].censored
    assert found["resolution_time"].reason == "not resolved by the last entry"
    assert not found["onset_day"].censored


def test_a_closed_episode_is_not_censored():
    found = facts(assess(f"{at(6, 39)}; {at(12, 37)}; {at(24, 37)}; {at(40, 37)}"))
    assert found["duration_elapsed"].value == pytest.approx(0.25)
    assert not found["duration_elapsed"].censored
    assert found["last_resolution_time"].value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("given", "fact", "words"),
    [
        (at(6, 37), "onset_day", "no episode"),
        ("h6 hypotension no", "onset_day", "nothing recorded"),
        ("h6 temperature 39; h6 hypotension no", "peak_grade", "settled by oxygen_device"),
        ("h6 hypotension yes; h6 oxygen_device room_air; complete vasopressors", "onset_day", "no settled onset"),
    ],
)
def test_why_there_is_no_fact(given, fact, words):
    found = facts(assess(given))[fact]
    assert found.value is None
    assert words in found.reason


def test_not_graded_keeps_its_reason_on_the_day():
    assessment = assess("h6 hypotension no")
    assert assessment.overall.state == "not graded"
    assert assessment.days[0].reasons == ("temperature_missing",)


def test_a_days_reasons_are_those_of_its_worst_hours():
    # Day 1 begins above 0 (grade 1 carried over), falls to 0 while the episode is still open: a remark of those hours only.
    found = {grade.day: grade for grade in assess(f"{at(20, 39)}; {at(30, 37)}; {at(40, 37)}").days}
    whole = {code for step in assess(f"{at(20, 39)}; {at(30, 37)}; {at(40, 37)}").steps for code in step.reasons}
    zero = whole - set(found[1].reasons)
    assert found[1].low == 1
    assert zero, "the grade 0 of the same day has a remark of its own"


def test_reasons_of_both_bounds_stay_on_the_day():
    rule = "made@1"
    steps = (
        Grade(rule, "graded", 2, 2, at=0.0, until=0.1, reasons=("two",)),
        Grade(rule, "range", 1, 3, at=0.1, until=0.2, reasons=("open",), settles=("x",)),
        Grade(rule, "graded", 0, 0, at=0.2, until=0.3, reasons=("nothing",)),
        Grade(rule, "not graded", at=0.3, reasons=("missing",)),
    )
    (day,) = days(steps, (0,), 0)
    assert (day.low, day.high, day.reasons, day.settles) == (2, 3, ("two", "open"), ("x",))


@pytest.mark.parametrize("undecided", ["lower", "higher"])
def test_a_day_waits_for_a_clinician_when_a_record_of_either_bound_does(undecided):
    steps = (
        Grade("made@1", "graded", 2, 2, at=0.0, until=0.1, candidate=undecided == "lower"),
        Grade("made@1", "range", 1, 3, at=0.1, until=0.2, candidate=undecided == "higher", settles=("x",)),
    )
    (day,) = days(steps, (0,), 0)
    assert (day.low, day.high, day.candidate) == (2, 3, True)


def test_an_hour_that_reaches_no_higher_leaves_the_day_settled():
    steps = (
        Grade("made@1", "graded", 3, 3, at=0.0, until=0.1),
        Grade("made@1", "range", 1, 3, at=0.1, until=0.2, settles=("x",)),
    )
    (day,) = days(steps, (0,), 0)
    assert (day.state, day.low, day.settles) == ("graded", 3, ())
