"""The daily count: bounds of a day, interpolation, what ends the window."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.assess.case_notation import read_given
from cartrace.assess.icaht import daily
from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.course.record import Outcome

INF = math.inf


def events_of(text):
    return daily.gather_counts(read_given(text), daily.CHANNELS)


def measured(text, days=10):
    least, most, source = np.zeros(days), np.zeros(days), np.zeros(days, dtype=np.int64)
    flags = daily.measured(events_of(text), 0, least, most, source)
    return least, most, source, flags


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("d2 anc 0.3", (0.3, 0.3)),
        ("h50 anc 0.3; h60 anc 0.9", (0.3, 0.3)),
        ("h50 anc 0.3 site=marrow; h60 anc 0.9", (0.9, 0.9)),
        ("d2 anc status=below lloq=0.2", (0.0, 0.2)),
        ("d2 anc status=below", (0.0, INF)),
        ("d2 anc 10 status=above", (10.0, INF)),
        ("h50 anc 0.15; h60 anc status=below lloq=0.2", (0.0, 0.15)),
        ("h50 anc 0.5; h60 anc status=below lloq=0.5", (0.0, 0.5)),
        ("d2 anc status=not_done", (0.0, INF)),
        ("d2 wbc 0.4", (0.0, 0.5)),
        ("d2 anc 0.9; d2 wbc 0.4", (0.9, 0.9)),
        ("d2 anc 0.3; d2 drug granulocytes", (0.0, 0.3)),
        ("d2 anc 0.9; d2 drug granulocytes", (0.0, INF)),
        ("d2 wbc status=below lloq=0.5", (0.0, 0.5)),
        ("d2 wbc status=below lloq=0.6", (0.0, INF)),
    ],
)
def test_bounds_of_a_day(text, bounds):
    least, most, _, _ = measured(text)
    assert (least[2], most[2]) == bounds


def test_the_unit_of_the_file_does_not_matter():
    least, most, _, _ = measured("d2 anc 500 /uL")
    assert least[2] == most[2] == pytest.approx(0.5, abs=1e-12)


def interpolated(counts, up_to):
    values = np.array([INF if value is None else value for value in counts])
    least = np.where(np.isinf(values), 0.0, values)
    source = np.array([-1 if value is None else 0 for value in counts], dtype=np.int64)
    unknown = daily.interpolate(least, values, source, up_to)
    return least, values, unknown


def test_a_straight_line_between_counts_and_the_nearest_one_at_the_edges():
    least, most, unknown = interpolated([None, 2.0, None, None, 0.5, None], 7)
    assert most == pytest.approx([2.0, 2.0, 1.5, 1.0, 0.5, 0.5])
    assert least == pytest.approx(most)
    assert unknown == 0


def test_longer_gaps_stay_unknown():
    least, most, unknown = interpolated([None, None, None, 1.0, None, None, 0.4, None, None, None], 2)
    assert unknown == 6
    assert most.tolist() == [INF] * 3 + [1.0, pytest.approx(0.8), pytest.approx(0.6), 0.4] + [INF] * 3
    assert least.tolist()[:3] == [0.0] * 3


def test_nothing_to_interpolate_from():
    assert interpolated([None] * 4, 7)[2] == 4
    assert interpolated([], 7)[2] == 0


@given(st.lists(st.one_of(st.none(), st.floats(0, 20)), min_size=1, max_size=31), st.integers(0, 12))
def test_interpolated_days_lie_between_the_counts_around_them(counts, up_to):
    least, most, unknown = interpolated(counts, up_to)
    known = [value for value in counts if value is not None]
    assert unknown == sum(np.isinf(most)) or not known
    for day, value in enumerate(counts):
        assert least[day] <= most[day]
        if value is not None:
            assert most[day] == value
        elif np.isfinite(most[day]):
            assert min(known) - 1e-9 <= most[day] <= max(known) + 1e-9


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("d3 anc 1", 30),
        ("d12 death other", 12),
        ("d0 death other", 0),
        ("d40 death other", 30),
        ("d12 progression yes; d9 next_therapy yes", 9),
        ("d0 progression yes; d-40 next_therapy yes", 30),
        ("d12 progression status=not_recorded", 30),
        ("d9 last_follow_up yes; d12 last_follow_up yes", 12),
        ("d12 last_follow_up yes; d15 anc 1", 15),
        ("d12 last_follow_up yes; d15 anc status=not_done", 12),
        ("d12 procedure transplant; d-90 procedure transplant", 12),
        ("d12 procedure biopsy", 30),
    ],
)
def test_end_of_the_window(text, end):
    assert daily.window_end(events_of(text), 0, 30) == end


def test_the_outcome_says_until_when_the_patient_was_followed():
    builder = CourseBuilder("case", clock=Clock())
    builder.observe("anc", 1.0, moment=builder.clock.from_study_day(5))
    course = builder.course(outcome=Outcome(last_day=20.0))
    assert daily.window_end(daily.gather_counts(course, daily.CHANNELS), 0, 30) == 20
    assert daily.window_end(daily.gather_counts(course, daily.CHANNELS), 31, 100) == 30


@pytest.mark.parametrize(
    ("drug", "flagged"),
    [
        ("d0 drug filgrastim", [5, 7]),
        ("d0-2 drug filgrastim", [5, 7, 9]),
        ("d6- drug filgrastim", [7, 9]),
        ("d0-? drug filgrastim", [5, 7]),
        ("d6 drug platelet_concentrate", []),
    ],
)
def test_counts_after_gcsf(drug, flagged):
    found = [day for day in (5, 7, 9) if measured(f"d{day} anc 1; {drug}")[3] & daily.GCSF_GIVEN]
    assert found == flagged


def test_a_granulocyte_transfusion_of_unknown_day_marks_nothing():
    builder = CourseBuilder("case", clock=Clock())
    builder.drug("granulocytes", start=unknown("before"))
    builder.observe("anc", 1.0, moment=builder.clock.from_study_day(5))
    assert len(daily.gather_counts(builder.course(), daily.CHANNELS).time) == 1


@pytest.mark.parametrize(("day", "kept"), [(3, 0.4), (4, INF), (5, INF), (6, 0.9), (7, 0.9)])
def test_granulocytes_of_a_day_stand_in_the_counts_of_that_day_and_the_next(day, kept):
    count = 0.4 if day == 3 else 0.9
    assert measured(f"d4 drug granulocytes; d{day} anc {count}")[1][day] == kept


def test_the_records_of_a_day_are_its_neutrophil_counts_or_the_white_cells_in_their_place():
    course = read_given("d9 anc 0.4; d9 wbc 0.3; d9-12 drug granulocytes; d10 wbc 0.3; d11 anc status=not_done")
    events = daily.gather_counts(course, daily.CHANNELS)

    def named(day):
        return [course.record(uid).code for uid in daily.records_of(events, [day])]

    assert (named(9), named(10), named(11)) == (["anc"], ["wbc"], [])


def test_no_count_waits_for_an_attribution():
    events = events_of("d2 anc 0.3; d3 anc 0.3 attributed=yes; d4 anc 0.3 attributed=no")
    assert events.attributed[events.channel == daily.ANC].tolist() == [1, 1, -1]
