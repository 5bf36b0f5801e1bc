"""Derivatives of expressions.

In: nodes. Out: nodes of their derivatives with respect to states and time; a derivative that is 0 is absent.
Decided here: the order of the work. An expression is differentiated backwards down to the leaves and the units (rules used more than once),
each unit once; the chain rule then joins the pieces. What an expression has computed already (a quotient, an exponential) is used again.

The derivative of a root, or of a power with an exponent below 1, is infinite at 0; nearer to it than `NEAR_ZERO` it is taken as 0. A step
whose matrix is infinite neither moves nor sees an error: a state that begins at 0 would stay there.

The derivative of a comparison, of floor and of the choice between two arms is taken as 0: at the point of the jump there is none.
"""

from __future__ import annotations

from cartrace.engine.expression import VARYING, Expressions

NEAR_ZERO = 1e-12

Partials = dict[int, int]  # leaf -> node of the derivative


class Derivatives:
    """Derivatives of nodes of one store, each computed once."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self._known: dict[int, Partials] = {}

    def of(self, node: int) -> Partials:
        """The derivatives of a node with respect to every leaf (state or time) that it depends on."""
        if node not in self._known:
            make = self.expressions
            terms: dict[int, list[tuple[int, float]]] = {}
            for unit, slope in self._backwards(node).items():
                if make.keys[unit][0] in ("state", "time"):
                    terms.setdefault(unit, []).append((slope, 1.0))
                elif make.keys[unit][0] != "infusion":
                    for leaf, inner in self.of(unit).items():
                        terms.setdefault(leaf, []).append((make.multiply([(slope, 1), (inner, 1)]), 1.0))
            sums = {leaf: make.add(parts) for leaf, parts in sorted(terms.items())}
            self._known[node] = {leaf: self._unit(value) for leaf, value in sums.items() if value != make.zero}
        return self._known[node]

    def _backwards(self, root: int) -> Partials:
        """Derivatives of the root with respect to the leaves and units right below it."""
        make = self.expressions
        slopes: dict[int, list[tuple[int, float]]] = {root: [(make.one, 1.0)]}
        result: Partials = {}
        for node in reversed(make.reachable([root])):
            if node not in slopes or make.level[node] < VARYING:
                continue
            slope = make.add(slopes[node])
            if slope == make.zero:
                continue
            is_leaf = make.keys[node][0] in ("state", "time", "infusion")
            if is_leaf or (node in make.opaque and node != root):
                result[node] = slope
                continue
            slope = self._unit(slope)
            for child, factor, coefficient in self._local(node):
                if make.level[child] == VARYING:
                    slopes.setdefault(child, []).append((make.multiply([(slope, 1), (factor, 1)]), coefficient))
        return result

    def _unit(self, node: int) -> int:
        """A product of several varying factors, marked so that it is computed once and used as it is."""
        make = self.expressions
        key = make.keys[node]
        if key[0] == "product" and sum(make.level[child] == VARYING for child, _ in key[1]) > 1:
            make.opaque.add(node)
        return node

    def _local(self, node: int) -> list[tuple[int, int, float]]:
        """(argument, node of the derivative by it, coefficient) of one operation."""
        make = self.expressions
        key = make.keys[node]
        match key[0]:
            case "sum":
                return [(child, make.one, coefficient) for child, coefficient in key[2]]
            case "product":
                return [self._factor(node, key[1], child, exponent) for child, exponent in key[1]]
            case "power":
                _, base, exponent = key
                lower = make.power(base, make.add([(exponent, 1.0)], -1.0))
                unbounded = make.compare("<", exponent, make.one)
                by_base = make.multiply([(exponent, 1), (self._bounded(lower, base, unbounded), 1)])
                by_exponent = make.multiply([(node, 1), (make.call("LOG", base), 1)])
                return [(base, by_base, 1.0), (exponent, by_exponent, 1.0)]
            case "select":
                _, condition, first, second = key
                return [
                    (first, make.select(condition, make.one, make.zero), 1.0),
                    (second, make.select(condition, make.zero, make.one), 1.0),
                ]
            case "call":
                return self._function(node, key[1], key[2:])
        return []

    def _bounded(self, slope: int, base: int, unbounded: int) -> int:
        """The slope of a power or root by its base, or 0 where the condition `unbounded` holds and the base is near zero."""
        make = self.expressions
        near = make.compare("<", make.call("ABS", base), make.number(NEAR_ZERO))
        return make.select(make.both(unbounded, near), make.zero, slope)

    def _factor(
        self, node: int, factors: tuple[tuple[int, int], ...], child: int, exponent: int
    ) -> tuple[int, int, float]:
        make = self.expressions
        if exponent < 0:  # the product itself over its divisor
            self._unit(node)
            return child, make.multiply([(node, 1), (child, -1)]), float(exponent)
        others = [(other, power) for other, power in factors if other != child]
        return child, make.multiply([*others, (child, exponent - 1)]), float(exponent)

    def _function(self, node: int, name: str, arguments: tuple[int, ...]) -> list[tuple[int, int, float]]:
        make = self.expressions
        x = arguments[0]
        match name:
            case "EXP":
                return [(x, node, 1.0)]
            case "LOG":
                return [(x, make.multiply([(x, -1)]), 1.0)]
            case "SQRT":
                return [(x, self._bounded(make.multiply([(node, -1)]), x, make.yes), 0.5)]
            case "ABS":
                below = make.compare("<", x, make.zero)
                return [(x, make.select(below, make.number(-1.0), make.one), 1.0)]
            case "SIN":
                return [(x, make.call("COS", x), 1.0)]
            case "COS":
                return [(x, make.call("SIN", x), -1.0)]
            case "MIN" | "MAX":
                y = arguments[1]
                first = make.compare("<" if name == "MIN" else ">", x, y)
                return [
                    (x, make.select(first, make.one, make.zero), 1.0),
                    (y, make.select(first, make.zero, make.one), 1.0),
                ]
        return []  # FLOOR
