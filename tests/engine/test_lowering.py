import pytest

from cartrace.engine import text
from cartrace.models.expression import evaluate
from cartrace.models.system import Parameter, Rule, State, System


def made(workspace, formula: str):
    """A workspace whose output is the expression, at x = 3, y = 1, a = 2, b = 5."""
    states = (State("x", "3", "-x"), State("y", "1", "-y"))
    here = workspace(
        System("s", "d", (Parameter("a", 2.0), Parameter("b", 5.0)), states, (Rule("out", formula),)), outputs=["out"]
    )
    here["U"] = [[3.0], [1.0]]
    here.call("hoist", "observe")
    return here


@pytest.mark.parametrize(
    ("formula", "hoisted", "operations", "value"),
    [
        ("a*x*b", [10.0], {"multiply": 1}, 30.0),
        ("-a*x - b*x", [7.0], {"multiply": 1, "add": 1}, -21.0),
        ("x*0.3*a + 0.7*a*y", [0.6, 1.4], {"multiply": 2, "add": 1}, 3.2),
        ("x/a + y/a", [0.5], {"multiply": 2, "add": 1}, 2.0),
        ("x + a*b + 3 - exp(a)/b", [10.0 + 3.0 - 7.38905609893065 / 5.0], {"add": 1}, 16.0 - 7.38905609893065 / 5.0),
        ("x*y - a", [], {"multiply": 1, "add": 1}, 1.0),
        ("x*y + a", [], {"multiply": 1, "add": 1}, 5.0),
        ("x**8", [], {"multiply": 3}, 6561.0),
        ("x**7", [], {"multiply": 4}, 2187.0),
        ("x**a", [1.0], {"LOG": 1, "EXP": 1, "multiply": 2, "ABS": 1, "SELECT": 1}, 9.0),
        ("x**a + x**b", [1.0, -1.0], {"LOG": 1, "EXP": 2, "multiply": 4, "ABS": 1, "SELECT": 2, "add": 1}, 252.0),
        ("x**1.7", [], {"LOG": 1, "EXP": 1, "multiply": 1}, 3.0**1.7),
        ("piecewise(a*b, a > 1, b/a) + x", [10.0], {"add": 1}, 13.0),
    ],
)
def test_what_parameters_decide_alone_is_computed_once(workspace, formula, hoisted, operations, value):
    here = made(workspace, formula)
    assert here["H"][:, 0] == pytest.approx(hoisted)
    assert here["O"][0, 0] == pytest.approx(value, rel=1e-14)
    assert text.operations(here.program.text, "observe") == operations


def test_a_condition_over_parameters_keeps_its_values_ready(workspace):
    here = made(workspace, "piecewise(x, a + b > 6, y)")
    assert here["O"][0, 0] == 3.0
    assert here["H"][0, 0] == 7.0


@pytest.mark.parametrize("base", [-2.5, -1.0, 0.0, 0.7, 3.0])
@pytest.mark.parametrize("exponent", [2.0, 3.0, -1.0, 0.0, 1.6, 0.3])
def test_a_power_is_that_of_the_grammar_of_models(workspace, base, exponent):
    if base == 0.0 and exponent <= 0.0:
        return  # no value, or one that is a matter of taste
    here = workspace(System("s", "d", (Parameter("h", exponent),), (State("x", repr(base), "x**h"),)))
    here.call("hoist", "init")
    here["U"] = here["Y"] = here["YN"].copy()
    here.call("rhs", "domain")
    outside = base < 0.0 and exponent != round(exponent)
    assert bool(here["BAD"].max() > 0.0) == outside
    if outside and exponent < 1.0:
        return  # not at the start, and near 0 without a slope
    assert here["F"][0, 0] == pytest.approx(evaluate("x**h", {"x": base, "h": exponent}), rel=1e-14, abs=1e-80)
    # The derivative, through the matrix of a system in which nothing else stands.
    here["IHG"] = 50.0
    here.call("factor")
    if base or exponent > 1.0:
        slope = exponent * evaluate("x**(h - 1)", {"x": base, "h": exponent})
        assert 50.0 - 1.0 / here["A"][0, 0] == pytest.approx(slope, rel=1e-12, abs=1e-12)
