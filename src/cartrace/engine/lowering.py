"""From the normal form to what is written: terms of parameters are taken out, powers become exp and log, exponents become squares.

In: nodes. Out: nodes whose products have exponents 1 and -1 only; a list of the terms that are computed once per patient.
Decided here: what is taken out (every largest part that depends on parameters alone, numbers in front of it included); what a power of a
negative base is: 0, but for a whole exponent, as in `models.expression`.
"""

from __future__ import annotations

from cartrace.engine.expression import FIXED, PARAMETER, VARYING, Expressions, Key


class Lowering:
    """Lowers nodes of one store. `hoisted` holds the nodes of parameters alone, in the order of section H."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.hoisted: list[int] = []
        self._places: dict[int, int] = {}
        self._lowered: dict[tuple[int, bool], int] = {}

    def lower(self, node: int, *, hoist: bool = True) -> int:
        """The node to write; without `hoist` terms of parameters are written where they stand (for hoist and init themselves)."""
        known = self._lowered.get((node, hoist))
        if known is None:
            known = self._lowered[node, hoist] = self._lower(node, hoist)
        return known

    def _lower(self, node: int, hoist: bool) -> int:
        make = self.expressions
        key, level = make.keys[node], make.level[node]
        is_condition = key[0] in ("compare", "and", "not")
        if level == FIXED and not is_condition:
            return node
        if hoist and level == PARAMETER and not is_condition and not _is_negative(key):
            return node if key[0] == "parameter" else self._place(node)
        match key[0]:
            case "sum":
                return self._sum(key, hoist)
            case "product":
                return self._product(key[1], 1.0, hoist)
            case "power":
                return self.lower(self._power(key[1], key[2]), hoist=hoist)
            case "call" | "compare":
                return make.intern((*key[:2], *(self.lower(child, hoist=hoist) for child in key[2:])), level)
            case "select" | "and" | "not":
                return make.intern((key[0], *(self.lower(child, hoist=hoist) for child in key[1:])), level)
        return node

    def _power(self, base: int, exponent: int) -> int:
        """A power by exp and log. With a parameter in the exponent, a negative base has a value when the exponent is a whole number."""
        make = self.expressions
        if make.level[exponent] != PARAMETER:
            return make.call("EXP", make.multiply([(exponent, 1), (make.call("LOG", base), 1)]))
        size = make.call("EXP", make.multiply([(exponent, 1), (make.call("LOG", make.call("ABS", base)), 1)]))
        half = make.call("FLOOR", make.multiply([(exponent, 1)], 0.5))
        odd = make.add([(exponent, 1.0), (half, -2.0)])  # 1 for an odd number, 0 for an even one
        whole = make.compare("==", exponent, make.call("FLOOR", exponent))
        sign = make.select(whole, make.add([(odd, -2.0)], 1.0), make.zero)
        below = make.compare("<", base, make.zero)
        return make.multiply([(make.select(below, sign, make.one), 1), (size, 1)])

    def _place(self, node: int) -> int:
        if node not in self._places:
            self._places[node] = len(self.hoisted)
            self.hoisted.append(node)
        return self.expressions.intern(("hoisted", self._places[node]), VARYING)

    def _sum(self, key: Key, hoist: bool) -> int:
        make = self.expressions
        _, constant, parts = key
        terms: list[tuple[int, float]] = []
        fixed = [(child, factor) for child, factor in parts if hoist and make.level[child] < VARYING]
        if len(fixed) == 1 and abs(fixed[0][1]) == 1.0 and constant == 0.0:
            terms.append((self.lower(fixed[0][0]), fixed[0][1]))
        elif fixed:
            terms.append((self.lower(make.add(fixed, constant)), 1.0))
            constant = 0.0
        for child, factor in parts:
            if hoist and make.level[child] < VARYING:
                continue
            child_key = make.keys[child]
            sign = -1.0 if factor < 0.0 else 1.0
            if hoist and abs(factor) != 1.0 and child_key[0] == "product" and make.split(child)[0] != make.one:
                terms.append((self._product(child_key[1], abs(factor), hoist), sign))
            else:
                terms.append((self.lower(child, hoist=hoist), factor))
        return make.intern(("sum", constant, tuple(terms)), VARYING if hoist else PARAMETER)

    def _product(self, factors: tuple[tuple[int, int], ...], coefficient: float, hoist: bool) -> int:
        make = self.expressions
        outer = [(child, exponent) for child, exponent in factors if hoist and make.level[child] < VARYING]
        result: list[tuple[int, int]] = []
        if outer:
            result.append((self.lower(make.multiply(outer, coefficient)), 1))
        for child, exponent in factors:
            if hoist and make.level[child] < VARYING:
                continue
            lowered = self.lower(child, hoist=hoist)
            result += [(factor, 1 if exponent > 0 else -1) for factor in self._powers(lowered, abs(exponent))]
        if len(result) == 1 and result[0][1] == 1:
            return result[0][0]
        return make.intern(("product", tuple(result)), VARYING if hoist else PARAMETER)

    def _powers(self, node: int, exponent: int) -> list[int]:
        """Factors whose product is node**exponent, made by squaring."""
        factors = []
        while exponent:
            if exponent % 2:
                factors.append(node)
            exponent //= 2
            if exponent:
                node = self.expressions.intern(("square", node), self.expressions.level[node])
        return factors


def _is_negative(key: Key) -> bool:
    """Whether the node is another one with its sign changed: that costs less than a slot."""
    return key[0] == "sum" and key[1] == 0.0 and len(key[2]) == 1 and key[2][0][1] == -1.0
