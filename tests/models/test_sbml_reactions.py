"""Reactions as rates: stoichiometries, compartments, boundary species, conversion factors."""

from __future__ import annotations

import pytest

from cartrace.errors import InputRefused
from cartrace.models.antimony import sbml_of
from cartrace.models.sbml import read_sbml


def rates(text: str, **changes: str) -> dict[str, str]:
    written = sbml_of(f"model m() {text} end")
    for old, new in changes.items():
        written = written.replace(old, new)
    return {state.id: state.rate for state in read_sbml(written).states}


def test_a_rate_is_the_sum_of_what_makes_and_uses_the_species():
    text = "species A, B; A = 1; B = 1; J1: 2 A -> B; k*A; J2: B -> ; k*B; k = 1;"
    assert rates(text) == {"A": "-2.0 * J1", "B": "J1 - J2"}


def test_a_concentration_changes_by_the_rate_over_the_size_of_the_compartment():
    assert rates("compartment C = 2; species A in C; A = 1; J: A -> ; k*A; k = 1;") == {"A": "-J / C"}
    assert rates("compartment C = 2; substanceOnly species A in C; A = 1; J: A -> ; k*A; k = 1;") == {"A": "-J"}


def test_a_species_at_the_boundary_is_not_changed():
    assert rates("species A, $B; A = 1; B = 1; J: A -> B; k*A; k = 1;") == {"A": "-J"}


def test_the_same_species_on_both_sides_counts_on_both():
    assert rates("species A; A = 1; J: A -> 2 A; k*A; k = 1;") == {"A": "-J + 2.0 * J"}


def test_a_conversion_factor_multiplies():
    text = sbml_of("model m() species A; A = 1; J: A -> ; k*A; k = 1; f = 1000; end")
    whole = text.replace('<model metaid="m" id="m"', '<model metaid="m" id="m" conversionFactor="f"')
    assert read_sbml(whole).states[0].rate == "-J * f"
    own = text.replace('<species id="A"', '<species id="A" conversionFactor="f"')
    assert read_sbml(own).states[0].rate == "-J * f"


def test_a_stoichiometry_may_be_a_formula_in_level_2():
    text = """<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m">
      <listOfCompartments><compartment id="C" size="1"/></listOfCompartments>
      <listOfSpecies><species id="A" compartment="C" initialAmount="2" hasOnlySubstanceUnits="true"/></listOfSpecies>
      <listOfParameters><parameter id="n" value="3"/></listOfParameters>
      <listOfReactions><reaction id="J"><listOfProducts><speciesReference species="A"><stoichiometryMath>
        <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><cn>2</cn><ci>n</ci></apply></math>
        </stoichiometryMath></speciesReference></listOfProducts>
        <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><ci>n</ci></math></kineticLaw></reaction></listOfReactions>
      </model></sbml>"""
    assert read_sbml(text).states[0].rate == "2.0 * n * J"


def test_a_reaction_without_a_rate_is_refused():
    with pytest.raises(InputRefused) as refused:
        rates("species A; A = 1; J: A -> ; ;")
    assert 'reaction "J" without a rate' in refused.value.findings[0].found
