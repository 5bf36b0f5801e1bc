import math
from dataclasses import replace

import pytest

from cartrace.engine.expression import Expressions
from cartrace.engine.reading import Reader, SystemRefused
from cartrace.models.system import Parameter, Rule, State, System

SYSTEM = System(
    "s",
    "d",
    (Parameter("p", 2.0),),
    (State("x", "1", "-p*x*twice - once"), State("y", "1", "twice")),
    rules=(Rule("twice", "x + y"), Rule("once", "x*y"), Rule("unused", "log(x)/y")),
)


@pytest.fixture
def reader() -> Reader:
    return Reader(SYSTEM, Expressions())


@pytest.mark.parametrize("x", [-1.7, -0.2, 0.0, 0.4, 1.0, 2.5])
@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("exp(x)", math.exp),
        ("log(x + 3)", lambda x: math.log(x + 3)),
        ("log10(x + 3)", lambda x: math.log10(x + 3)),
        ("sqrt(x + 3)", lambda x: math.sqrt(x + 3)),
        ("abs(x)", abs),
        ("floor(x)", math.floor),
        ("ceil(x)", math.ceil),
        ("sin(x)", math.sin),
        ("cos(x)", math.cos),
        ("tan(x)", math.tan),
        ("tanh(x)", math.tanh),
        ("tanh(500*x)", lambda x: math.tanh(500 * x)),
        ("min(x, 1, 2)", lambda x: min(x, 1)),
        ("max(x, 0.3, -4)", lambda x: max(x, 0.3)),
        ("x**3", lambda x: x**3),
        ("(x + 3)**-2", lambda x: (x + 3) ** -2),
        ("(x + 3)**1.5", lambda x: (x + 3) ** 1.5),
        ("(x + 3)**-0.5", lambda x: (x + 3) ** -0.5),
        ("(x + 3)**0.37", lambda x: (x + 3) ** 0.37),
        ("2**x", lambda x: 2**x),
        ("-x + +x*2", lambda x: x),
        ("piecewise(1, x < 0, 2, x == 0, 3)", lambda x: 1 if x < 0 else 2 if x == 0 else 3),
        ("piecewise(1, x >= 1 and not x > 2, 0)", lambda x: float(1 <= x <= 2)),
        ("piecewise(1, x <= -1 or x != 1, 0)", lambda x: float(x != 1)),
        ("(x > 0)*5", lambda x: 5.0 * (x > 0)),
        ("piecewise(7, x, 8)", lambda x: 7.0 if x else 8.0),
    ],
)
def test_every_function_has_the_meaning_of_python(workspace, text, meaning, x):
    here = workspace(System("s", "d", (), (State("x", repr(x), text),)))
    here["U"] = x
    here.call("rhs")
    assert here["F"][0, 0] == pytest.approx(meaning(x), rel=1e-14, abs=1e-15)


def test_a_rule_used_twice_is_a_unit_and_one_used_once_is_not(reader):
    for state in SYSTEM.states:
        reader.value(state.rate, state.id)
    assert reader.name("twice") in reader.expressions.opaque
    assert reader.name("once") not in reader.expressions.opaque


def test_a_rule_that_nothing_needs_is_not_read(reader):
    reader.value("p*x", "here")
    assert reader.checks == {}


def test_all_problems_are_told_at_once_with_their_places():
    system = replace(
        SYSTEM,
        states=(
            State("x", "1", "-p*nothing + circle"),
            State("y", "1", "x***2"),
            State("z", "1", "1/(2 - 2) + gamma(x)"),
        ),
        rules=(Rule("circle", "ring + 1"), Rule("ring", "circle - 1")),
    )
    reader = Reader(system, Expressions())
    for state in system.states:
        reader.value(state.rate, f"rate of {state.id}")
    with pytest.raises(SystemRefused) as refused:
        reader.finish()
    told = str(refused.value)
    assert told.startswith('model "s" cannot be compiled:')
    for part in (
        "rate of x: nothing is no parameter, state or rule",
        "rule ring: circle is defined by itself",
        "rate of y: ",
    ):
        assert part in told
    assert len(refused.value.problems) == 4


def test_a_division_by_a_number_that_is_zero_is_a_problem(reader):
    reader.value("x/(2 - 2)", "rate of x")
    assert reader.problems == ["rate of x: x / (2 - 2): a division by zero stands in the expression"]


def test_arguments_with_a_domain_are_checked_once(reader):
    reader.value("log(x)/y + sqrt(x) + y**p + x**-1 + 1/y + x**3 + x/2", "rate of x")
    assert [check.sentence for check in reader.checks.values()] == [
        "rate of x: x is not above 0 and its logarithm is taken",
        "rate of x: y is 0 and something is divided by it",
        "rate of x: x is below 0 and its square root is taken",
        "rate of x: y is below 0 and a power of it is taken",
        "rate of x: x is 0 and something is divided by it",
    ]


def test_an_arm_of_a_piecewise_is_not_checked_but_its_neighbour_is(reader):
    reader.value("piecewise(log(x), x > 0, 0) + 1/y", "rate of x")
    assert [check.sentence for check in reader.checks.values()] == ["rate of x: y is 0 and something is divided by it"]
