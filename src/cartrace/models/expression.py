"""The grammar in which the equations of a model are written: Python expressions, a small part of them.

In: the text of an expression. Out: its tree, its names, the text with names replaced, its value.
Decided here: what is an expression of a model (`system` lists it) and what is not; a power of a negative number with a
fractional exponent counts the base as 0, so that a state a rounding error below 0 does no harm.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType

from cartrace.models.system import FUNCTIONS

TIME = "time"
_ARGUMENTS = {"max": (2, None), "min": (2, None), "piecewise": (3, None)}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


@cache
def parse(text: str) -> ast.expr:
    """The tree of an expression. Raises ValueError with a sentence when the text is not one of the grammar."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f'"{text}" cannot be read as an expression') from None
    try:
        _check(tree)
    except RecursionError:
        raise ValueError("an expression that is too long or nested too deep") from None
    return tree


def _check(node: ast.expr) -> None:
    match node:
        case ast.Constant(value=number):
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise ValueError(f'"{ast.unparse(node)}" is not a number')
        case ast.Name():
            pass
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            _check(left)
            _check(right)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
            _check(operand)
        case ast.BoolOp(values=values):
            for value in values:
                _check(value)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, _COMPARISONS):
            _check(left)
            _check(right)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            _check_arguments(name, arguments)
        case _:
            raise ValueError(f'"{ast.unparse(node)}" is outside the grammar of models')


def _check_arguments(name: str, arguments: list[ast.expr]) -> None:
    least, most = _ARGUMENTS.get(name, (1, 1))
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise ValueError(f"{name} does not take {len(arguments)} arguments")
    if name == "piecewise" and len(arguments) % 2 == 0:
        raise ValueError("piecewise needs a value for the case that no condition holds")
    for argument in arguments:
        _check(argument)


@cache
def names(text: str) -> frozenset[str]:
    """The names that an expression uses, `time` among them, functions not."""
    tree = parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def substituted(text: str, values: Mapping[str, str]) -> str:
    """The expression with names replaced by expressions, all at once."""
    return ast.unparse(_Substitution({name: parse(value) for name, value in values.items()}).visit(_copy(text)))


def evaluate(text: str, values: Mapping[str, float]) -> float:
    """The value of an expression. KeyError: a name without a value; ArithmeticError or ValueError: it has no value there."""
    missing = sorted(names(text) - set(values))
    if missing:
        raise KeyError(missing[0])
    return float(eval(python_code(text), {"__builtins__": {}, **PYTHON}, dict(values)))


@cache
def python_text(text: str) -> str:
    """The expression as Python that needs only the names of `PYTHON`; of a piecewise only the case that holds is computed."""
    return ast.unparse(_Python().visit(_copy(text)))


@cache
def python_code(text: str) -> CodeType:
    """`python_text`, compiled."""
    return compile(python_text(text), "<expression>", "eval")


def _copy(text: str) -> ast.expr:
    parse(text)
    return ast.parse(text.strip(), mode="eval").body


class _Substitution(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


class _Python(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments: list[ast.expr] = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id == "piecewise":
            chosen = arguments[-1]
            for value, condition in reversed(list(zip(arguments[:-1:2], arguments[1::2], strict=True))):
                chosen = ast.IfExp(test=condition, body=value, orelse=chosen)
            return chosen
        return ast.Call(func=node.func, args=arguments, keywords=[])

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            return ast.Call(func=ast.Name(id="power", ctx=ast.Load()), args=[left, right], keywords=[])
        return ast.BinOp(left=left, op=node.op, right=right)


def power(base: float, exponent: float) -> float:
    """base ** exponent; the base counts as 0 when it is negative and the exponent is no whole number."""
    if base < 0 and exponent != math.floor(exponent):
        base = 0.0
    return float(base**exponent)


PYTHON: dict[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "floor": math.floor,
    "log": math.log,
    "log10": math.log10,
    "max": max,
    "min": min,
    "power": power,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
    "tanh": math.tanh,
}
"""What the names of `python_text` mean."""
