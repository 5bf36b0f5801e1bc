"""Cmax, Tmax, Clast, Tlast of the vectors, and what limits of the assay do to them."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("vector", "cmax", "tmax", "clast", "tlast"),
    [("K1", 200, 1, 10, 14), ("K4", 24000, 9, 120, 180), ("K6", 12000, 10, 80, 42), ("K10", 5000, 7, 625, 31)],
)
def test_the_vectors(measured, vector, cmax, tmax, clast, tlast):
    found = measured(vector)
    values = [found[name].value for name in ("cmax", "tmax", "clast", "tlast")]
    assert values == [cmax, tmax, clast, tlast]


def test_k8_without_a_quantifiable_sample_cmax_is_0_and_the_rest_is_refused(measured):
    found = measured("K8")
    assert found["cmax"].value == 0.0
    for name in ("tmax", "clast", "tlast"):
        assert found[name].value is None
        assert found[name].reason == "No sample is quantifiable."


def test_a_policy_that_drops_every_sample_leaves_no_cmax(measured):
    assert measured("K8", policy="drop_all")["cmax"].reason == "The BLQ policy leaves no sample."


@pytest.mark.parametrize("policy", ["standard", "zero_all", "half_lloq", "drop_all"])
def test_a_value_put_in_by_a_policy_is_never_cmax(measured, policy):
    # LLOQs differ between samples: half of 1000 would be more than what was observed.
    found = measured((0, 7, 9, 11), (0, 60, 999, 70), of={"lloq": None}, policy=policy)
    limited = measured((0, 7, 9, 11), (0, 60, "BLQ", 70), of={"lloq": 50}, policy=policy)
    assert found["cmax"].value == 999
    assert limited["cmax"].value == 70
    assert limited["tmax"].value == 11


@pytest.mark.parametrize(("day", "flagged"), [(0.0, True), (0.99, True), (1.0, False), (7.0, False)])
def test_a_peak_on_the_first_day_is_flagged_for_review(measured, day, flagged):
    flags = measured((day, 14, 21), (9000, 300, 200))["tmax"].flags
    assert ("early_peak_review" in flags) is flagged


def test_above_the_upper_limit_cmax_is_a_lower_bound(measured):
    found = measured((0, 7, 9, 14), (0, 900, "ABOVE", 700), of={"uloq": 1e6})
    assert (found["cmax"].value, found["cmax"].censored, found["cmax"].flags) == (1e6, True, ("above_uloq",))
    assert found["tmax"].flags == ("above_uloq",)
    assert not found["clast"].censored


def test_above_an_unknown_limit_cmax_is_the_highest_number_and_a_lower_bound(measured):
    found = measured((0, 7, 9, 14), (0, 900, "ABOVE", 700))
    assert (found["cmax"].value, found["cmax"].censored) == (900, True)


def test_clast_above_the_upper_limit_is_a_lower_bound(measured):
    assert measured((0, 7), (60, "ABOVE"), of={"uloq": 1e6})["clast"].censored


def test_each_names_the_sample_it_was_read_from(measured):
    found = measured("K4")
    assert [found[name].used for name in ("cmax", "tmax", "clast", "tlast")] == [(4,), (4,), (11,), (11,)]
