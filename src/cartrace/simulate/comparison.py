"""Two groups compared: proportions and medians with their intervals.

In: counts, or values of two groups. Out: `Interval`s and p values.
Decided here: Wilson for one proportion, Newcombe's hybrid of two Wilson intervals for a difference (newcombe1998, method 10), Fisher's
exact test for two proportions, percentile bootstrap for a difference of medians. All 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

LEVEL = 0.95
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval; NaN where there is nothing to estimate."""

    value: float
    low: float
    high: float


NOTHING = Interval(math.nan, math.nan, math.nan)


def proportion(events: int, of: int) -> Interval:
    """Share of patients with the event, Wilson interval. Raises ValueError for counts that are none."""
    _check(events, of)
    if of == 0:
        return NOTHING
    found = stats.binomtest(events, of).proportion_ci(LEVEL, method="wilson")
    return Interval(events / of, float(found.low), float(found.high))


def difference(events: int, of: int, other_events: int, other_of: int) -> Interval:
    """First share minus the other, Newcombe's interval."""
    one, other = proportion(events, of), proportion(other_events, other_of)
    value = one.value - other.value
    low = value - math.hypot(one.value - one.low, other.high - other.value)
    high = value + math.hypot(one.high - one.value, other.value - other.low)
    return Interval(value, low, high)


def fisher(events: int, of: int, other_events: int, other_of: int) -> float:
    """Two-sided p of Fisher's exact test; NaN when a group is empty."""
    _check(events, of)
    _check(other_events, other_of)
    if of == 0 or other_of == 0:
        return math.nan
    table = [[events, of - events], [other_events, other_of - other_events]]
    return float(stats.fisher_exact(table).pvalue)


def median(values: Floats) -> Interval:
    """Median with the 5th and 95th percentile of the patients (their spread, not the error of the median)."""
    if not len(values):
        return NOTHING
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return Interval(float(middle), float(low), float(high))


def median_difference(values: Floats, others: Floats, *, seed: int, paired: bool = False) -> Interval:
    """Difference of medians (paired: median of the differences), percentile bootstrap."""
    if not len(values) or not len(others):
        return NOTHING
    if paired:
        return _bootstrap(lambda x: np.median(x, axis=-1), (values - others,), seed)

    def between(x: Floats, y: Floats, axis: int = -1) -> Floats:
        found: Floats = np.median(x, axis=axis) - np.median(y, axis=axis)
        return found

    return _bootstrap(between, (values, others), seed)


def _bootstrap(statistic: object, data: tuple[Floats, ...], seed: int) -> Interval:
    value = float(statistic(*data))  # type: ignore[operator]
    if min(len(group) for group in data) < 2:
        return Interval(value, math.nan, math.nan)
    rng = np.random.default_rng(seed)
    draws = np.empty(RESAMPLES)
    for turn in range(RESAMPLES):
        draws[turn] = statistic(*(group[rng.integers(0, len(group), len(group))] for group in data))  # type: ignore[operator]
    low, high = np.quantile(draws, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(value, float(low), float(high))


def _check(events: int, of: int) -> None:
    if not 0 <= events <= of:
        raise ValueError(f"{events} events of {of}")
