"""The falling part of a profile: best-fit terminal slope, contraction and persistence half-lives.

In: times [d] and concentrations as used. Out: a `Slope`-like tuple (rate, adjusted R2, R2, first, last index, points).
Decided here: the selection rule of pknca, the same as WinNonlin's best fit (criteria 7.4): windows of the last 3, 4, 5 ...
quantifiable points after Tmax; adjusted R2 within 1e-4 of the best; among those the most points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POINTS_FROM = 3
"""Fewest points of a window; pknca, min.hl.points."""

TOLERANCE = 1e-4
"""How far from the best adjusted R2 a longer window is still preferred; pknca, adj.r.squared.factor."""

RATE, ADJUSTED, R_SQUARED, FIRST, LAST, POINTS = range(6)


def regress(time: Floats, log_value: Floats, first: int, last: int) -> tuple[float, float, float]:
    """(rate, adjusted R2, R2) of ln C = a - rate x t over indices first..last inclusive. Rate [1/d] > 0 when falling."""
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
    if sxx == 0.0:
        return 0.0, -np.inf, 0.0
    r_squared = 0.0 if syy == 0.0 else min(1.0, sxy * sxy / (sxx * syy))
    adjusted = -np.inf if n < 3 else 1.0 - (1.0 - r_squared) * (n - 1) / (n - 2)
    return -sxy / sxx, adjusted, r_squared


def best_fit(time: Floats, concentration: Floats, start: int) -> tuple[float, float, float, int, int, int]:
    """The terminal slope among windows that end at the last quantifiable sample and begin at index `start` or later.

    Returns (rate, adjusted R2, R2, first, last, points) over the quantifiable samples; rate NaN when fewer than three
    points are left; a rate of 0 or less means that the best window does not fall.
    """
    kept = np.zeros(len(time), dtype=np.int64)
    count = 0
    for i in range(start, len(time)):
        if concentration[i] > 0.0:
            kept[count] = i
            count += 1
    if count < POINTS_FROM:
        return np.nan, np.nan, np.nan, -1, -1, count
    t, y = np.zeros(count), np.zeros(count)
    for k in range(count):
        t[k] = time[kept[k]]
        y[k] = np.log(concentration[kept[k]])
    best = -np.inf
    for first in range(count - POINTS_FROM + 1):
        best = max(best, regress(t, y, first, count - 1)[1])
    # A rising best window makes the slope unreportable: falling windows must come close to the best of all.
    for first in range(count - POINTS_FROM + 1):
        rate, adjusted, r_squared = regress(t, y, first, count - 1)
        if rate > 0.0 and adjusted > best - TOLERANCE:
            return rate, adjusted, r_squared, int(kept[first]), int(kept[count - 1]), count - first
    rate, adjusted, r_squared = regress(t, y, count - POINTS_FROM, count - 1)
    return min(rate, 0.0), adjusted, r_squared, int(kept[count - POINTS_FROM]), int(kept[count - 1]), POINTS_FROM


def window_slope(
    time: Floats, concentration: Floats, after: float, until: float
) -> tuple[float, float, float, int, int, int]:
    """Slope over all quantifiable samples with after < t <= until; same tuple as `best_fit`."""
    t, y = np.zeros(len(time)), np.zeros(len(time))
    count, first, last = 0, -1, -1
    for i in range(len(time)):
        if after < time[i] <= until and concentration[i] > 0.0:
            t[count] = time[i]
            y[count] = np.log(concentration[i])
            count += 1
            last = i
            if first < 0:
                first = i
    if count < POINTS_FROM:
        return np.nan, np.nan, np.nan, first, last, count
    rate, adjusted, r_squared = regress(t, y, 0, count - 1)
    return rate, adjusted, r_squared, first, last, count


def re_expands(time: Floats, concentration: Floats, after: int, fold: float) -> bool:
    """Whether the profile rises again by more than `fold` above an earlier low after index `after`."""
    lowest = np.inf
    for i in range(after + 1, len(time)):
        if concentration[i] > 0.0:
            if concentration[i] > fold * lowest:
                return True
            lowest = min(lowest, concentration[i])
    return False
