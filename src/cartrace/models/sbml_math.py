"""Formulas of SBML as expressions of a model.

In: a formula of libsbml. Out: the text of an expression in the grammar of `expression`.
Decided here: where a truth stands for a number it counts 1 or 0, where a number stands for a truth it holds when it is not 0;
what the grammar cannot say is refused with a sentence (`Unwritable`).
"""

from __future__ import annotations

import ast
import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

AVOGADRO = "6.02214179e+23"  # SBML Level 3 Version 1 Core, section 3.4.6, csymbol avogadro


class Unwritable(ValueError):
    """A formula that the grammar of models cannot say."""


def expression(formula: Any, names: Mapping[str, str]) -> str:
    """The formula as an expression; `names` maps ids of the SBML to names of the system."""
    return ast.unparse(ast.parse(_number(formula, names), mode="eval"))


def condition(formula: Any, names: Mapping[str, str]) -> str:
    """The formula as a condition: a comparison, or comparisons joined."""
    return ast.unparse(ast.parse(_truth(formula, names), mode="eval"))


def _children(node: Any) -> list[Any]:
    return [node.getChild(n) for n in range(node.getNumChildren())]


def _number(node: Any, names: Mapping[str, str]) -> str:
    import libsbml

    kind = node.getType()
    if kind == libsbml.AST_INTEGER:
        return f"({node.getInteger()})"
    if kind in (libsbml.AST_REAL, libsbml.AST_REAL_E):
        return _literal(node.getReal())
    if kind == libsbml.AST_RATIONAL:
        return f"({node.getNumerator()}/{node.getDenominator()})"
    if kind == libsbml.AST_NAME:
        return _name(node, names)
    if kind in _constants():
        return _constants()[kind]
    if kind in _truths():
        return f"piecewise(1, {_truth(node, names)}, 0)"
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        return _piecewise(node, names)
    writer = _writers().get(kind)
    if writer is None:
        raise Unwritable(f"{_spelling(node)} has no counterpart in the equations of a model")
    return writer([_number(child, names) for child in _children(node)])


def _name(node: Any, names: Mapping[str, str]) -> str:
    if node.getName() not in names:
        raise Unwritable(f'"{node.getName()}" is no quantity of the model')
    return names[node.getName()]


def _truth(node: Any, names: Mapping[str, str]) -> str:
    import libsbml

    kind = node.getType()
    if kind == libsbml.AST_CONSTANT_TRUE:
        return "(1 > 0)"
    if kind == libsbml.AST_CONSTANT_FALSE:
        return "(1 < 0)"
    if kind not in _truths():
        return f"({_number(node, names)} != 0)"
    sign = _truths()[kind]
    if sign in ("and", "or", "not", "xor", "implies"):
        return _joined(sign, [_truth(child, names) for child in _children(node)])
    terms = [_number(child, names) for child in _children(node)]
    return _joined("and", [f"({a} {sign} {b})" for a, b in itertools.pairwise(terms)])


def _joined(sign: str, terms: Sequence[str]) -> str:
    match sign:
        case "not":
            return f"(not {terms[0]})"
        case "implies":
            return f"((not {terms[0]}) or {terms[1]})"
        case "xor":
            return functools.reduce(lambda a, b: f"(({a} or {b}) and not ({a} and {b}))", terms)
    if not terms:
        return "(1 > 0)" if sign == "and" else "(1 < 0)"
    return "(" + f" {sign} ".join(terms) + ")"


def _piecewise(node: Any, names: Mapping[str, str]) -> str:
    children = _children(node)
    if len(children) % 2 == 0:
        raise Unwritable("a piecewise formula without a value for the case that no condition holds")
    parts = []
    for value, test in zip(children[:-1:2], children[1::2], strict=True):
        parts += [_number(value, names), _truth(test, names)]
    otherwise = _number(children[-1], names)
    return f"piecewise({', '.join([*parts, otherwise])})" if parts else otherwise


def _literal(value: float) -> str:
    if not math.isfinite(value):
        raise Unwritable("infinity and not-a-number are no numbers of a model")
    return f"({value!r})"


def _spelling(node: Any) -> str:
    import libsbml

    return libsbml.formulaToL3String(node) or node.getName() or "a formula"


@functools.cache
def _constants() -> dict[int, str]:
    import libsbml

    return {
        libsbml.AST_NAME_TIME: "time",
        libsbml.AST_NAME_AVOGADRO: AVOGADRO,
        libsbml.AST_CONSTANT_E: repr(math.e),
        libsbml.AST_CONSTANT_PI: repr(math.pi),
    }


@functools.cache
def _truths() -> dict[int, str]:
    import libsbml

    return {
        libsbml.AST_CONSTANT_TRUE: "true",
        libsbml.AST_CONSTANT_FALSE: "false",
        libsbml.AST_LOGICAL_AND: "and",
        libsbml.AST_LOGICAL_OR: "or",
        libsbml.AST_LOGICAL_NOT: "not",
        libsbml.AST_LOGICAL_XOR: "xor",
        libsbml.AST_LOGICAL_IMPLIES: "implies",
        libsbml.AST_RELATIONAL_LT: "<",
        libsbml.AST_RELATIONAL_LEQ: "<=",
        libsbml.AST_RELATIONAL_GT: ">",
        libsbml.AST_RELATIONAL_GEQ: ">=",
        libsbml.AST_RELATIONAL_EQ: "==",
        libsbml.AST_RELATIONAL_NEQ: "!=",
    }


Writer = Callable[[list[str]], str]


def _template(text: str) -> Writer:
    return lambda terms: text.format(*terms)


def _series(sign: str, empty: str) -> Writer:
    return lambda terms: "(" + f" {sign} ".join(terms) + ")" if terms else empty


def _extreme(name: str) -> Writer:
    return lambda terms: f"{name}({', '.join(terms)})" if len(terms) > 1 else terms[0]


_QUOTIENT = "piecewise(floor({0}/{1}), {0}/{1} >= 0, ceil({0}/{1}))"


@functools.cache
def _writers() -> dict[int, Writer]:
    import libsbml

    plain = {"ABS": "abs", "CEILING": "ceil", "COS": "cos", "EXP": "exp", "FLOOR": "floor", "LN": "log"}
    plain |= {"SIN": "sin", "TAN": "tan", "TANH": "tanh"}
    writers = {getattr(libsbml, f"AST_FUNCTION_{name}"): _template(f"{word}({{0}})") for name, word in plain.items()}
    composed = {
        "POWER": "({0} ** {1})",
        "DIVIDE": "({0} / {1})",
        "FUNCTION_POWER": "({0} ** {1})",
        "FUNCTION_QUOTIENT": _QUOTIENT,
        "FUNCTION_REM": f"({{0}} - {{1}}*{_QUOTIENT})",
        "FUNCTION_SINH": "((exp({0}) - exp(-{0}))/2)",
        "FUNCTION_COSH": "((exp({0}) + exp(-{0}))/2)",
        "FUNCTION_SEC": "(1/cos({0}))",
        "FUNCTION_CSC": "(1/sin({0}))",
        "FUNCTION_COT": "(1/tan({0}))",
        "FUNCTION_COTH": "(1/tanh({0}))",
    }
    writers |= {getattr(libsbml, f"AST_{name}"): _template(text) for name, text in composed.items()}
    writers |= {
        libsbml.AST_PLUS: _series("+", "0"),
        libsbml.AST_TIMES: _series("*", "1"),
        libsbml.AST_MINUS: lambda terms: f"(-{terms[0]})" if len(terms) == 1 else f"({terms[0]} - {terms[1]})",
        libsbml.AST_FUNCTION_MAX: _extreme("max"),
        libsbml.AST_FUNCTION_MIN: _extreme("min"),
        libsbml.AST_FUNCTION_LOG: _logarithm,
        libsbml.AST_FUNCTION_ROOT: _root,
    }
    return writers


def _logarithm(terms: list[str]) -> str:
    base, argument = terms if len(terms) == 2 else ["(10)", terms[0]]
    return f"log10({argument})" if base == "(10)" else f"(log({argument})/log({base}))"


def _root(terms: list[str]) -> str:
    degree, argument = terms if len(terms) == 2 else ["(2)", terms[0]]
    return f"sqrt({argument})" if degree == "(2)" else f"({argument} ** (1/{degree}))"
