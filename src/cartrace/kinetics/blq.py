"""What a sample below the limit of quantification counts as: named policies, chosen in the open.

In: times, values, statuses and LLOQ of one profile. Out: concentrations as used; NaN where the policy drops the sample.
Decided here: the policies. None of them touches the stored value. Positions: before the first quantifiable sample,
between quantifiable samples, after the last one. What a policy puts in enters the areas only: Cmax, times, slopes and
persistence are read from quantifiable samples (criteria 7.1 and 7.4).

    policy      before     between    after      source
    standard    0          drop       0          pknca (default rules); the zeros after Tlast do not enter AUClast
    zero_all    0          0          0          criteria 7.2, option zero
    half_lloq   0          LLOQ/2     0          criteria 7.2, option half-LLOQ; dropped where no LLOQ is recorded
    drop_all    drop       drop       drop       cartrace: only what was measured
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.course import Status

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

DROP = np.nan
POLICIES = ("standard", "zero_all", "half_lloq", "drop_all")
STANDARD, ZERO_ALL, HALF_LLOQ, DROP_ALL = range(4)

BEFORE, BETWEEN, AFTER = range(3)
"""Positions of a sample among the quantifiable ones."""

NOTHING, BELOW, QUANTIFIED, UNNUMBERED = range(4)
"""What a sample says: nothing; below the LLOQ; a number; above the upper limit of the assay, which is not recorded."""


def kinds(value: Floats, status: Codes, lloq: Floats) -> Codes:
    """What each sample says. A measured value under its LLOQ, or 0, counts as below."""
    found = np.full(len(value), NOTHING, dtype=np.int8)
    for i in range(len(value)):
        known = not np.isnan(value[i])
        if status[i] == Status.BELOW:
            found[i] = BELOW
        elif status[i] == Status.ABOVE:
            found[i] = QUANTIFIED if known else UNNUMBERED
        elif status[i] == Status.DONE and known:
            found[i] = BELOW if value[i] <= 0.0 or value[i] < lloq[i] else QUANTIFIED
    return found


def concentrations(value: Floats, kind: Codes, lloq: Floats, policy: int) -> Floats:
    """Concentration used for each sample [unit of the assay], NaN = dropped.

    value, kind, lloq   arrays of length n in order of time; `kind` from `kinds`; `lloq` NaN where not known
    policy              index into `POLICIES`
    """
    count = len(value)
    first, last = -1, -1
    for i in range(count):
        if kind[i] == QUANTIFIED:
            last = i
            if first < 0:
                first = i
    used = np.full(count, DROP)
    for i in range(count):
        if kind[i] == QUANTIFIED:
            used[i] = value[i]
        elif kind[i] == BELOW:
            position = BEFORE if first < 0 or i < first else AFTER if i > last else BETWEEN
            used[i] = below(policy, position, lloq[i])
    return used


def below(policy: int, position: int, lloq: float) -> float:
    """What a sample below the LLOQ counts as; NaN = dropped."""
    if policy == DROP_ALL:
        return DROP
    if position != BETWEEN or policy == ZERO_ALL:
        return 0.0
    return lloq / 2.0 if policy == HALF_LLOQ else DROP
