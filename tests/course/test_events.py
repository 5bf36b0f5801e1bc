"""Events: order, standing facts and rows for records that `gather` does not read."""

from __future__ import annotations

import math

from cartrace.course import Clock, Status
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
