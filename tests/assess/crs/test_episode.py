"""The machine over time that editions of CRS share, with an edition of one line: grade 2 while the patient is hypotensive."""

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import astct2019, episode, lee2014
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.evidence import not_asked
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder

OPTION = np.array([24.0, 24.0, 0.0, 0.0])


def one_line(events, state, now, option):
    i = state.current[inputs.HYPOTENSION]
    state.pressure[axes.LOW] = state.pressure[axes.HIGH] = 1 if i >= 0 and events.value[i] > 0 else 0


def mild_line(events, state, now, option):
    state.mild[:] = 1


def grades(given, levels, waiver):
    events = inputs.gather_with_standing_facts(read_given(given), inputs.CHANNELS)
    steps = allocate(3 * len(events.time) + 2)
    holds, rank = episode.reading_holds(OPTION), axes.ranks(events)
    rows = episode.over_time(events, OPTION, steps, holds, rank, levels, waiver)
    return [(int(steps.low[i]), int(steps.high[i])) for i in range(rows)]


AFEBRILE = "h6 temperature 39; h6 hypotension no; h12 temperature 37; h12 hypotension yes; complete drugs"


@pytest.mark.parametrize(("waiver", "later"), [(astct2019.waived, (0, 0)), (not_asked, (2, 2))])
def test_an_edition_says_whether_fever_is_asked_for_within_an_episode(waiver, later):
    worst, first, second = grades(AFEBRILE, one_line, waiver)
    assert first == (1, 1)
    assert second == later
    assert worst == max(first, later)


@pytest.mark.parametrize("waiver", [astct2019.waived, not_asked])
def test_no_edition_begins_without_fever(waiver):
    assert grades("h6 temperature 37; h6 hypotension yes; complete drugs", one_line, waiver)[0] == (0, 0)


@pytest.mark.parametrize("waiver", [astct2019.waived, not_asked])
def test_fever_adds_one_to_the_level(waiver):
    assert grades("h6 temperature 38; h6 hypotension yes; complete drugs", one_line, waiver)[0] == (2, 2)


def test_what_is_mild_counts_within_an_episode_only():
    assert grades("h6 temperature 37", mild_line, not_asked)[0] == (0, 0)
    assert grades("h6 temperature 39; h12 temperature 37", mild_line, not_asked) == [(1, 1), (1, 1), (1, 1)]


def test_what_is_mild_keeps_an_episode_open():
    given = "h6 temperature 39; h12 temperature 37; h30 temperature 37; h40 temperature 37; h41 hypotension yes"
    assert grades(given, mild_line, not_asked)[-1] == (1, 1)


def test_after_resolution_fever_is_asked_for_again():
    given = "h6 temperature 39; h6 hypotension no; h12 temperature 37; h12 hypotension no; h30 temperature 37"
    given += "; h30 hypotension no; h40 temperature 37; h40 hypotension yes; complete drugs"
    assert grades(given, one_line, not_asked)[-1] == (0, 0)


def test_without_a_temperature_the_line_is_certain_once_an_episode_is_open():
    given = "h6 temperature 39; h10 temperature status=not_done; h10 hypotension yes; complete drugs"
    assert grades(given, one_line, not_asked)[-1] == (2, 2)
    assert grades(given, one_line, astct2019.waived)[-1] == (0, 2)


def test_fever_that_is_over_is_named_while_the_episode_is_open():
    course = read_given("h6 temperature 39; h6-48 drug norepinephrine 5 ug/min; h8 oxygen_device room_air")
    later = [step for step in astct2019.RULE.run(course).steps if step.at is not None and step.at > 1.3]
    fever = course.observations[0].uid
    assert later
    assert all(fever in step.evidence for step in later)


def test_the_facts_of_a_moment_are_the_lowest_and_highest_level_of_each_axis():
    """One vasopressor at an unknown dose, 50 % oxygen, creatinine of grade 4: levels 1 to 2, 2 and 3 of pressure, oxygen, organs."""
    given = "h6 temperature 39; h3- drug norepinephrine; h6 oxygen_device venturi_mask; h6 fio2 50; h6 creatinine 8.0 high=1.2"
    labs = "d0 creatinine 1.0 high=1.2; d0 alt 20 high=40; d0 ast 20 high=40; d0 bilirubin 0.6 high=1.2; complete drugs"
    rule = lee2014.RULE
    rows = rule.calculate(rule.events(read_given(f"{given}; {labs}")), rule.settings())
    at_six = list(np.round(rows.at * 24, 6)).index(6.0)
    assert list(rows.fact[at_six, :6]) == [1, 2, 2, 2, 3, 3]


def test_hours_in_which_nobody_looked_are_said_of_the_course_not_of_a_moment():
    given = "h6 temperature 39; h6 hypotension no; h12 temperature 37; h12 hypotension no; h12 oxygen_device room_air"
    found = astct2019.RULE.run(read_given(f"{given}; h60 temperature 37; h60 hypotension no; complete drugs oxygen"))
    assert "resolution_across_gap" in found.overall.reasons
    assert not any("resolution_across_gap" in step.reasons for step in found.steps)


@pytest.mark.parametrize(("begun", "day"), [(0, 0), (20 * 60, 1)])
def test_fever_six_hours_after_an_infusion_in_the_evening_begins_on_the_next_day(begun, day):
    clock = Clock(start_minute=begun)
    builder = CourseBuilder("evening", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    builder.observe("temperature", 39.0, moment=clock.from_elapsed_hours(6))
    facts = {fact.id: fact.value for fact in astct2019.RULE.run(builder.course()).facts}
    assert facts["onset_day"] == day
    assert facts["onset_time"] == 0.25


@pytest.mark.parametrize("rule", [astct2019.RULE, lee2014.RULE], ids=lambda rule: rule.id)
def test_only_entries_of_the_record_decide(rule):
    given = "h6 temperature 39; h8 drug tocilizumab; h12 temperature 37; h12 hypotension yes; h12 oxygen_device cpap"
    events = rule.events(read_given(f"{given}; h12 fio2 50; h12 creatinine 4.0 high=1.2; complete drugs"))
    decided = rule.calculate(events, rule.settings()).decided
    assert (events.uid[decided[decided >= 0]] >= 0).all()
    assert (decided >= 0).any(axis=1).all()
