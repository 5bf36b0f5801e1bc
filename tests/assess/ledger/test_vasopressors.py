"""Vasopressors: hours and norepinephrine equivalents, by hand and by a minute-by-minute walk."""

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from cartrace.assess.ledger.factors import factors
from cartrace.assess.ledger.totals import Days
from cartrace.assess.ledger.vasopressors import vasopressors
from cartrace.course import Clock, CourseBuilder


def found(course, days=None, **changed):
    quantities = vasopressors(course, factors(changed), days or Days())
    return {quantity.id: quantity for quantity in quantities}


def values(quantities):
    return [q.value for q in quantities.values()]


def test_norepinephrine_with_vasopressin_by_hand(record):
    # 0.05, 0.22, 0.08 ug/kg/min over 5, 20 and 10 h; vasopressin 0.03 U/min (× 2.5 = 0.075) over 20 h within.
    quantities = found(
        record(
            ("norepinephrine", 161, 166, 0.05, "ug/kg/min"),
            ("norepinephrine", 166, 186, 0.22, "ug/kg/min"),
            ("norepinephrine", 186, 196, 0.08, "ug/kg/min"),
            ("vasopressin", 164, 184, 0.03, "U/min"),
            weight=68.0,
        )
    )
    assert values(quantities) == pytest.approx([35.0, 2.0, 0.295, 15 + 264 + 48 + 90, 0.22 * 68])
    assert not any(q.censored for q in quantities.values())
    assert quantities["high_dose_equivalent_peak"].flags == ("provisional_factor",)


@pytest.mark.parametrize(
    ("drug", "dose", "unit", "general", "high_dose"),
    [
        ("norepinephrine", 8.0, "ug/min", 0.1, 8.0),
        ("epinephrine", 0.1, "ug/kg/min", 0.1, 8.0),
        ("phenylephrine", 80.0, "ug/min", 0.1, 8.0),
        ("dopamine", 10.0, "ug/kg/min", 0.1, 5.0),
        ("vasopressin", 0.04, "U/min", 0.1, 0.0),
        ("vasopressin", 2.4, "U/h", 0.1, 0.0),
        ("norepinephrine", 0.48, "mg/h", 0.1, 8.0),
    ],
)
def test_each_agent_in_both_equivalents_at_eighty_kilograms(record, drug, dose, unit, general, high_dose):
    quantities = found(record((drug, 0, 10, dose, unit), weight=80.0))
    assert quantities["norepinephrine_equivalent_peak"].value == pytest.approx(general)
    assert quantities["high_dose_equivalent_peak"].value == pytest.approx(high_dose)


def test_without_a_weight_the_equivalent_in_its_own_unit_stays(record):
    quantities = found(record(("norepinephrine", 0, 10, 8.0, "ug/min")))
    assert quantities["high_dose_equivalent_peak"].value == 8.0
    assert quantities["norepinephrine_equivalent_peak"].reason == "no rate that can be given as norepinephrine"
    assert quantities["norepinephrine_equivalent_peak"].flags == ("weight_not_recorded",)
    assert quantities["vasopressor_hours"].value == 10.0


@pytest.mark.parametrize(
    ("dose", "unit", "caution"),
    [
        (None, "ug/min", "dose_not_recorded"),
        (5.0, "", "unit_not_recorded"),
        (5.0, "mL/h", "unit_not_convertible"),
        (5.0, "U/min", "unit_not_convertible"),
    ],
)
def test_a_rate_that_cannot_be_converted_bounds_the_equivalent(record, dose, unit, caution):
    quantities = found(
        record(("norepinephrine", 0, 10, dose, unit), ("epinephrine", 0, 4, 0.1, "ug/kg/min"), weight=80.0)
    )
    peak = quantities["norepinephrine_equivalent_peak"]
    assert (peak.value, peak.censored, peak.left_out, peak.flags) == (pytest.approx(0.1), True, (1,), (caution,))
    assert (quantities["vasopressor_hours"].value, quantities["vasopressor_hours"].censored) == (10.0, False)
    assert quantities["vasopressor_agents"].value == 2.0


def test_a_rate_without_an_end_counts_at_its_first_minute(record):
    quantities = found(record(("norepinephrine", 5, "?", 0.2, "ug/kg/min"), weight=80.0))
    assert values(quantities) == pytest.approx([0.0, 1.0, 0.2, 0.0, 16.0])
    assert all(q.censored for q in quantities.values())
    assert quantities["vasopressor_hours"].flags == ("end_not_recorded",)


def test_overlapping_rates_of_one_agent_are_added_and_flagged(record):
    quantities = found(
        record(("norepinephrine", 0, 10, 0.1, "ug/kg/min"), ("norepinephrine", 9, 12, 0.2, "ug/kg/min"), weight=80.0)
    )
    assert quantities["norepinephrine_equivalent_peak"].value == pytest.approx(0.3)
    assert quantities["vasopressor_hours"].value == 12.0
    assert quantities["vasopressor_agents"].value == 1.0
    assert "overlapping_records" in quantities["vasopressor_hours"].flags


def test_silence(record):
    assert values(found(record())) == [0.0] * 5
    assert values(found(record(complete=frozenset({"vasopressors"})))) == [0.0] * 5
    silent = found(record(complete=frozenset({"oxygen"})))
    assert values(silent) == [None] * 5
    assert "vasopressor chart" in silent["vasopressor_hours"].reason
    undated = found(record(("norepinephrine", None, None, 5, "ug/min")))
    assert undated["vasopressor_hours"].reason == "recorded without a known start"
    open_chart = found(record(("norepinephrine", 0, 1, 5, "ug/min"), complete=frozenset()))
    assert open_chart["vasopressor_hours"].censored


def test_only_the_days_asked_for(record):
    # From 10:00 on day 0 to 10:00 on day 2.
    course = record(("norepinephrine", 0, 48, 0.1, "ug/kg/min"))
    assert [found(course, Days(day, day))["vasopressor_hours"].value for day in (0, 1, 2, 3)] == [14.0, 24.0, 10.0, 0.0]


def test_what_may_reach_into_the_days_is_never_zero(record):
    course = record(("norepinephrine", -5, "?", 0.1, "ug/kg/min"), ("epinephrine", 30, 32, 0.1, "ug/kg/min"))
    assert found(course, Days(0, 0))["vasopressor_hours"].value == 0.0
    later = found(course, Days(1, 1))["vasopressor_hours"]
    assert (later.value, later.censored, later.left_out) == (2.0, True, (1,))
    after = found(course, Days(2, 2))["vasopressor_hours"]
    assert after.reason == "begun before these days, and until when or how often is not recorded"


def test_days_begin_and_end_at_midnight(record):
    # The infusion began at 10:00: day 1 is hours 14 to 38.
    course = record(
        ("norepinephrine", 10, 14, 0.1, "ug/kg/min"),
        ("epinephrine", 38, 40, 0.1, "ug/kg/min"),
        ("dopamine", 14, "?", 5.0, "ug/kg/min"),
    )
    day = found(course, Days(1, 1))
    assert day["vasopressor_hours"].used == (3,)
    assert (day["vasopressor_hours"].value, day["vasopressor_agents"].value) == (0.0, 1.0)
    assert day["norepinephrine_equivalent_peak"].value == pytest.approx(0.05)
    assert found(course, Days(2, 2))["vasopressor_hours"].left_out == (3,)


def test_a_rate_without_an_end_counts_for_one_minute_only(record):
    course = record(("norepinephrine", 5, "?", 0.2, "ug/kg/min"), ("epinephrine", 5 + 1 / 60, 6, 0.1, "ug/kg/min"))
    assert found(course)["vasopressor_agents"].value == 1.0
    assert found(course)["norepinephrine_equivalent_peak"].value == pytest.approx(0.2)


def test_an_undated_rate_beside_a_dated_one_bounds_every_number(record):
    quantities = found(
        record(("norepinephrine", None, None, 5, "ug/min"), ("norepinephrine", 0, 2, 8, "ug/min"), weight=80.0)
    )
    assert all(q.censored and q.left_out == (1,) and q.used == (2,) for q in quantities.values())
    assert quantities["vasopressor_hours"].flags == ("start_not_recorded",)


def test_what_is_used_and_what_is_left_out(record):
    course = record(
        ("norepinephrine", 0, 10, 5.0, "mL/h"),
        ("epinephrine", 0, 10, 8.0, "ug/min"),
        seen=(("d0", "weight", 80.0),),
    )
    total = found(course)["norepinephrine_equivalent_total"]
    assert (total.value, total.used, total.left_out) == (pytest.approx(0.1 * 600), (2, 3), (1,))
    assert total.unit == "ug/kg"
    assert found(course)["norepinephrine_equivalent_peak"].unit == "ug/kg/min"


def test_the_weight_of_the_study_day_on_which_the_rate_began(record):
    # Weighed on day 1, which begins at hour 14; the first rate began on day 0.
    looks = (("d0", "weight", 80.0), ("d1", "weight", 40.0))
    early = record(("norepinephrine", 13, 20, 8.0, "ug/min"), seen=looks)
    late = record(("norepinephrine", 14, 20, 8.0, "ug/min"), seen=looks)
    assert found(early)["norepinephrine_equivalent_peak"].value == pytest.approx(0.1)
    assert found(late)["norepinephrine_equivalent_peak"].value == pytest.approx(0.2)


def test_a_changed_factor(record):
    course = record(("vasopressin", 0, 10, 0.04, "U/min"))
    peak = found(course, **{"norepinephrine.vasopressin": 5.0})["norepinephrine_equivalent_peak"]
    assert peak.value == pytest.approx(0.2)


@settings(max_examples=60, deadline=None)
@drawn(
    st.lists(
        st.tuples(
            st.sampled_from(["norepinephrine", "epinephrine", "dopamine"]),
            st.integers(0, 60),
            st.integers(1, 40),
            st.integers(1, 30),
        ),
        max_size=6,
    )
)
def test_a_walk_minute_by_minute_agrees(charted):
    clock = Clock(start_minute=0)
    builder = CourseBuilder("walk", clock=clock)
    factor = {"norepinephrine": 1.0, "epinephrine": 1.0, "dopamine": 0.01}
    running = [(0.0, set()) for _ in range(110)]
    for drug, start, length, rate in charted:
        moments = [clock.from_elapsed_days(minute / 1440) for minute in (start, start + length)]
        builder.drug(drug, start=moments[0], end=moments[1], end_state="ended", dose=rate / 100, dose_unit="ug/kg/min")
        for minute in range(start, start + length):
            total, agents = running[minute]
            running[minute] = (total + rate / 100 * factor[drug], agents | {drug})
    course = builder.course(complete=frozenset({"vasopressors"}))
    quantities = found(course)
    assert quantities["vasopressor_hours"].value == pytest.approx(sum(bool(a) for _, a in running) / 60)
    assert quantities["vasopressor_agents"].value == max(len(a) for _, a in running)
    assert quantities["norepinephrine_equivalent_peak"].value == pytest.approx(max(t for t, _ in running))
    assert quantities["norepinephrine_equivalent_total"].value == pytest.approx(sum(t for t, _ in running))


@pytest.mark.parametrize(("start_minute", "hours"), [(None, 1.0), (0, 1.0), (600, 11.0)])
def test_without_the_hour_of_the_infusion_a_day_begins_a_whole_number_of_days_after_it(start_minute, hours):
    # Given from hour 20 to hour 25. Study day 1 begins with hour 24, or with hour 14 of an infusion at 10:00.
    clock = Clock(start_minute=start_minute)
    builder = CourseBuilder("days", clock=clock)
    start, end = (clock.from_elapsed_hours(hour) for hour in (14 if start_minute else 20, 25))
    builder.drug("norepinephrine", start=start, end=end, end_state="ended", dose=5.0, dose_unit="ug/min")
    course = builder.course(complete=frozenset({"drugs"}))
    assert found(course, Days(1, 1))["vasopressor_hours"].value == pytest.approx(hours)
