"""Every model of the library through the engine: it compiles, its runs end well, and its states are those of a second solver."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from cartrace import engine, models
from cartrace.models.reproduce import run_curves

ORACLE = Path(__file__).parents[1] / "models" / "oracle.py"


def second_solver():
    name = "cartrace_test_oracle"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ORACLE)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def by_engine(system, values, times, outputs, doses, rtol=1e-9, atol=1e-11):
    infused = tuple(sorted({dose.state for dose in doses if dose.duration}))
    kernel = engine.compile_system(system, outputs, infused=infused)
    given = engine.Doses(
        patient=[0] * len(doses),
        time=[dose.time for dose in doses],
        state=[dose.state for dose in doses],
        amount=[dose.amount for dose in doses],
        duration=[dose.duration for dose in doses],
    )
    found = engine.solve(
        kernel, engine.parameter_table(system, 1, dict(values)), times, given if doses else None, rtol, atol
    )
    assert found.status[0] == engine.Status.OK, found.reason(0)
    return found.values[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", models.MODELS)
def test_the_first_run_of_a_model_agrees_with_the_second_solver(name):
    """To 1e-5 of each value; a state counts from a ten-thousandth of its largest value. Less than its bound is nothing in both."""
    model = models.load(name)
    worst = {}

    def compare(system, values, times, outputs, doses):
        chosen = times[:: max(1, len(times) // 40)]
        states = [state.id for state in system.states if state.rate != "0"]
        bounds = np.array([state.extinct_below for state in system.states if state.rate != "0"])
        found = by_engine(system, values, chosen, states, doses)
        expected = second_solver().solve(system, chosen, states, parameters=values, doses=doses, rtol=1e-9, atol=1e-14)
        found, expected = (np.where((bounds > 0.0) & (value < bounds), 0.0, value) for value in (found, expected))
        floor = np.maximum(1e-4 * np.abs(expected).max(axis=0), 1e-8)
        far = (np.abs(found - expected) / (np.abs(expected) + floor)).max(axis=0)
        worst.update({state: value for state, value in zip(states, far, strict=True) if value > 1e-5})
        return np.zeros((len(times), len(outputs)))

    run_curves(model, next(iter(model.runs.values())), [], compare)
    assert worst == {}


@pytest.mark.parametrize("name", models.MODELS)
def test_a_population_around_the_typical_patient_is_solved_whole(name):
    system = models.load(name).system
    kernel = engine.compile_system(system)
    random = np.random.default_rng(2)
    varied = {
        item.id: item.value * random.lognormal(sigma=0.05, size=32)
        for item in system.parameters
        if item.value > 0.0 and not float(item.value).is_integer()
    }
    until = {"h": 480.0, "d": 60.0}[system.time_unit]
    found = engine.solve(kernel, engine.parameter_table(system, 32, varied), np.linspace(0.0, until, 13))
    assert found.ok.all(), {found.reason(row) for row in np.flatnonzero(~found.ok)}
    assert np.isfinite(found.values).all()
