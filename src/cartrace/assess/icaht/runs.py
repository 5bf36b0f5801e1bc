"""Runs of neutropenic days: where they begin and end, joined across short recoveries.

In: for each day of a window whether it is neutropenic. Out: first and last day of each run, lengths and totals.
Decided here: a length counts both ends; the days of a joined recovery count as part of the run (fredhutch_icaht).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LONGEST_RUN, CUMULATIVE, CUMULATIVE_JOINED = 0, 1, 2
COUNTINGS = (("longest_run", 0), ("cumulative", 1), ("cumulative_joined", 2))
"""Which days make a duration, as a choice of rules."""


@part
def runs_of(neutropenic: Bools, join: int) -> tuple[Ints, Ints]:
    """(first, last) day of each run; runs with at most `join` other days between them are one."""
    first = np.zeros(len(neutropenic), dtype=np.int64)
    last = np.zeros(len(neutropenic), dtype=np.int64)
    count = 0
    for day in range(len(neutropenic)):
        if not neutropenic[day]:
            continue
        if count > 0 and day - last[count - 1] - 1 <= join:
            last[count - 1] = day
        else:
            first[count], last[count] = day, day
            count += 1
    return first[:count], last[:count]


@part
def longest(first: Ints, last: Ints) -> int:
    """Which run is the longest, the earliest of equals; -1 when there is none."""
    best = -1
    for k in range(len(first)):
        if best < 0 or last[k] - first[k] > last[best] - first[best]:
            best = k
    return best


@part
def length(first: Ints, last: Ints, k: int) -> int:
    """[d] inclusive length of run `k`; 0 when there is none."""
    return 0 if k < 0 else int(last[k] - first[k] + 1)


@part
def days_in_runs(first: Ints, last: Ints) -> int:
    """[d] all runs together."""
    total = 0
    for k in range(len(first)):
        total += length(first, last, k)
    return total


@part
def counted(neutropenic: Bools, counting: int, join: int) -> int:
    """[d] the duration that the grid asks for."""
    if counting == CUMULATIVE:
        return int(np.sum(neutropenic))
    first, last = runs_of(neutropenic, join)
    if counting == CUMULATIVE_JOINED:
        return days_in_runs(first, last)
    return length(first, last, longest(first, last))
