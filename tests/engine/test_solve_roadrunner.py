"""The engine against libRoadRunner, an independent reader, compiler and solver (CVODE), at tight tolerance.

libRoadRunner gives the value after an event that falls on an asked time, the engine the one before; the times here avoid events.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cartrace import engine
from cartrace.models.antimony import read_antimony

SHARED = Path(__file__).parents[3] / "shared" / "spec"
DOSED_DECAY = """
model dosed_decay
  k = 0.3; V = 5; t1 = 2; D = 100; n = 0;
  A' = -k*A; A = 10; B' = k*A - 0.1*B; B = 0;
  C := A/V;
  late: at (time >= t1 + 0.5): A = A + D;
  swap: at (B > 40 && n < 2): A = B, B = A/2, n = n + 1;
end
"""
PREDATORS = """
model predators
  a = 1.1; b = 0.4; c = 0.4; d = 0.1;
  x' = a*x - b*x*y; y' = d*x*y - c*y; x = 10; y = 5;
  cull: at (x > 12): y = y + 1, x = 0.9*x;
end
"""
EVERYTHING = """
model everything
  p = 0.7; h = 1.6; T = 3;
  u' = p*u^h/(1 + u^h) - 0.4*u*v + piecewise(2, time >= T && time < T + 1.5, 0.1);
  v' = min(u, 2)*0.3 - max(v - 0.5, 0)*0.8 + 0.1*abs(u - v) + 0.05*sin(2*time)*exp(-0.1*time) + 0.02*ln(1 + u) + 0.01*tanh(u)*sqrt(v);
  u = 1; v = 0.5;
end
"""


def text_of(name: str) -> str:
    """The Antimony text of a model of the specification."""
    path = (
        SHARED / "model" / "sscart19.ant"
        if name == "sscart19"
        else SHARED / "engine_prototype" / "models" / f"{name}.ant"
    )
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this checkout (shared/spec)")
    return path.read_text(encoding="utf-8")


def difference(
    text: str, values: dict[str, float], until: float, points: int, rtol: float, atol: float = 1e-14
) -> float:
    """The largest relative difference of any state at any time; values below a millionth of a state's largest count as that."""
    roadrunner = pytest.importorskip("roadrunner")
    antimony = pytest.importorskip("antimony")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    system = read_antimony(text)
    states = [state.id for state in system.states if state.rate != "0"]
    times = np.concatenate([[0.0], np.linspace(0.0, until, points)[1:] - 0.0137])
    found = engine.solve(
        engine.compile_system(system, states), engine.parameter_table(system, 1, values), times, rtol=rtol, atol=atol
    )
    assert found.status[0] == engine.Status.OK
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    oracle = roadrunner.RoadRunner(antimony.getSBMLString())
    oracle.integrator.relative_tolerance, oracle.integrator.absolute_tolerance = 1e-12, 1e-15
    oracle.integrator.maximum_num_steps = 1_000_000
    for name, value in values.items():
        oracle[name] = value
    oracle.selections = ["time", *states]
    expected = np.asarray(oracle.simulate(times=list(times)))[:, 1:]
    floor = 1e-6 * np.abs(expected).max(axis=0) + 1e-30
    return float((np.abs(found.values[0] - expected) / (np.abs(expected) + floor)).max())


@pytest.mark.parametrize(("text", "until"), [(DOSED_DECAY, 20.0), (PREDATORS, 30.0), (EVERYTHING, 12.0)])
def test_small_systems_agree(text, until):
    assert difference(text, {}, until, 101, rtol=1e-9) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("qe", {}),
        ("tmdd", {}),
        ("trig", {}),
        ("sscart19", {}),
        ("sscart19", {"toci_on": 1.0, "dex_on": 1.0, "KD": 0.0, "f_rej": 0.5}),
    ],
)
def test_models_of_the_therapy_agree_and_the_error_is_that_of_the_tolerance(name, values):
    text = text_of(name)
    assert difference(text, values, 180.0, 181, rtol=1e-9) < 1e-6
    assert difference(text, values, 180.0, 181, rtol=1e-5, atol=1e-8) < 2e-4
