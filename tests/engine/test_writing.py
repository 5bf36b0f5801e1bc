import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.engine import plain, text
from cartrace.engine.composition import program
from cartrace.models.expression import evaluate
from cartrace.models.system import Parameter, State, System


def written(rate: str, name: str = "rhs") -> list[str]:
    system = System("s", "d", (), (State("x", "1", rate), State("y", "1", "x*y"), State("z", "1", "z*y")))
    lines = program(system, ()).text.split(f"def {name}(w):\n")[1].split("\n\n")[0]
    return [line.strip() for line in lines.splitlines()]


def test_what_is_used_twice_gets_a_name_and_what_is_used_once_does_not():
    lines = written("exp(x*z) + 1/(exp(x*z) + 2) + sin(x)")
    (exponential,) = [line for line in lines if "EXP" in line]
    name = exponential.split(" = ")[0]
    (rate,) = [line for line in lines if "SIN" in line]
    assert rate.count(name) == 2
    assert not rate.startswith("v")


def test_a_divisor_of_several_quotients_is_inverted_once():
    lines = written("x/(1 + z) + y/(1 + z)")
    assert sum("/" in line for line in lines) == 1
    assert sum("/" in line for line in written("x/(1 + z) + y/(2 + z)")) == 1
    assert "".join(written("x/(1 + z) + y/(2 + z)")).count("/") == 2


def test_two_divisors_cost_one_division():
    assert "".join(written("x/((1 + z)*(2 + y))")).count("/") == 1


def test_a_long_expression_is_cut_into_named_pieces():
    long = " + ".join(f"sin({i}.5*x)*cos(y + {i})" for i in range(60))
    lines = written(f"x*({long})")
    assert max(len(line) for line in lines) < 2500
    text.functions(program(System("s", "d", (), (State("x", "1", long), State("y", "1", "y"))), ()).text)


def test_deep_nesting_stays_readable_for_a_parser():
    deep = "x"
    for _ in range(60):
        deep = f"exp(1/(1 + {deep}))"
    assert max(len(line) for line in written(deep)) < 400


NUMBERS = st.sampled_from(["1", "2", "0.5", "3", "0.1"])
LEAVES = st.one_of(NUMBERS, st.sampled_from(["x", "y", "p", "q"]))


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def binary(sign: str) -> st.SearchStrategy[str]:
        return st.tuples(inner, inner).map(lambda pair: f"({pair[0]}){sign}({pair[1]})")

    return st.one_of(
        binary("+"),
        binary("-"),
        binary("*"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})/(1 + ({pair[1]})**2)"),
        inner.map(lambda x: f"-({x})"),
        inner.map(lambda x: f"sin({x})"),
        inner.map(lambda x: f"(2 + sin({x}))**p"),
        inner.map(lambda x: f"abs({x})"),
        st.tuples(inner, inner).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"piecewise({three[0]}, ({three[1]}) > 0.7, {three[2]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "4"])).map(lambda pair: f"({pair[0]})**{pair[1]}"),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.recursive(LEAVES, grown, max_leaves=12), st.recursive(LEAVES, grown, max_leaves=8))
def test_any_expression_keeps_its_value(first, second):
    """Normal form, sharing, taking out and writing together against Python's own evaluation of the text."""
    import numpy as np

    values = {"x": 1.3, "y": -0.8, "p": 0.45, "q": 2.1}
    system = System(
        "s",
        "d",
        (Parameter("p", 0.45), Parameter("q", 2.1)),
        (State("x", "1", first), State("y", "1", f"({second}) + ({first})*q")),
    )
    made = program(system, ())
    w = np.zeros((made.layout.size, 1))
    for section, content in (("P", [0.45, 2.1]), ("U", [1.3, -0.8]), ("Y", [1.3, -0.8])):
        w[made.layout.offset(section) :][:2, 0] = content
    functions = plain.load(made.text)
    functions["hoist"](w)
    functions["rhs"](w)
    order = [made.states.index(name) for name in ("x", "y")]
    expected = [evaluate(state.rate, values) for state in system.states]
    got = [w[made.layout.offset("F") + i, 0] if i < made.n_continuous else 0.0 for i in order]
    scale = max(1.0, *(abs(value) for value in expected))
    assert got == pytest.approx(expected, rel=1e-11, abs=1e-11 * scale)
