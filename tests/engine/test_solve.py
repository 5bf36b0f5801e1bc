"""Solutions against closed forms and other integrators; tolerance and achieved error; threads; refusals."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cartrace import engine
from cartrace.errors import InputRefused
from cartrace.models.system import Parameter, State, System

SATURATED = System(
    "saturated",
    "d",
    (Parameter("p", 0.7), Parameter("q", 2.3), Parameter("n", 1.7), Parameter("m", 3.0)),
    (State("u", "1", "p - u**n/(q**n + u**n)*v"), State("v", "0.5", "m*u/(u + q) - v")),
)
TIMES = np.linspace(0.0, 40.0, 33)


def rates(system):
    """The rates of a system of plain arithmetic as a function of time and state, by Python's own evaluation."""
    known = {item.id: item.value for item in system.parameters}
    codes = [compile(state.rate, state.id, "eval") for state in system.states]
    names = [state.id for state in system.states]

    def of(_, y):
        return [eval(code, {}, known | dict(zip(names, y, strict=True))) for code in codes]

    return of


@pytest.mark.parametrize("rtol", [1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10])
def test_the_achieved_error_is_of_the_size_of_the_tolerance(rtol):
    system = System("decay", "d", (Parameter("k", 0.5),), (State("x", "10", "-k*x"), State("y", "0", "k*x - 0.3*y")))
    kernel = engine.compile_system(system)
    k = np.geomspace(0.01, 3.0, 64)
    values = engine.solve(kernel, engine.parameter_table(system, 64, {"k": k}), TIMES, rtol=rtol).values
    k = k[:, None]
    exact = np.stack(
        [10 * np.exp(-k * TIMES), 10 * k / (0.3 - k) * (np.exp(-k * TIMES) - np.exp(-0.3 * TIMES))], axis=2
    )
    error = np.abs(values - exact) / (np.abs(exact) + 0.1)
    assert error.max() < 10 * rtol
    assert np.median(error.max(axis=(1, 2))) < 2 * rtol


def test_a_periodic_system_agrees_with_another_method(systems):
    system = systems.lotka_volterra
    values = engine.solve(engine.compile_system(system), engine.parameter_table(system, 1), TIMES, rtol=1e-9).values[0]
    other = solve_ivp(rates(system), (0, 40), [10.0, 5.0], method="DOP853", t_eval=TIMES, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(values, other.y.T, rtol=1e-6)


def test_a_stiff_system_agrees_with_another_method(systems):
    system = systems.robertson
    times = np.r_[0.0, np.geomspace(1e-3, 1e5, 25)]
    kernel = engine.compile_system(system)
    solution = engine.solve(kernel, engine.parameter_table(system, 1), times, rtol=1e-9, atol=1e-15)
    other = solve_ivp(rates(system), (0, 1e5), [1.0, 0.0, 0.0], method="Radau", t_eval=times, rtol=1e-11, atol=1e-17)
    np.testing.assert_allclose(solution.values[0], other.y.T, rtol=1e-6, atol=1e-14)
    np.testing.assert_allclose(solution.values[0].sum(axis=1), 1.0, rtol=1e-10)
    assert solution.steps[0] < 2000


def test_a_system_that_depends_on_time_agrees_with_another_method(systems):
    system = systems.forced
    solution = engine.solve(engine.compile_system(system), engine.parameter_table(system, 1), TIMES, rtol=1e-9)

    def of(t, y):
        return [3 * (np.cos(2 * t) - y[0]) - y[1] ** 2 * y[0] / 10, np.sin(t) * y[0] - y[1]]

    other = solve_ivp(of, (0, 40), [0.0, 1.0], method="DOP853", t_eval=TIMES, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(solution.values[0], other.y.T, rtol=1e-6, atol=1e-8)


def test_the_order_of_convergence_is_five(systems):
    system = systems.lotka_volterra
    kernel = engine.compile_system(system)
    table = engine.parameter_table(system, 1)
    end = [0.0, 30.0]
    exact = engine.solve(kernel, table, end, rtol=1e-12, atol=1e-13).values[0, 1]
    loose, tight = (engine.solve(kernel, table, end, rtol=rtol, atol=rtol) for rtol in (1e-6, 1e-10))
    errors = [np.abs(item.values[0, 1] - exact).max() for item in (loose, tight)]
    order = np.log(errors[0] / errors[1]) / np.log(tight.steps[0] / loose.steps[0])
    assert 4.3 < order < 6.0


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_no_bit(threads, dosed):
    kernel = engine.compile_system(dosed)
    table = engine.parameter_table(dosed, 333, {"k": np.geomspace(0.01, 5.0, 333), "t1": np.linspace(0.0, 9.0, 333)})
    doses = engine.Doses(np.arange(0, 333, 2), 3.0, "x", np.linspace(0.1, 9.0, 167))
    one, many = (engine.solve(kernel, table, TIMES, doses, threads=count) for count in (1, threads))
    assert one.values.tobytes() == many.values.tobytes()
    assert one.steps.tolist() == many.steps.tolist()


def test_order_of_patients_changes_no_bit(systems):
    kernel = engine.compile_system(systems.lotka_volterra)
    table = engine.parameter_table(systems.lotka_volterra, 100, {"a": np.geomspace(0.1, 9.0, 100)})
    order = np.random.default_rng(0).permutation(100)
    straight, mixed = engine.solve(kernel, table, TIMES), engine.solve(kernel, table[order], TIMES)
    assert straight.values[order].tobytes() == mixed.values.tobytes()


BAD = [np.nan, np.inf, -np.inf, 1e300]


def test_bad_patients_leave_their_neighbours_alone():
    kernel = engine.compile_system(SATURATED)
    table = engine.parameter_table(SATURATED, 64)
    table *= np.random.default_rng(1).uniform(0.9, 1.1, table.shape)
    good = engine.solve(kernel, table, TIMES[:9])
    bad = np.arange(16) * 4 + 1
    broken = table.copy()
    broken[bad, np.arange(16) % 4] = np.repeat(BAD, 4)
    found = engine.solve(kernel, broken, TIMES[:9], max_steps=3000)
    others = np.setdiff1d(np.arange(64), bad)
    assert good.ok.all()
    assert found.values[others].tobytes() == good.values[others].tobytes()
    assert not found.ok[bad[:4]].any()  # NaN never; an infinite constant of saturation may be solved
    assert np.isnan(found.values[bad][~found.ok[bad]]).all()


@pytest.mark.parametrize("width", [1, 2, 4, 16])
def test_other_widths_agree_within_rounding(width):
    table = engine.parameter_table(SATURATED, 20)
    table *= np.random.default_rng(1).uniform(0.9, 1.1, table.shape)
    usual, other = (
        engine.solve(engine.compile_system(SATURATED, lanes=lanes), table, TIMES[:9], rtol=1e-7)
        for lanes in (None, width)
    )
    np.testing.assert_allclose(other.values, usual.values, rtol=1e-6, atol=1e-9)


def test_absolute_tolerance_may_be_given_by_state(systems):
    kernel = engine.compile_system(systems.decay)
    table = engine.parameter_table(systems.decay, 1, {"k": 3.0})
    coarse = engine.solve(kernel, table, TIMES, atol={"x": 0.1}).steps[0]
    assert coarse < engine.solve(kernel, table, TIMES, atol=1e-12).steps[0]
    with pytest.raises(InputRefused):
        engine.solve(kernel, table, TIMES, atol={"nothing": 0.1})


def test_all_that_is_wrong_is_refused_at_once(systems):
    kernel = engine.compile_system(systems.decay)
    with pytest.raises(InputRefused) as refused:
        engine.solve(kernel, np.ones((2, 3)), [0.0, 2.0, 1.0], engine.Doses([5], [1.0], "x", [1.0]), rtol=0.0)
    checks = [finding.check for finding in refused.value.findings]
    assert checks == ["solve.parameters", "solve.times", "solve.rtol", "doses.patient"]
    assert all(finding.action for finding in refused.value.findings)


@pytest.mark.parametrize("times", [[], [-1.0, 2.0], [0.0, np.nan], [np.inf]])
def test_times_are_finite_and_from_0_on(times, systems):
    kernel = engine.compile_system(systems.decay)
    with pytest.raises(InputRefused):
        engine.solve(kernel, engine.parameter_table(systems.decay, 1), times)


def test_no_patient_and_a_single_row_are_allowed(systems):
    kernel = engine.compile_system(systems.decay)
    assert engine.solve(kernel, np.zeros((0, 1)), [0.0, 1.0]).values.shape == (0, 2, 1)
    assert engine.solve(kernel, [0.5], 2.0, rtol=1e-8).values[0, 0, 0] == pytest.approx(10 * np.exp(-1.0), rel=1e-6)


def test_a_small_negative_ghost_stays_below_the_tolerance():
    # A fast decay undershoots 0 by less than the absolute tolerance.
    system = System("fast", "d", (Parameter("k", 50.0),), (State("x", "1", "-k*x*(1 + x**1.5)"),))
    kernel = engine.compile_system(system)
    for rtol in (1e-3, 1e-6):
        solution = engine.solve(
            kernel, engine.parameter_table(system, 50, {"k": np.linspace(10, 300, 50)}), TIMES, rtol=rtol
        )
        assert solution.ok.all()
        assert solution.values.min() > -rtol * 1e-3


def test_single_precision_refuses_a_tolerance_that_it_cannot_reach(systems):
    kernel = engine.compile_system(systems.decay, precision="single")
    table = engine.parameter_table(systems.decay, 1)
    assert engine.solve(kernel, table, TIMES, rtol=3e-6).ok.all()
    with pytest.raises(InputRefused):
        engine.solve(kernel, table, TIMES, rtol=1e-6)
