"""Areas: the vectors of the criteria, what lies after the last sample, bounds and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

WINDOWS = ((0.0, 7.0), (0.0, 10.0), (0.0, 28.0), (0.0, 84.0))


def stein(time):
    """Typical curve of the published model, by its own formula (criteria 7.5)."""
    peak, rise = 9.3, math.log(3900) / 9.3
    if time <= peak:
        return 24000 / 3900 * math.exp(rise * time)
    late = 0.0079 * math.exp(-0.0032 * (time - peak))
    return 24000 * ((1 - 0.0079) * math.exp(-0.16 * (time - peak)) + late)


@pytest.mark.parametrize(
    ("vector", "policy", "expected"),
    [
        ("K1", "standard", {"auc_last": 845.1725, "auc_0_7": 693.6896, "auc_0_10": 784.1664}),
        ("K1", "standard", {"auc_0_28": 887.8299, "auc_inf": 889.7600}),
        ("K4", "standard", {"auc_0_28": 181966.62, "auc_0_84": 208890.34, "auc_last": 224235.17}),
        ("K6", "standard", {"auc_0_28": 99898.47, "auc_last": 103370.46}),
        # Without the zero on day 0 the triangle up to day 3 is missing: 3 x 100 / 2.
        ("K6", "drop_all", {"auc_0_28": 99898.47 - 150, "auc_last": 103370.46 - 150}),
        ("K6", "zero_all", {"auc_0_28": 98447.13, "auc_last": 99007.13}),
    ],
)
def test_the_vectors(measured, vector, policy, expected):
    found = measured(vector, policy=policy, windows=WINDOWS)
    for name, value in expected.items():
        digits = 4 if vector == "K1" else 2
        assert found[name].value == pytest.approx(value, abs=0.5001 * 10**-digits), name


def test_k6_with_half_the_limit_by_hand(measured):
    # Between day 21 (1500), day 28 (25) and day 42 (80): logarithmic down, linear up.
    found = measured("K6", policy="half_lloq")
    to_21 = measured("K6", windows=((0.0, 21.0),))["auc_0_21"].value
    down, up = 7 * (1500 - 25) / math.log(1500 / 25), 14 * (25 + 80) / 2
    assert found["auc_0_28"].value == pytest.approx(to_21 + down, rel=1e-12)
    assert found["auc_last"].value == pytest.approx(to_21 + down + up, rel=1e-12)


def test_k7_sampled_densely_the_published_curve_has_its_published_areas(measured):
    time = np.unique(np.concatenate([np.arange(0, 28 * 24 + 1) / 24, np.arange(28, 85, 0.25), [9.3]]))
    curve = [stein(t) for t in time]
    found = measured(time, curve, of={"lloq": None})
    assert found["auc_0_28"].value == pytest.approx(171774.3, rel=2e-4)
    assert found["auc_0_84"].value == pytest.approx(188397.9, rel=2e-4)


@pytest.mark.parametrize(
    ("day", "value"),
    [(0, 6.154), (1, 14.97), (5, 524.6), (9.3, 24000), (14, 11411.5), (28, 1373.6), (90, 146.5), (180, 109.8)],
)
def test_k7_the_formula_used_here_is_the_published_one(day, value):
    assert stein(day) == pytest.approx(value, rel=5e-4)


def test_windows_add_up(measured):
    found = measured("K4", windows=((0.0, 10.5), (10.5, 50.0), (50.0, 90.0), (0.0, 90.0)))
    parts = found["auc_0_10.5"].value + found["auc_10.5_50"].value + found["auc_50_90"].value
    assert parts == pytest.approx(found["auc_0_90"].value, rel=1e-12)


def test_windows_add_up_where_a_policy_lets_the_curve_fall_to_0(measured):
    found = measured("K6", policy="zero_all", windows=((0.0, 24.0), (24.0, 30.0), (0.0, 30.0)))
    parts = found["auc_0_24"].value + found["auc_24_30"].value
    assert parts == pytest.approx(found["auc_0_30"].value, rel=1e-12)


def test_after_the_last_sample_the_area_follows_the_slope_and_says_how_much(measured):
    found = measured("K1")
    rate = found["lambda_z"].value
    extra = 10 / rate * (1 - math.exp(-rate * 14))
    whole = found["auc_last"].value + extra
    assert found["auc_0_28"].value == pytest.approx(whole)
    assert found["percent_extrapolated_0_28"].value == pytest.approx(100 * extra / whole)
    assert found["percent_extrapolated_0_7"].value == 0.0
    assert "auc_extrapolated" in found["auc_0_28"].flags
    assert "auc_extrapolated" not in found["auc_0_7"].flags


def test_a_window_wholly_after_the_last_sample(measured):
    found = measured("K1", windows=((20.0, 28.0),))
    rate = found["lambda_z"].value
    expected = 10 / rate * (math.exp(-6 * rate) - math.exp(-14 * rate))
    assert found["auc_20_28"].value == pytest.approx(expected)
    assert found["percent_extrapolated_20_28"].value == 100.0


def test_auc_inf_is_always_flagged(measured):
    for vector in ("K1", "K4", "K10"):
        found = measured(vector)
        assert "auc_extrapolated" in found["auc_inf"].flags
        extra = found["clast"].value / found["lambda_z"].value
        assert found["auc_inf"].value == pytest.approx(found["auc_last"].value + extra)
        share = 100 * extra / found["auc_inf"].value
        assert found["auc_inf_extrapolated"].value == pytest.approx(share)


@pytest.mark.parametrize(("end", "flagged"), [(30.0, False), (40.0, True)])
def test_more_than_a_fifth_extrapolated_is_flagged(measured, end, flagged):
    # Flat rise, then half of it every 20 days: below and above 20 % of the window.
    time, values = (0, 10, 15, 20, 25), (1000, 1000, 841, 707, 595)
    area = measured(time, values, windows=((0.0, end),), of={"lloq": None})
    percent = area[f"percent_extrapolated_0_{end:g}"].value
    assert (percent > 20) is flagged
    assert ("extrapolated_above_20_percent" in area[f"auc_0_{end:g}"].flags) is flagged


def test_the_cautions_of_the_slope_travel_with_what_it_extrapolates(measured):
    found = measured("K4", windows=((0.0, 200.0),))
    assert "span_below_2" in found["auc_0_200"].flags
    assert "span_below_2" not in found["auc_last"].flags


def test_without_a_slope_nothing_is_extrapolated(measured):
    found = measured("K9")
    assert found["auc_0_28"].reason == "Sampling ends on day 14 and no terminal slope can be reported."
    assert found["percent_extrapolated_0_28"].reason == found["auc_0_28"].reason
    assert found["auc_inf"].value is None
    assert found["auc_last"].value is not None


def test_after_a_loss_the_area_is_0(measured):
    found = measured("K6", windows=((0.0, 42.0), (0.0, 60.0), (45.0, 60.0)))
    assert found["auc_0_60"].value == found["auc_0_42"].value
    assert found["auc_45_60"].value == 0.0


@pytest.mark.parametrize("policy", ["standard", "zero_all", "half_lloq", "drop_all"])
def test_a_loss_is_a_loss_under_every_policy(measured, policy):
    found = measured("K6", policy=policy)
    assert found["auc_0_84"].value == pytest.approx(found["auc_last"].value, rel=1e-12)
    assert "auc_extrapolated" not in found["auc_0_84"].flags


def test_auc_all_adds_the_triangle_to_the_first_sample_below_the_limit(measured):
    found = measured("K6")
    assert found["auc_all"].value - found["auc_last"].value == pytest.approx(18 * 80 / 2)
    assert measured("K4")["auc_all"].value == measured("K4")["auc_last"].value


@pytest.mark.parametrize(("last", "flagged"), [(20.9, True), (21.0, False), (28.0, False), (35.0, False), (35.1, True)])
def test_no_sample_within_a_week_of_the_end_is_flagged(measured, last, flagged):
    # Samples on days 7 to 10 and `last`.
    found = measured((0, 7, 8, 9, 10, last), (0, 900, 700, 500, 400, 50), of={"lloq": None})
    assert ("no_sample_near_end" in found["auc_0_28"].flags) is flagged


def test_a_late_first_sample_is_flagged(measured):
    found = measured((3, 7, 14, 21, 28), (100, 900, 700, 500, 400))
    assert "starts_after_zero" in found["auc_0_28"].flags
    assert "starts_after_zero" in found["auc_last"].flags
    assert "starts_after_zero" not in measured("K4")["auc_0_28"].flags


def test_refusals(measured):
    assert measured("K8")["auc_0_28"].reason == "No sample is quantifiable."
    assert measured("K8")["auc_last"].reason == "No sample is quantifiable."
    assert measured((30, 60), (900, 300))["auc_0_28"].reason == "No sample before day 28."
    assert measured((7,), (900,))["auc_last"].reason == "The area would rest on one sample; two are needed."


def test_an_unknown_limit_is_said_where_half_of_it_was_asked_for(measured):
    vector = (0, 7, 14, 21), (100, 900, "BLQ", 80)
    assert "lloq_not_recorded" in measured(*vector, of={"lloq": None}, policy="half_lloq")["auc_last"].flags
    assert "lloq_not_recorded" not in measured(*vector, policy="half_lloq")["auc_last"].flags
    assert "lloq_not_recorded" not in measured(*vector, of={"lloq": None})["auc_last"].flags


def test_a_sample_above_the_limit_makes_the_area_a_lower_bound(measured):
    limited = measured((0, 7, 9, 14, 21, 28), (60, 900, "ABOVE", 8000, 900, 100), of={"uloq": 10000})
    known = measured((0, 7, 9, 14, 21, 28), (60, 900, 40000, 8000, 900, 100))
    for name in ("auc_0_28", "auc_last", "auc_0_84", "auc_inf"):
        assert limited[name].censored, name
        assert "above_uloq" in limited[name].flags
        assert limited[name].value < known[name].value
    assert not limited["auc_0_7"].censored


def test_where_the_slope_rests_on_a_limited_value_the_extrapolated_area_is_no_bound(measured):
    found = measured((0, 5, 7, 9, 14), (60, "ABOVE", "ABOVE", 8000, 900), of={"uloq": 10000})
    assert "above_uloq" in found["lambda_z"].flags
    assert not found["auc_inf"].censored
    assert found["auc_last"].censored


def test_the_area_names_the_samples_that_made_it(measured):
    found = measured("K4", windows=((5.0, 10.0),))
    assert found["auc_5_10"].used == (2, 3, 4, 5)
