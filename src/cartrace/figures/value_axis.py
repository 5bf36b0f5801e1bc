"""Value axes: range and tick labels for one panel.

In: the values a panel shows. Out: a `ValueAxis`.
Decided here: few round ticks; log axes end at whole decades or their halves, never at 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from cartrace.figures import wording
from cartrace.figures.description import ValueAxis

MOST_TICKS = 4
LEAST_TICKS = 2
"""A log axis of fewer decades is labelled at 3 times a decade too."""


def linear(
    label: str, unit: str, values: Iterable[float], *, floor: float | None = None, ceiling: float | None = None
) -> ValueAxis:
    """A linear axis over `values` with a little air; `floor` and `ceiling` are always part of it."""
    known = [value for value in values if math.isfinite(value)]
    low = min([*known, *([] if floor is None else [floor])], default=0.0)
    high = max([*known, *([] if ceiling is None else [ceiling])], default=1.0)
    if high <= low:
        high = low + max(abs(low) * 0.1, 1.0)
    air = 0.06 * (high - low)
    bottom = low if floor is not None and low == floor else low - air
    step = _step(high - low)
    ticks = _multiples(step, bottom, high + air)
    if len(ticks) < 2:
        ticks = _multiples(_step(0.5 * (high - low)), bottom, high + air)
    return ValueAxis(label, unit, "linear", bottom, high + air, tuple((tick, _short(tick)) for tick in ticks))


def _step(length: float) -> float:
    power = 10.0 ** math.floor(math.log10(length / MOST_TICKS))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if length / (m * power) <= MOST_TICKS + 0.2)


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [step * n for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def logarithmic(label: str, unit: str, values: Iterable[float], *, foot: float | None = None) -> ValueAxis:
    """A log axis over the positive ones of `values`; `foot` is the lowest value that must have room."""
    known = [value for value in values if math.isfinite(value) and value > 0]
    if foot is not None:
        known.append(foot)
    low, high = min(known, default=1.0), max(known, default=10.0)
    bottom, top = math.log10(low) - 0.12, math.log10(high) + 0.12
    if top - bottom < 1.0:
        middle = (top + bottom) / 2
        bottom, top = middle - 0.5, middle + 0.5
    every = max(1, math.ceil((top - bottom) / (MOST_TICKS + 0.5)))
    exponents = list(range(math.ceil(bottom), math.floor(top) + 1))
    chosen = [e for e in exponents if (e - exponents[0]) % every == 0]
    ticks = tuple((10.0**e, _decade(e)) for e in chosen)
    if len(ticks) < LEAST_TICKS:
        steps = [m * 10.0**e for e in range(math.floor(bottom), math.ceil(top) + 1) for m in (1.0, 3.0)]
        ticks = tuple((step, wording.number(step)) for step in steps if bottom <= math.log10(step) <= top)
    return ValueAxis(label, unit, "log", 10.0**bottom, 10.0**top, ticks)


def _decade(exponent: int) -> str:
    return wording.number(10.0**exponent) if -3 <= exponent <= 3 else wording.power(exponent)


def _short(value: float) -> str:
    return wording.number(round(value, 10))
