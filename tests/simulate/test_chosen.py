"""What a scenario may choose of a model."""

from __future__ import annotations

import pytest

from cartrace.simulate import interface
from cartrace.simulate.chosen import KEYS, problem, unknown_model
from cartrace.simulate.scenario_file import described, keys_of
from cartrace.simulate.therapy import load_therapy

MODEL = "cartrace2026"


@pytest.mark.parametrize(
    ("model_id", "said"),
    [
        ("cartrace2027", "did you mean cartrace2026"),
        ("stein2019", "scenarios need cartrace2026"),
        ("../cartrace2026", "a model of the library"),
    ],
)
def test_a_model_that_cannot_be_given_a_scenario(model_id, said):
    wrong = unknown_model(model_id)
    assert wrong is not None
    assert said in "; ".join(wrong)
    assert problem(model_id, "rho", -1.0) is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rhoo", 1.0, "did you mean rho"),
        ("rho", 0.0, "rho above 0"),
        ("rho", -1.0, "rho above 0"),
        ("KD", 0.3, "the key product.knock_down"),
        ("L_M0", 3.0, "the key disease.marrow_blasts"),
        ("t_inf", 0.0, "the first infusion on day 0"),
    ],
)
def test_a_value_that_no_patient_can_have_or_that_has_a_key_of_its_own(name, value, said):
    wrong = problem(MODEL, name, value)
    assert wrong is not None
    assert said in "; ".join(wrong)


@pytest.mark.parametrize(("name", "value"), [("rho", 1e-9), ("w_6", 0.0), ("u_route", -3.0), ("V_blood", 0.8)])
def test_a_value_that_is_one(name, value):
    assert problem(MODEL, name, value) is None


def test_every_key_named_is_a_key_of_a_scenario_and_every_parameter_one_of_the_model():
    names = {item.id for item in load_therapy(MODEL).system.parameters}
    for parameter, key in KEYS.items():
        section, _, name = key.partition(".")
        assert parameter in names
        assert name in keys_of(section, described())
    assert interface.FIRST_INFUSION in names
