"""How a patient begins and ends in its lane."""

import numpy as np

from cartrace import engine
from cartrace.engine.job import BITS
from cartrace.engine.status import Status
from cartrace.models.system import Event, Parameter, State, System


def test_values_at_time_0_are_the_initial_ones_before_anything_happens():
    event = Event("kick", "time >= 0", (("x", "x + 100"),), initially=False)
    system = System("start", "d", (Parameter("a", 3.0),), (State("x", "2*a", "0*x"),), events=(event,))
    kernel = engine.compile_system(system)
    doses = engine.Doses([0], [0.0], "x", [1000.0])
    values = engine.solve(kernel, engine.parameter_table(system, 1), [0.0, 0.0, 1.0], doses).of("x")[0]
    np.testing.assert_allclose(values, [6.0, 6.0, 1106.0])


def test_many_wanted_times_in_one_step_are_all_given():
    system = System("line", "d", (Parameter("a", 3.0),), (State("x", "0", "a"),))
    table = engine.parameter_table(system, 5, {"a": [0.0, 1.0, 2.0, 3.0, 4.0]})
    times = np.sort(np.concatenate([np.linspace(0.0, 100.0, 2001), [5.0, 5.0, 5.0, 100.0]]))
    solution = engine.solve(engine.compile_system(system, lanes=4), table, times)
    assert solution.steps.max() < 20
    np.testing.assert_allclose(solution.of("x"), table * times, rtol=1e-12, atol=1e-12)


def test_only_time_0_may_be_asked_for():
    system = System("start", "d", (Parameter("a", 3.0),), (State("x", "2*a", "-x"),))
    solution = engine.solve(engine.compile_system(system), engine.parameter_table(system, 12), [0.0])
    assert (solution.values == 6.0).all()
    assert solution.ok.all()


def test_timed_events_act_in_order_of_time_and_then_of_the_system():
    events = tuple(Event(f"e{k}", f"time >= t{k}", (("x", f"10*x + {k}"),)) for k in range(4))
    system = System(
        "order",
        "d",
        tuple(Parameter(f"t{k}", 1.0) for k in range(4)),
        (State("x", "0", "0"), State("y", "0", "1")),
        events=events,
    )
    kernel = engine.compile_system(system, ("x",))
    table = np.array(
        [
            [1.0, 1.0, 1.0, 1.0],
            [4.0, 3.0, 2.0, 1.0],
            [1.0, 2.0, 1.0, 0.5],
            [9.0, 1.0, np.inf, 3.0],
            [-1.0, 0.0, 5.0, 5.0],
        ]
    )
    found = engine.solve(kernel, table, [0.0, 8.0]).values[:, 1, 0]
    assert found.tolist() == [123.0, 3210.0, 3021.0, 13.0, 23.0]


def test_a_timed_event_before_the_start_acts_only_when_its_trigger_was_false():
    for initially, expected in ((True, 0.0), (False, 1.0)):
        event = Event("early", "time >= t", (("x", "x + 1"),), initially=initially)
        system = System(
            "early", "d", (Parameter("t", -1.0),), (State("x", "0", "0"), State("y", "0", "1")), events=(event,)
        )
        kernel = engine.compile_system(system, ("x",))
        found = engine.solve(kernel, np.array([[-1.0], [0.0]]), [0.0, 1.0]).values[:, 1, 0]
        assert found.tolist() == [expected, expected]


def test_a_time_that_is_no_number_refuses_that_patient(dosed):
    kernel = engine.compile_system(dosed)
    table = engine.parameter_table(dosed, 3, {"t1": [1.0, np.nan, 2.0]})
    assert engine.solve(kernel, table, [0.0, 9.0]).status.tolist() == [Status.OK, Status.NOT_FINITE, Status.OK]


def test_more_checks_than_bits_of_a_word_are_told_apart():
    count = BITS + 5
    names = [f"a{k}" for k in range(count)]
    states = tuple(State(f"x{k}", "1", f"-log({name})*x{k}") for k, name in enumerate(names))
    system = System("wide", "d", tuple(Parameter(name, 2.0) for name in names), states)
    kernel = engine.compile_system(system, ("x0",))
    table = engine.parameter_table(system, 3)
    table[1, [0, 3, count - 1]] = -1.0
    solution = engine.solve(kernel, table, [0.0, 0.1])
    assert solution.status.tolist() == [Status.OK, Status.OUTSIDE_DOMAIN, Status.OK]
    assert solution.failed.sum(axis=1).tolist() == [0, 3, 0]
    assert all(f"log of a{k}" in solution.reason(1) or f"a{k}" in solution.reason(1) for k in (0, 3, count - 1))
