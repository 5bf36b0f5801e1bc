"""What goes wrong quietly in simulations of cell therapy: a ghost of less than one cell, small negative values, impossible parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from cartrace import engine
from cartrace.engine import Status
from cartrace.models.system import Parameter, Rule, State, System

ONE_CELL = 1e-6  # in millions of cells

# A tumour that CAR-T cells press far below one cell; the CAR-T cells then leave, and what is left of the tumour grows again.
TUMOUR = System(
    "tumour",
    "d",
    (
        Parameter("growth", 0.25), Parameter("kill", 6.0), Parameter("K", 5.0), Parameter("hill", 1.6), Parameter("capacity", 1e5),
        Parameter("loss", 0.3), Parameter("B0", 100.0), Parameter("C0", 200.0), Parameter("MTT", 5.0),
    ),
    (
        State("B", "B0", "growth*B*(1 - B/capacity) - kill*C/(K + C)*B"),
        State("C", "C0", "0.5*seen*C - loss*C"),
        State("signal", "0", "4/MTT*(seen*C - signal)"),
    ),
    (Rule("seen", "B**hill/(10**hill + B**hill)"),),
)  # fmt: skip
TIMES = np.linspace(0.0, 400.0, 201)


def bounded(system: System) -> System:
    """The same system in which less than one cell is none."""
    states = tuple(
        replace(state, extinct_below=ONE_CELL) if state.id in ("B", "C") else state for state in system.states
    )
    return replace(system, states=states)


def solved(system: System, values=None, patients: int = 1, **more):
    kernel = engine.compile_system(system)
    return engine.solve(kernel, engine.parameter_table(system, patients, values), TIMES, **more)


# ------------------------------------------------------------ pitfall 7: extinction


def test_without_a_bound_a_ghost_of_less_than_one_cell_grows_again():
    burden = solved(TUMOUR, rtol=1e-8, atol=1e-300).of("B")[0]
    assert burden.min() < 1e-12
    assert burden[-1] > 1e3


def test_with_a_bound_less_than_one_cell_is_none_and_stays_none():
    found = solved(bounded(TUMOUR), rtol=1e-6, atol=1e-12)
    assert found.status[0] == Status.OK
    burden = found.of("B")[0]
    gone = int(np.flatnonzero(burden == 0.0)[0])
    assert (burden[gone:] == 0.0).all()
    assert (burden[:gone] > 0.0).all()
    assert (found.of("C")[0][TIMES > 150.0] == 0.0).all()


def test_a_start_below_the_bound_is_left_alone():
    # The quantity has not fallen through the bound: a seed of a tenth of a cell may grow.
    system = bounded(TUMOUR)
    found = solved(system, {"B0": 0.1 * ONE_CELL, "C0": 0.0}, rtol=1e-8, atol=1e-14)
    assert found.of("B")[0, 20] == pytest.approx(0.1 * ONE_CELL * np.exp(0.25 * TIMES[20]), rel=1e-5)


def test_the_bound_decides_who_is_cured_not_the_tolerance():
    kill = {"kill": np.linspace(0.3, 6.0, 40)}
    cured = [
        solved(bounded(TUMOUR), kill, 40, rtol=rtol, atol=1e-10).of("B")[:, -1] == 0.0 for rtol in (1e-5, 1e-7, 1e-9)
    ]
    assert 3 < cured[0].sum() < 37
    assert (cured[0] == cured[2]).all()
    assert (cured[1] == cured[2]).all()


# ------------------------------------------------------------ pitfall 8: negative values


def population(patients: int) -> dict[str, np.ndarray]:
    """Parameters that differ between patients by log-normal factors."""
    random = np.random.default_rng(3)
    typical = {"kill": 6.0, "loss": 0.3, "C0": 200.0}
    return {name: value * random.lognormal(size=patients) for name, value in typical.items()}


def test_a_ghost_of_the_wrong_sign_grows_without_bound_and_is_never_passed_off_as_a_value():
    # Error control knows the size of a ghost only up to the absolute tolerance, not its sign. A negative tumour "grows" to minus infinity.
    found = solved(TUMOUR, population(64), 64, rtol=1e-4)
    assert (~found.ok).any()
    assert np.isnan(found.values[~found.ok]).all()
    assert {found.reason(row) for row in np.flatnonzero(~found.ok)} <= {
        Status.STEP_TOO_SMALL.sentence,
        Status.NOT_FINITE.sentence,
    }


@pytest.mark.parametrize("rtol", [1e-3, 1e-4, 1e-6])
def test_with_a_bound_no_value_is_negative_beyond_the_absolute_tolerance(rtol):
    found = solved(bounded(TUMOUR), population(64), 64, rtol=rtol)
    assert found.ok.all()
    assert np.isfinite(found.values).all()
    assert found.of("B").min() > -10 * rtol * 1e-3
    assert (found.of("B")[:, 1:] >= 0.0).mean() > 0.99


def test_a_power_of_a_slightly_negative_ghost_is_nothing():
    # B**1.6 of a negative B has no value; the run must go on as if B were 0.
    states = tuple(replace(state, initial="-1e-20") if state.id == "B" else state for state in TUMOUR.states)
    kernel = engine.compile_system(replace(TUMOUR, states=states), outputs=("seen", "C"))
    w = engine.solve(kernel, engine.parameter_table(TUMOUR, 1), [0.0, 1.0])
    assert w.status[0] == Status.OUTSIDE_DOMAIN  # at the start it is a mistake, and it is said
    sinking = System(
        "s", "d", (Parameter("h", 1.6),), (State("x", "1e-9", "-1e-6"), State("y", "1", "x**h/(1 + x**h) - y"))
    )
    found = engine.solve(engine.compile_system(sinking), [[1.6]], [0.0, 1.0, 10.0])
    assert found.status[0] == Status.OK
    assert found.of("x")[0, 1] < 0.0
    assert found.of("y")[0] == pytest.approx(np.exp([0.0, -1.0, -10.0]), rel=1e-3)


# ------------------------------------------------------------ pitfall 9: impossible parameters

BAD = {
    "growth is not a number": ("growth", np.nan, Status.NOT_FINITE),
    "kill is infinite": ("kill", np.inf, Status.NOT_FINITE),
    "MTT is zero": ("MTT", 0.0, Status.OUTSIDE_DOMAIN),
    "exponent is not a number": ("hill", np.nan, Status.NOT_FINITE),
    "start is negative": ("B0", -1.0, Status.OUTSIDE_DOMAIN),
    "a sink that runs away": ("MTT", -1e-3, None),
}


def test_a_bad_patient_ends_alone_and_its_neighbours_keep_every_bit():
    kernel = engine.compile_system(bounded(TUMOUR))
    random = np.random.default_rng(1)
    table = engine.parameter_table(TUMOUR, 8 * len(BAD), {"kill": 6 * random.lognormal(size=8 * len(BAD))})
    good = engine.solve(kernel, table, TIMES)
    assert good.ok.all()
    bad = table.copy()
    rows = [8 * k + 3 for k in range(len(BAD))]
    for row, (name, value, _) in zip(rows, BAD.values(), strict=True):
        bad[row, kernel.parameter_ids.index(name)] = value
    found = engine.solve(kernel, bad, TIMES, max_steps=2000)
    others = np.setdiff1d(np.arange(len(table)), rows)
    assert (found.values[others] == good.values[others]).all()
    assert (found.steps[others] == good.steps[others]).all()
    for row, (what, (_, _, status)) in zip(rows, BAD.items(), strict=True):
        assert found.status[row] != Status.OK, what
        assert np.isnan(found.values[row]).all(), what
        if status is not None:
            assert found.status[row] == status, what


def test_the_reason_names_what_is_outside_its_domain():
    found = solved(TUMOUR, {"MTT": 0.0, "B0": -1.0})
    reason = found.reason(0)
    assert "rate of signal: MTT is 0 and something is divided by it" in reason
    assert "rule seen: B is below 0 and a power of it is taken" in reason


@pytest.mark.parametrize("rtol", [1e-4, 1e-6])
@pytest.mark.parametrize(
    ("rate", "flow"),
    [
        ("1 - sqrt(x)", lambda x, h: 1.0 - x**0.5),
        ("1 - x**0.75", lambda x, h: 1.0 - x**0.75),
        ("1 - x**h", lambda x, h: 1.0 - x**h),
        ("0.001 + 0.1*sqrt(x)", lambda x, h: 0.001 + 0.1 * x**0.5),
        ("0.001 + x**h/(1 + x**h)", lambda x, h: 0.001 + x**h / (1.0 + x**h)),
    ],
)
def test_a_state_that_begins_at_zero_under_a_root_is_not_held_there(rate, flow, rtol):
    """The time to reach x is the integral of dx/flow, found by quadrature."""
    h = 0.4
    system = System("root", "d", (Parameter("h", h),), (State("x", "0", rate),))
    times = np.array([0.5, 1.0, 2.0])
    solution = engine.solve(engine.compile_system(system), engine.parameter_table(system, 1), times, rtol=rtol)
    for time, x in zip(times, solution.values[0, :, 0], strict=True):
        # In the root of x the integrand is smooth enough at 0.
        needed, _ = quad(lambda root: 2.0 * root / flow(root * root, h), 0.0, np.sqrt(x), epsabs=1e-12, limit=200)
        assert needed == pytest.approx(time, rel=20 * rtol)


def test_an_initial_value_outside_its_domain_is_told_before_the_run():
    system = System(
        "start",
        "d",
        (Parameter("a", 4.0), Parameter("b", 2.0)),
        (State("x", "sqrt(a)", "-x"), State("y", "log(a)/b", "-y")),
    )
    table = engine.parameter_table(system, 4, {"a": [4.0, -1.0, 4.0, 0.0], "b": [2.0, 2.0, 0.0, 0.0]})
    solution = engine.solve(engine.compile_system(system), table, [0.0, 1.0])
    bad = Status.OUTSIDE_DOMAIN
    assert solution.status.tolist() == [Status.OK, bad, bad, bad]
    assert "initial value of x: a is below 0 and its square root is taken" in solution.reason(1)
    assert "initial value of y: a is not above 0 and its logarithm is taken" in solution.reason(1)
    assert "b is 0 and something is divided by it" in solution.reason(2)
    assert solution.failed.sum(axis=1).tolist() == [0, 2, 1, 2]
