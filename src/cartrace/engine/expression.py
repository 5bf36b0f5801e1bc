"""Expressions as interned nodes in a normal form: equal expressions are the same node, so what is shared is computed once.

In: numbers, leaves and operations. Out: node numbers; a node's arguments always have smaller numbers than itself.
Decided here: the normal form. Sums are flat, with a numeric coefficient per term and terms of the same varying part merged; products
are flat, with integer exponents; a number in front of a product is the coefficient of a sum of one term. The order of terms is the
order in which nodes were made, never that of a hash. An `opaque` node is a unit: sums and products do not look into it.

    key of a node                              level
    ("number", value)                          FIXED
    ("parameter", id)                          PARAMETER
    ("state", id) ("time",) ("infusion", id)   VARYING
    ("sum", constant, ((node, coefficient), ...))      the level of a composed node is the highest of its arguments
    ("product", ((node, exponent), ...))
    ("power", base, exponent)                  exponent neither an integer nor a half
    ("call", NAME, argument, ...)              functions of `text`
    ("select", condition, first, second)
    ("compare", operator, left, right) ("and", condition, condition) ("not", condition)      conditions
    ("hoisted", index) ("square", node)        made by `lowering` only
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

FIXED, PARAMETER, VARYING = 0, 1, 2
LARGEST_EXPONENT = 64  # above it, a power is computed through exp and log

FOLDED: dict[str, Callable[..., float]] = {
    "EXP": math.exp, "LOG": math.log, "SQRT": math.sqrt, "ABS": abs, "FLOOR": math.floor, "SIN": math.sin, "COS": math.cos,
    "MIN": min, "MAX": max,
}  # fmt: skip

COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip

Key = tuple[Any, ...]


class Expressions:
    """A store of nodes. `keys[n]` is the key of node n, `level[n]` says what it depends on, `opaque` holds the units."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.level: list[int] = []
        self.opaque: set[int] = set()
        self._numbers: dict[Key, int] = {}
        self.zero = self.number(0.0)
        self.one = self.number(1.0)
        self.yes = self.intern(("compare", "<", self.zero, self.one), FIXED)
        self.no = self.intern(("compare", ">", self.zero, self.one), FIXED)

    # ------------------------------------------------------------ leaves
    def number(self, value: float) -> int:
        """A number. Raises ValueError when it is not finite."""
        if not math.isfinite(value):
            raise ValueError("a constant part of the expression is not a finite number")
        return self.intern(("number", float(value) + 0.0), FIXED)

    def parameter(self, name: str) -> int:
        """A parameter."""
        return self.intern(("parameter", name), PARAMETER)

    def state(self, name: str) -> int:
        """A state."""
        return self.intern(("state", name), VARYING)

    def time(self) -> int:
        """The model's clock."""
        return self.intern(("time",), VARYING)

    def infusion(self, name: str) -> int:
        """The rate of the running infusion into a state."""
        return self.intern(("infusion", name), VARYING)

    # ------------------------------------------------------------ sums
    def add(self, terms: Iterable[tuple[int, float]], constant: float = 0.0) -> int:
        """The sum of coefficient * node over the terms, plus a constant."""
        flat: list[tuple[int, float]] = []
        for node, coefficient in terms:
            constant += self._flatten(node, coefficient, flat)
        groups: dict[int, list[tuple[int, float]]] = {}
        for node, coefficient in flat:
            outer, inner = self.split(node)
            groups.setdefault(inner, []).append((outer, coefficient))
        merged: dict[int, float] = {}
        for inner, parts in groups.items():
            for node, coefficient in self._merge(inner, parts):
                merged[node] = merged.get(node, 0.0) + coefficient
        return self._sum(constant, merged)

    def _flatten(self, node: int, coefficient: float, into: list[tuple[int, float]]) -> float:
        """Append the terms of coefficient * node; return its constant part."""
        key = self.keys[node]
        if key[0] == "number":
            return coefficient * float(key[1])
        if key[0] == "sum":
            _, constant, terms = key
            single = len(terms) == 1 and constant == 0.0
            if single or (node not in self.opaque and abs(coefficient) == 1.0):
                into += [(child, coefficient * factor) for child, factor in terms]
                return coefficient * float(constant)
        into.append((node, coefficient))
        return 0.0

    def split(self, node: int) -> tuple[int, int]:
        """A term as (factor of parameters alone, rest); the rest of a term of parameters alone is the node itself."""
        key = self.keys[node]
        if self.level[node] < VARYING or key[0] != "product" or node in self.opaque:
            return self.one, node
        outer = [(child, power) for child, power in key[1] if self.level[child] < VARYING]
        if not outer:
            return self.one, node
        return self.multiply(outer), self.multiply([item for item in key[1] if self.level[item[0]] == VARYING])

    def _merge(self, inner: int, parts: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Terms a*x + b*x as (a + b)*x: one factor of parameters, computed once per patient."""
        if len({outer for outer, _ in parts}) == 1:
            return [(self.multiply([(parts[0][0], 1), (inner, 1)]), sum(part[1] for part in parts))]
        sign = -1.0 if parts[0][1] < 0.0 else 1.0
        outer = self.add([(node, sign * coefficient) for node, coefficient in parts])
        flat: list[tuple[int, float]] = []
        constant = self._flatten(self.multiply([(outer, 1), (inner, 1)]), sign, flat)
        return flat if constant == 0.0 else [*flat, (self.one, constant)]

    def _sum(self, constant: float, merged: dict[int, float]) -> int:
        terms = tuple(sorted((node, coefficient) for node, coefficient in merged.items() if coefficient != 0.0))
        if not terms:
            return self.number(constant)
        if len(terms) == 1 and constant == 0.0 and terms[0][1] == 1.0:
            return terms[0][0]
        if not all(math.isfinite(value) for value in (constant, *(coefficient for _, coefficient in terms))):
            raise ValueError("a constant part of the expression is not a finite number")
        return self.intern(("sum", constant + 0.0, terms), max(self.level[node] for node, _ in terms))

    # ------------------------------------------------------------ products
    def multiply(self, factors: Iterable[tuple[int, int]], coefficient: float = 1.0) -> int:
        """The product of node**exponent over the factors (integer exponents), times a number."""
        powers: dict[int, int] = {}
        for node, exponent in factors:
            coefficient *= self._unfold(node, exponent, powers)
        kept = tuple(sorted((node, exponent) for node, exponent in powers.items() if exponent))
        if coefficient == 0.0 or not kept:
            return self.number(coefficient)
        if len(kept) == 1 and kept[0][1] == 1:
            node = kept[0][0]
            return node if coefficient == 1.0 else self.add([(node, coefficient)])
        product = self.intern(("product", kept), max(self.level[node] for node, _ in kept))
        return product if coefficient == 1.0 else self._sum(0.0, {product: coefficient})

    def _unfold(self, node: int, exponent: int, powers: dict[int, int]) -> float:
        """Multiply node**exponent into `powers`; return the number that comes out in front."""
        key = self.keys[node]
        if key[0] == "number":
            if key[1] == 0.0 and exponent < 0:
                raise ValueError("a division by zero stands in the expression")
            return float(key[1] ** exponent)
        if key[0] == "sum" and len(key[2]) == 1 and key[1] == 0.0:
            child, factor = key[2][0]
            return float(factor**exponent) * self._unfold(child, exponent, powers)
        if key[0] == "product" and node not in self.opaque:
            for child, power in key[1]:
                powers[child] = powers.get(child, 0) + power * exponent
            return 1.0
        powers[node] = powers.get(node, 0) + exponent
        return 1.0

    def power(self, base: int, exponent: int) -> int:
        """base**exponent; integers become products, halves a square root."""
        base_key, key = self.keys[base], self.keys[exponent]
        if key[0] == "number":
            value = float(key[1])
            if value.is_integer() and abs(value) <= LARGEST_EXPONENT:
                return self.multiply([(base, int(value))])
            if (2.0 * value).is_integer() and abs(value) <= LARGEST_EXPONENT:
                return self.multiply([(base, math.trunc(value)), (self.call("SQRT", base), 1 if value > 0 else -1)])
        if base_key[0] == "number" and base_key[1] > 0.0:
            return self.call("EXP", self.multiply([(exponent, 1)], math.log(base_key[1])))
        return self.intern(("power", base, exponent), max(self.level[base], self.level[exponent]))

    # ------------------------------------------------------------ functions, choices, conditions
    def call(self, name: str, *arguments: int) -> int:
        """A function of the text grammar; of numbers alone it is computed at once."""
        if all(self.level[node] == FIXED for node in arguments):
            return self.number(float(FOLDED[name](*(self.keys[node][1] for node in arguments))))
        return self.intern(("call", name, *arguments), max(self.level[node] for node in arguments))

    def select(self, condition: int, first: int, second: int) -> int:
        """`first` where the condition holds, else `second`."""
        if first == second or condition == self.yes:
            return first
        if condition == self.no:
            return second
        return self.intern(("select", condition, first, second), max(self.level[n] for n in (condition, first, second)))

    def compare(self, sign: str, left: int, right: int) -> int:
        """A condition: left sign right."""
        level = max(self.level[left], self.level[right])
        if level == FIXED:
            return self.yes if COMPARED[sign](self.keys[left][1], self.keys[right][1]) else self.no
        return self.intern(("compare", sign, left, right), level)

    def both(self, first: int, second: int) -> int:
        """A condition: first and second."""
        if self.no in (first, second):
            return self.no
        if self.yes in (first, second):
            return second if first == self.yes else first
        return self.intern(("and", first, second), max(self.level[first], self.level[second]))

    def either(self, first: int, second: int) -> int:
        """A condition: first or second."""
        return self.negation(self.both(self.negation(first), self.negation(second)))

    def negation(self, condition: int) -> int:
        """A condition: not this one."""
        if condition in (self.yes, self.no):
            return self.no if condition == self.yes else self.yes
        if self.keys[condition][0] == "not":
            return int(self.keys[condition][1])
        return self.intern(("not", condition), self.level[condition])

    # ------------------------------------------------------------ the store
    def intern(self, key: Key, level: int) -> int:
        """The node of a key that is in normal form."""
        node = self._numbers.get(key)
        if node is None:
            node = self._numbers[key] = len(self.keys)
            self.keys.append(key)
            self.level.append(level)
        return node

    def arguments(self, node: int) -> tuple[int, ...]:
        """The nodes that a node is made of."""
        key = self.keys[node]
        match key[0]:
            case "sum":
                return tuple(child for child, _ in key[2])
            case "product":
                return tuple(child for child, _ in key[1])
            case "call" | "compare":
                return tuple(key[2:])
            case "power" | "select" | "and" | "not" | "square":
                return tuple(key[1:])
        return ()

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """All nodes that the roots are made of, the roots among them, smallest number first."""
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.arguments(node)
        return sorted(found)
