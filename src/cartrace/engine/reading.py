"""From the expressions of a system, which are text, to nodes.

In: a `System`. Out: nodes of values and conditions; the checks of domain met on the way; every problem of the text at once.
Decided here: which Python is accepted, how each function becomes functions of `text`, which rules are units, which arguments are checked.

A rule that is used more than once is a unit: it is computed once and its derivatives are taken once. Checks cover what the rates and
the initial values use: the argument of a logarithm (> 0) and of a square root (>= 0), the base of a power whose exponent is no whole
number (>= 0), a divisor (not 0). What stands in an arm of a piecewise is not checked: the condition may guard it.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from dataclasses import dataclass

from cartrace.engine.expression import Expressions
from cartrace.errors import CartraceError
from cartrace.models.expression import parse
from cartrace.models.system import System

COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
PLAIN_CALLS = {"exp": "EXP", "log": "LOG", "sqrt": "SQRT", "abs": "ABS", "floor": "FLOOR", "sin": "SIN", "cos": "COS"}
COMPOSED = ("sum", "product", "power", "call", "select")


class SystemRefused(CartraceError):
    """A system whose expressions cannot be read; the text lists every problem with its place."""

    def __init__(self, id_: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([f'model "{id_}" cannot be compiled:', *(f"  {problem}" for problem in problems)]))


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that says an argument is outside its domain, and the sentence for a person."""

    condition: int
    sentence: str


class Reader:
    """Reads the expressions of one system; rules are read when they are first used."""

    def __init__(self, system: System, expressions: Expressions) -> None:
        self.system = system
        self.expressions = expressions
        self.problems: list[str] = []
        self.checks: dict[int, Check] = {}
        self.checking = True
        self._where = ""
        self._rules = {rule.id: rule.value for rule in system.rules}
        self._reading: set[str] = set()
        self._known = {"time": expressions.time()}
        self._known |= {item.id: expressions.parameter(item.id) for item in system.parameters}
        self._known |= {item.id: expressions.state(item.id) for item in system.states}
        self._shared = _used_more_than_once(system)

    def finish(self) -> None:
        """Raise `SystemRefused` when anything could not be read."""
        if self.problems:
            raise SystemRefused(self.system.id, self.problems)

    def value(self, text: str, where: str) -> int:
        """The node of an expression; `where` names its place in a problem or check."""
        tree = self.tree(text, where)
        return self.expressions.zero if tree is None else self.at(where, tree)

    def tree(self, text: str, where: str) -> ast.expr | None:
        """The syntax tree of an expression; None, with a problem noted, when it is no expression."""
        try:
            return parse(text)
        except ValueError as error:
            self.problems.append(f"{where}: {error}")
            return None

    def at(self, where: str, tree: ast.expr) -> int:
        """The node of a syntax tree that stands at a place."""
        outer, self._where = self._where, where
        node = self.read(tree)
        self._where = outer
        return node

    def name(self, name: str) -> int:
        """The node of a parameter, a state, a rule or the time."""
        if name not in self._known:
            if name not in self._rules or name in self._reading:
                trouble = "is defined by itself" if name in self._reading else "is no parameter, state or rule"
                self._problem(f"{name} {trouble}")
                return self.expressions.zero
            self._reading.add(name)
            node = self.value(self._rules[name], f"rule {name}")
            self._reading.remove(name)
            if name in self._shared and self.expressions.keys[node][0] in COMPOSED:
                self.expressions.opaque.add(node)
            self._known[name] = node
        return self._known[name]

    # ------------------------------------------------------------ values
    def read(self, node: ast.expr) -> int:
        """The node of the value of a syntax tree."""
        make = self.expressions
        try:
            match node:
                case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                    return make.select(self.condition(node), make.one, make.zero)
                case ast.Constant(value=int() | float() as value):
                    return make.number(float(value))
                case ast.Name(id=name):
                    return self.name(name)
                case ast.UnaryOp(op=ast.USub(), operand=operand):
                    return make.add([(self.read(operand), -1.0)])
                case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                    return self.read(operand)
                case ast.BinOp(left=left, op=op, right=right):
                    return self._arithmetic(op, left, right)
                case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                    return self._call(name, arguments)
        except (ValueError, OverflowError) as error:
            self._problem(f"{ast.unparse(node)}: {error}")
            return make.zero
        self._problem(f"{ast.unparse(node)} is not understood")
        return make.zero

    def _arithmetic(self, op: ast.operator, left: ast.expr, right: ast.expr) -> int:
        make = self.expressions
        first, second = self.read(left), self.read(right)
        match op:
            case ast.Add():
                return make.add([(first, 1.0), (second, 1.0)])
            case ast.Sub():
                return make.add([(first, 1.0), (second, -1.0)])
            case ast.Mult():
                return make.multiply([(first, 1), (second, 1)])
            case ast.Div():
                self._check("==", second, f"{ast.unparse(right)} is 0 and something is divided by it")
                return make.multiply([(first, 1), (second, -1)])
            case ast.Pow():
                self._check_power(first, second, left)
                return make.power(first, second)
        raise ValueError("only + - * / and ** are understood")

    def _call(self, name: str, arguments: list[ast.expr]) -> int:
        make = self.expressions
        if name == "piecewise":
            return self._piecewise(arguments)
        if name in ("min", "max"):
            values = [self.read(argument) for argument in arguments]
            result = values[0]
            for value in values[1:]:
                result = make.call(name.upper(), result, value)
            return result
        x = self.read(arguments[0])
        if name in ("log", "log10"):
            self._check("<=", x, f"{ast.unparse(arguments[0])} is not above 0 and its logarithm is taken")
        if name == "sqrt":
            self._check("<", x, f"{ast.unparse(arguments[0])} is below 0 and its square root is taken")
        match name:
            case "log10":
                return make.multiply([(make.call("LOG", x), 1)], 1.0 / math.log(10.0))
            case "ceil":
                return make.add([(make.call("FLOOR", make.add([(x, -1.0)])), -1.0)])
            case "tan":
                return make.multiply([(make.call("SIN", x), 1), (make.call("COS", x), -1)])
            case "tanh":  # 1 - 2/(exp(2x) + 1): finite for every x
                grown = make.add([(make.call("EXP", make.add([(x, 2.0)])), 1.0)], 1.0)
                return make.add([(make.multiply([(grown, -1)]), -2.0)], 1.0)
        return make.call(PLAIN_CALLS[name], x)

    def _piecewise(self, arguments: list[ast.expr]) -> int:
        checking, self.checking = self.checking, False
        result = self.read(arguments[-1])
        for value, condition in reversed(list(zip(arguments[0:-1:2], arguments[1:-1:2], strict=True))):
            result = self.expressions.select(self.condition(condition), self.read(value), result)
        self.checking = checking
        return result

    # ------------------------------------------------------------ conditions
    def condition(self, node: ast.expr) -> int:
        """The node of the truth of a syntax tree; a number is true when it is not 0."""
        make = self.expressions
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return make.compare(COMPARISONS[type(op)], self.read(left), self.read(right))
            case ast.BoolOp(op=op, values=values):
                return self._joined([self.condition(value) for value in values], op)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return make.negation(self.condition(operand))
        return make.compare("!=", self.read(node), make.zero)

    def _joined(self, parts: list[int], op: ast.boolop) -> int:
        join = self.expressions.both if isinstance(op, ast.And) else self.expressions.either
        result = parts[0]
        for part in parts[1:]:
            result = join(result, part)
        return result

    # ------------------------------------------------------------ checks and problems
    def _check_power(self, base: int, exponent: int, text: ast.expr) -> None:
        key = self.expressions.keys[exponent]
        if key[0] == "number" and float(key[1]).is_integer():
            if key[1] < 0.0:
                self._check("==", base, f"{ast.unparse(text)} is 0 and something is divided by it")
            return
        make = self.expressions
        unless = make.compare("==", exponent, make.call("FLOOR", exponent))
        self._check("<", base, f"{ast.unparse(text)} is below 0 and a power of it is taken", unless=unless)

    def _check(self, operator: str, argument: int, sentence: str, *, unless: int | None = None) -> None:
        make = self.expressions
        if self.checking and make.level[argument]:
            condition = make.compare(operator, argument, make.zero)
            if unless is not None:
                condition = make.both(condition, make.negation(unless))
            self.checks.setdefault(condition, Check(condition, f"{self._where}: {sentence}"))

    def _problem(self, text: str) -> None:
        sentence = f"{self._where}: {text}"
        if sentence not in self.problems:
            self.problems.append(sentence)


def _used_more_than_once(system: System) -> set[str]:
    """Rules that rates and other rules name in more than one place."""
    rules = {rule.id for rule in system.rules}
    uses: Counter[str] = Counter()
    for text in [*(state.rate for state in system.states), *(rule.value for rule in system.rules)]:
        try:
            tree = parse(text)
        except ValueError:
            continue
        uses.update(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in rules)
    return {name for name, count in uses.items() if count > 1}
