"""Derivatives against closed forms, and against differences at a tight tolerance."""

import numpy as np
import pytest

from cartrace import engine
from cartrace.engine.status import Status
from cartrace.errors import UnknownTerm
from cartrace.models.system import Event, Parameter, State, System

TIMES = np.linspace(0.0, 10.0, 11)
DECAY = System(
    "decay", "d", (Parameter("k", 0.5), Parameter("a", 10.0), Parameter("zero", 0.0)), (State("x", "a", "zero - k*x"),)
)


def test_derivatives_of_a_decay_are_its_closed_forms():
    k = np.array([0.1, 0.5, 2.0])
    kernel = engine.compile_system(DECAY)
    table = engine.parameter_table(DECAY, 3, {"k": k})
    found = engine.gradient(kernel, table, TIMES, ("a", "k", "zero"), rtol=1e-7)
    k = k[:, None]
    decay = np.exp(-k * TIMES)
    np.testing.assert_allclose(found.values[:, :, 0], 10 * decay, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(found.by[:, :, 0, 0], decay, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.by[:, :, 0, 1], -10 * TIMES * decay, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.by[:, :, 0, 2], (1 - decay) / k, rtol=1e-4, atol=1e-5)


def test_more_parameters_than_lanes_and_doses_per_patient():
    names = [f"k{j}" for j in range(10)]
    rate = f"-({'+'.join(names)})*x/10"
    system = System(
        "sum", "d", tuple(Parameter(name, 0.1 * (j + 1)) for j, name in enumerate(names)), (State("x", "0", rate),)
    )
    kernel = engine.compile_system(system, lanes=4)
    doses = engine.Doses([0, 1, 1], [0.0, 0.0, 5.0], "x", [1.0, 2.0, 4.0])
    found = engine.gradient(kernel, engine.parameter_table(system, 3), TIMES, names, doses, rtol=1e-8)
    first, later = np.exp(-0.55 * TIMES) * (TIMES > 0), np.exp(-0.55 * np.clip(TIMES - 5, 0, None)) * (TIMES > 5)
    expected = [first, 2 * first + 4 * later, 0 * first]
    slopes = [-0.1 * TIMES * first, -0.1 * (2 * TIMES * first + 4 * (TIMES - 5) * later), 0 * first]
    for i in range(3):
        np.testing.assert_allclose(found.values[i, :, 0], expected[i], rtol=1e-6, atol=1e-9)
        for j in range(10):
            np.testing.assert_allclose(found.by[i, :, 0, j], slopes[i], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("rtol", [1e-4, 1e-6])
def test_shared_steps_are_far_better_than_their_tolerance(systems, rtol):
    system = systems.lotka_volterra
    kernel = engine.compile_system(system)
    table = engine.parameter_table(system, 6, {"a": np.linspace(0.8, 1.6, 6)})
    found = engine.gradient(kernel, table, TIMES, ("a", "b", "c", "d"), rtol=rtol)
    for k, name in enumerate(("a", "b", "c", "d")):
        step = 1e-5 * table[:, k]
        sides = []
        for sign in (1, -1):
            moved = table.copy()
            moved[:, k] += sign * step
            sides.append(engine.solve(kernel, moved, TIMES, rtol=1e-12, atol=1e-13).values)
        exact = (sides[0] - sides[1]) / (2 * step)[:, None, None]
        scale = np.abs(exact).max(axis=(1, 2), keepdims=True)
        error = np.abs(found.by[:, :, :, k] - exact) / scale
        assert np.median(error) < 20 * rtol, name
        assert error.max() < 300 * rtol, name


def test_a_parameter_that_moves_an_event_is_differentiated_with_steps_apart():
    event = Event("dose", "time >= t", (("x", "x + 5"),))
    system = System(
        "late", "d", (Parameter("k", 0.5), Parameter("t", 2.3)), (State("x", "10", "-k*x"),), events=(event,)
    )
    found = engine.gradient(engine.compile_system(system), engine.parameter_table(system, 1), TIMES, ("k", "t"))
    after = 5 * np.exp(-0.5 * np.clip(TIMES - 2.3, 0, None)) * (TIMES > 2.3)
    np.testing.assert_allclose(found.by[0, :, 0, 1], 0.5 * after, rtol=1e-5, atol=1e-7)
    by_k = -TIMES * 10 * np.exp(-0.5 * TIMES) - np.clip(TIMES - 2.3, 0, None) * after
    np.testing.assert_allclose(found.by[0, :, 0, 0], by_k, rtol=1e-4, atol=1e-5)


def test_a_trigger_of_the_state_is_differentiated_with_steps_apart():
    event = Event("low", "x < b", (("x", "x + 5"),))
    system = System(
        "low", "d", (Parameter("k", 0.5), Parameter("b", 4.0)), (State("x", "10", "-k*x"),), events=(event,)
    )
    times = np.array([0.0, 1.0, 3.0])
    found = engine.gradient(engine.compile_system(system), engine.parameter_table(system, 1), times, ("b",))
    # x(3) = (b + 5) exp(-k (3 - ln(10/b)/k)) = (b + 5) (10/b) exp(-3 k)
    np.testing.assert_allclose(found.values[0, 2, 0], 9 * 2.5 * np.exp(-1.5), rtol=1e-7)
    np.testing.assert_allclose(found.by[0, :, 0, 0], [0.0, 0.0, -50 / 16 * np.exp(-1.5)], rtol=1e-5, atol=1e-8)


def test_a_patient_that_cannot_be_solved_has_no_derivatives():
    kernel = engine.compile_system(DECAY)
    table = engine.parameter_table(DECAY, 3, {"k": [0.5, np.nan, 1.0]})
    found = engine.gradient(kernel, table, TIMES, ("k",))
    assert found.status.tolist() == [Status.OK, Status.NOT_FINITE, Status.OK]
    assert np.isnan(found.by[1]).all()
    assert np.isfinite(found.by[[0, 2]]).all()


def test_what_is_no_parameter_or_too_coarse_is_refused():
    kernel = engine.compile_system(DECAY)
    with pytest.raises(UnknownTerm, match="kk"):
        engine.gradient(kernel, engine.parameter_table(DECAY, 1), TIMES, ("kk",))
    with pytest.raises(ValueError, match="double precision"):
        engine.gradient(
            engine.compile_system(DECAY, precision="single"), engine.parameter_table(DECAY, 1), TIMES, ("k",)
        )
