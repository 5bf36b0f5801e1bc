"""One step against dense linear algebra, against the order of the method, and its dense output."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cartrace.engine import tableau
from cartrace.engine.step import _weighted
from cartrace.models.system import Parameter, Rule, State, System

NAMES = ("decay", "lotka_volterra", "robertson", "forced", "everything")


def set_states(here, values) -> None:
    here["Y"] = values
    here["U"] = values


def take_step(here, h: float, time: float = 0.0) -> None:
    here["HS"], here["IH"], here["IHG"], here["T0"] = h, 1.0 / h, 1.0 / (tableau.GAMMA * h), time
    here.call("step")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_rates_matrix_and_solution_are_those_of_a_dense_solver(systems, direct, workspace, name, seed):
    system = getattr(systems, name)
    random = np.random.default_rng(seed)
    here = workspace(system)
    continuous = here.program.states[: here.program.n_continuous]
    values = dict(zip(here.program.states, random.uniform(0.3, 2.5, len(here.program.states)), strict=True))
    parameters = {item.id: item.value * random.uniform(0.5, 1.5) for item in system.parameters}
    here["P"] = np.array([[parameters[item.id]] for item in system.parameters])
    set_states(here, np.array([[values[state]] for state in here.program.states]))
    h, time = 0.03, 0.7
    here["TT"] = here["T0"] = time
    here["IH"], here["IHG"], here["S"] = 1.0 / h, 1.0 / (tableau.GAMMA * h), 0.0
    oracle = direct(system, parameters)
    rates = oracle.rates(values, time, continuous).real

    here.call("hoist", "rhs")
    assert here["F"][:, 0] == pytest.approx(rates, rel=1e-12, abs=1e-12)
    here["F"] = 0.0
    here.call("factor")
    assert here["F"][:, 0] == pytest.approx(rates, rel=1e-12, abs=1e-12)
    if not here.program.autonomous:
        by_time = oracle.rates(values, time + 1e-30j, continuous).imag / 1e-30
        assert here["FT"][:, 0] == pytest.approx(by_time, rel=1e-11, abs=1e-12)
    right, sums = random.normal(size=(2, len(continuous)))
    here["F"], here["S"] = right[:, None], sums[:, None]
    here.call("solve")
    matrix = np.eye(len(continuous)) / (tableau.GAMMA * h) - oracle.jacobian(values, time, continuous)
    assert here["F"][:, 0] == pytest.approx(np.linalg.solve(matrix, right + sums / h), rel=1e-9, abs=1e-11)


def by_dense_algebra(oracle, names, y, time, h):
    """A step written from the formulas of the tableau, with numpy."""
    jacobian = oracle.jacobian(dict(zip(names, y, strict=True)), time, names)
    slope = oracle.rates(dict(zip(names, y, strict=True)), time + 1e-30j, names).imag / 1e-30
    matrix = np.eye(len(y)) / (tableau.GAMMA * h) - jacobian
    stages: list[np.ndarray] = []
    for i in range(tableau.STAGES):
        at = y + sum((a * k for a, k in zip(tableau.A[i], stages, strict=False)), 0 * y)
        right = oracle.rates(dict(zip(names, at, strict=True)), time + tableau.ALPHA[i] * h, names).real
        right = right + sum((c / h * k for c, k in zip(tableau.C[i], stages, strict=False)), 0 * y)
        stages.append(np.linalg.solve(matrix, right + tableau.GAMMA_I[i] * h * slope))
    return y + sum(b * k for b, k in zip(tableau.B, stages, strict=True)), np.array(stages)


@pytest.mark.parametrize("name", NAMES[:4])
def test_a_step_is_the_published_one(systems, direct, workspace, name):
    system = getattr(systems, name)
    here = workspace(system)
    oracle = direct(system, {item.id: item.value for item in system.parameters})
    y = np.linspace(
        0.01, 0.015, len(system.states)
    )  # small: the fast reaction of Robertson's example magnifies rounding
    set_states(here, y[:, None])
    here["TOL"] = np.array([[1e-3], *([[1e-5]] * len(y))])
    here.call("hoist")
    take_step(here, 0.02, 0.4)
    end, stages = by_dense_algebra(oracle, here.program.states, y, 0.4, 0.02)
    assert here["YN"][:, 0] == pytest.approx(end, rel=1e-11, abs=1e-13)
    assert here["K"][:, 0].reshape(stages.shape) == pytest.approx(stages, rel=1e-8, abs=1e-11)
    scaled = here["K"][-len(y) :, 0] / (1e-5 + 1e-3 * np.maximum(abs(y), abs(here["YN"][:, 0])))
    assert here["ERR"][0, 0] == pytest.approx(np.mean(scaled**2), rel=1e-12)


@pytest.mark.parametrize("name", ["lotka_volterra", "forced"])
def test_the_order_is_five_and_that_of_dense_output_four(systems, workspace, name):
    system = getattr(systems, name)
    here = workspace(system)
    here["TOL"] = 1e-6
    here.call("hoist", "init")
    start = here["YN"].copy()
    names, end = here.program.states, 0.8
    values = {item.id: item.value for item in system.parameters}

    def rates(time, y):
        from cartrace.models.expression import evaluate

        known = values | dict(zip(names, y, strict=True)) | {"time": time}
        return [evaluate(state.rate, known) for state in system.states]

    exact = solve_ivp(rates, (0, end), start[:, 0], method="DOP853", rtol=1e-13, atol=1e-14, dense_output=True)
    ends, middles = [], []
    for steps in (8, 16, 32):
        set_states(here, start)
        h, middle = end / steps, 0.0
        for k in range(steps):
            take_step(here, h, k * h)
            here["TH"] = 0.37
            here.call("dense_all")
            middle = max(middle, float(abs(here["U"][:, 0] - exact.sol((k + 0.37) * h)).max()))
            set_states(here, here["YN"].copy())
        ends.append(abs(here["Y"][:, 0] - exact.y[:, -1]).max())
        middles.append(middle)
    orders = np.log2([ends[0] / ends[1], ends[1] / ends[2]])
    assert orders == pytest.approx([5.0, 5.0], abs=0.45)
    # Locally, a dense output of order 4 has an error of order 5 in h.
    assert np.log2(middles[1] / middles[2]) > 3.8


@pytest.mark.parametrize("name", NAMES)
def test_dense_output_meets_both_ends_of_the_step(systems, workspace, name):
    here = workspace(getattr(systems, name), outputs=[getattr(systems, name).states[0].id])
    here["TOL"] = 1e-3
    here.call("hoist", "init")
    set_states(here, here["YN"].copy())
    take_step(here, 0.01)
    here["U"] = -99.0
    here["TH"] = 0.0
    here.call("dense_all")
    assert here["U"] == pytest.approx(here["Y"], rel=1e-15)
    here["TH"] = 1.0
    here.call("dense_all")
    assert here["U"] == pytest.approx(here["YN"], rel=1e-12, abs=1e-15)
    everything = here["U"].copy()
    here["U"] = -99.0
    here.call("dense")
    first = here.program.states.index(getattr(systems, name).states[0].id)
    assert here["U"][first] == everything[first]
    assert [u for i, u in enumerate(here["U"][:, 0]) if i != first] == [-99.0] * (len(everything) - 1)


def test_a_very_stiff_state_is_damped_in_one_step(workspace):
    # Stiffly accurate and L-stable: y' = -1e8 (y - cos t) lands on cos t whatever it started from.
    here = workspace(System("s", "d", (), (State("y", "5", "-1e8*(y - cos(time))"),)))
    here.call("hoist", "init")
    set_states(here, here["YN"].copy())
    here["TOL"] = 1.0
    take_step(here, 0.5, 0.2)
    assert here["YN"][0, 0] == pytest.approx(np.cos(0.7), abs=1e-5)


def test_states_that_only_events_change_stand_still_and_cost_nothing(workspace):
    rate, parameters = "-k*x + flag", (Parameter("k", 0.5),)
    plain = workspace(System("s", "d", parameters, (State("x", "3", rate.replace("flag", "2")),)))
    more = workspace(
        System("s", "d", parameters, (State("flag", "2", "0"), State("count", "9", "0"), State("x", "3", rate))),
        outputs=["count"],
    )
    for here in (plain, more):
        here["TOL"] = 1e-3
        here.call("hoist", "init")
        set_states(here, here["YN"].copy())
        take_step(here, 0.1)
    assert more.program.states == ("x", "flag", "count")
    assert more["YN"][:, 0].tolist() == [plain["YN"][0, 0], 2.0, 9.0]
    assert more["ERR"][0, 0] == plain["ERR"][0, 0]
    for section in ("F", "S", "K", "A"):
        assert more[section].shape == plain[section].shape
    here = more
    here["TH"] = 0.5
    here["U"] = 0.0
    here.call("dense", "observe")
    assert here["O"][0, 0] == 9.0


def test_a_running_infusion_is_added_to_its_rate_at_every_stage(workspace):
    system = System(
        "s", "d", (Parameter("k", 0.5),), (State("x", "1", "-k*x"), State("y", "0", "half*0.1")), (Rule("half", "x/2"),)
    )
    here = workspace(system, infused=["x"])
    here["INF"] = 4.0
    here["TOL"] = 1e-3
    here.call("hoist", "init")
    set_states(here, here["YN"].copy())
    take_step(here, 0.01)
    assert here["YN"][0, 0] == pytest.approx(8.0 + (1.0 - 8.0) * np.exp(-0.5 * 0.01), rel=1e-12)


def test_weights_are_written_with_their_signs():
    assert _weighted("y", (3.0, -2.0, 1.0, -1.0), ("a", "b", "c", "d")) == "y + 3.0*a - 2.0*b + c - d"
    assert _weighted("", (-14.0, 2.0), ("a", "b")) == "-14.0*a + 2.0*b"
