"""Nodes as statements of the text grammar.

In: lowered nodes with the slots that take their values. Out: the lines of one function.
Decided here: what gets a name (whatever is used more than once), which divisors are inverted once (those used in several quotients),
the order of the terms (as the nodes were made, a positive term first).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from cartrace.engine.expression import Expressions

LONGEST = 300  # characters; a longer piece gets a name of its own
CONDITIONS = ("compare", "and", "not")
SUM, PRODUCT, ATOM = 0, 1, 2

Piece = tuple[str, int]  # text and how tightly it binds


class FunctionText:
    """Lines of one function; `slot` gives the text of a leaf (its key)."""

    def __init__(self, expressions: Expressions, slot: Callable[[tuple[object, ...]], str]) -> None:
        self.expressions = expressions
        self.slot = slot
        self.lines: list[str] = []
        self._pieces: dict[int, Piece] = {}
        self._inverted: dict[int, str] = {}
        self._uses: Counter[int] = Counter()
        self._divides: Counter[int] = Counter()
        self._names = 0

    def compute(self, roots: Sequence[int]) -> list[str]:
        """Write what the roots share; return the text of each root, to be used once."""
        nodes = self.expressions.reachable(roots)
        self._count(nodes, roots)
        for node in nodes:
            key = self.expressions.keys[node]
            if key[0] in CONDITIONS or key[0] == "number":
                continue
            text, binding = self._piece(node)
            direct = self._uses[node] - self._divides[node]
            if direct + min(self._divides[node], 1) > 1 or len(text) > LONGEST:
                text, binding = self._name("v", text), ATOM
            self._pieces[node] = (text, binding)
            if self._divides[node] > 1:
                self._inverted[node] = self._name("r", f"1.0/{_within(self._pieces[node], ATOM)}")
        return [self._piece(root)[0] for root in roots]

    def store(self, targets: Iterable[str], roots: Sequence[int], *, after_all: bool = False) -> None:
        """Write target = root for each pair; with `after_all` every root is computed before the first target is written."""
        texts = self.compute(roots)
        if after_all:
            texts = [self._name("n", text) for text in texts]
        self.lines += [f"{target} = {text}" for target, text in zip(targets, texts, strict=True)]

    def _name(self, letter: str, text: str) -> str:
        self._names += 1
        self.lines.append(f"{letter}{self._names} = {text}")
        return f"{letter}{self._names}"

    def _count(self, nodes: list[int], roots: Sequence[int]) -> None:
        self._uses.update(roots)
        for node in nodes:
            key = self.expressions.keys[node]
            self._uses.update(self.expressions.arguments(node))
            if key[0] == "square":
                self._uses.update([key[1]])
            if key[0] == "compare":  # a condition is written wherever it is needed
                self._uses.update(key[2:])
            if key[0] == "product":
                self._divides.update(child for child, exponent in key[1] if exponent < 0)

    # ------------------------------------------------------------ text of one node
    def _piece(self, node: int) -> Piece:
        if node in self._pieces:
            return self._pieces[node]
        key = self.expressions.keys[node]
        match key[0]:
            case "number":
                return repr(key[1]), ATOM if key[1] >= 0.0 else SUM
            case "sum":
                return self._sum(key[1], key[2]), SUM
            case "product":
                return self._product(key[1]), PRODUCT
            case "square":
                text = _within(self._piece(key[1]), ATOM)
                return f"{text}*{text}", PRODUCT
            case "call":
                return f"{key[1]}({', '.join(self._piece(child)[0] for child in key[2:])})", ATOM
            case "select":
                return f"SELECT({self._condition(key[1])}, {self._piece(key[2])[0]}, {self._piece(key[3])[0]})", ATOM
        return self.slot(key), ATOM

    def _sum(self, constant: float, terms: tuple[tuple[int, float], ...]) -> str:
        positive: list[str] = []
        negative: list[str] = []
        if constant:
            (positive if constant > 0.0 else negative).append(repr(abs(constant)))
        for child, coefficient in terms:
            text = _within(self._piece(child), PRODUCT)
            if abs(coefficient) != 1.0:
                text = f"{abs(coefficient)!r}*{text}"
            (positive if coefficient > 0.0 else negative).append(text)
        if not positive:
            return "-" + " - ".join(negative)
        return " - ".join([" + ".join(positive), *negative])

    def _product(self, factors: tuple[tuple[int, int], ...]) -> str:
        above, below = [], []
        for child, exponent in factors:
            if exponent > 0:
                above.append(_within(self._piece(child), PRODUCT))
            elif child in self._inverted:
                above.append(self._inverted[child])
            else:
                below.append(_within(self._piece(child), ATOM))
        text = "*".join(above) or "1.0"
        if len(below) > 1:
            return f"{text}/({'*'.join(below)})"
        return f"{text}/{below[0]}" if below else text

    def _condition(self, node: int) -> str:
        key = self.expressions.keys[node]
        match key[0]:
            case "compare":
                return f"{self._piece(key[2])[0]} {key[1]} {self._piece(key[3])[0]}"
            case "not":
                return f"~({self._condition(key[1])})"
        return f"({self._condition(key[1])}) & ({self._condition(key[2])})"


def _within(piece: Piece, needed: int) -> str:
    text, binding = piece
    return text if binding >= needed else f"({text})"
