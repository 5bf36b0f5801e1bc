import numpy as np
import pytest

from cartrace import engine
from cartrace.engine.clock import with_switches
from cartrace.engine.composition import program
from cartrace.models.system import Event, Parameter, Rule, State, System


def system(rate: str, *rules: Rule, events: tuple[Event, ...] = ()) -> System:
    parameters = (Parameter("a", 3.0), Parameter("b", 2.0), Parameter("k", 0.5))
    return System("s", "d", parameters, (State("x", "0", rate), State("clock_1", "1", "-clock_1")), rules, events)


def test_a_condition_by_the_clock_becomes_a_state_that_a_timed_event_switches():
    made = with_switches(system("piecewise(5, time >= a and time < a + b, 0) - k*x"))
    assert made.states[0].rate == "piecewise(5, clock_2 > 0.5 and clock_3 < 0.5, 0) - k * x"
    assert [(event.id, event.trigger) for event in made.events] == [
        ("clock_2", "time >= a"),
        ("clock_3", "time >= a + b"),
    ]
    assert [event.timed for event in program(made, []).events] == [True, True]


def test_the_same_condition_is_one_switch_and_its_opposite_the_same():
    made = with_switches(system("late - piecewise(1, time <= a, 2)", Rule("late", "piecewise(1, time > a, 0)")))
    assert [event.trigger for event in made.events] == ["time > a"]
    assert made.rules[0].value == "piecewise(1, clock_2 > 0.5, 0)"


def test_a_switch_knows_its_truth_at_the_start(workspace):
    made = system("piecewise(5, day >= -b, 0) + piecewise(7, time > a, 0)", Rule("day", "time - a"))
    here = workspace(made)
    for b, expected in ((2.0, 0.0), (3.0, 5.0), (4.0, 5.0)):
        here["P"][1] = b
        here.call("hoist", "init")
        here["U"] = here["YN"].copy()
        here.call("rhs")
        assert here["F"][0, 0] == expected


@pytest.mark.parametrize(
    "rate",
    [
        "-k*x",
        "piecewise(1, x > a, 0)",
        "piecewise(1, time > x, 0)",
        "piecewise(1, time == a, 0)",
        "piecewise(1, k > a, 0)",
        "x +",
    ],
)
def test_a_system_without_such_conditions_is_returned_as_it_is(rate):
    given = system(rate, Rule("shown", "piecewise(1, time > a, 0)"))
    assert with_switches(given) is given


def test_switches_act_before_the_events_of_the_system():
    given = system("piecewise(1, time >= a, 0)", events=(Event("e", "time >= a", (("x", "x + 1"),)),))
    assert [event.id for event in program(given, []).events] == ["clock_2", "e"]


def test_a_short_pulse_is_not_jumped_over_and_an_edge_costs_no_accuracy():
    # An infusion of 3 minutes on day 50 of a quiet system: the steps before it are days long.
    given = system("piecewise(1440, time >= a and time < a + b, 0) - k*x")
    kernel = engine.compile_system(given, outputs=("x",))
    length, k = 3.0 / 1440.0, 0.5
    table = engine.parameter_table(given, 1, {"a": 50.0, "b": length})
    times = np.array([49.0, 50.0, 50.0 + length, 51.0, 55.0, 80.0])
    found = engine.solve(kernel, table, times, rtol=1e-8)
    top = 1440.0 / k * (1.0 - np.exp(-k * length))
    expected = [0.0, 0.0, *(top * np.exp(-k * (times[2:] - 50.0 - length)))]
    assert found.of("x")[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert found.steps[0] < 300
