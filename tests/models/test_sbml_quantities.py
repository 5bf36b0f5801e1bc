"""Quantities of an SBML model: names, constants, values at time 0."""

from __future__ import annotations

import libsbml
import pytest

from cartrace.models.antimony import sbml_of
from cartrace.models.sbml_quantities import Quantities


def quantities(text: str, *states: str) -> Quantities:
    document = libsbml.readSBMLFromString(sbml_of(f"model m() {text} end"))
    quantities.document = document  # libsbml frees a model with its document
    found = Quantities(document.getModel(), "model.xml")
    found.states = list(states)
    return found


def test_words_of_python_and_of_the_grammar_get_a_line_below():
    found = quantities("lambda = 1; pass = 2; lambda_ = 3; r := lambda + pass;")
    assert found.names["pass"] == "pass_"
    assert found.names["lambda"] != found.names["lambda_"]
    assert found.free_name("exp") == "exp_"
    assert found.free_name("time") == "time_"


def test_a_value_at_the_start_is_written_over_parameters_alone():
    found = quantities("k = 2; a = 3*k; r := a + x; x = 5; x' = 1; y = r + time; y' = 1;", "x", "y")
    assert found.initial("y") == "3 * k + 5.0 + 0"
    assert found.initial("x") == "5.0"
    assert list(found.constants()) == ["k", "a"]


@pytest.mark.parametrize(
    ("species", "initial"),
    [
        ("species S in C; S = 3", "3.0"),  # Antimony gives a concentration
        ("species S in C; amt = 3; S = amt/C", "amt / C"),
        ("substanceOnly species S in C; S = 3", "3.0"),
    ],
)
def test_a_species_stands_for_what_its_symbol_means(species, initial):
    assert quantities(f"compartment C = 4; {species};", "S").initial("S") == initial


def test_an_amount_is_divided_by_the_size_of_the_compartment():
    found = quantities("compartment C = 4; species S in C; S = 3;", "S")
    species = found.symbols["S"]
    species.setInitialAmount(12.0)
    assert found.initial("S") == "12.0 / C"


def test_the_compartment_of_antimony_is_no_part_unless_it_is_spoken_of():
    assert "default_compartment" not in quantities("species S; S = 1;").symbols
    assert "default_compartment" in quantities("species S; S = 1; v := 2*default_compartment;").symbols


def test_a_missing_value_is_found_and_reading_goes_on():
    found = quantities("x' = 1; y' = 2;", "x", "y")
    assert [found.initial(name) for name in ("x", "y")] == ["0", "0"]
    assert [finding.found for finding in found.findings] == [
        '"x" without a value that is a number',
        '"y" without a value that is a number',
    ]
