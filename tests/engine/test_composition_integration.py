"""Whole runs in plain Python with a small driver of our own, against scipy at tight tolerance.

The driver here is as simple as can be (one step size for all lanes, no events): it shows that the text integrates the system.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cartrace.engine import tableau
from cartrace.models.expression import PYTHON, evaluate, python_code
from cartrace.models.sbml import read_sbml
from cartrace.models.system import Parameter, Rule, State, System

SHARED = Path(__file__).parents[3] / "shared" / "spec"
KIMMEL = System(  # kimmel2021, equations 2.1 to 2.3, with the parameters of the model library
    "kimmel",
    "d",
    tuple(
        Parameter(name, value)
        for name, value in {
            "K_N": 500, "K_C": 139, "r_N": 0.17, "rho_C": 0.0251, "a": 0.423, "b": 0.525, "r_B": 0.01, "gamma_B": 1.15, "k_B": 4.05,
        }.items()
    ),
    (
        State("N", "6", "-r_N*N*log((N + C)/K_N)"),
        State("C", "0.36", "-r_C*C*log((N + C)/K_C)"),
        State("B", "94.86", "r_B*B - gamma_B*B*C/(k_B + C)"),
    ),
    (Rule("T", "N + C"), Rule("r_C", "rho_C + b*(T - K_N)**2/(a*T**2 + (T - K_N)**2)")),
)  # fmt: skip


def integrate(here, times: np.ndarray, rtol: float, atol: float, first: float = 1e-3) -> np.ndarray:
    """States (time, state, lane) at the times; the worst lane rules the step."""
    n = here.program.n_continuous
    here["TOL"] = np.array([[rtol], *([[atol]] * n)])
    here.call("hoist", "init")
    here["Y"] = here["YN"].copy()
    found, time, h = [here["Y"].copy()] if times[0] == 0.0 else [], 0.0, first
    while len(found) < len(times):
        h = min(h, times[-1] - time)
        here["HS"], here["IH"], here["IHG"], here["T0"] = h, 1.0 / h, 1.0 / (tableau.GAMMA * h), time
        here.call("step")
        error = float(np.sqrt(here["ERR"].max()))
        if error <= 1.0:
            while len(found) < len(times) and times[len(found)] <= time + h * (1 + 1e-12):
                here["TH"] = (times[len(found)] - time) / h
                here.call("dense_all")
                found.append(here["U"].copy())
            time += h
            here["Y"] = here["YN"].copy()
        h *= min(5.0, max(0.2, 0.9 * max(error, 1e-10) ** -0.2)) if np.isfinite(error) else 0.1
        assert h > 1e-14
    return np.array(found)


def reference(system: System, times: np.ndarray, values: dict[str, float], method: str) -> np.ndarray:
    """States (time, state) by scipy, each expression evaluated by Python."""
    start = [evaluate(state.initial, values) for state in system.states]
    rules = [(rule.id, python_code(rule.value)) for rule in system.rules]
    codes = [python_code(state.rate) for state in system.states]

    def rates(time: float, y: np.ndarray) -> list[float]:
        known = values | dict(zip((state.id for state in system.states), y, strict=True)) | {"time": time}
        for name, code in rules:
            known[name] = eval(code, PYTHON.copy(), known)
        return [eval(code, PYTHON.copy(), known) for code in codes]

    scale = max(map(abs, start))
    run = solve_ivp(rates, (0, times[-1]), start, method=method, t_eval=times, rtol=1e-11, atol=1e-13 * scale)
    return run.y.T


CASES = {  # method of the reference, end of the run
    "decay": ("DOP853", 10.0),
    "lotka_volterra": ("DOP853", 30.0),
    "robertson": ("Radau", 1e4),
    "forced": ("DOP853", 12.0),
    "kimmel": ("DOP853", 60.0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_run_agrees_with_scipy(systems, workspace, name):
    system = KIMMEL if name == "kimmel" else getattr(systems, name)
    method, end = CASES[name]
    times = np.linspace(0.0, end, 31)
    found = integrate(workspace(system), times, rtol=1e-8, atol=1e-10)[:, :, 0]
    expected = reference(system, times, {item.id: item.value for item in system.parameters}, method)
    assert found == pytest.approx(expected, rel=2e-6, abs=1e-7 * np.abs(expected).max())


def test_the_error_shrinks_with_the_tolerance(systems, workspace):
    times = np.linspace(0.0, 30.0, 61)
    system = systems.lotka_volterra
    expected = reference(system, times, {item.id: item.value for item in system.parameters}, "DOP853")
    errors = []
    for rtol in (1e-3, 1e-5, 1e-7):
        found = integrate(workspace(system), times, rtol, rtol * 1e-3)[:, :, 0]
        errors.append(np.max(np.abs(found / expected - 1.0)))
    assert errors[0] < 1e-1
    assert errors[1] < errors[0] / 20
    assert errors[2] < errors[1] / 20


def test_lanes_do_not_feel_each_other(systems, workspace):
    # The same steps for all: what one lane computes must not depend on what stands beside it.
    system = systems.lotka_volterra
    alone, beside = workspace(system), workspace(system, lanes=3)
    beside["P"][:, 1] *= 1.3
    beside["P"][:, 2] = np.nan
    for here in (alone, beside):
        here["TOL"] = 1e-6
        here.call("hoist", "init")
        here["Y"] = here["YN"].copy()
        here["HS"], here["IH"], here["IHG"] = 0.1, 10.0, 10.0 / tableau.GAMMA
        here.call("step")
    assert (beside["YN"][:, 0] == alone["YN"][:, 0]).all()
    assert np.isnan(beside["ERR"][0, 2])
    assert np.isfinite(beside["ERR"][0, :2]).all()


def prototype(name: str) -> System:
    path = SHARED / "engine_prototype" / "models" / f"{name}.xml"
    if not path.exists():
        pytest.skip("the models of the prototype are not beside this checkout (shared/spec/engine_prototype)")
    pytest.importorskip("libsbml")
    return read_sbml(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "end"), [("qe", 5.0), ("tmdd", 5.0), ("trig", 5.0)])
def test_the_models_of_the_prototype_agree_with_scipy(workspace, name, end):
    # Without their events, which are the driver's part.
    system = prototype(name).flow
    times = np.linspace(0.0, end, 11)
    here = workspace(system)
    found = integrate(here, times, rtol=1e-8, atol=1e-11)[:, :, 0]
    values = {item.id: item.value for item in system.parameters}
    expected = reference(system, times, values, "LSODA")
    order = [[state.id for state in system.states].index(name) for name in here.program.states]
    assert found == pytest.approx(expected[:, order], rel=2e-6, abs=1e-9)
