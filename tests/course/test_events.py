"""Events: order, standing facts and rows for records that `gather` does not read."""

from __future__ import annotations

import math

import numpy as np

from cartrace.course import Channel, Clock, CourseBuilder, Status, gather
from cartrace.course.clock import unknown
from cartrace.course.events import BEFORE_EVERY_DAY, event_row, from_rows


def test_rows_are_sorted_by_time_channel_order_and_uid() -> None:
    day = Clock(start_minute=0).from_study_day
    rows = [
        event_row(1, 3.0, moment=day(2), uid=5),
        event_row(0, 2.0, moment=day(2), uid=6),
        event_row(1, 4.0, moment=day(2), uid=4),
        event_row(1, 5.0, moment=day(2), uid=3, order=1),
        event_row(2, 1.0, moment=day(1), uid=9),
    ]
    assert from_rows(rows).uid.tolist() == [9, 6, 4, 5, 3]


def test_a_standing_fact_comes_before_every_event_and_has_no_record() -> None:
    early = Clock(start_minute=0).from_study_day(-400)
    events = from_rows([event_row(0, 1.0, moment=early, uid=1), event_row(0, 0.0, moment=None)])
    assert events.time.tolist() == [-math.inf, -400.0]
    assert events.day.tolist() == [BEFORE_EVERY_DAY, -400]
    assert events.uid.tolist() == [-1, 1]


def test_a_row_keeps_its_numbers() -> None:
    moment = Clock(start_minute=840).from_elapsed_hours(16)
    events = from_rows([event_row(3, None, moment=moment, uid=7, status=Status.BELOW, low=1e-4, high=1e-3)])
    assert math.isnan(events.value[0])
    assert (events.day[0], events.exact[0], events.status[0]) == (1, 1, Status.BELOW)
    assert (events.low[0], events.high[0]) == (1e-4, 1e-3)


def a_course():
    clock = Clock(start_minute=0)
    builder = CourseBuilder("c1", clock=clock)
    builder.observe(
        "platelets", 20, moment=clock.from_study_day(3), site="blood", reference_low=150.0, reference_high=400.0
    )
    builder.observe("temperature", 38.5, moment=clock.from_elapsed_hours(50), attributed=True)
    builder.observe("temperature", 39.0, moment=clock.from_elapsed_hours(49), attributed=False)
    builder.observe("temperature", None, moment=clock.from_study_day(9))
    builder.observe("temperature", 41.0, moment=unknown("at relapse"))
    builder.drug(
        "norepinephrine",
        start=clock.from_elapsed_hours(48),
        end=clock.from_elapsed_hours(60),
        end_state="ended",
        dose=0.1,
    )
    builder.drug("vasopressin", start=clock.from_elapsed_hours(50), end_state="not recorded")
    builder.drug("tocilizumab", start=clock.from_elapsed_hours(55), dose=8.0)
    builder.drug("dexamethasone", start=clock.from_elapsed_hours(55), end_state="ongoing")
    return builder.course()


def test_observations_of_a_channel_with_their_limits_and_attribution():
    events = gather(a_course(), (Channel("fever", codes=("temperature",)), Channel("plt", codes=("platelets",))))
    assert events.uid.tolist() == [2, 1, 0, 3]  # 49 h, 50 h, day 3, day 9; the one without a time takes no part
    assert events.attributed.tolist() == [-1, 1, 0, 0]
    assert events.exact.tolist() == [1, 1, 0, 0]
    assert events.status.tolist() == [Status.DONE, Status.DONE, Status.DONE, Status.NOT_RECORDED]
    assert (events.low[2], events.high[2]) == (150.0, 400.0)
    assert math.isnan(events.low[0])
    assert math.isnan(events.value[3])


def test_an_interval_starts_and_stops_and_an_unrecorded_end_is_doubt_from_the_start():
    events = gather(
        a_course(), (Channel("pressor", drugs=("norepinephrine",)), Channel("vasopressin", drugs=("vasopressin",)))
    )
    rows = list(zip((events.time * 24).round().tolist(), events.channel.tolist(), events.status.tolist(), strict=True))
    assert rows == [(48, 0, Status.DONE), (50, 1, Status.DONE), (50, 1, Status.NOT_RECORDED), (60, 0, Status.DONE)]
    assert events.value[0] == 0.1
    assert events.value[3] == 0.0
    assert math.isnan(events.value[1])


def test_single_doses_and_ongoing_courses_have_no_stop():
    events = gather(
        a_course(), (Channel("toci", drugs=("tocilizumab",)), Channel("steroid", drug_classes=("corticosteroid",)))
    )
    assert events.channel.tolist() == [0, 1]
    assert events.value[0] == 8.0


def test_a_channel_of_one_site_takes_rows_of_that_site_and_rows_that_name_none():
    clock = Clock()
    builder = CourseBuilder("c1", clock=clock)
    for day, site in enumerate(("marrow", "blood", "")):
        builder.observe("blasts_percent", 3.0, moment=clock.from_study_day(day), site=site)
    assert gather(builder.course(), (Channel("m", codes=("blasts_percent",), site="marrow"),)).day.tolist() == [0, 2]


def test_nothing_gives_arrays_of_length_nothing():
    events = gather(CourseBuilder("c1").course(), (Channel("fever", codes=("temperature",)),))
    assert {len(column) for column in events} == {0}
    assert events.uid.dtype == np.int32
