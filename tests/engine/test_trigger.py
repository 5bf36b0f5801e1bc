import numpy as np
import pytest

from cartrace.engine.expression import Expressions
from cartrace.engine.reading import Reader
from cartrace.engine.trigger import NEVER, event_time
from cartrace.models.expression import parse
from cartrace.models.system import Event, Parameter, Rule, State, System

PARAMETERS = (Parameter("a", 3.0), Parameter("b", 1.0), Parameter("on", 1.0))
RULES = (Rule("day", "time - a"), Rule("week", "day/7"), Rule("level", "x*2"))


def system(trigger: str, initially: bool = True) -> System:
    event = Event("e", trigger, (("x", "x"),), initially)
    return System("s", "d", PARAMETERS, (State("x", "1", "-x"), State("n", "0", "0")), RULES, (event,))


@pytest.mark.parametrize(
    ("trigger", "time"),
    [
        ("time >= a", 3.0),
        ("time > a + 2*b", 5.0),
        ("a <= time", 3.0),
        ("a*b < time", 3.0),
        ("time - a >= b", 4.0),
        ("day >= 5", 8.0),
        ("week >= 1", 10.0),
        ("2*time >= a", 1.5),
        ("a - time <= 0", 3.0),
        ("time >= a and on > 0", 3.0),
        ("on < 0 and time >= a", NEVER),
        ("time >= a and time >= b", 3.0),
        ("time >= -4", -4.0),
    ],
)
def test_a_trigger_by_the_clock_is_timed(workspace, trigger, time):
    here = workspace(system(trigger))
    here.call("hoist", "init")
    assert [event.timed for event in here.program.events] == [True]
    assert here["EVT"][0, 0] == pytest.approx(time, rel=1e-15)


@pytest.mark.parametrize(
    "trigger",
    [
        "time <= a",
        "x > 1",
        "time >= x",
        "time >= a or time >= b",
        "time >= a and x > 1",
        "time*time >= a",
        "on > 0",
        "not time >= a",
    ],
)
def test_any_other_trigger_is_not(trigger):
    reader = Reader(system(trigger), Expressions())
    assert event_time(reader, parse(trigger), "here") is None


@pytest.mark.parametrize(
    "trigger",
    [
        "x > 1", "x >= 1", "x < 1", "x <= 1", "x == 1", "x != 1", "1 > x", "1 <= x",
        "not x > 1", "not x >= 1", "not x == 1",
        "x > 1 and n < 2", "x > 1 or n >= 2", "not (x >= 1 and n > 2)", "not (x < 1 or not n <= 2)",
        "x >= 1 and n == 2 and time < a", "(x > 1 or n == 2) and not time < a", "level - n > 0.5",
    ],
)  # fmt: skip
def test_the_root_is_positive_exactly_where_the_trigger_is_true(workspace, trigger):
    here = workspace(system(trigger))
    for x in (0.0, 1.0 - 1e-9, 1.0, 1.0 + 1e-9, 2.0):
        for n in (0.0, 2.0, 3.0):
            for time in (2.0, 3.0, 4.0):
                here["U"] = np.array([[x], [n]])
                here["TT"] = time
                here.call("triggers")
                names = {"x": x, "n": n, "time": time, "a": 3.0, "level": 2 * x}
                assert (here["G"][0, 0] > 0) == eval(trigger, {}, names), (x, n, time)


def test_the_root_of_a_comparison_falls_through_zero_where_the_sides_meet(workspace):
    # The place of an event is found by halving, so the root must change sign there and nowhere near it jump back.
    here = workspace(system("x >= 1 and time > b"))
    here["TT"] = 5.0
    for x, expected in ((0.4, -0.6), (1.5, 0.5), (30.0, 4.0)):
        here["U"] = np.array([[x], [0.0]])
        here.call("triggers")
        assert here["G"][0, 0] == pytest.approx(expected)
