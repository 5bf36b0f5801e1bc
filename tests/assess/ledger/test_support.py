"""Hours of oxygen, positive pressure and ventilation."""

import pytest

from cartrace.assess.ledger.factors import factors
from cartrace.assess.ledger.support import respiratory_support
from cartrace.assess.ledger.totals import Days


def found(course, days=None, **changed):
    table = factors({f"oxygen.{name}": value for name, value in changed.items()})
    return {q.id: q for q in respiratory_support(course, table, days or Days())}


def device(*entries):
    return tuple((hour, "oxygen_device", word) for hour, word in entries)


def hours(quantities):
    return [quantities[key].value for key in ("oxygen_hours", "noninvasive_hours", "ventilation_hours")]


STEPS = device(
    (0, "room_air"),
    (10, "nasal_cannula"),
    (16, "bipap"),
    (20, "invasive_ventilation"),
    (30, "face_mask"),
    (33, "room_air"),
)


def test_a_climb_and_descent_by_hand(record):
    quantities = found(record(seen=STEPS))
    assert hours(quantities) == [23.0, 4.0, 10.0]
    assert not any(q.censored for q in quantities.values())
    assert quantities["noninvasive_hours"].used == (3, 4)


def test_intubation_to_protect_the_airway_is_ventilation_too(record):
    assert hours(found(record(seen=device((0, "intubated_airway_protection"), (5, "room_air"))))) == [5.0, 0.0, 5.0]


@pytest.mark.parametrize(("last", "counted"), [(33.9, True), (34.0, True), (34.1, False)])
def test_how_long_a_reading_holds(record, last, counted):
    oxygen = found(record(seen=device((10, "nasal_cannula"), (last, "room_air"))))["oxygen_hours"]
    assert oxygen.value == pytest.approx(last - 10 if counted else 0.0)
    assert oxygen.censored is not counted
    assert ("gap" in oxygen.flags) is not counted


def test_the_holding_time_can_be_changed(record):
    course = record(seen=device((10, "nasal_cannula"), (18, "room_air")))
    assert found(course, holds=7.0)["oxygen_hours"].value == 0.0
    assert found(course, holds=8.0)["oxygen_hours"].value == 8.0


def test_support_in_the_last_entry_is_a_lower_bound(record):
    quantities = found(record(seen=device((10, "cpap"), (12, "cpap"))))
    assert hours(quantities) == [2.0, 2.0, 0.0]
    assert [q.censored for q in quantities.values()] == [True, True, False]
    assert quantities["oxygen_hours"].flags == ("ongoing",)


def test_an_entry_that_is_not_recorded_ends_what_is_known(record):
    oxygen = found(record(seen=device((10, "nasal_cannula"), (12, None), (14, "room_air"))))["oxygen_hours"]
    assert (oxygen.value, oxygen.censored, oxygen.flags) == (2.0, True, ("gap",))


def test_of_two_entries_of_one_minute_the_stronger_counts(record):
    entries = device((10, "bipap"), (10, "nasal_cannula"), (10, None), (12, "room_air"))
    assert hours(found(record(seen=entries))) == hours(found(record(seen=entries[::-1]))) == [2.0, 2.0, 0.0]


def test_silence_and_entries_without_a_time(record):
    assert hours(found(record())) == [0.0, 0.0, 0.0]
    silent = found(record(complete=frozenset({"drugs"})))
    assert "oxygen chart" in silent["oxygen_hours"].reason
    on_a_day = found(record(seen=device(("d2", "nasal_cannula"), ("d3", "room_air"))))
    assert on_a_day["oxygen_hours"].reason == "support is recorded without a time of day"
    assert on_a_day["oxygen_hours"].left_out == (1,)
    assert hours(found(record(seen=device(("d2", "room_air"))))) == [0.0, 0.0, 0.0]


def test_only_the_days_asked_for(record):
    # Infusion at 10:00, so day 1 begins at hour 14.
    assert [hours(found(record(seen=STEPS), Days(day, day)))[0] for day in (0, 1, 2)] == [4.0, 19.0, 0.0]


def test_support_that_nobody_ended_before_the_days_may_reach_into_them(record):
    oxygen = found(record(seen=device((0, "nasal_cannula"))), Days(2, 4))["oxygen_hours"]
    assert (oxygen.value, oxygen.censored, oxygen.flags) == (0.0, True, ("ongoing",))
    assert not found(record(seen=device((100, "nasal_cannula"))), Days(2, 3))["oxygen_hours"].censored


def test_an_undated_entry_says_nothing(record):
    oxygen = found(record(seen=device((None, "bipap"), (10, "nasal_cannula"), (12, "room_air"))))
    assert hours(oxygen) == [2.0, 0.0, 0.0]


def test_the_days_of_hours_begin_at_midnight(record):
    # Day 1 is hours 14 to 38; an entry at its very end belongs to day 2.
    course = record(seen=device((13, "nasal_cannula"), (15, "room_air"), (38, "nasal_cannula")))
    day = found(course, Days(1, 1))["oxygen_hours"]
    assert (day.value, day.censored) == (1.0, False)
    assert found(course, Days(0, 0))["oxygen_hours"].value == 1.0
    assert found(course, Days(2, 2))["oxygen_hours"].censored


def test_a_gap_outside_the_days_is_no_gap_of_theirs(record):
    course = record(seen=device((0, "nasal_cannula"), (30, "room_air"), (40, "nasal_cannula"), (41, "room_air")))
    assert found(course, Days(0, 0))["oxygen_hours"].flags == ("gap",)
    assert found(course, Days(2, 2))["oxygen_hours"].flags == ()
    edge = record(seen=device((0, "nasal_cannula"), (14, None), (38, "room_air")))
    assert found(edge, Days(0, 0))["oxygen_hours"].flags == ()
    assert found(edge, Days(1, 1))["oxygen_hours"].flags == ("gap",)
    assert found(edge, Days(2, 2))["oxygen_hours"].flags == ()
