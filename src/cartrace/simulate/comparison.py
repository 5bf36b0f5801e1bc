"""Two groups compared: proportions and medians with their intervals.

In: counts, or values of two groups. Out: `Interval`s and p values.
Decided here: Wilson for one proportion, Newcombe's hybrid of two Wilson intervals for a difference (newcombe1998, method 10), Fisher's
exact test for two proportions, percentile bootstrap for a difference of medians. All 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

Statistic = Callable[[Floats], Any]

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


def paired_difference(values: Floats, others: Floats, statistic: Statistic, *, seed: int) -> Interval:
    """Mean or median of the differences within patients, first minus other, percentile bootstrap over patients."""
    return _bootstrap(lambda differences: statistic(differences), (values - others,), seed)


def median_difference(values: Floats, others: Floats, *, seed: int) -> Interval:
    """Difference of the medians of two groups, percentile bootstrap within each."""
    return _bootstrap(lambda one, other: np.median(one) - np.median(other), (values, others), seed)


def _bootstrap(statistic: Callable[..., Any], data: tuple[Floats, ...], seed: int) -> Interval:
    if min(len(group) for group in data) == 0:
        return NOTHING
    value = float(statistic(*data))
    if min(len(group) for group in data) < 2:
        return Interval(value, math.nan, math.nan)
    rng = np.random.default_rng(seed)
    draws = [
        float(statistic(*(group[rng.integers(0, len(group), len(group))] for group in data))) for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(draws, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(value, float(low), float(high))


def _check(events: int, of: int) -> None:
    if not 0 <= events <= of:
        raise ValueError(f"{events} events of {of}")
