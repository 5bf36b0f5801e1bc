"""Tocilizumab dose by dose beside the numbers of the guideline: below, at and above each."""

import pytest

from cartrace.assess.ledger import factors
from cartrace.assess.ledger.tocilizumab import tocilizumab_doses
from cartrace.assess.ledger.totals import Days, account


def doses(course, **changed):
    of = account(course, Days(), lambda drug: drug.drug == "tocilizumab")
    return tocilizumab_doses(course, of, factors({f"tocilizumab.{name}": value for name, value in changed.items()}))


def at(*hours, dose=8.0, unit="mg/kg"):
    return [("tocilizumab", hour, None, dose, unit) for hour in hours]


def test_eight_per_kilogram_of_sixty_eight_kilograms(record):
    first, second = doses(record(*at(60, 150), weight=68.0))
    assert (first.amount.value, first.amount_per_kilogram.value, first.interval.reason) == (
        544.0,
        8.0,
        "the first dose",
    )
    assert (second.number, second.interval.value, second.cautions) == (2, 90.0, ())
    assert second.interval.used == (second.uid, first.uid)


@pytest.mark.parametrize(("dose", "over"), [(543.9, False), (544.0, False), (544.1, True)])
def test_dose_per_kilogram(record, dose, over):
    (one,) = doses(record(*at(60, dose=dose, unit="mg"), weight=68.0))
    assert ("above_dose_per_kilogram" in one.cautions) is over


@pytest.mark.parametrize(("weight", "over"), [(99.9, False), (100.0, False), (100.1, True)])
def test_the_cap_of_one_dose(record, weight, over):
    (one,) = doses(record(*at(60), weight=weight))
    assert ("above_cap" in one.cautions) is over
    assert "above_dose_per_kilogram" not in one.cautions


@pytest.mark.parametrize(("hours", "sooner"), [(7.9, True), (8.0, False), (8.1, False)])
def test_the_interval(record, hours, sooner):
    _, second = doses(record(*at(60, 60 + hours), weight=68.0))
    assert second.interval.value == pytest.approx(hours)
    assert ("sooner_than_interval" in second.cautions) is sooner


@pytest.mark.parametrize(("last", "over"), [(23.9, True), (24.0, False), (24.1, False)])
def test_doses_within_a_day(record, last, over):
    found = doses(record(*at(0, 8, 16, last), weight=68.0))
    assert "above_doses_per_24_h" not in found[2].cautions
    assert ("above_doses_per_24_h" in found[3].cautions) is over


def test_doses_in_all(record):
    found = doses(record(*at(0, 30, 60, 90, 120), weight=68.0))
    assert ["above_doses" in one.cautions for one in found] == [False, False, False, False, True]


def test_every_number_of_the_guideline_can_be_changed(record):
    course = record(*at(0, 9), weight=68.0)
    (_, plain), (_, strict) = doses(course), doses(
        course, dose_per_kilogram=7.9, cap=500.0, interval=12.0, doses_per_24_h=1.0, doses=1.0
    )  # fmt: skip
    assert plain.cautions == ()
    assert set(strict.cautions) == {
        "above_dose_per_kilogram",
        "above_cap",
        "sooner_than_interval",
        "above_doses_per_24_h",
        "above_doses",
    }


def test_without_weight_or_amount_nothing_is_guessed(record):
    (no_weight,) = doses(record(*at(60)))
    assert no_weight.amount.reason == "weight not recorded"
    assert no_weight.cautions == ("weight_not_recorded",)
    (in_mg,) = doses(record(*at(60, dose=560.0, unit="mg")))
    assert in_mg.amount.value == 560.0
    assert in_mg.amount_per_kilogram.reason == "body weight not recorded by then"
    assert in_mg.cautions == ()


def test_days_without_a_time_have_no_distance(record):
    _, second = doses(record(*at("d3", "d3"), weight=68.0))
    assert second.interval.reason == "the time of day of a dose is not recorded"
    assert second.cautions == ("undated_order",)
    _, after = doses(record(*at(80, "d4"), weight=68.0))
    assert after.interval.value is None
    assert after.cautions == ()


def test_each_dose_has_its_address_and_its_records(record):
    course = record(*at(60, 90), seen=(("d0", "weight", 70.0),))
    first, second = doses(course)
    assert [first.amount.id, second.amount_per_kilogram.id] == ["tocilizumab_1_amount", "tocilizumab_2_per_kilogram"]
    assert first.amount_per_kilogram.used == (1, 3)
    assert (first.interval.used, second.interval.used) == ((1,), (2, 1))
    in_mg = doses(record(*at(60, dose=560.0, unit="mg"), weight=70.0))[0]
    assert in_mg.amount_per_kilogram.used == (1,)


def test_the_first_missing_thing_is_the_reason(record):
    (one,) = doses(record(("tocilizumab", "d2", "d2", None, "mg", "daily")))
    assert one.amount.reason == "dose not recorded"
    assert one.cautions == ("dose_not_recorded", "whole_days")


def test_order_on_one_day_is_known_when_both_times_are(record):
    cautions = [one.cautions for one in doses(record(*at(15, 24), weight=68.0))]
    assert cautions == [(), ()]
    _, second, third = doses(record(*at(60, "d3", 90), weight=68.0))
    assert (second.cautions, third.cautions) == ((), ())
    assert third.interval.value is None
    # Of three, the one just before counts for the distance.
    assert [one.interval.value for one in doses(record(*at(10, 40, 60), weight=68.0))] == [None, 30.0, 20.0]
