"""Records from the rows of a time-resolved rule: steps, days, facts and their reasons."""

import dataclasses

import pytest

from cartrace.assess import sweep
from cartrace.assess.case_notation import read_given
from cartrace.assess.crs.astct2019 import RULE
from cartrace.assess.episodes import assess_over_time, days
from cartrace.assess.result import Grade
from cartrace.course import Clock


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


def test_a_second_episode_that_is_open_leaves_the_first_as_it_was():
    course = "; ".join(at(hour, heat) for hour, heat in ((6, 39), (12, 37), (24, 37), (36, 37), (48, 39), (54, 39)))
    found = facts(assess(course))
    assert (found["duration_elapsed"].value, found["duration_elapsed"].censored) == (pytest.approx(0.25), False)
    assert (found["total_duration_elapsed"].value, found["total_duration_elapsed"].censored) == (
        pytest.approx(0.5),
        True,
    )


def test_only_a_peak_that_is_known_names_the_records_of_the_overall_grade():
    settled = assess(f"{at(6, 39)}; {at(12, 37)}")
    named = {fact.id for fact in settled.facts if fact.used}
    assert named == {"peak_grade", "peak_day", "time_to_peak", "first_episode_peak"}
    assert all(fact.used in ((), settled.overall.evidence) for fact in settled.facts)
    unsettled = assess("h6 temperature 39; h6 hypotension no")
    assert unsettled.overall.evidence
    assert {fact.used for fact in unsettled.facts if fact.value is None} == {()}


def made_up(*grades):
    """A rule without a reading of its own: (lowest, highest) at hour 0, 6, 12 ..., no episode opened."""

    def kernel(events, option, steps):
        for row, (low, high) in enumerate(grades, start=1):
            sweep.write_step(steps, row, 360 * (row - 1), low, high, 0, 0)
        sweep.summarise(steps, len(grades) + 1, 0)
        sweep.write_facts(steps, len(grades) + 1, sweep.new_episode(), 0, 0)
        return len(grades) + 1

    rule = dataclasses.replace(RULE, kernel=kernel, rows=lambda events: len(grades) + 1)
    return assess_over_time(rule, read_given("h0 temperature 37"), rule.settings())


def test_each_step_holds_until_the_next_and_the_last_has_no_end():
    steps = made_up((1, 1), (2, 2), (0, 0)).steps
    assert [(step.at, step.until, step.low) for step in steps] == [(0.0, 0.25, 1), (0.25, 0.5, 2), (0.5, None, 0)]


@pytest.mark.parametrize(
    ("grade", "reason"), [((0, 0), "no episode"), ((0, 1), "no settled onset; the grade is 0 to 1")]
)
def test_no_episode_is_said_only_of_grade_0(grade, reason):
    assert facts(made_up(grade))["onset_day"].reason == reason


def test_a_day_begins_at_midnight_sharp():
    # Infusion at 00:00: what ends at hour 24 is no part of day 1, what begins there no part of day 0.
    found = {grade.day: grade for grade in assess(f"{at(20, 39)}; {at(24, 37)}").days}
    assert {day: (grade.low, grade.high) for day, grade in found.items()} == {0: (1, 1), 1: (0, 0)}
    worse = Grade("made@1", "graded", 1, 1, at=0.5, until=1.0), Grade("made@1", "graded", 3, 3, at=1.0)
    assert [day.low for day in days(worse, (0, 1), 0)] == [1, 3]


def test_without_the_hour_of_the_infusion_a_day_is_a_whole_day_since_it():
    course = read_given(f"{at(20, 37)}; {at(24, 39)}; {at(30, 39)}")
    course = dataclasses.replace(course, clock=Clock(start_minute=None))
    found = {grade.day: grade.low for grade in RULE.run(course).days}
    assert found == {0: 0, 1: 1}


def test_a_day_that_begins_with_grade_0_takes_the_grade_1_that_follows():
    steps = Grade("made@1", "graded", 0, 0, at=0.0, until=0.1), Grade("made@1", "graded", 1, 1, at=0.1)
    (day,) = days(steps, (0,), 0)
    assert (day.low, day.high) == (1, 1)


def test_a_settled_day_names_the_records_of_its_settled_hour():
    steps = (
        Grade("made@1", "range", 1, 2, at=0.0, until=0.1, settles=("x",), evidence=(5,)),
        Grade("made@1", "graded", 2, 2, at=0.1, evidence=(6,)),
    )
    (day,) = days(steps, (0,), 0)
    assert (day.state, day.evidence) == ("graded", (6,))


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
