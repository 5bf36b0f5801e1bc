"""The engine against libRoadRunner (CVODE) at tight tolerances: an independent integrator with its own event handling.

Models of the library are compared in `test_solve_models`.
At the time of an event libRoadRunner gives the value after it, cartrace the value before: such times are left out.
"""

from pathlib import Path

import numpy as np
import pytest

from cartrace import engine
from cartrace.models import read_antimony
from cartrace.models.antimony import sbml_of

SHARED = Path(__file__).parents[3] / "shared" / "spec"
PROTOTYPES = ("qe", "tmdd", "trig")
OBSERVED = ("E", "B", "Bm", "N", "IL6", "CRP", "Temp", "ANC")
VARIED = ("rho", "kk", "gmr", "Bm0", "pI", "MTT", "dose")


def oracle(sbml, times, outputs, values):
    """Values by libRoadRunner (times, outputs) with these parameters."""
    roadrunner = pytest.importorskip("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_CRITICAL)
    runner = roadrunner.RoadRunner(sbml)
    integrator = runner.getIntegrator()
    for name, value in (("relative_tolerance", 1e-11), ("absolute_tolerance", 1e-15), ("maximum_num_steps", 200_000)):
        integrator.setValue(name, value)
    for name, value in values.items():
        runner.setValue(name, value)
    runner.reset()
    for name, value in values.items():
        runner.setValue(name, value)
    runner.selections = ["time", *outputs]
    return np.asarray(runner.simulate(times=list(times)))[:, 1:]


def difference(found, expected):
    """The largest difference relative to the largest value of each output."""
    return float((np.abs(found - expected) / np.maximum(np.abs(expected).max(axis=0), 1e-12)).max())


ANTIMONY = {
    "decay with doses": "model m\n x' = -k*x; x = 10; k = 0.5\n at (time >= 1.3): x = x + 5\n at (time >= 2.7): x = x + 3\nend",
    "predator and prey": "model m\n x' = a*x - b*x*y; y' = d*x*y - c*y; x = 10; y = 5; a = 1.1; b = 0.4; c = 0.4; d = 0.1\nend",
    "threshold": "model m\n x' = g*x - on*x; on = 0; x = 1; g = 0.7; n = 0; p = 2\n species x, on, n\n"
    " at (x > 8 && n < 3): on = p, n = n + 1\n at (x < 2): on = 0\nend",
    "states exchanged by an event": "model m\n k = 0.3; t1 = 2; D = 100; n = 0\n A' = -k*A; A = 10; B' = k*A - 0.1*B; B = 0\n"
    " at (time >= t1 + 0.55): A = A + D\n at (B > 40 && n < 2): A = B, B = A/2, n = n + 1\nend",
    "pulse by the clock, every function": "model m\n p = 0.7; h = 1.6; T = 3.05; u = 1; v = 0.5\n"
    " u' = p*u^h/(1 + u^h) - 0.4*u*v + piecewise(2, time >= T && time < T + 1.5, 0.1)\n"
    " v' = min(u, 2)*0.3 - max(v - 0.5, 0)*0.8 + 0.1*abs(u - v) + 0.05*sin(2*time)*exp(-0.1*time) + 0.02*ln(1 + u)"
    " + 0.01*tanh(u)*sqrt(v)\nend",
}


@pytest.mark.parametrize("name", ANTIMONY)
def test_small_models_with_events(name):
    text = ANTIMONY[name].replace(" species x, on, n\n", "")
    times = np.linspace(0.0, 20.0, 42)
    system = read_antimony(text)
    states = [state.id for state in system.states]
    found = engine.solve(
        engine.compile_system(system, states), engine.parameter_table(system, 1), times, rtol=1e-10, atol=1e-13
    )
    assert found.ok.all()
    assert difference(found.values[0], oracle(sbml_of(text), times, states, {})) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("name", PROTOTYPES)
def test_prototypes_of_the_therapy_model(name):
    path = SHARED / "engine_prototype" / "models" / f"{name}.ant"
    if not path.exists():
        pytest.skip("needs ../shared/spec")
    text = path.read_text()
    system = read_antimony(text)
    ids = [item.id for item in system.parameters]
    patients = 4
    table = engine.parameter_table(system, patients)
    draw = np.random.default_rng(2)
    for parameter in VARIED:
        table[1:, ids.index(parameter)] *= np.exp(0.2 * draw.standard_normal(patients - 1))
    times = np.r_[0.0, np.arange(0.25, 30, 0.5), np.linspace(30.1, 180, 41)]
    found = engine.solve(engine.compile_system(system, OBSERVED), table, times, rtol=1e-9, atol=1e-14)
    assert found.ok.all()
    for i in range(patients):
        values = {parameter: table[i, ids.index(parameter)] for parameter in VARIED}
        assert difference(found.values[i], oracle(sbml_of(text), times, OBSERVED, values)) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("values", [{}, {"toci_on": 1.0, "dex_on": 1.0, "KD": 0.0, "f_rej": 0.5}])
def test_the_therapy_model_of_the_specification(values):
    path = SHARED / "model" / "sscart19.ant"
    if not path.exists():
        pytest.skip("needs ../shared/spec")
    text = path.read_text()
    system = read_antimony(text)
    states = [state.id for state in system.states]
    times = np.r_[0.0, np.linspace(0.37, 180.0, 120)]
    kernel, table = engine.compile_system(system, states), engine.parameter_table(system, 1, values)
    expected = oracle(sbml_of(text), times, states, values)
    for rtol, limit in ((1e-9, 1e-6), (1e-5, 2e-4)):  # the error is of the size of the tolerance
        found = engine.solve(kernel, table, times, rtol=rtol, atol=rtol * 1e-4)
        assert found.ok.all(), found.reason(0)
        assert difference(found.values[0], expected) < limit
