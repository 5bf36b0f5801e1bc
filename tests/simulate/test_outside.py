"""A scenario beyond what the model was calibrated on says so, at each boundary."""

from __future__ import annotations

from importlib import resources

import pytest

from cartrace.simulate import scenario_file
from cartrace.simulate.outside import NAMES, CalibratedRange, marrow_blasts, outside_the_data, ranges
from cartrace.vocabulary.sources import sources

DOSE = CalibratedRange("dose_per_kg", 0.2, 5.4, "10*6/kg", "stein2019tisagenlecleucel", "population")


@pytest.mark.parametrize(
    ("per_kg", "said"), [("0.19", True), ("0.2", False), ("5.4", False), ("5.41", True), ("10", True)]
)
def test_a_dose_around_the_range(per_kg, said):
    scenario = scenario_file.load("founding-case", {"dose.per_kg": per_kg})
    assert bool(outside_the_data(scenario, [DOSE], 5e5)) is said


def test_the_sentence_has_value_range_and_source():
    scenario = scenario_file.load("founding-case", {"dose.per_kg": "10"})
    (sentence,) = outside_the_data(scenario, [DOSE], 5e5)
    assert "the dose is 10 × 10⁶/kg" in sentence
    assert "0.2 to 5.4 × 10⁶/kg (stein2019tisagenlecleucel: population)" in sentence


def test_a_single_calibrated_value_and_a_fraction_read_as_such():
    scenario = scenario_file.load("founding-case", {"disease.cd19_negative": "0.3"})
    known = [
        CalibratedRange("skin", 0.0, 0.0, "mL", "s", "l"),
        CalibratedRange("cd19_negative", 0.0, 0.1, "1", "s", "l"),
    ]
    skin, negative = outside_the_data(scenario, known, 5e5)
    assert "is 8 mL; the model was calibrated on 0 mL only (" in skin
    assert "is 0.3; the model was calibrated on 0 to 0.1 (" in negative


def test_what_the_population_draws_is_inside():
    scenario = scenario_file.load("trial-patient")
    assert marrow_blasts(scenario, 5e5) is None
    skin = CalibratedRange("skin", 5.0, 6.0, "mL", "s", "l")
    assert outside_the_data(scenario, [skin], 5e5) == ()


def test_a_percentage_of_the_marrow_is_a_number_of_blasts():
    half = scenario_file.load("founding-case", {"disease": "{marrow_percent: 50}"})
    assert marrow_blasts(half, 5e5) == pytest.approx(5e5)
    fifth = scenario_file.load("founding-case", {"disease": "{marrow_percent: 20}"})
    assert marrow_blasts(fifth, 5e5) == pytest.approx(1.25e5)


def test_the_ranges_of_the_integrated_model_have_sources():
    text = resources.files("cartrace.models").joinpath("library/cartrace2026/ranges.toml").read_text(encoding="utf-8")
    found = ranges(text)
    assert {item.quantity for item in found} <= set(NAMES)
    assert all(item.source in sources() and item.locator and item.low <= item.high for item in found)


def test_a_range_of_something_else_is_refused():
    with pytest.raises(ValueError, match="no such quantity: height"):
        ranges('[[range]]\nquantity = "height"\nlow = 0\nhigh = 1\nunit = "m"\nsource = "s"\nlocator = "l"\n')
