"""Findings during the episodes."""

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.forms.spans import EpisodeSpan
from cartrace.assess.forms.symptoms import infection, symptom, touches
from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown

EPISODES = (EpisodeSpan(1.0, 2.0), EpisodeSpan(4.0, None))


def answer(given, field):
    found = symptom(read_given(given), field, EPISODES)
    return found.text or found.reason


NOTHING = "nothing recorded during an episode"
FEVER_OPEN = "a temperature is known only as above a limit, which may have been fever"


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ("h30 temperature 38", "fever", "yes"),
        ("h30 temperature 37.9", "fever", "no"),
        ("h20 temperature 39; h49 temperature 39", "fever", NOTHING),
        ("h30 temperature 39 attributed=no", "fever", NOTHING),
        ("h30 temperature 38.5; h100 temperature 40.1", "highest_temperature", "40.1"),
        ("h30 temperature 38.5; h100 temperature 40 status=above", "highest_temperature", ">= 40"),
        ("h30 temperature 38.5; h100 temperature 37 status=above", "highest_temperature", ">= 38.5"),
        ("h30 temperature 38.5; h100 temperature 39 status=below", "highest_temperature", "38.5"),
        ("h30 temperature 37.5; h100 temperature 37 status=above", "fever", FEVER_OPEN),
        ("h30 temperature 37.5; h100 temperature 38 status=above", "fever", "yes"),
        ("h30 hypotension no; h40 hypotension yes", "hypotension", "yes"),
        ("h30 hypotension no", "hypotension", "no"),
        ("h30 hypotension status=not_recorded", "hypotension", NOTHING),
        (
            "h30 oxygen_device room_air; h31 oxygen_device bipap; h32 oxygen_device face_mask",
            "respiratory_support",
            "bipap",
        ),
        ("h30 oxygen_device room_air", "respiratory_support", "no"),
        ("h30 ice 8; h40 ice 4; h60 ice 1", "lowest_ice", "4"),
        ("h30 consciousness sedated; h31 consciousness awakens_to_touch", "consciousness", "awakens to touch"),
        ("h30 consciousness sedated", "consciousness", NOTHING),
        ("h30 consciousness alert", "consciousness", "no"),
        ("h30 seizure brief", "seizure", "brief"),
        ("d1 seizure none", "seizure", "no"),
        ("h30 motor_weakness yes", "motor_weakness", "yes"),
        ("h30 cerebral_oedema focal; h30 cerebral_oedema diffuse", "cerebral_oedema", "diffuse"),
    ],
)
def test_one_field(given, field, expected):
    assert answer(given, field) == expected


def test_the_record_that_answers():
    found = symptom(read_given("h30 ice 8; h40 ice 4"), "lowest_ice", EPISODES)
    assert (found.number, found.used) == (4.0, (2,))


def test_a_day_without_a_time_counts_for_an_episode_that_touches_it():
    clock = Clock(start_minute=720)
    # The infusion began at noon: day 1 runs from 0.5 to 1.5 d elapsed, day 2 to 2.5.
    days = [touches(clock.from_study_day(day), EPISODES[:1], 720) for day in (0, 1, 2, 3)]
    assert days == [False, True, True, False]


def test_an_undated_entry_belongs_to_no_episode():
    assert not touches(unknown(), EPISODES, 0)


def test_days_of_a_course_that_began_at_noon():
    builder = CourseBuilder("noon", clock=Clock(start_minute=720))
    for day, value in ((0, 3), (2, 7), (3, 1)):
        builder.observe("ice", value, moment=builder.clock.from_study_day(day))
        builder.observe("infection", "viral", moment=builder.clock.from_study_day(day), site=f"day {day}")
    course = builder.course()
    # Day 2 runs from 1.5 to 2.5 d elapsed and touches the first episode; days 0 and 3 touch none.
    assert symptom(course, "lowest_ice", EPISODES[:1]).number == 7.0
    assert infection(course, EPISODES[:1]).text == "viral (day 2)"


def test_a_score_of_zero_is_a_score():
    assert symptom(read_given("h30 ice 0; h31 ice 5"), "lowest_ice", EPISODES).number == 0.0


def test_an_infection_is_named_and_its_absence_is_never_claimed():
    seen = infection(read_given("d1 infection bacterial site=blood; d4 infection viral; d3 infection fungal"), EPISODES)
    assert seen.text == "bacterial (blood), viral"
    assert "cannot say" in infection(read_given("d3 infection fungal"), EPISODES).reason
