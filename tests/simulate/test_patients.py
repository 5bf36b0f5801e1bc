"""Virtual patients: their distributions, and that patient i is the same person everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.simulate.patients import draw, uniform
from cartrace.simulate.population import Drawn, Mixture, Population, Varied
from cartrace.simulate.scenario import VirtualPatients

PEOPLE = Population(
    varied=(Varied("a", "log", 0.3), Varied("b", "log", 0.4), Varied("c", "logit", 0.5), Varied("d", "lin", 2.0)),
    draws=(Drawn("burden", "log_uniform", 30.0, 8e5), Drawn("u", "logistic", 0.0, 1.0)),
    mixtures=(
        Mixture(
            "loss",
            "loss",
            0.3,
            draws=(Drawn("t_rej", "uniform", 10.0, 180.0),),
            values=(("f_rej", 1.0),),
            factors=(("a", 0.5),),
            otherwise=(("f_rej", 0.0),),
        ),
    ),
    correlations=(("a", "b", 0.5),),
)
NOMINAL = {"a": 2.0, "b": 3.0, "c": 0.85, "d": 37.0, "burden": 1.0, "t_rej": 30.0, "f_rej": 0.0, "u": 0.0}


def drawn(count=4096, start=0, **chosen):
    return draw(PEOPLE, NOMINAL, VirtualPatients(count=count, **chosen), start, count - start)


@pytest.mark.parametrize("sampling", ["sobol", "latin_hypercube"])
def test_marginals_are_the_declared_ones(sampling):
    people = drawn(sampling=sampling)
    values, inside = people.parameters, people.members["loss"]
    assert inside.mean() == pytest.approx(0.3, abs=0.01)
    assert np.log(values["a"][~inside] / 2.0).std() == pytest.approx(0.3, rel=0.05)
    assert np.median(values["b"]) == pytest.approx(3.0, rel=0.01)
    assert np.log(values["c"] / (1 - values["c"])).mean() == pytest.approx(np.log(0.85 / 0.15), abs=0.02)
    assert (values["d"].mean(), values["d"].std()) == (pytest.approx(37.0, abs=0.05), pytest.approx(2.0, rel=0.03))
    assert np.median(values["burden"]) == pytest.approx(np.sqrt(30.0 * 8e5), rel=0.05)
    assert people.knock_down.mean() == pytest.approx(0.5, abs=0.01)
    assert values["u"].std() == pytest.approx(np.pi / np.sqrt(3.0), rel=0.03)


def test_a_mixture_sets_draws_and_multiplies_inside_and_only_there():
    people = drawn()
    values, inside = people.parameters, people.members["loss"]
    assert set(values["f_rej"][inside]) == {1.0}
    assert set(values["f_rej"][~inside]) == {0.0}
    assert set(values["t_rej"][~inside]) == {30.0}
    assert values["t_rej"][inside].min() >= 10.0
    assert np.median(values["a"][inside]) == pytest.approx(1.0, rel=0.05)


def test_correlated_deviates_are_correlated():
    people = drawn()
    outside = ~people.members["loss"]
    found = np.corrcoef(np.log(people.parameters["a"][outside]), np.log(people.parameters["b"][outside]))[0, 1]
    assert found == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("sampling", ["sobol", "latin_hypercube"])
def test_chunks_are_cut_from_the_same_patients(sampling):
    chosen = VirtualPatients(count=100, sampling=sampling)
    whole = uniform(chosen, 7, 0, 100)
    for start, count in ((0, 1), (0, 33), (33, 33), (66, 34), (99, 1)):
        assert np.array_equal(uniform(chosen, 7, start, count), whole[start : start + count])


def test_sobol_patients_do_not_depend_on_how_many_there_are():
    few, many = VirtualPatients(count=10), VirtualPatients(count=1000)
    assert np.array_equal(uniform(few, 5, 0, 10), uniform(many, 5, 0, 1000)[:10])


def test_another_seed_is_another_population():
    one, other = (uniform(VirtualPatients(count=8, seed=seed), 3, 0, 8) for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_asking_for_more_patients_than_there_are_is_refused():
    with pytest.raises(ValueError, match="of 5"):
        uniform(VirtualPatients(count=5), 3, 3, 3)


def test_the_typical_patient_has_no_deviates():
    people = draw(PEOPLE, NOMINAL, VirtualPatients(vary=False), 0, 1)
    assert people.parameters == {}
    assert np.isnan(people.knock_down).all()
