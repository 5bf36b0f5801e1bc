"""Formulas of SBML: each construct as an expression, with the value that libRoadRunner would give it."""

from __future__ import annotations

import math

import libsbml
import pytest

from cartrace.models import sbml_math
from cartrace.models.expression import evaluate

NAMES = {"x": "x", "y": "y", "lambda": "lambda_"}
VALUES = {"x": 9.0, "y": 2.0, "lambda_": 5.0, "time": 7.0}


def value(formula: str) -> float:
    return evaluate(sbml_math.expression(libsbml.parseL3Formula(formula), NAMES), VALUES)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x + y*lambda - 3", 16),
        ("x - (y - lambda)", 12),
        ("x/y/lambda", 0.9),
        ("-x^y", -81),
        ("2^-3", 0.125),
        ("(-x)^y", 81),
        ("x^y^0.5", 9 ** (2**0.5)),
        ("(1/3) + 1e3 + 2.5", 1 / 3 + 1002.5),
        ("pow(x, y) + sqrt(x) + root(3, 27)", 87),
        ("exp(1) - exponentiale", 0),
        ("ln(x) + log10(1000) + log(y, 8)", math.log(9) + 6),
        ("abs(-3) + floor(-1.5) + ceil(-1.5)", 0),
        ("sin(pi/2) + cos(0) + tan(0)", 2),
        ("sinh(1) - (exp(1) - exp(-1))/2", 0),
        ("cosh(1)^2 - sinh(1)^2 + tanh(0)", 1),
        ("sec(0) + csc(pi/2) + cot(pi/4)", 3),
        ("max(x, y, lambda) + min(x, y, lambda)", 11),
        ("piecewise(1, x < 1, 2, x < 10, 3)", 2),
        ("piecewise(1, x > 1 && y > 5, 2)", 2),
        ("piecewise(1, x > 1 || y > 5, 2)", 1),
        ("piecewise(1, !(x > 1), 2)", 2),
        ("piecewise(1, xor(x > 1, y > 1), 2)", 2),
        ("piecewise(1, implies(x > 1, y > 5), 2)", 2),
        ("piecewise(1, lt(1, y, x), 2)", 1),  # 1 < y < x
        ("piecewise(1, lt(1, x, y), 2)", 2),
        ("piecewise(1, x == 9 && y != 9, 2)", 1),
        ("piecewise(1, true, 2) + piecewise(1, false, 2)", 3),
        ("(x > 3)*5 + (x > 30)*7", 5),  # a truth where a number is meant
        ("piecewise(1, y, 2) + piecewise(1, 0, 2)", 3),  # a number where a truth is meant
        ("quotient(7, 2) + quotient(-7, 2)", 0),
        ("rem(7, 2) + rem(-7, 2)", 0),
        ("time + avogadro/6.02214179e23", 8),
    ],
)
def test_each_construct_has_its_value(formula, expected):
    assert value(formula) == pytest.approx(expected, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("formula", ["arcsin(x)", "factorial(3)", "delay(x, 2)", "inf", "NaN", "piecewise(1, x > 2)"])
def test_what_cannot_be_said_is_refused_with_a_sentence(formula):
    with pytest.raises(sbml_math.Unwritable, match=r"counterpart|infinity|without a value"):
        sbml_math.expression(libsbml.parseL3Formula(formula), NAMES)


def test_a_condition_is_a_comparison():
    assert sbml_math.condition(libsbml.parseL3Formula("time >= x"), NAMES) == "time >= x"
    assert sbml_math.condition(libsbml.parseL3Formula("x"), NAMES) == "x != 0"
