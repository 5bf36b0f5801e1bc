"""The falling part of a profile: best-fit terminal slope, slopes within a span of days, re-expansion.

In: times [d] and concentrations of quantifiable samples, in order of time. Out: a `Slope`.
Decided here: the selection rule of pknca, the same as WinNonlin's best fit (criteria 7.4): windows of the last 3, 4, 5 ...
quantifiable points after Tmax; adjusted R2 within 1e-4 of the best of all windows; among the falling ones of those the
most points. A best window that rises makes the slope unreportable.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POINTS_FROM = 3
"""Fewest points of a window; pknca, min.hl.points."""

TOLERANCE = 1e-4
"""How far from the best adjusted R2 a longer window is still preferred; pknca, adj.r.squared.factor."""


class Slope(NamedTuple):
    """The line ln C = a - rate x t through some samples.

    rate         [1/d] above 0 when falling; NaN when fewer than three samples are there; 0 or less: not falling
    adjusted     R2 adjusted for the number of points
    first, last  indices of the first and last sample used; -1 = none
    points       how many samples were used, or were there
    """

    rate: float
    adjusted: float
    r_squared: float
    first: int
    last: int
    points: int


def regress(time: Floats, log_value: Floats, first: int, last: int) -> Slope:
    """The least-squares line over indices first..last inclusive."""
    n = last - first + 1
    mean_t, mean_y = 0.0, 0.0
    for i in range(first, last + 1):
        mean_t += time[i] / n
        mean_y += log_value[i] / n
    sxx, sxy, syy = 0.0, 0.0, 0.0
    for i in range(first, last + 1):
        sxx += (time[i] - mean_t) ** 2
        sxy += (time[i] - mean_t) * (log_value[i] - mean_y)
        syy += (log_value[i] - mean_y) ** 2
    # Equal values have no slope; what rounding leaves of them is none either.
    flat = syy <= 1e-24 * n * (1.0 + mean_y * mean_y)
    r_squared = 0.0 if flat else min(1.0, sxy * sxy / (sxx * syy))
    adjusted = 1.0 - (1.0 - r_squared) * (n - 1) / (n - 2)
    return Slope(0.0 if flat else -sxy / sxx, adjusted, r_squared, first, last, n)


def best_fit(time: Floats, concentration: Floats, start: int) -> Slope:
    """The terminal slope among windows that end at the last sample and begin at index `start` or later."""
    count = len(time)
    if count - start < POINTS_FROM:
        return Slope(np.nan, np.nan, np.nan, -1, -1, count - start)
    log_value = np.log(concentration)
    windows = [regress(time, log_value, first, count - 1) for first in range(start, count - POINTS_FROM + 1)]
    best = windows[0].adjusted
    for window in windows:
        best = max(best, window.adjusted)
    # A rising best window makes the slope unreportable: a falling one must come close to the best of all.
    for window in windows:
        if window.rate > 0.0 and window.adjusted > best - TOLERANCE:
            return window
    return windows[-1]._replace(rate=min(windows[-1].rate, 0.0))


def span_slope(time: Floats, concentration: Floats, *, after: float, until: float) -> Slope:
    """The slope over all samples with after < t <= until."""
    first, last, count = -1, -1, 0
    for i in range(len(time)):
        if after < time[i] <= until:
            first = i if first < 0 else first
            last = i
            count += 1
    if count < POINTS_FROM:
        return Slope(np.nan, np.nan, np.nan, first, last, count)
    return regress(time, np.log(concentration), first, last)


def re_expands(concentration: Floats, after: int, fold: float) -> bool:
    """Whether the profile rises after index `after` to more than `fold` times an earlier low."""
    lowest = np.inf
    for i in range(after + 1, len(concentration)):
        if concentration[i] > fold * lowest:
            return True
        lowest = min(lowest, concentration[i])
    return False
