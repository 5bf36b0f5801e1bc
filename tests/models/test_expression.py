"""The grammar: what is read, what is refused with a sentence, and that values agree with plain Python."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.models import expression
from cartrace.models.system import FUNCTIONS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3*4 - 5/2", 11.5),
        ("-2**2", -4),
        ("2**-1", 0.5),
        ("x**0.5", 3),
        ("max(1, x, 4) + min(2, x)", 11),
        ("exp(log(x)) + log10(100) + sqrt(16) + abs(-1)", 16),
        ("floor(1.7) + ceil(1.2)", 3),
        ("sin(0) + cos(0) + tan(0) + tanh(0)", 1),
        ("piecewise(1, x < 9, 2, x == 9, 3)", 2),
        ("piecewise(1, x < 9, 2, x > 9, 3)", 3),
        ("piecewise(1, x > 1 and not (x > 10 or x != 9), 0)", 1),
        ("piecewise(log(x - 9), x > 9, 0)", 0),  # the other arm has no value
        ("time + 1", 8),
    ],
)
def test_values(text, value):
    assert expression.evaluate(text, {"x": 9.0, "time": 7.0}) == pytest.approx(value, rel=1e-15)


def test_every_function_of_the_grammar_has_a_meaning():
    assert set(FUNCTIONS) == set(expression.PYTHON) - {"power"} | {"piecewise"}


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "x y", "'a'", "True", "1e999", "1j", "x[0]", "x.y", "f(x)", "x if y else z", "[1]", "x := 1", "x // 2",
        "x % 2", "1 < x < 2", "exp()", "exp(1, 2)", "max(1)", "piecewise(1, x > 2)", "piecewise(1)", "exp(x=1)", "x in y",
        "lambda: 1", "__import__('os')", "~x", "x & y", "min(*x)", "(" * 400 + "1" + ")" * 400,
    ],
)  # fmt: skip
def test_refused(text):
    with pytest.raises(ValueError, match=r"read|grammar|number|argument|needs"):
        expression.parse(text)


def test_names_are_those_of_quantities():
    assert expression.names("exp(k*time) + max(a, b)**a") == {"k", "time", "a", "b"}


def test_names_are_replaced_all_at_once_and_keep_their_order():
    assert expression.substituted("a - b*c", {"a": "b", "b": "x - y"}) == "b - (x - y) * c"
    assert expression.substituted("a**b", {"a": "-x"}) == "(-x) ** b"


def test_a_name_without_a_value_is_named():
    with pytest.raises(KeyError, match="k"):
        expression.evaluate("k*2", {})


@given(
    st.one_of(st.just(0.0), st.floats(1e-6, 1e3), st.floats(-1e3, -1e-6)), st.sampled_from((-2.0, -1.5, 0.5, 2.0, 3.0))
)
def test_a_fractional_power_of_a_negative_number_counts_it_as_nothing(base, exponent):
    if base < 0 and exponent == 0.5:
        assert expression.power(base, exponent) == 0
    elif base > 0:
        assert expression.power(base, exponent) == pytest.approx(math.pow(base, exponent), rel=1e-15)
