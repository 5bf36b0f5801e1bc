"""population.toml as the model's folder spells it."""

from __future__ import annotations

import pytest

from cartrace.simulate.population import Drawn, Varied, population

TEXT = """
[[draw]]
parameter = "L_M0"
distribution = "log_uniform"
low = 30.0
high = 8e5

[[latent]]
parameter = "u"
distribution = "logistic"

[[mixture]]
id = "loss"
name = "loss"
probability = 0.3
draw = [{ parameter = "t_rej", distribution = "uniform", low = 10, high = 180 }]
set = { f_rej = 1 }
otherwise = { f_rej = 0 }

[[correlation]]
parameters = ["a", "b"]
value = 0.5

[[covariate]]
id = "weight"
parameter = "V"
formula = "5*weight/60"
"""
VARIED = (Varied("a", "log", 0.3), Varied("b", "log", 0.4), Varied("L_M0", "log", 0.1))


def test_a_drawn_parameter_has_no_deviate_beside_it():
    people = population(TEXT, VARIED)
    assert [item.parameter for item in people.varied] == ["a", "b"]
    assert people.draws == (Drawn("L_M0", "log_uniform", 30.0, 8e5), Drawn("u", "logistic", 0.0, 1.0))


def test_dimensions_stand_in_one_order():
    assert population(TEXT, VARIED).names == ("a", "b", "L_M0", "u", "loss", "loss.t_rej")


def test_mixtures_correlations_and_covariates_are_read():
    people = population(TEXT, VARIED)
    (loss,) = people.mixtures
    assert (loss.probability, loss.values, loss.otherwise) == (0.3, (("f_rej", 1.0),), (("f_rej", 0.0),))
    assert people.correlations == (("a", "b", 0.5),)
    assert people.covariates[0].formula == "5*weight/60"


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="none of uniform, log_uniform"):
        population(TEXT.replace('"uniform"', '"gamma"'), VARIED)
    with pytest.raises(ValueError, match="b has no deviate"):
        population(TEXT, VARIED[:1])
