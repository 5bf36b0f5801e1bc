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


def test_drug_courses_start_stop_or_are_lost_a_minute_later():
    drugs = (hours(1), hours(3), "ended"), (hours(4), None, "not recorded")
    events = events_of(*drugs, temperatures=((4 + 1 / 60, 38),))
    minute, kind, event = sweep.changes(events, sweep.ends_of(events, 1, 1), np.array([0, 0]), (1, 1))
    first = [(60, sweep.READ, 0), (60, sweep.START, 0), (180, sweep.READ, 1), (180, sweep.STOP, 0)]
    second = [(240, sweep.READ, 2), (240, sweep.READ, 3), (240, sweep.START, 2)]
    after = [(241, sweep.READ, 4), (241, sweep.LOSE, 2)]
    assert list(zip(minute, kind, event, strict=True)) == [*first, *second, *after]


def test_the_worst_of_two_readings_at_one_minute_counts():
    events = events_of(temperatures=((1, 39), (1, 37), (2, 36)))
    current, none = np.full(2, -1), np.zeros(2, dtype=np.int64)
    for i in range(3):
        sweep.apply(events, sweep.READ, i, current, none, none, events.value)
        if i == 1:
            assert events.value[current[0]] == 39
    assert events.value[current[0]] == 36


def test_of_two_readings_alike_of_one_minute_the_later_entry_is_current():
    events = events_of(temperatures=((1, 39), (1, 39)))
    current, none = np.full(2, -1), np.zeros(2, dtype=np.int64)
    for i in range(2):
        sweep.apply(events, sweep.READ, i, current, none, none, events.value)
    assert current[0] == 1


def test_a_step_names_eight_records_each_once():
    steps = allocate(1)
    for event in (5, 5, 1, 2, 3, 4, 6, 7, 8, 9):
        sweep.decide(steps, 0, event)
    assert list(steps.decided[0]) == [5, 1, 2, 3, 4, 6, 7, 8]


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


def test_an_episode_that_is_seen_to_be_clear_from_its_start_has_no_gap():
    episode = run((24, sweep.YES, 1))
    assert (episode[sweep.OPEN], episode[sweep.FIRST_END], episode[sweep.ACROSS_GAP]) == (0, 0, 0)


def test_an_episode_that_goes_on_keeps_its_onset_and_lasts_from_there():
    episode = sweep.new_episode()
    sweep.open_episode(episode, 100, 7, 0)
    sweep.run_clock(episode, sweep.NO, 100, 130, 24, 1)
    sweep.run_clock(episode, sweep.YES, 130, 160, 24, 1)
    assert episode[sweep.TOTAL] == 30
    sweep.open_episode(episode, 170, 9, 50)
    assert (episode[sweep.ONSET], episode[sweep.ONSET_EVENT], episode[sweep.FIRST_END]) == (100, 7, -1)
    sweep.run_clock(episode, sweep.NO, 170, 180, 24, 1)
    sweep.run_clock(episode, sweep.YES, 180, 210, 24, 1)
    # From 100 to 180: the pause within it is a part of it.
    assert (episode[sweep.COUNT], episode[sweep.TOTAL], episode[sweep.FIRST_END]) == (1, 80, 180)


def test_a_settled_step_asks_for_nothing():
    steps = allocate(2)
    sweep.write_step(steps, 0, 0, 2, 2, 0, 8)
    sweep.write_step(steps, 1, 0, 1, 2, 0, 8)
    assert list(steps.missing) == [0, 8]


def test_a_settled_summary_names_the_first_settled_worst_and_asks_for_nothing():
    steps = allocate(4)
    for row, (low, event) in enumerate(((1, 5), (2, 7), (2, 9)), start=1):
        sweep.write_step(steps, row, 60 * row, low, 2, 0, 8)
        sweep.decide(steps, row, event)
    sweep.summarise(steps, 4, 4)
    assert (steps.low[0], steps.high[0], steps.missing[0]) == (2, 2, 0)
    assert list(steps.decided[0][:2]) == [7, -1]


def test_summary_of_one_row_that_is_not_graded_has_the_reason_of_that_row_only():
    steps = allocate(2)
    sweep.write_step(steps, 1, 0, -1, -1, 4, 0)
    sweep.summarise(steps, 2, 4 | 8)
    assert steps.reason[0] == 4


def two_episodes(last):
    """Grade 1 from hour 24 to hour 48 and from hour 120 to hour 144, infusion at 10:00; facts as of hour `last`."""
    steps, episode = allocate(6), sweep.new_episode()
    for row, (hour, grade) in enumerate(((24, 1), (25, 1), (48, 0), (120, 1), (144, 0)), start=1):
        sweep.write_step(steps, row, hour * 60, grade, grade, 0, 0)
    for start, end in ((24, 48), (120, 144)):
        sweep.open_episode(episode, start * 60, -1, 0)
        if end < last:
            sweep.run_clock(episode, sweep.NO, start * 60, end * 60, 1440, 1)
            sweep.run_clock(episode, sweep.YES, end * 60, (end + 24) * 60, 1440, 1)
    sweep.summarise(steps, 6, 0)
    sweep.write_facts(steps, 6, episode, last * 60, 600)
    return steps.fact[0]


def test_facts_of_two_episodes_by_hand():
    fact = two_episodes(168)
    assert list(fact[:2]) == [1, 1.0], "onset: study day and elapsed days"
    assert (fact[2], fact[3], fact[9]) == (1, 1, 0.0), "the peak is reached at onset, not when it comes back on day 5"
    assert (fact[4], fact[5], fact[6], fact[7]) == (2.0, 0.0, 1.0, 2), "resolved at 2 d, 1 d long, over days 1 and 2"
    assert (fact[8], fact[10], fact[11], fact[12], fact[13]) == (2, 1, 2.0, 0.0, 6.0), "both closed, 2 d together"


def test_a_second_episode_that_is_open_makes_the_total_a_lower_bound_and_the_first_stays():
    fact = two_episodes(138)
    assert (fact[5], fact[6]) == (0.0, 1.0)
    assert (fact[8], fact[11], fact[12]) == (2, 1.75, 1.0), "24 h and the 18 h since"
    assert np.isnan(fact[13])


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
