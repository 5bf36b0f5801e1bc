"""The compiled driver against the same functions run as Python, and how steps are chosen."""

import numpy as np
import pytest

from cartrace import engine
from cartrace.engine.status import Status
from cartrace.models.system import Event, Parameter, State, System


@pytest.mark.parametrize("width", [1, 4])
def test_compiled_and_plain_driver_take_the_same_steps(width, dosed, drive_plainly):
    kernel = engine.compile_system(dosed, (), lanes=width, infused=("z",))
    table = engine.parameter_table(dosed, 7, {"k": np.linspace(0.1, 2.0, 7), "t1": [0.5, 1, 2, 3, np.nan, 50, 1]})
    times = np.linspace(0.0, 20.0, 31)
    doses = engine.Doses([0, 1, 6], [2.0, 0.0, 3.5], ["x", "x", "z"], [3.0, 1.0, 4.0], [0.0, 0.0, 2.0])
    compiled = engine.solve(kernel, table, times, doses, rtol=1e-6)
    plain = drive_plainly(kernel, table, times, doses)
    np.testing.assert_array_equal(compiled.status, plain.status)
    np.testing.assert_allclose(compiled.steps, plain.steps, atol=2)  # rounding may cost a step
    np.testing.assert_allclose(compiled.values, plain.values, rtol=1e-6, atol=1e-7)
    assert compiled.status[4] == Status.NOT_FINITE


def test_a_lane_with_a_new_patient_does_not_change_its_neighbours(systems):
    kernel = engine.compile_system(systems.lotka_volterra)
    times = np.linspace(0.0, 30.0, 7)
    table = engine.parameter_table(systems.lotka_volterra, 40, {"a": np.linspace(0.5, 3.0, 40)})
    together = engine.solve(kernel, table, times)
    for i in (0, 17, 39):
        alone = engine.solve(kernel, table[i : i + 1], times)
        assert alone.values[0].tobytes() == together.values[i].tobytes()
        assert alone.steps[0] == together.steps[i]


@pytest.mark.parametrize(
    ("rate", "status"),
    [
        ("x**2", {Status.STEP_TOO_SMALL, Status.NOT_FINITE}),  # infinite at time 1
        ("k*exp(1000*x)", {Status.STEP_TOO_SMALL, Status.NOT_FINITE}),
    ],
)
def test_a_run_that_cannot_go_on_ends_with_its_status(rate, status):
    system = System("blow", "d", (Parameter("k", 1.0),), (State("x", "1", rate),))
    solution = engine.solve(engine.compile_system(system), engine.parameter_table(system, 2), [0.0, 5.0])
    assert set(solution.status.tolist()) <= status
    assert np.isnan(solution.values).all()


def test_a_run_with_more_steps_than_allowed_ends(systems):
    kernel = engine.compile_system(systems.lotka_volterra)
    table = engine.parameter_table(systems.lotka_volterra, 3, {"a": [1.0, 50.0, 1.0]})
    times = [0.0, 1.0]
    needed = engine.solve(kernel, table, times, rtol=1e-8).steps
    assert needed[1] > needed[0] + 1
    bounded = engine.solve(kernel, table, times, rtol=1e-8, max_steps=int(needed[0]) + 1)
    assert bounded.status.tolist() == [Status.OK, Status.TOO_MANY_STEPS, Status.OK]
    assert np.isnan(bounded.values[1]).all()


def test_many_patients_that_cannot_start_are_passed_over(systems):
    kernel = engine.compile_system(systems.decay)
    table = engine.parameter_table(systems.decay, 3000, {"k": np.where(np.arange(3000) % 1500, np.nan, 0.5)})
    solution = engine.solve(kernel, table, [0.0, 1.0])
    assert np.flatnonzero(solution.ok).tolist() == [0, 1500]


def test_steps_shared_by_a_group_are_those_of_its_first_member(systems):
    kernel = engine.compile_system(systems.lotka_volterra, lanes=4)
    table = engine.parameter_table(systems.lotka_volterra, 4, {"a": 1.1 * np.exp([0.0, 1e-3, -1e-3, 0.3])})
    shared = engine.solve(kernel, table, [0.0, 20.0], shared=True)
    assert len(set(shared.steps.tolist())) == 1
    assert shared.steps[0] == engine.solve(kernel, table[:1], [0.0, 20.0]).steps[0]


def test_a_step_never_passes_an_event():
    # Between the two events the state is not 0 for a hundredth of a day: a step over both would not see it.
    events = (Event("on", "time >= 50", (("rate", "1"),)), Event("off", "time >= 50.01", (("rate", "0"),)))
    system = System("blink", "d", (), (State("x", "0", "rate"), State("rate", "0", "0")), events=events)
    solution = engine.solve(engine.compile_system(system, ("x",)), np.zeros((1, 0)), [0.0, 100.0])
    np.testing.assert_allclose(solution.values[0, 1, 0], 0.01, rtol=1e-9)
