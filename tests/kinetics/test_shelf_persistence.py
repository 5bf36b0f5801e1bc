"""Persistence: how long, at which month, when lost; and when the record cannot say."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("last", "value", "reason"),
    [
        # Quantifiable on day 60; then below the limit on day `last`.
        (75.9, None, "No sample within 14 days of day 90 or after it."),
        (76.0, 0.0, ""),
        (90.0, 0.0, ""),
        (104.0, 0.0, ""),
        (104.1, None, "Quantifiable on day 60, below the LLOQ on day 104.1, no sample between."),
    ],
)
def test_below_the_limit_around_month_3(measured, last, value, reason):
    found = measured((7, 28, 60, last), (9000, 900, 100, "BLQ"))["persistence_month_3"]
    assert (found.value, found.reason) == (value, reason)


@pytest.mark.parametrize(("day", "value"), [(75.9, None), (76.0, 1.0), (90.0, 1.0), (400.0, 1.0)])
def test_quantifiable_around_month_3_or_later(measured, day, value):
    assert measured((7, 28, day), (9000, 900, 60))["persistence_month_3"].value == value


def test_a_loss_seen_before_the_month_and_again_after_it_is_a_no(measured):
    found = measured((7, 60, 300), (9000, "BLQ", "BLQ"))
    assert [found[f"persistence_month_{month}"].value for month in (3, 6)] == [0.0, 0.0]
    assert found["persistence_month_12"].reason == "No sample within 14 days of day 365 or after it."


def test_of_two_equally_near_samples_the_later_one_counts(measured):
    assert measured((7, 85, 95), (9000, 60, "BLQ"))["persistence_month_3"].value == 0.0


def test_the_names_of_the_months(measured):
    found = measured("K4")
    assert found["persistence_month_3"].name == "Persistence at month 3"
    assert [found[f"persistence_month_{month}"].value for month in (3, 6, 12)] == [1.0, 1.0, None]
    assert found["persistence_month_3"].used == (10,)


@pytest.mark.parametrize("below", ["BLQ", 49.9, 0.0])
def test_the_loss_is_the_first_sample_below_the_limit_after_tlast(measured, below):
    found = measured((7, 28, 42, 60, 90), (9000, "BLQ", 80, below, "BLQ"))
    assert found["loss_time"].value == 60
    assert found["persistence_duration"].value == 42
    assert not found["persistence_duration"].censored


def test_without_a_loss_persistence_is_a_lower_bound(measured):
    found = measured("K4")
    assert (found["persistence_duration"].value, found["persistence_duration"].censored) == (180, True)
    assert found["loss_time"].reason == "No sample below the LLOQ after the last quantifiable one."


@pytest.mark.parametrize("policy", ["standard", "zero_all", "half_lloq", "drop_all"])
def test_no_policy_moves_it(measured, policy):
    found = measured("K6", policy=policy)
    assert (found["persistence_duration"].value, found["loss_time"].value) == (42, 60)


def test_never_quantifiable(measured):
    found = measured((7, 28, 90), ("BLQ", "BLQ", "BLQ"))
    assert found["persistence_month_3"].value == 0.0
    assert found["loss_time"].reason == found["persistence_duration"].reason == "No sample is quantifiable."


def test_a_sample_above_an_unknown_upper_limit_is_a_signal(measured):
    found = measured((7, 100, 365), (9000, "ABOVE", "BLQ"))
    assert found["persistence_month_3"].value == 1.0
    assert found["persistence_duration"].value == 100


def test_a_test_that_was_not_made_says_nothing(measured):
    assert measured((7, 90), (9000, "missing"))["persistence_month_3"].value is None
