"""Parts of time-resolved kernels: minutes, intervals, readings that end, the resolution clock."""

import numpy as np
import pytest

from cartrace.assess import sweep
from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import astct2019
from cartrace.assess.rule import allocate
from cartrace.course import Channel, Clock, CourseBuilder, gather

CLOCK = Clock(start_minute=0)
CHANNELS = (Channel("temperature", codes=("temperature",)), Channel("norepinephrine", drugs=("norepinephrine",)))


def hours(value):
    return CLOCK.from_elapsed_hours(value)


def events_of(*drugs, temperatures=()):
    builder = CourseBuilder("x", clock=CLOCK)
    for start, end, state in drugs:
        builder.drug("norepinephrine", start=start, end=end, end_state=state)
    for hour, value in temperatures:
        builder.observe("temperature", value, moment=hours(hour))
    return gather(builder.course(), CHANNELS)


@pytest.mark.parametrize(("time", "minute"), [(0.0, 0), (1.0, 1440), (1 / 1440, 1), (-1 / 1440, -1), (0.25, 360)])
def test_minutes(time, minute):
    assert sweep.minute_of(time) == minute


@pytest.mark.parametrize(
    ("minute", "start", "day"), [(0, 840, 0), (599, 840, 0), (600, 840, 1), (-841, 840, -1), (1440, 0, 1)]
)
def test_study_day_turns_at_local_midnight(minute, start, day):
    assert sweep.study_day(minute, start) == day


def test_ends_of_intervals():
    events = events_of((hours(1), hours(3), "ended"), (hours(2), None, "ongoing"), (hours(4), None, "not recorded"))
    ends = sweep.ends_of(events, 1, 1)
    starts = [int(end) for end in ends if end != sweep.NO_START]
    assert starts[1:] == [sweep.ONGOING, sweep.END_NOT_RECORDED]
    assert events.time[starts[0]] * 24 == pytest.approx(3)


@pytest.mark.parametrize(
    ("start", "end", "minute"),
    [
        (hours(1), hours(3), 180),
        (hours(3), hours(3), 181),
        (CLOCK.from_study_day(1), CLOCK.from_study_day(1), 2880),
    ],
)
def test_an_interval_runs_for_at_least_a_minute_and_a_day_to_its_end(start, end, minute):
    events = events_of((start, end, "ended"))
    assert sweep.end_minute(events, 0, 1) == minute


def test_changes_are_in_order_and_a_reading_ends_before_the_next_begins():
    events = events_of(temperatures=((0, 37), (24, 38)))
    minute, kind, event = sweep.changes(events, sweep.ends_of(events, 1, 1), np.array([1440, 0]), (1, 1))
    expected = [(0, sweep.READ, 0), (1440, sweep.ENDS, 0), (1440, sweep.READ, 1), (2880, sweep.ENDS, 1)]
    assert list(zip(minute, kind, event, strict=True)) == expected


def test_the_worst_of_two_readings_at_one_minute_counts():
    events = events_of(temperatures=((1, 39), (1, 37), (2, 36)))
    current, none = np.full(2, -1), np.zeros(2, dtype=np.int64)
    for i in range(3):
        sweep.apply(events, sweep.READ, i, current, none, none, events.value)
        if i == 1:
            assert events.value[current[0]] == 39
    assert events.value[current[0]] == 36


def run(*pieces, resolution=24):
    """Minutes are hours here: (until, state, looked at its end)."""
    episode = sweep.new_episode()
    sweep.open_episode(episode, 0, -1, 0)
    since = 0
    for until, state, looked in pieces:
        sweep.run_clock(episode, state, since, until, resolution, looked)
        since = until
    return episode


def test_clock_closes_at_the_moment_it_became_clear():
    episode = run((10, sweep.NO, 1), (34, sweep.YES, 1))
    assert (episode[sweep.OPEN], episode[sweep.FIRST_END], episode[sweep.TOTAL]) == (0, 10, 10)
    assert episode[sweep.ACROSS_GAP] == 0


def test_clock_needs_its_whole_time_and_somebody_who_looks():
    assert run((10, sweep.NO, 1), (33, sweep.YES, 1))[sweep.OPEN] == 1
    assert run((10, sweep.NO, 1), (40, sweep.YES, 0))[sweep.OPEN] == 1


def test_clock_restarts_when_it_comes_back():
    episode = run((10, sweep.NO, 1), (30, sweep.YES, 1), (31, sweep.NO, 1), (56, sweep.YES, 1))
    assert episode[sweep.FIRST_END] == 31


def test_an_unseen_stretch_does_not_break_the_clock_but_is_flagged():
    episode = run((10, sweep.NO, 1), (20, sweep.YES, 1), (40, sweep.UNKNOWN, 1))
    assert (episode[sweep.FIRST_END], episode[sweep.ACROSS_GAP]) == (10, 1)


def test_an_unseen_stretch_before_it_came_back_is_no_part_of_the_resolution():
    episode = run((10, sweep.NO, 1), (15, sweep.YES, 1), (25, sweep.UNKNOWN, 1), (26, sweep.NO, 1), (51, sweep.YES, 1))
    assert (episode[sweep.FIRST_END], episode[sweep.ACROSS_GAP]) == (26, 0)


@pytest.mark.parametrize(("fever_at", "gap", "count"), [(60, 49, 2), (60, 50, 1), (60, 0, 2)])
def test_reopening_depends_on_the_gap(fever_at, gap, count):
    episode = run((10, sweep.NO, 1), (40, sweep.YES, 1))
    sweep.open_episode(episode, fever_at, -1, gap)
    assert episode[sweep.COUNT] == count
    assert episode[sweep.OPEN] == 1


def test_summary_takes_the_highest_low_and_the_highest_high():
    steps = allocate(4)
    sweep.write_step(steps, 1, 0, 1, 1, 1, 0)
    sweep.write_step(steps, 2, 60, 0, 3, 2, 8)
    sweep.write_step(steps, 3, 120, -1, -1, 4, 0)
    sweep.decide(steps, 1, 7)
    sweep.decide(steps, 2, 9)
    sweep.summarise(steps, 4, 4)
    assert (steps.low[0], steps.high[0], steps.reason[0], steps.missing[0]) == (1, 3, 3, 8)
    assert list(steps.decided[0][:3]) == [7, 9, -1]
    assert steps.missing[1] == 0


def test_summary_of_a_course_without_any_entry_says_why_it_is_not_graded():
    steps = allocate(1)
    sweep.summarise(steps, 1, 4)
    assert (steps.low[0], steps.high[0], steps.reason[0], steps.missing[0]) == (-1, -1, 4, 0)


def test_summary_of_nothing_graded_keeps_the_reason():
    steps = allocate(2)
    sweep.write_step(steps, 1, 0, -1, -1, 4, 0)
    sweep.summarise(steps, 2, 4)
    assert (steps.low[0], steps.reason[0]) == (-1, 4)
    sweep.write_facts(steps, 2, sweep.new_episode(), 0, 0)
    assert steps.fact[0, 8] == 0
    assert np.isnan(steps.fact[0, 0])


def test_a_drug_whose_end_nobody_recorded_is_certain_for_one_minute():
    course = read_given("h6-? drug norepinephrine; h8 temperature 39")
    first, second = astct2019.RULE.run(course).steps[:2]
    assert round(first.at * 1440) == 360
    assert round(second.at * 1440) == 361
