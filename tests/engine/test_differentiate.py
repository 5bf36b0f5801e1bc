import numpy as np
import pytest

from cartrace.engine.differentiate import Derivatives
from cartrace.engine.expression import Expressions
from cartrace.engine.reading import Reader
from cartrace.models.system import Parameter, Rule, State, System

STATES = {"x": 1.3, "y": 0.6, "z": 2.2}
PARAMETERS = {"p": 0.7, "h": 1.8}
EXPRESSIONS = [
    "p*x**3*y - x/y + 4",
    "x**h/(p**h + x**h)",
    "x**-2*(y + z)**2",
    "(x + p)**y",
    "exp(-p*x*y)*log(x + y)",
    "sqrt(x*y) + x**1.5 - y**-0.5",
    "sin(p*x)*cos(y) + tan(z/4) + tanh(x - y)",
    "log10(x + 1)/(1 + log10(z))",
    "shared*x + shared**2 + y/shared",
    "deep*shared - deep/x",
    "time*x + sin(time)*y",
    "2**x",
]
RULES = (Rule("shared", "x*y/(p + x*y)"), Rule("deep", "exp(-shared)*z + shared"))


def a_system(rate: str) -> System:
    states = tuple(State(name, repr(value), rate if name == "x" else "shared + deep") for name, value in STATES.items())
    return System("s", "d", tuple(Parameter(name, value) for name, value in PARAMETERS.items()), states, RULES)


def derivative(rate: str, by: str) -> float:
    """The derivative of an expression by a state or by time, at the values above."""
    states = (*(State(name, repr(value), "0") for name, value in STATES.items()),)
    reader = Reader(System("s", "d", a_system(rate).parameters, states, RULES), Expressions())
    node = reader.value(rate, "here")
    partial = Derivatives(reader.expressions).of(node).get(reader.name(by), reader.expressions.zero)
    return value_of(reader.expressions, partial, STATES | PARAMETERS | {"time": 0.9})


def value_of(make: Expressions, node: int, known: dict[str, float]) -> float:
    """A node evaluated as it stands."""
    key = make.keys[node]
    of = [value_of(make, child, known) for child in make.arguments(node)]
    calls = {"EXP": np.exp, "LOG": np.log, "SQRT": np.sqrt, "ABS": abs, "SIN": np.sin, "COS": np.cos, "FLOOR": np.floor,
             "MIN": min, "MAX": max}  # fmt: skip
    match key[0]:
        case "number":
            return key[1]
        case "parameter" | "state":
            return known[key[1]]
        case "time":
            return known["time"]
        case "sum":
            return key[1] + sum(value * factor for value, (_, factor) in zip(of, key[2], strict=True))
        case "product":
            return float(np.prod([value ** float(power) for value, (_, power) in zip(of, key[1], strict=True)]))
        case "power":
            return of[0] ** of[1]
        case "call":
            return float(calls[key[1]](*of))
        case "compare":
            return {"<": of[0] < of[1], ">": of[0] > of[1]}[key[1]]
        case "select":
            return of[1] if of[0] else of[2]
        case "and":
            return of[0] and of[1]
    raise AssertionError(key)


@pytest.mark.parametrize("by", ["x", "y", "z", "time"])
@pytest.mark.parametrize("rate", EXPRESSIONS)
def test_a_derivative_is_that_of_the_complex_step(direct, rate, by):
    here = direct(a_system(rate), PARAMETERS)
    states = {name: complex(value) for name, value in STATES.items()} | {"time": 0.9 + 0j}
    states[by] += 1e-30j
    time = states.pop("time")
    expected = here.values(states, time)["rate of x"].imag / 1e-30
    assert derivative(rate, by) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("by", ["x", "y", "z"])
@pytest.mark.parametrize("rate", EXPRESSIONS)
def test_a_derivative_is_that_of_sympy(rate, by):
    sympy = pytest.importorskip("sympy")
    known = {rule.id: rule.value for rule in RULES}
    names = {name: sympy.Symbol(name, positive=True) for name in ("x", "y", "z", "p", "h", "time")}
    names["log10"] = lambda x: sympy.log(x, 10)
    for name, text in known.items():
        names[name] = sympy.sympify(text, locals=names)
    expected = sympy.diff(sympy.sympify(rate, locals=names), names[by])
    values = {names[name]: value for name, value in (STATES | PARAMETERS | {"time": 0.9}).items()}
    assert derivative(rate, by) == pytest.approx(float(expected.subs(values)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    ("rate", "by", "expected"),
    [
        ("abs(y - x)", "x", 1.0),
        ("abs(x - y)", "y", -1.0),
        ("max(x, y*3, z)", "z", 1.0),
        ("max(x, y*3, z)", "y", 0.0),
        ("min(x, y*3, z)", "x", 1.0),
        ("piecewise(x**2, x > y, 5*x)", "x", 2.6),
        ("piecewise(x**2, x < y, 5*x)", "x", 5.0),
        ("floor(x*7) + ceil(y)", "x", 0.0),
        ("(x > y)*z", "z", 1.0),
        ("(x > y)*z", "x", 0.0),
    ],
)
def test_derivatives_where_there_is_a_choice(rate, by, expected):
    assert derivative(rate, by) == pytest.approx(expected)


def test_what_does_not_depend_on_a_state_has_no_entry():
    reader = Reader(a_system("p*x"), Expressions())
    partials = Derivatives(reader.expressions).of(reader.value("p*x + sin(p)*y - y*sin(p)", "here"))
    assert list(partials) == [reader.name("x")]


def test_a_hill_term_has_its_limit_at_zero(workspace):
    # x**h/(1 + x**h) with h = 1.8 is flat at 0; its slope must not be 0/0 there. With h = 1 the slope is 1.
    for exponent, slope in ((1.8, 0.0), (1.0, 1.0)):
        system = System("s", "d", (Parameter("h", exponent),), (State("x", "0", "x**h/(1 + x**h)"),))
        here = workspace(system)
        here["IHG"] = 10.0
        here.call("hoist", "factor")
        assert 1.0 / here["A"][0, 0] == pytest.approx(10.0 - slope, abs=1e-12)


@pytest.mark.parametrize(
    "rate", ["2 - sqrt(x)", "2 - x**1.5", "2 - x**0.75", "2 - x**h", "2 - x**h/(1 + x**h)", "2 - x**(-h)"]
)
@pytest.mark.parametrize("start", ["0", "-1e-17", "1e-13"])
def test_no_slope_is_infinite_near_zero(rate, start, workspace):
    # An infinite entry on the diagonal freezes its state: (1/(gamma h) - J) K = f has the solution 0 whatever f is.
    here = workspace(System("s", "d", (Parameter("h", 0.5),), (State("x", start, rate),)))
    here["IHG"], here["Y"] = 10.0, float(start)
    here.call("hoist", "factor")
    assert here["A"][0, 0] == pytest.approx(0.1, rel=1e-5)


def test_a_slope_is_exact_from_near_zero_on(workspace):
    for base in (1e-11, 1e-6, 1.0):
        here = workspace(System("s", "d", (Parameter("h", 0.5),), (State("x", "1", "-x**h - sqrt(x)"),)))
        here["Y"] = base
        here.call("hoist", "factor")
        assert 1.0 / here["A"][0, 0] == pytest.approx(base**-0.5, rel=1e-12)
