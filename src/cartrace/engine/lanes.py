"""Lanes: the vector types of compiled code, and an emitter of arithmetic on them.

In: a width, a precision, a builder of llvmlite. Out: instructions on <width x double> or <width x float>.
Decided here: which liberties the code generator has. Products may be fused with sums, signs of zero and reciprocals may be
traded; nothing may assume that there is no NaN or infinity, and sums are never reordered: the elementary functions depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

FUSED = ("contract",)
FREE = ("contract", "nsz", "arcp")
PRECISIONS = ("double", "single")
I64 = ir.IntType(64)


@dataclass(frozen=True, slots=True)
class Lanes:
    """`width` patients side by side in `precision` (double or single)."""

    width: int
    precision: str

    @property
    def single(self) -> bool:
        """True for 4-byte numbers."""
        return self.precision == "single"

    @property
    def number(self) -> Any:
        """Type of one number."""
        return ir.FloatType() if self.single else ir.DoubleType()

    @property
    def vector(self) -> Any:
        """Type of one slot: a number per lane."""
        return ir.VectorType(self.number, self.width) if self.width > 1 else self.number

    @property
    def integers(self) -> Any:
        """Type of as many integers of the same size."""
        item = ir.IntType(32 if self.single else 64)
        return ir.VectorType(item, self.width) if self.width > 1 else item

    @property
    def bytes(self) -> int:
        """Size of one slot."""
        return self.width * (4 if self.single else 8)


class Emitter:
    """Arithmetic on slots. `at` is the builder, which moves from block to block."""

    def __init__(self, lanes: Lanes, at: Any) -> None:
        self.lanes = lanes
        self.at = at

    def constant(self, value: float) -> Any:
        """The same number in every lane; in single precision the nearest that it has."""
        with np.errstate(over="ignore"):
            number = float(np.float32(value)) if self.lanes.single else float(value)
        return ir.Constant(self.lanes.vector, [number] * self.lanes.width if self.lanes.width > 1 else number)

    def integer(self, value: int) -> Any:
        """The same integer in every lane."""
        return ir.Constant(self.lanes.integers, [value] * self.lanes.width if self.lanes.width > 1 else value)

    def add(self, x: Any, y: Any, flags: tuple[str, ...] = FUSED) -> Any:
        """x + y."""
        return self.at.fadd(x, y, flags=flags)

    def subtract(self, x: Any, y: Any, flags: tuple[str, ...] = FUSED) -> Any:
        """x - y."""
        return self.at.fsub(x, y, flags=flags)

    def multiply(self, x: Any, y: Any, flags: tuple[str, ...] = FUSED) -> Any:
        """x * y."""
        return self.at.fmul(x, y, flags=flags)

    def divide(self, x: Any, y: Any, flags: tuple[str, ...] = ()) -> Any:
        """x / y."""
        return self.at.fdiv(x, y, flags=flags)

    def negative(self, x: Any) -> Any:
        """-x."""
        return self.at.fneg(x)

    def compare(self, sign: str, x: Any, y: Any) -> Any:
        """Truth per lane; with a NaN it is false, but true for !=."""
        return (self.at.fcmp_unordered if sign == "!=" else self.at.fcmp_ordered)(sign, x, y)

    def select(self, condition: Any, x: Any, y: Any) -> Any:
        """x where the condition holds, else y."""
        return self.at.select(condition, x, y)

    def larger(self, x: Any, y: Any) -> Any:
        """The larger of two; NaN where either is NaN."""
        return self._extreme(">", x, y)

    def smaller(self, x: Any, y: Any) -> Any:
        """The smaller of two; NaN where either is NaN."""
        return self._extreme("<", x, y)

    def _extreme(self, sign: str, x: Any, y: Any) -> Any:
        if isinstance(x, ir.Constant):
            x, y = y, x
        # An unordered comparison is true with a NaN, so that a NaN in x is kept; a NaN in y needs its own choice.
        chosen = self.at.select(self.at.fcmp_unordered(sign, x, y), x, y)
        if isinstance(y, ir.Constant):
            return chosen
        return self.at.select(self.at.fcmp_unordered("uno", y, y), y, chosen)

    def intrinsic(self, name: str, x: Any) -> Any:
        """A function that the machine has: sqrt, fabs, floor."""
        kind = "f32" if self.lanes.single else "f64"
        full = f"llvm.{name}.v{self.lanes.width}{kind}" if self.lanes.width > 1 else f"llvm.{name}.{kind}"
        signature = ir.FunctionType(self.lanes.vector, [self.lanes.vector])
        function = self.at.module.globals.get(full) or ir.Function(self.at.module, signature, full)
        return self.at.call(function, [x])

    def once(self, name: str, body: Callable[[Emitter, Any], Any], x: Any) -> Any:
        """A function that is written once in the module, under this name, and by the code generator wherever it is called."""
        function = self.at.module.globals.get(name)
        if function is None:
            function = ir.Function(self.at.module, ir.FunctionType(self.lanes.vector, [self.lanes.vector]), name)
            function.linkage = "internal"
            function.attributes.add("alwaysinline")
            inner = Emitter(self.lanes, ir.IRBuilder(function.append_basic_block("entry")))
            inner.at.ret(body(inner, function.args[0]))
        return self.at.call(function, [x])

    def bits(self, x: Any) -> Any:
        """The bits of the numbers as integers."""
        return self.at.bitcast(x, self.lanes.integers)

    def number_of(self, bits: Any) -> Any:
        """The numbers with these bits."""
        return self.at.bitcast(bits, self.lanes.vector)

    def polynomial(self, x: Any, coefficients: tuple[float, ...]) -> Any:
        """A polynomial, highest power first. Neighbours are joined in pairs (Estrin), so that a processor can do them side by side."""
        parts = [self.constant(coefficient) for coefficient in reversed(coefficients)]
        while len(parts) > 1:
            pairs = [self.add(self.multiply(high, x), low) for low, high in zip(parts[::2], parts[1::2], strict=False)]
            parts = pairs + parts[len(pairs) * 2 :]
            if len(parts) > 1:
                x = self.multiply(x, x)
        return parts[0]
