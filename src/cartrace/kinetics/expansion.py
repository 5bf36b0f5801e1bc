"""The rising part of a profile: onset, growth rate, doubling time, fold expansion.

In: times [d] and concentrations as used. Out: numbers; NaN when there is none.
Decided here (cartrace; no published selection rule was read): the rising phase is every quantifiable sample from the first
one up to the peak; the growth rate is the least-squares slope of ln C over it, and at least three samples are asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.kinetics.decline import POINTS_FROM, regress

Floats = NDArray[np.float64]


def growth(time: Floats, concentration: Floats, peak: int) -> tuple[float, float, int]:
    """(growth rate [1/d], R2, points) of the rising phase that ends at index `peak`; rate NaN with fewer than 3 points."""
    t, y = np.zeros(peak + 1), np.zeros(peak + 1)
    count = 0
    for i in range(peak + 1):
        if concentration[i] > 0.0:
            t[count] = time[i]
            y[count] = np.log(concentration[i])
            count += 1
    if count < POINTS_FROM:
        return np.nan, np.nan, count
    rate, _, r_squared = regress(t, y, 0, count - 1)
    return -rate, r_squared, count
