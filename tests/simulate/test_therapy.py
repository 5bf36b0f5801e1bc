"""The integrated model of the library, ready for scenarios."""

from __future__ import annotations

import pytest

from cartrace.errors import UnknownTerm
from cartrace.simulate import interface
from cartrace.simulate.therapy import load_therapy
from cartrace.vocabulary import terms, units


def test_the_integrated_model_offers_what_a_treatment_needs():
    model = load_therapy("cartrace2026")
    interface.require(model.system)
    assert set(model.hypotheses) == {"H1", "H2"}
    assert dict(model.hypotheses["H2"])["w_6"] == 0.0
    assert model.population.mixtures
    assert set(model.population.names).isdisjoint({interface.KNOCK_DOWN})


def test_every_observed_quantity_is_a_rule_or_state_with_an_accepted_unit():
    model = load_therapy("cartrace2026")
    ids = {item.id for item in model.system.states} | {item.id for item in model.system.rules}
    codes = [code for code, _, _ in model.observed]
    assert {"temperature", "anc", "platelets", "il6", "car_copies_per_ug", "blasts_percent"} <= set(codes)
    assert len(codes) == len(set(codes))
    for code, unit, output in model.observed:
        assert output in ids
        analyte = terms.analyte(code)
        assert analyte is not None
        assert units.to_canonical(1.0, unit=unit, family=analyte.family) > 0.0


def test_everything_that_is_drawn_is_a_parameter_of_the_model():
    model = load_therapy("cartrace2026")
    people = model.population
    drawn = {item.parameter for item in (*people.varied, *people.draws)}
    for mixture in people.mixtures:
        drawn |= {item.parameter for item in mixture.draws}
        drawn |= {name for name, _ in (*mixture.values, *mixture.factors, *mixture.otherwise)}
    drawn |= {covariate.parameter for covariate in people.covariates}
    drawn |= {name for values in model.hypotheses.values() for name, _ in values}
    assert drawn <= set(model.nominal)


def test_other_values_have_another_digest(therapy):
    from dataclasses import replace

    other = replace(therapy, hypotheses={"H1": (), "H2": (("strength", 9.0),)})
    assert therapy.digest_of_values == replace(therapy).digest_of_values != other.digest_of_values


def test_a_model_without_a_population_cannot_be_given_a_scenario():
    with pytest.raises(interface.NotTreatable, match="no population"):
        load_therapy("stein2019")
    with pytest.raises(UnknownTerm, match="cartrace2026"):
        load_therapy("cartrace2025")
