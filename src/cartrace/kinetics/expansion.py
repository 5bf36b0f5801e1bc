"""The rising part of a profile: growth rate over the samples up to the peak.

In: times [d] and concentrations of quantifiable samples, in order of time. Out: a `Slope` whose rate is the growth rate.
Decided here (cartrace; no published selection rule was read): the rising phase is every quantifiable sample from the first
one up to the peak; the growth rate is the least-squares slope of ln C over it, and at least three samples are asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.kinetics.decline import POINTS_FROM, Slope, regress

Floats = NDArray[np.float64]


def growth(time: Floats, concentration: Floats, peak: int) -> Slope:
    """The rising phase that ends at index `peak`: rate [1/d] above 0 when rising; NaN with fewer than three samples."""
    if peak + 1 < POINTS_FROM:
        return Slope(np.nan, np.nan, np.nan, -1, -1, peak + 1)
    line = regress(time, np.log(concentration), 0, peak)
    return line._replace(rate=-line.rate)
