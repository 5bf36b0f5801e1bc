"""The closed table of units: every entry against an independent unit library, and the conversions criteria.md prints."""

from __future__ import annotations

import math
from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from cartrace.errors import UnknownUnit
from cartrace.vocabulary import terms, units

UCUM = PintUcumRegistry()

# Spellings that a UCUM reader does not know, in UCUM (international units stand as its unit U).
IN_UCUM = {
    "°C": "Cel", "C": "Cel", "degC": "Cel", "deg C": "Cel", "°F": "[degF]", "F": "[degF]", "degF": "[degF]",
    "10^9/L": "10*9/L", "x10^9/L": "10*9/L", "x10*9/L": "10*9/L", "10E9/L": "10*9/L", "10e9/L": "10*9/L", "109/L": "10*9/L",
    "G/L": "10*9/L", "GI/L": "10*9/L", "Gpt/L": "10*9/L",
    "10^3/uL": "10*3/uL", "x10^3/uL": "10*3/uL", "10*3/mm3": "10*3/mm3", "10^3/mm3": "10*3/mm3", "K/uL": "10*3/uL",
    "k/uL": "10*3/uL", "Thou/mcL": "10*3/uL", "THOU/uL": "10*3/uL", "thousand/uL": "10*3/uL",
    "cells/uL": "/uL", "{cells}/uL": "/uL", "cells/mm3": "/mm3", "10^6/L": "10*6/L", "cells/mL": "/mL",
    "10^12/L": "10*12/L", "x10^12/L": "10*12/L", "10^6/uL": "10*6/uL",
    "gm/dL": "g/dL", "IU/L": "U/L", "[IU]/L": "U/L", "IU/min": "U/min", "[IU]/min": "U/min", "IU/h": "U/h", "[IU]": "U", "IU": "U",
    "IU/mL": "U/mL", "[IU]/mL": "U/mL", "[IU]/m2": "U/m2", "IU/m2": "U/m2", "IU/m^2": "U/m2", "x109/L": "10*9/L", "mEq/L": "meq/L",
    "ug/L FEU": "ug/L", "ug/L{FEU}": "ug/L", "ng/mL{FEU}": "ng/mL", "ng/mL FEU": "ng/mL", "mg/L{FEU}": "mg/L", "mg/L FEU": "mg/L",
    "percent": "%", "{fraction}": "1", "fraction": "1", "{INR}": "1", "INR": "1", "{score}": "1", "score": "1", "points": "1",
    "sec": "s", "seconds": "s", "mmHg": "mm[Hg]", "bpm": "/min", "breaths/min": "/min", "beats/min": "/min",
    "l/min": "L/min", "LPM": "L/min", "lpm": "L/min",
    "{copies}/ug": "/ug", "copies/ug": "/ug", "copies/ug DNA": "/ug", "copies/ug gDNA": "/ug", "copies/mcg": "/ug",
    "copies/mcg DNA": "/ug", "{copies}/uL": "/uL", "copies/uL": "/uL", "copies/mL": "/mL", "{copies}/mL": "/mL",
    "mcg/min": "ug/min", "mcg/kg/min": "ug/kg/min", "mcg": "ug", "mg/m^2": "mg/m2",
    "mcg/kg": "ug/kg", "10^6/kg": "10*6/kg", "x10^6/kg": "10*6/kg", "x10*6/kg": "10*6/kg", "{cells}/kg": "/kg", "cells/kg": "/kg",
    "10^6": "10*6", "10^6 cells": "10*6", "10^8": "10*8", "10^8 cells": "10*8", "cells": "1", "": "1",
}  # fmt: skip
# The substance decides these factors (molar mass, monomer); they are tested one by one below.
BY_SUBSTANCE = {
    ("haemoglobin", "mmol/L"),
    ("creatinine", "umol/L"),
    ("bilirubin", "umol/L"),
    ("triglycerides", "mg/dL"),
}
BY_SUBSTANCE |= {
    ("urate", "umol/L"),
    ("urate", "mmol/L"),
    ("phosphate", "mg/dL"),
    ("calcium", "mg/dL"),
    ("millimole", "mEq/L"),
}
ENTRIES = [(family, spelling) for family in units.families().values() for spelling in family.accepted]
BY_UNIT = [(family, spelling) for family, spelling in ENTRIES if (family.name, spelling) not in BY_SUBSTANCE]


def in_ucum(spelling: str) -> pint.Quantity:
    return UCUM.from_ucum(IN_UCUM.get(spelling, spelling))


@pytest.mark.parametrize(("family", "spelling"), BY_UNIT, ids=lambda x: x if isinstance(x, str) else x.name)
def test_an_entry_agrees_with_ucum(family, spelling):
    one, canonical = in_ucum(spelling), in_ucum(family.canonical)
    entry = family.spellings[units.fold(spelling)]
    if family.name == "temperature":
        reached = UCUM.Quantity(104.0, one.units).to(canonical.units).magnitude
        expected = float((104 - entry.offset) * entry.factor)
    else:
        reached, expected = (one / canonical).to_base_units(), float(entry.factor)
        assert reached.dimensionless
        reached = reached.magnitude
    assert reached == pytest.approx(expected, rel=1e-6)


def test_a_substance_is_excused_only_where_it_stands_in_the_table():
    table = {(family.name, spelling) for family, spelling in ENTRIES}
    assert table >= BY_SUBSTANCE
    assert set(IN_UCUM) <= {spelling for _, spelling in table}


@pytest.mark.parametrize(
    ("family", "unit", "value", "expected"),
    [
        # criteria.md 0.3; molar masses: creatinine 113.12, bilirubin 584.67, urate 168.11, phosphorus 30.974, calcium 40.078
        ("haemoglobin", "mmol/L", 7.0, 7.0 / 0.06206),
        ("creatinine", "umol/L", 88.4, 1.0),
        ("bilirubin", "umol/L", 17.1, 1.0),
        ("urate", "umol/L", 59.48, 1.0),
        ("urate", "mmol/L", 0.05948, 1.0),
        ("triglycerides", "mg/dL", 265.0, 265.0 * 0.01129),
        ("phosphate", "mg/dL", 1.0, 0.3229),
        ("calcium", "mg/dL", 8.0, 8.0 * 0.2495),
        ("millimole", "mEq/L", 3.1, 3.1),
        ("enzyme", "ukat/L", 1.0, 60.0),
    ],
)
def test_a_factor_of_the_substance(family, unit, value, expected):
    assert units.to_canonical(value, unit=unit, family=family) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("family", "unit", "molar_mass"),
    [("creatinine", "umol/L", 113.12), ("bilirubin", "umol/L", 584.67), ("urate", "umol/L", 168.11)],
)
def test_a_factor_follows_from_the_molar_mass(family, unit, molar_mass):
    # 1 umol/L = molar mass in ug/L = molar mass / 10,000 mg/dL
    assert units.to_canonical(1.0, unit=unit, family=family) == pytest.approx(molar_mass / 10_000, rel=2e-3)


def test_the_door_of_fever():
    """100.4 degF is 38.0 exactly; through floating point it came out as 38.00000000000006 (data_layer 2.1)."""
    assert units.to_canonical(100.4, unit="degF", family="temperature") == 38.0
    assert units.to_canonical(100.3, unit="°F", family="temperature") == 37.94
    assert units.to_canonical(100.5, unit="[degF]", family="temperature") == 38.06
    assert units.to_canonical(98.6, unit="F", family="temperature") == 37.0


def test_crp_in_two_units_is_a_factor_of_ten_and_never_guessed():
    for code in ("crp", "hscrp"):
        family = terms.analytes()[code].family
        assert units.to_canonical(12.3, unit="mg/dL", family=family) == 123.0
        assert units.to_canonical(12.3, unit="mg/L", family=family) == 12.3
        with pytest.raises(UnknownUnit):
            units.to_canonical(12.3, unit="", family=family)


def test_copies_per_microgram_never_become_copies_per_microlitre():
    per_ug, per_ul = units.families()["car_copies_per_microgram"], units.families()["car_copies_per_microlitre"]
    assert not set(per_ug.spellings) & set(per_ul.spellings)
    for spelling in per_ul.accepted:
        with pytest.raises(UnknownUnit):
            units.to_canonical(1.0, unit=spelling, family=per_ug.name)
    with pytest.raises(UnknownUnit):
        units.to_canonical(1.0, unit="cells/uL", family=per_ug.name)


def test_ddimer_units_of_the_two_equivalents_never_mix():
    with pytest.raises(UnknownUnit):
        units.to_canonical(1.0, unit="mg/L{DDU}", family="d_dimer_feu")
    with pytest.raises(UnknownUnit):
        units.to_canonical(1.0, unit="mg/L", family="d_dimer_feu")


@pytest.mark.parametrize(
    ("spelling", "read_as"), [("G/L", "gauss / liter"), ("C", "coulomb"), ("K/uL", "kelvin / microliter")]
)
def test_why_the_table_is_closed(spelling, read_as):
    """What a general unit reader makes of three common spellings (data_layer 2.1). Cross-check only; never at the door."""
    assert str(pint.UnitRegistry().parse_units(spelling)) == str(pint.UnitRegistry().parse_units(read_as))


def test_an_unknown_unit_names_what_is_accepted():
    with pytest.raises(UnknownUnit) as refused:
        units.to_canonical(1.0, unit="mgL", family="c_reactive_protein")
    assert refused.value.accepted == ("mg/L", "ug/mL", "mg/dL")
    assert "mg/L, ug/mL, mg/dL" in str(refused.value)
    assert units.nearest("mgL", family="c_reactive_protein") == ("mg/L",)
    assert units.nearest("10^9L", family="cell_count") == ("10^9/L",)
    assert units.nearest("furlong", family="cell_count") == ()


def test_signs_are_folded_and_case_is_kept():
    assert units.to_canonical(3.0, unit="10⁹/L", family="cell_count") == 3.0
    assert units.to_canonical(3.0, unit="×10⁹/L", family="cell_count") == 3.0
    assert units.to_canonical(3000.0, unit="/µL", family="cell_count") == 3.0
    assert units.to_canonical(3000.0, unit="/μL", family="cell_count") == 3.0
    assert units.to_canonical(38.2, unit="℃", family="temperature") == 38.2
    assert units.to_canonical(12.0, unit="mg/dl", family="c_reactive_protein") == 120.0
    assert units.to_canonical(3.0, unit="10^9/l", family="cell_count") == 3.0
    assert units.to_canonical(40.0, unit="mmol/l", family="millimole") == 40.0
    assert units.fold("mg/lot") == "mg/lot"
    assert not units.known("MG/DL", family="c_reactive_protein")
    assert not units.known("Mg/dL", family="c_reactive_protein")


def test_two_spellings_of_one_unit_agree():
    assert units.agree("G/L", "10^3/uL", family="cell_count")
    assert not units.agree("mg/L", "mg/dL", family="c_reactive_protein")


def test_the_canonical_unit_is_an_accepted_spelling_of_factor_one():
    for family in units.families().values():
        entry = family.spellings[units.fold(family.canonical)]
        assert (entry.factor, entry.offset) == (Fraction(1), Fraction(0)), family.name


def test_every_family_is_used():
    of_analytes = {analyte.family for analyte in terms.analytes().values() if analyte.family}
    assert set(units.families()) == of_analytes | units.DOSE_FAMILIES | units.INFUSION_FAMILIES


@given(value=st.floats(0, 1e9), entry=st.sampled_from(ENTRIES))
def test_conversion_is_the_exact_fraction_rounded_once(value, entry):
    family, spelling = entry
    known = family.spellings[units.fold(spelling)]
    exact = (Fraction(repr(value)) - known.offset) * known.factor
    converted = units.to_canonical(value, unit=spelling, family=family.name)
    if family.round_to is None:
        assert converted == float(exact)
    else:
        assert abs(converted - exact) <= Fraction(1, 2 * 10**family.round_to) + Fraction(math.ulp(float(exact)))


@given(low=st.floats(0, 1e6), high=st.floats(0, 1e6), entry=st.sampled_from(ENTRIES))
def test_conversion_keeps_the_order(low, high, entry):
    family, spelling = entry
    low, high = sorted((low, high))
    assert units.to_canonical(low, unit=spelling, family=family.name) <= units.to_canonical(
        high, unit=spelling, family=family.name
    )
