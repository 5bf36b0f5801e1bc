"""Doses added up, and what is said when nothing is recorded."""

import pytest

from cartrace.assess.ledger.totals import Days, account, doses_and_amount
from cartrace.course import CourseBuilder


def anakinra(course, days=None):
    of = account(course, days or Days(), lambda drug: drug.drug == "anakinra")
    return {
        quantity.id.removeprefix("anakinra_"): quantity for quantity in doses_and_amount("anakinra", "Anakinra", of)
    }


def test_count_amount_and_days(record):
    found = anakinra(record(("anakinra", "d4", "d6", 100, "mg", "every 12 h")))
    assert [found[key].value for key in ("doses", "total", "first_day", "last_day")] == [6, 600, 4, 6]
    assert not any(quantity.censored for quantity in found.values())


def test_nothing_recorded_is_zero_only_when_the_chart_is_complete(record):
    none = anakinra(record())
    assert (none["doses"].value, none["total"].value) == (0, 0)
    assert none["first_day"].reason == "none given"
    silent = anakinra(record(complete=frozenset()))
    assert {quantity.value for quantity in silent.values()} == {None}
    assert "not declared complete" in silent["doses"].reason


def test_an_incomplete_chart_makes_every_number_a_lower_bound(record):
    found = anakinra(record(("anakinra", "d4", None, 100, "mg"), complete=frozenset({"oxygen"})))
    assert found["doses"].value == 1
    assert found["doses"].censored
    assert found["total"].censored
    assert found["last_day"].censored
    assert not found["first_day"].censored
    assert found["doses"].flags == ("chart_open",)


def test_a_dose_without_an_amount_leaves_the_count_and_bounds_the_amount(record):
    found = anakinra(record(("anakinra", "d4", None, 100, "mg"), ("anakinra", "d5", None, None, "")))
    assert (found["doses"].value, found["doses"].censored) == (2, False)
    assert (found["total"].value, found["total"].censored) == (100, True)
    assert found["total"].left_out == (2,)


def test_no_amount_at_all_is_a_reason_and_not_zero(record):
    found = anakinra(record(("anakinra", "d4", None, 100, "mg/m2")))
    assert found["doses"].value == 1
    assert found["total"].value is None
    assert found["total"].flags == ("surface_not_recorded",)


def test_an_undated_dose_is_left_out_and_never_zero(record):
    found = anakinra(record(("anakinra", None, None, 100, "mg")))
    assert found["doses"].reason == "recorded without a known start"
    assert found["doses"].left_out == (1,)
    both = anakinra(record(("anakinra", None, None, 100, "mg"), ("anakinra", "d2", None, 100, "mg")))
    assert (both["doses"].value, both["doses"].censored, both["doses"].left_out) == (1, True, (1,))


@pytest.mark.parametrize(("days", "doses"), [(Days(), 5), (Days(2), 3), (Days(0, 1), 2), (Days(3, 3), 1), (Days(5), 0)])
def test_only_the_days_asked_for(record, days, doses):
    course = record(("anakinra", "d-2", "d-1", 100, "mg", "daily"), ("anakinra", "d0", "d4", 100, "mg", "daily"))
    found = anakinra(course, days)
    assert found["doses"].value == doses
    assert found["total"].value == 100 * doses
    assert Days(-2, 4).first == -2
    assert None not in days


@pytest.mark.parametrize(
    ("start", "end", "frequency", "reaches"),
    [
        ("d-2", "?", "daily", True),
        ("d-2", None, "daily", True),
        ("d-2", None, "", False),
        ("d-2", "d0", "", True),
        ("d-2", "d-1", "", False),
        # The infusion began at 10:00: day 0 begins at hour -10.
        (-40, -10, "", False),
        (-40, -9.9, "", True),
        ("d-2", "d3", "as needed", True),
        ("d3", "?", "daily", False),
    ],
)
def test_what_may_reach_into_the_days_is_never_zero(record, start, end, frequency, reaches):
    found = anakinra(record(("anakinra", start, end, 100, "mg", frequency)), Days(0, 2))
    if reaches:
        assert found["doses"].reason == "begun before these days, and until when or how often is not recorded"
        assert found["doses"].left_out == (1,)
    else:
        assert (found["doses"].value, found["doses"].censored) == (0.0, False)


def test_what_may_reach_into_the_days_bounds_what_is_certain(record):
    course = record(("anakinra", "d-2", "?", 100, "mg", "daily"), ("anakinra", "d1", None, 100, "mg"))
    found = anakinra(course)
    assert (found["doses"].value, found["doses"].censored, found["doses"].left_out) == (1.0, True, (1,))


def test_days_are_those_of_the_doses_in_order_of_time(record):
    found = anakinra(record(("anakinra", "d6", None, 100, "mg"), ("anakinra", "d2", None, 100, "mg")))
    assert (found["first_day"].value, found["last_day"].value) == (2.0, 6.0)


def test_a_clock_without_a_time_of_day():
    builder = CourseBuilder("days")
    start, end = (builder.clock.from_study_day(day) for day in (-2, -1))
    builder.drug("anakinra", start=start, end=end, end_state="ended", dose=1, dose_unit="mg")
    assert anakinra(builder.course(complete=frozenset({"drugs"})))["doses"].value == 0.0
