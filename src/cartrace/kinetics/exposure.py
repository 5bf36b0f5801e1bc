"""The peak and the areas under the curve.

In: times [d] and concentrations as used (no NaN), in order of time. Out: one number each.
Decided here: integration linear up, logarithmic down (pknca, "lin up/log down"): an interval whose end is lower and
positive is integrated on the log scale, every other one linearly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEARLY_EQUAL = 1e-6
"""Relative fall under which the mean of both ends stands for the logarithmic one, whose quotient loses its digits there."""


def peak(concentration: Floats) -> int:
    """Index of the highest value, the first of equal ones; -1 for an empty profile."""
    best = -1
    for i in range(len(concentration)):
        if best < 0 or concentration[i] > concentration[best]:
            best = i
    return best


def segment(start: float, end: float, first: float, last: float) -> float:
    """Area between two samples [concentration x d]: logarithmic when falling to a positive value, else linear."""
    if 0.0 < last < first * (1.0 - NEARLY_EQUAL):
        return float((end - start) * (first - last) / np.log(first / last))
    return (end - start) * (first + last) / 2.0


def between(start: float, end: float, first: float, last: float, at: float) -> float:
    """Concentration at `at` between two samples: log-linear when falling to a positive value, else linear."""
    share = (at - start) / (end - start)
    if 0.0 < last < first:
        return float(np.exp(np.log(first) + share * (np.log(last) - np.log(first))))
    return first + share * (last - first)


def area(time: Floats, concentration: Floats, until: float) -> float:
    """Area from the first sample to `until` [concentration x d]; up to the last sample when that comes first."""
    total = 0.0
    for i in range(1, len(time)):
        if time[i] <= until:
            total += segment(time[i - 1], time[i], concentration[i - 1], concentration[i])
        elif time[i - 1] < until:
            value = between(time[i - 1], time[i], concentration[i - 1], concentration[i], until)
            # A fall to 0 is a line: its upper part is one too, though it ends above 0.
            if concentration[i] > 0.0:
                total += segment(time[i - 1], until, concentration[i - 1], value)
            else:
                total += (until - time[i - 1]) * (concentration[i - 1] + value) / 2.0
    return total


def tail(last_value: float, rate: float, start: float, until: float) -> float:
    """Area under last_value x exp(-rate x (t - start)) from `start` to `until` (may be infinite)."""
    return float(-last_value / rate * np.expm1(-rate * (until - start)))
