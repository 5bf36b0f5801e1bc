"""Doses, events and triggers against closed forms."""

import numpy as np
import pytest

from cartrace import engine
from cartrace.engine.status import Status
from cartrace.models.system import Event, Parameter, State, System


def solved(system, times, doses=None, rtol=1e-10, outputs=("x",), infused=(), **values):
    kernel = engine.compile_system(system, outputs, infused=infused)
    count = max([1, *(len(np.atleast_1d(value)) for value in values.values())])
    return engine.solve(kernel, engine.parameter_table(system, count, values), times, doses, rtol=rtol)


DECAY = System("decay", "d", (Parameter("k", 0.5),), (State("x", "10", "-k*x"),))


def test_a_dose_adds_its_amount_and_a_value_at_its_time_is_the_value_before():
    times = np.array([0.0, 1.0, 2.0, 3.0])
    values = solved(DECAY, times, engine.Doses([0, 0], [1.0, 2.0], "x", [5.0, -3.0])).of("x")[0]
    before = 10 * np.exp(-0.5 * times)
    after = before + 5 * np.exp(-0.5 * (times - 1)) * (times > 1) - 3 * np.exp(-0.5 * (times - 2)) * (times > 2)
    np.testing.assert_allclose(values, after, rtol=1e-9)


def test_an_infusion_reaches_its_plateau_and_stops():
    times = np.linspace(0.0, 30.0, 61)
    doses = engine.Doses([0], [2.0], "x", [40.0], [10.0])
    values = solved(DECAY, times, doses, infused=("x",)).of("x")[0]
    running = np.clip(times - 2, 0, 10)
    gained = 4 / 0.5 * (1 - np.exp(-0.5 * running)) * np.exp(-0.5 * np.clip(times - 12, 0, None))
    np.testing.assert_allclose(values, 10 * np.exp(-0.5 * times) + gained, rtol=1e-8)


def test_a_trigger_is_located_where_the_state_crosses():
    event = Event("fall", "x < bound", (("hit", "time"), ("seen", "x")))
    system = System(
        "cross",
        "d",
        (Parameter("k", 0.5), Parameter("bound", 2.0)),
        (*DECAY.states, State("hit", "-1", "0"), State("seen", "-1", "0")),
        events=(event,),
    )
    bound = np.linspace(0.1, 9.9, 30)
    found = solved(system, [0.0, 20.0], outputs=("hit", "seen"), bound=bound).values[:, 1]
    np.testing.assert_allclose(found[:, 0], np.log(10 / bound) / 0.5, rtol=1e-8)
    np.testing.assert_allclose(found[:, 1], bound, rtol=1e-8)


def test_the_first_of_two_crossings_in_a_step_comes_first():
    # Both bounds are crossed within a step at this loose tolerance; the first to be crossed doubles the state.
    events = (
        Event("late", "x < 5", (("order", "10*order + 2"),)),
        Event("first", "x < 6", (("order", "10*order + 1"),)),
    )
    system = System("two", "d", (Parameter("k", 5.0),), (*DECAY.states, State("order", "0", "0")), events=events)
    assert solved(system, [0.0, 10.0], rtol=1e-2, outputs=("order",)).values[0, 1, 0] == 12.0


def test_a_trigger_acts_again_only_after_it_was_false():
    event = Event("bounce", "x < 1", (("x", "x + 9"), ("n", "n + 1")))
    system = System("saw", "d", (Parameter("k", 1.0),), (*DECAY.states, State("n", "0", "0")), events=(event,))
    found = solved(system, [0.0, 10.0], outputs=("n",)).values[0, 1, 0]
    assert found == 4.0  # every ln 10 = 2.30 d
    stuck = System(
        "stuck",
        "d",
        (Parameter("k", 1.0),),
        (*DECAY.states, State("n", "0", "0")),
        events=(Event("once", "x < 1", (("n", "n + 1"),)),),
    )
    assert solved(stuck, [0.0, 10.0], outputs=("n",)).values[0, 1, 0] == 1.0


def test_a_trigger_that_is_true_at_the_start_acts_when_it_was_false_before():
    for initially, expected in ((True, 0.0), (False, 1.0)):
        event = Event("high", "x > 5", (("n", "n + 1"),), initially=initially)
        system = System("start", "d", (Parameter("k", 1.0),), (*DECAY.states, State("n", "0", "0")), events=(event,))
        assert solved(system, [0.0, 10.0], outputs=("n",)).values[0, 1, 0] == expected


def test_a_dose_may_set_off_an_event_and_an_event_another():
    events = (
        Event("second", "n == 1 and x > 0", (("n", "2"), ("when", "time"))),
        Event("first", "x > 20", (("n", "n + 1"),)),
    )
    system = System(
        "chain",
        "d",
        (Parameter("k", 1.0),),
        (*DECAY.states, State("n", "0", "0"), State("when", "-1", "0")),
        events=events,
    )
    found = solved(system, [0.0, 3.0, 5.0], engine.Doses([0], [3.0], "x", [50.0]), outputs=("n", "when")).values[0]
    assert found.tolist() == [[0.0, -1.0], [0.0, -1.0], [2.0, 3.0]]


def test_an_event_may_prevent_another_at_the_same_time():
    events = (Event("a", "x > 20", (("n", "n + 1"),)), Event("b", "x > 20 and n < 1", (("n", "n + 100"),)))
    system = System("either", "d", (Parameter("k", 1.0),), (*DECAY.states, State("n", "0", "0")), events=events)
    assert solved(system, [0.0, 5.0], engine.Doses([0], [3.0], "x", [50.0]), outputs=("n",)).values[0, 1, 0] == 1.0


def test_events_that_set_each_other_off_without_end_stop_that_patient_only():
    events = (Event("up", "x > b and n < 1", (("n", "1"),)), Event("down", "x > b and n > 0", (("n", "0"),)))
    system = System(
        "flip", "d", (Parameter("k", 1.0), Parameter("b", 20.0)), (*DECAY.states, State("n", "0", "0")), events=events
    )
    solution = solved(system, [0.0, 5.0], engine.Doses([0, 1], [3.0, 3.0], "x", [50.0, 50.0]), b=[20.0, 200.0])
    assert solution.status.tolist() == [Status.ENDLESS_EVENTS, Status.OK]


def test_the_assignments_of_an_event_are_computed_together():
    event = Event("swap", "time >= 1", (("x", "y"), ("y", "x")))
    system = System("swap", "d", (), (State("x", "3", "0*x"), State("y", "4", "0*y")), events=(event,))
    assert solved(system, [0.0, 2.0], outputs=("x", "y")).values[0, 1].tolist() == [4.0, 3.0]


@pytest.mark.parametrize(("threshold", "back"), [(0.0, True), (1e-3, False)])
def test_an_extinct_population_does_not_grow_back(threshold, back):
    # It decays until day 20 and would grow afterwards: without a bound a ghost of it returns.
    system = System(
        "ghost",
        "d",
        (),
        (State("x", "1", "x*piecewise(-1, on < 0.5, 1)", extinct_below=threshold), State("on", "0", "0")),
        events=(Event("turn", "time >= 20", (("on", "1"),)),),
    )
    values = solved(system, [0.0, 6.0, 20.0, 40.0]).of("x")[0]
    assert values[1] == pytest.approx(np.exp(-6.0), rel=1e-6)
    assert values[3] == pytest.approx(1.0 if back else 0.0, rel=1e-6)
    assert (values[2] > 0.0) == back


def test_a_population_that_starts_below_the_bound_is_not_extinct():
    system = System("small", "d", (), (State("x", "1e-4", "x", extinct_below=1e-3),))
    assert solved(system, [0.0, 5.0]).of("x")[0, 1] == pytest.approx(1e-4 * np.exp(5.0))


def test_extinction_may_set_off_an_event():
    system = System(
        "cure",
        "d",
        (),
        (State("x", "1", "-x", extinct_below=1e-3), State("cured", "0", "0")),
        events=(Event("cure", "x <= 0", (("cured", "1"),)),),
    )
    assert solved(system, [0.0, 10.0], outputs=("cured",)).values[0, 1, 0] == 1.0
