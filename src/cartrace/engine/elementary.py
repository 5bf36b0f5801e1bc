"""exp, log, sin and cos on lanes, from polynomials: the same digits on every platform, without a vector library.

In: an emitter and a slot. Out: instructions that compute the function.
Decided here: the ranges. exp is 0 below -708.3 and infinite above 709.4 (single: -87.3, 88.3): one step short of the ends of the
numbers, so that the scale is always a normal number. log raises its argument to 1e-300 (single: the least normal number). sin and cos
are NaN for arguments beyond 1e6 (single: 1e3), where the reduction by pi/2 would lose digits.

Source: fdlibm (e_log.c, k_sin.c, k_cos.c, rem_pio2.c; reduction of exp from e_exp.c, with the Taylor polynomial on the reduced range);
single precision: cephes (expf.c), fdlibm (e_logf.c) and Taylor polynomials for sin and cos.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Any

from cartrace.engine.lanes import Emitter

LOG2_E = 1.4426950408889634
TWO_OVER_PI = 0.6366197723675814


@dataclass(frozen=True, slots=True)
class _Format:
    """What the functions need to know about a number format."""

    bias: int  # of the exponent
    fraction: int  # bits of the fraction
    shift: float  # adding it rounds to an integer, which then stands in the last bits
    shift_bits: int
    exp_from: float
    exp_to: float
    exp_terms: tuple[float, ...]
    ln2: tuple[float, float]  # high and low part
    log_from: float
    log_terms: tuple[float, ...]
    root_half: int  # bits of sqrt(1/2)
    half_pi: tuple[float, ...]
    circular_to: float
    sin_terms: tuple[float, ...]
    cos_terms: tuple[float, ...]


DOUBLE = _Format(
    bias=1023,
    fraction=52,
    shift=6755399441055744.0,
    shift_bits=0x4338000000000000,
    exp_from=-708.3,
    exp_to=709.4,
    exp_terms=tuple(1.0 / factorial(n) for n in range(13, -1, -1)),
    ln2=(6.93147180369123816490e-01, 1.90821492927058770002e-10),
    log_from=1e-300,
    log_terms=(
        1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01,
        2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01,
    ),
    root_half=0x3FE6A09E667F3BCD,
    half_pi=(1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21),
    circular_to=1e6,
    sin_terms=(
        1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06,
        -1.98412698298579493134e-04, 8.33333333332248946124e-03, -1.66666666666666324348e-01,
    ),
    cos_terms=(
        -1.13596475577881948265e-11, 2.08757232129817482790e-09, -2.75573143513906633035e-07,
        2.48015872894767294178e-05, -1.38888888888741095749e-03, 4.16666666666666019037e-02,
    ),
)  # fmt: skip
SINGLE = _Format(
    bias=127,
    fraction=23,
    shift=12582912.0,
    shift_bits=0x4B400000,
    exp_from=-87.3,
    exp_to=88.3,
    exp_terms=(
        1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1.0, 1.0,
    ),
    ln2=(0.693359375, -2.12194440e-4),
    log_from=1.17549435e-38,
    log_terms=(0.24279078841, 0.28498786688, 0.40000972152, 0.66666662693),
    root_half=0x3F3504F3,
    half_pi=(1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8),
    circular_to=1e3,
    sin_terms=tuple((-1.0) ** n / factorial(2 * n + 1) for n in range(4, 0, -1)),
    cos_terms=tuple((-1.0) ** n / factorial(2 * n) for n in range(5, 1, -1)),
)  # fmt: skip


def _format(e: Emitter) -> _Format:
    return SINGLE if e.lanes.single else DOUBLE


def _nearest(e: Emitter, x: Any, scale: float) -> tuple[Any, Any]:
    """The integer nearest to x * scale, as a number and as an integer."""
    f = _format(e)
    shifted = e.add(e.multiply(x, e.constant(scale)), e.constant(f.shift))
    number = e.subtract(shifted, e.constant(f.shift), flags=())
    return number, e.at.sub(e.bits(shifted), e.integer(f.shift_bits))


def exponential(e: Emitter, x: Any) -> Any:
    """e**x. NaN stays NaN."""
    f = _format(e)
    low, high = e.compare("<", x, e.constant(f.exp_from)), e.compare(">", x, e.constant(f.exp_to))
    # Outside these bounds the value is nonsense, and replaced at the end: nothing waits for the comparisons.
    k, bits = _nearest(e, x, LOG2_E)
    r = e.subtract(x, e.multiply(k, e.constant(f.ln2[0])))
    r = e.subtract(r, e.multiply(k, e.constant(f.ln2[1])))
    scale = e.number_of(e.at.shl(e.at.add(bits, e.integer(f.bias)), e.integer(f.fraction)))
    value = e.multiply(e.polynomial(r, f.exp_terms), scale)
    return e.select(low, e.constant(0.0), e.select(high, e.constant(float("inf")), value))


def logarithm(e: Emitter, x: Any) -> Any:
    """Natural logarithm of x, of `log_from` when x is below it. NaN stays NaN."""
    f, at = _format(e), e.at
    x = e.select(e.compare("<", x, e.constant(f.log_from)), e.constant(f.log_from), x)
    bits = e.bits(x)
    exponent = at.and_(at.sub(bits, e.integer(f.root_half)), e.integer(-(1 << f.fraction)))
    m = e.number_of(at.sub(bits, exponent))  # sqrt(1/2) <= m < sqrt(2)
    # The exponent may be negative: a bias of 2048 (256) makes it a small positive integer, which the shift turns into a number.
    sign = -(1 << 31) if e.lanes.single else -(1 << 63)
    raised = at.lshr(at.xor(exponent, e.integer(sign)), e.integer(f.fraction))
    offset = 256.0 if e.lanes.single else 2048.0
    k = e.subtract(e.number_of(at.add(raised, e.integer(f.shift_bits))), e.constant(f.shift + offset), flags=())
    g = e.subtract(m, e.constant(1.0))
    s = e.divide(g, e.add(g, e.constant(2.0)))
    q = e.multiply(s, s)
    r = e.multiply(e.polynomial(q, f.log_terms), q)
    half = e.multiply(e.multiply(g, g), e.constant(0.5))
    t = e.add(e.multiply(s, e.add(half, r)), e.multiply(k, e.constant(f.ln2[1])))
    value = e.subtract(e.multiply(k, e.constant(f.ln2[0])), e.subtract(e.subtract(half, t), g))
    return e.select(e.compare("<", x, e.constant(float("inf"))), value, x)


def square_root(e: Emitter, x: Any) -> Any:
    """Square root of x, of `log_from` when x is below it: of a negative ghost it is nearly 0, and what is divided by it is finite."""
    least = e.constant(_format(e).log_from)
    return e.intrinsic("sqrt", e.select(e.compare("<", x, least), least, x))


def sine(e: Emitter, x: Any) -> Any:
    """sin x."""
    return _circular(e, x, quarter=0)


def cosine(e: Emitter, x: Any) -> Any:
    """cos x."""
    return _circular(e, x, quarter=1)


def _circular(e: Emitter, x: Any, *, quarter: int) -> Any:
    """sin(x + quarter * pi/2): x less the nearest multiple of pi/2, then the polynomial of its quadrant."""
    f, at = _format(e), e.at
    k, bits = _nearest(e, x, TWO_OVER_PI)
    r = x
    for part in f.half_pi:
        r = e.subtract(r, e.multiply(k, e.constant(part)))
    q = e.multiply(r, r)
    sine_ = e.add(r, e.multiply(e.multiply(q, r), e.polynomial(q, f.sin_terms)))
    tail = e.multiply(e.multiply(q, q), e.polynomial(q, f.cos_terms))
    cosine_ = e.add(e.subtract(e.constant(1.0), e.multiply(q, e.constant(0.5))), tail)
    quadrant = at.add(bits, e.integer(quarter))
    odd = at.icmp_signed("!=", at.and_(quadrant, e.integer(1)), e.integer(0))
    value = e.select(odd, cosine_, sine_)
    behind = at.icmp_signed("!=", at.and_(quadrant, e.integer(2)), e.integer(0))
    value = e.select(behind, e.negative(value), value)
    return e.select(e.compare("<=", e.intrinsic("fabs", x), e.constant(f.circular_to)), value, e.constant(float("nan")))
