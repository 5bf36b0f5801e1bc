"""What enters the haematological response, and as what."""

from __future__ import annotations

import math

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import marrow
from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.clock import unknown


def on(given: str, channel: int) -> list[tuple[float, float, int]]:
    """(time, value, status) on a channel; NaN as -9."""
    events = marrow.gather(read_given(given), marrow.CHANNELS)
    rows = zip(events.time, events.value, events.status, events.channel, strict=True)
    return [(float(t), -9.0 if math.isnan(v) else float(v), int(s)) for t, v, s, c in rows if c == channel]


def test_blasts_go_to_their_compartment() -> None:
    given = "d1 blasts_percent 1; d2 blasts_percent 2 site=blood; d3 blasts_per_ul 3; d4 blasts_percent 4 site=skin; d5 panel marrow 5"
    assert [row[1] for row in on(given, marrow.MARROW_BLASTS)] == [1.0, 5.0]
    assert [row[1] for row in on(given, marrow.BLOOD_BLASTS)] == [2.0, 3.0]


def test_a_drug_course_is_a_start_and_a_stop() -> None:
    assert on("d3-9 drug filgrastim", marrow.GROWTH_FACTOR) == [(3.0, 1.0, 0), (9.0, 0.0, 0)]
    assert on("d3 drug filgrastim", marrow.GROWTH_FACTOR) == [(3.0, 1.0, 0), (3.0, 0.0, 0)]
    assert on("d3- drug filgrastim", marrow.GROWTH_FACTOR) == [(3.0, 1.0, 0)]
    assert on("d3-? drug filgrastim", marrow.GROWTH_FACTOR) == [(3.0, 1.0, 0), (3.0, -9.0, int(Status.NOT_RECORDED))]


def test_a_drug_whose_start_nobody_wrote_down_leaves_support_open() -> None:
    builder = CourseBuilder("case", clock=Clock(start_minute=0))
    builder.drug("filgrastim", start=unknown())
    events = marrow.gather(builder.course(complete=frozenset({"drugs"})), marrow.CHANNELS)
    assert sorted(events.status[events.channel == marrow.GROWTH_FACTOR]) == [Status.DONE, Status.NOT_RECORDED]


def test_platelets_given_are_read_from_both_charts() -> None:
    given = "d3 platelet_transfusion yes; d4 platelet_transfusion no; d5 drug platelet_concentrate"
    assert [row[0] for row in on(given, marrow.TRANSFUSION)] == [3.0, 3.0, 5.0, 5.0]


def test_a_complete_chart_is_a_standing_fact() -> None:
    assert on("complete drugs transfusions", marrow.GROWTH_FACTOR) == [(-math.inf, 0.0, 0)]
    assert on("complete transfusions", marrow.GROWTH_FACTOR) == []


def test_compartments_known_before() -> None:
    events = marrow.gather(read_given("site cns involved=yes; site marrow involved=no"), marrow.CHANNELS)
    known = events.channel == marrow.KNOWN_BEFORE
    facts = dict(zip(events.low[known].tolist(), events.value[known].tolist(), strict=True))
    assert facts == {marrow.CNS: 1.0, marrow.MARROW_BLASTS: 0.0}


def test_the_extramedullary_response_enters_with_its_bounds() -> None:
    given = "d-5 lesion leg skin photograph 30x30; d28 lesion leg skin photograph 10x10"
    events = marrow.gather(read_given(given), marrow.CHANNELS)
    mine = events.channel == marrow.EXTRAMEDULLARY
    assert (events.time[mine].tolist(), events.low[mine].tolist(), events.high[mine].tolist()) == ([28.0], [0.0], [2.0])
    assert events.uid[mine].tolist() != [-1]


def test_the_cns_status_of_the_fluid_enters_with_its_bounds_where_the_record_gives_none() -> None:
    given = "d9 csf_blasts yes; d9 csf_wbc 3; d9 csf_rbc 0; d28 csf_blasts yes; d28 csf_wbc 3; d28 cns_status cns1"
    events = marrow.gather(read_given(given), marrow.CHANNELS)
    mine = events.channel == marrow.CNS
    assert events.time[mine].tolist() == [9.0, 28.0]
    assert events.low[mine].tolist()[0] == events.high[mine].tolist()[0] == 1.0
    assert math.isnan(events.low[mine].tolist()[1])


def test_what_takes_no_part_keeps_its_place_and_its_name_and_says_so() -> None:
    left = marrow.without(marrow.CHANNELS, marrow.CNS)
    assert [channel.name for channel in left] == [channel.name for channel in marrow.CHANNELS]
    changed = [n for n, channel in enumerate(left) if channel != marrow.CHANNELS[n]]
    assert changed == [marrow.CNS]
    assert (left[marrow.CNS].codes, left[marrow.CNS].meaning) == ((), "Takes no part in this edition")
