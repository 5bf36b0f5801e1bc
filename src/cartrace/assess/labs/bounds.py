"""Comparing what is known of a value with what is known of a limit.

In: intervals. Out: NO, UNKNOWN or YES. Decided here: both sides are rounded to ten significant digits before they are
compared, so that 1.5 x 1.2 is 1.8. An interval may leave out its ends (a value below 0.1 is not 0.1); a limit that nobody
recorded is any positive number. Terms that grade a decrease are mirrored once (all numbers change sign), so that every
comparison here is "above". Everything is a part of kernels: numba subset, no objects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part

Floats = NDArray[np.float64]

NO, UNKNOWN, YES = 0, 1, 2

DIGITS = 10
"""Significant digits at which numbers are compared; cartrace, after the same step in pharmaverse/admiral."""

# Columns of an interval; the last two are 1 when the end itself is left out.
LOW, HIGH, LOW_OPEN, HIGH_OPEN = 0, 1, 2, 3
COLUMNS = 4


@part
def significant(number: float) -> float:
    """`number` rounded to ten significant digits."""
    if number == 0.0 or not np.isfinite(number):
        return number
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(abs(number))))
    return float(np.floor(number * scale + 0.5) / scale)


@part
def put(interval: Floats, low: float, high: float, low_open: float, high_open: float) -> None:
    """Write an interval."""
    interval[LOW], interval[HIGH] = low, high
    interval[LOW_OPEN], interval[HIGH_OPEN] = low_open, high_open


@part
def put_point_or_positive(interval: Floats, number: float) -> None:
    """A number that is known, or any positive one for NaN."""
    if np.isnan(number):
        put(interval, 0.0, np.inf, 1.0, 1.0)
    else:
        put(interval, number, number, 0.0, 0.0)


@part
def put_reported(interval: Floats, value: float, status: int) -> None:
    """What a laboratory's report says: the value, below it, above it, or (NaN, or not recorded) nothing."""
    if np.isnan(value) or status > 2:
        put(interval, 0.0, np.inf, 0.0, 1.0)
    elif status == 1:
        put(interval, 0.0, value, 0.0, 1.0)
    elif status == 2:
        put(interval, value, np.inf, 1.0, 1.0)
    else:
        put(interval, value, value, 0.0, 0.0)


@part
def widen(interval: Floats, other: Floats) -> None:
    """Let `interval` hold what `other` holds, too."""
    if other[LOW] < interval[LOW] or (other[LOW] == interval[LOW] and other[LOW_OPEN] == 0.0):
        interval[LOW], interval[LOW_OPEN] = other[LOW], other[LOW_OPEN]
    if other[HIGH] > interval[HIGH] or (other[HIGH] == interval[HIGH] and other[HIGH_OPEN] == 0.0):
        interval[HIGH], interval[HIGH_OPEN] = other[HIGH], other[HIGH_OPEN]


@part
def is_point(interval: Floats) -> bool:
    """Whether one number only is possible."""
    return bool(interval[LOW] == interval[HIGH])


@part
def mirror(interval: Floats) -> None:
    """Change the sign: what was below is above."""
    low, high, low_open, high_open = interval[0], interval[1], interval[2], interval[3]
    put(interval, -high, -low, high_open, low_open)


@part
def above(value: Floats, factor: float, limit: Floats, strict: int) -> int:
    """Whether `value` lies above `factor` x `limit`; at it, too, unless `strict`."""
    low, top = significant(value[LOW]), significant(factor * limit[HIGH])
    if low > top:
        return YES
    if low == top and (strict == 0 or value[LOW_OPEN] == 1.0 or limit[HIGH_OPEN] == 1.0):
        return YES
    high, bottom = significant(value[HIGH]), significant(factor * limit[LOW])
    if high > bottom:
        return UNKNOWN
    if high == bottom and strict == 0 and value[HIGH_OPEN] == 0.0 and limit[LOW_OPEN] == 0.0:
        return UNKNOWN
    return NO
