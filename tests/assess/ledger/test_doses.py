"""Single doses out of drug courses: times, amounts, and what is not certain."""

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from cartrace.assess.ledger.doses import amount_of, given, hours_between, span
from cartrace.assess.ledger.factors import factors
from cartrace.course import Clock, CourseBuilder

HOUR = 1 / 24


def of(course):
    return given(course, course.drugs[0])


@pytest.mark.parametrize(
    ("wording", "hours"),
    [
        ("every 6 h", 6),
        ("Every 12 hours", 12),
        ("q8h", 8),
        ("q 24 h", 24),
        ("b.i.d.", 12),
        ("Twice  daily", 12),
        ("daily", 24),
        ("once daily", 24),
        ("every day", 24),
        ("QD", 24),
        ("three times daily", 8),
        ("t.i.d.", 8),
        ("four times daily", 6),
        ("qid", 6),
        ("every other day", 48),
        ("weekly", 168),
        ("every 0 h", None),
        ("as needed", None),
        ("every 6", None),
        ("", None),
    ],
)
def test_how_often_by_wording(wording, hours):
    assert hours_between(wording) == hours


def test_a_day_of_six_hourly_doses_ends_before_its_end(record):
    # 08:00 on day 7 to 08:00 on day 8, every 6 h: 08, 14, 20, 02; the dose at 08:00 belongs to what follows.
    one = of(record(("dexamethasone", 166, 190, 10, "mg", "every 6 h")))
    assert [round(dose.time * 24) for dose in one.doses] == [166, 172, 178, 184]
    assert [dose.day for dose in one.doses] == [7, 7, 7, 8]
    assert all(dose.mg == 10 and dose.exact and dose.begins for dose in one.doses)
    assert one.cautions == ()


def test_days_without_a_time_of_day_count_whole(record):
    one = of(record(("prednisone", "d3", "d5", 60, "mg", "twice daily")))
    assert [dose.day for dose in one.doses] == [3, 3, 4, 4, 5, 5]
    assert one.cautions == ("whole_days",)
    assert not any(dose.exact for dose in one.doses)


def test_one_dose_at_the_very_least(record):
    assert len(of(record(("dexamethasone", 10, 10, 10, "mg", "every 6 h"))).doses) == 1


@pytest.mark.parametrize(
    ("end", "frequency", "cautions"),
    [
        (None, "", ()),
        (None, "once", ()),
        (None, "every 6 h", ("end_not_recorded",)),
        ("?", "daily", ("end_not_recorded",)),
        (48, "", ("frequency_not_recorded",)),
        (48, "as needed", ("frequency_not_read",)),
        (48, "once", ()),
    ],
)
def test_without_an_end_or_how_often_one_dose_is_certain(record, end, frequency, cautions):
    one = of(record(("dexamethasone", 24, end, 10, "mg", frequency)))
    assert [dose.mg for dose in one.doses] == [10]
    assert one.cautions == cautions


def test_an_ongoing_drug_runs_to_the_end_of_the_record(record):
    course = record(("dexamethasone", "d1", "ongoing", 4, "mg", "daily"), seen=((24 * 3, "temperature", 37.0),))
    assert [dose.day for dose in of(course).doses] == [1, 2, 3]
    assert of(course).cautions == ("ongoing",)


def test_an_unknown_start_gives_no_dose(record):
    one = of(record(("dexamethasone", None, None, 10, "mg")))
    assert one.doses == ()
    assert one.cautions == ("start_not_recorded",)


@pytest.mark.parametrize(
    ("dose", "unit", "weight", "expected"),
    [
        (10, "mg", None, (10.0, ())),
        (1, "g", None, (1000.0, ())),
        (500, "ug", None, (0.5, ())),
        (8, "mg/kg", 68.0, (544.0, ())),
        (8, "mg/kg", None, (None, ("weight_not_recorded",))),
        (30, "mg/m2", 68.0, (None, ("surface_not_recorded",))),
        (4, "[IU]/m2", 68.0, (None, ("unit_not_convertible",))),
        (4, "[IU]", 68.0, (None, ("unit_not_convertible",))),
        (4, "tablets", 68.0, (None, ("unit_not_convertible",))),
        (4, "", 68.0, (None, ("unit_not_recorded",))),
        (None, "mg", 68.0, (None, ("dose_not_recorded",))),
    ],
)
def test_the_amount_or_why_there_is_none(record, dose, unit, weight, expected):
    course = record(("tocilizumab", 24, None, dose, unit), weight=weight)
    mg, is_rate, _, cautions = amount_of(course, course.drugs[0], 1, factors())
    assert (mg, cautions) == expected
    assert not is_rate


def test_a_dose_per_square_metre_with_the_surface_of_its_day(record):
    seen = (("d1", "body_surface", 1.6), ("d3", "body_surface", 1.5))
    course = record(("dexamethasone", 24, None, 10, "mg/m2"), seen=seen)
    mg, is_rate, used, cautions = amount_of(course, course.drugs[0], 1, factors())
    assert (mg, is_rate, cautions) == (16.0, False, ())
    assert used == (course.observations[0].uid,)
    assert of(course).used == (course.drugs[0].uid, course.observations[0].uid)


def test_a_dose_per_square_metre_with_a_computed_surface(record):
    course = record(("dexamethasone", 24, None, 10, "mg/m2"), seen=(("d0", "height", 180.0),), weight=80.0)
    # 180 cm and 80 kg are 2 m2 by Mosteller.
    mg, _, used, cautions = amount_of(course, course.drugs[0], 1, factors())
    assert (mg, cautions) == (20.0, ("surface_computed",))
    assert used == (course.observations[0].uid,)
    assert of(course).cautions == ("surface_computed",)


def test_the_weight_that_took_part_is_evidence(record):
    course = record(("tocilizumab", 48, None, 8, "mg/kg"), seen=(("d1", "weight", 60.0),))
    assert of(course).used == (course.drugs[0].uid, course.observations[0].uid)


def test_an_infusion_is_one_dose_spread_over_its_days(record):
    # 2 mg/h from 22:00 on day 0 to 04:00 on day 1: two hours and four.
    one = of(record(("methylprednisolone", 12, 18, 2, "mg/h")))
    assert [(dose.day, round(dose.mg, 9), dose.begins) for dose in one.doses] == [(0, 4.0, True), (1, 8.0, False)]


def test_a_rate_per_kilogram_and_minute(record):
    one = of(record(("methylprednisolone", 0, 1, 5, "ug/kg/min"), weight=80.0))
    assert one.doses[0].mg == pytest.approx(5 * 80 * 60 / 1000)


def test_an_infusion_without_an_end_is_begun_and_of_unknown_amount(record):
    one = of(record(("methylprednisolone", 12, "?", 2, "mg/h")))
    assert [(dose.day, dose.mg) for dose in one.doses] == [(0, 0.0)]
    assert one.cautions == ("end_not_recorded",)


def test_a_span_between_a_time_and_a_day(record):
    # From 10:00 on day 0 to the end of day 1: 14 + 24 hours.
    over = span(*(lambda course: (course, course.drugs[0]))(record(("norepinephrine", 0, "d1", 5, "ug/min"))))
    assert (over.end - over.start) / 60 == 38
    assert over.cautions == ("whole_days",)


def test_an_infusion_that_ends_at_midnight_has_no_next_day(record):
    # Midnight is hour 14.
    ends_at = [
        [dose.day for dose in of(record(("methylprednisolone", 12, end, 2, "mg/h"))).doses] for end in (14, 14.1)
    ]
    assert ends_at == [[0], [0, 1]]


def test_times_of_an_infusions_days(record):
    exact = of(record(("methylprednisolone", 12, 18, 2, "mg/h"))).doses
    assert [(dose.exact, round(dose.time * 24, 6)) for dose in exact] == [(True, 12), (True, 14)]
    by_day = of(record(("methylprednisolone", "d1", "d2", 2, "mg/h"))).doses
    assert [(dose.exact, dose.time, dose.mg) for dose in by_day] == [(False, 1.0, 48.0), (False, 2.0, 48.0)]


def test_the_weight_of_the_local_day(record):
    looks = (("d0", "weight", 80.0), ("d1", "weight", 40.0))
    doses = [of(record(("tocilizumab", hour, None, 8, "mg/kg"), seen=looks)).doses[0].mg for hour in (13, 14)]
    assert doses == [640.0, 320.0]


def test_an_ongoing_drug_stops_with_the_record_and_not_before_its_first_dose(record):
    course = record(("dexamethasone", "d5", "ongoing", 4, "mg", "every 12 h"), seen=(("d3", "death", "infection"),))
    assert [dose.day for dose in of(course).doses] == [5]
    reaching = record(("dexamethasone", 0, "ongoing", 4, "mg", "every 12 h"), seen=((30, "temperature", 37.0),))
    # The record ends with day 1, at hour 38.
    assert [round(dose.time * 24) for dose in of(reaching).doses] == [0, 12, 24, 36]


def test_a_clock_without_a_time_of_day_counts_whole_days():
    builder = CourseBuilder("days")
    start, end = (builder.clock.from_study_day(day) for day in (1, 2))
    builder.drug("dexamethasone", start=start, end=end, end_state="ended", dose=4, dose_unit="mg", frequency="bid")
    builder.drug("methylprednisolone", start=start, end=end, end_state="ended", dose=1, dose_unit="mg/h")
    course = builder.course()
    assert [dose.day for dose in of(course).doses] == [1, 1, 2, 2]
    assert [(dose.day, dose.mg) for dose in given(course, course.drugs[1]).doses] == [(1, 24.0), (2, 24.0)]


@settings(max_examples=60, deadline=None)
@drawn(
    start=st.integers(0, 5000),
    length=st.integers(0, 6000),
    every=st.sampled_from([1, 4, 6, 8, 12, 24, 48]),
    begins=st.integers(0, 1439),
)
def test_doses_are_those_a_minute_by_minute_walk_gives(start, length, every, begins):
    clock = Clock(start_minute=begins)
    builder = CourseBuilder("walk", clock=clock)
    moments = [clock.from_elapsed_days(minute / 1440) for minute in (start, start + length)]
    builder.drug(
        "dexamethasone", start=moments[0], end=moments[1], end_state="ended", dose=1, dose_unit="mg",
        frequency=f"every {every} h",
    )  # fmt: skip
    walked = [m for m in range(start, max(start + length, start + 1)) if (m - start) % (every * 60) == 0]
    found = of(builder.course()).doses
    assert [round(dose.time * 1440) for dose in found] == walked
    assert [dose.day for dose in found] == [(minute + begins) // 1440 for minute in walked]
