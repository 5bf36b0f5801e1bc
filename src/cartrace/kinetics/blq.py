"""What a sample below the limit of quantification counts as: named policies, chosen in the open.

In: times, values, statuses and LLOQ of one profile. Out: concentrations as used; NaN where the policy drops the sample.
Decided here: the policies. None of them touches the stored value. Positions: before the first quantifiable sample,
between quantifiable samples, after the last one.

    policy      before     between    after      source
    standard    0          drop       0          pknca (default rules); the zeros after Tlast do not enter AUClast
    zero_all    0          0          0          criteria 7.2, option zero
    half_lloq   0          LLOQ/2     0          criteria 7.2, option half-LLOQ; needs the LLOQ
    drop_all    drop       drop       drop       cartrace: only what was measured
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.course import Status

DROP = np.nan
POLICIES = ("standard", "zero_all", "half_lloq", "drop_all")

_BELOW = int(Status.BELOW)
_ABOVE = int(Status.ABOVE)
_DONE = int(Status.DONE)


def concentrations(
    value: NDArray[np.float64], status: NDArray[np.int8], lloq: NDArray[np.float64], policy: int
) -> NDArray[np.float64]:
    """Concentration used for each sample [unit of the assay], NaN = dropped.

    value, status, lloq   arrays of length n in order of time; `lloq` NaN where not known
    policy                index into `POLICIES`
    A measured value under its LLOQ counts as below; samples not done or not recorded are dropped.
    """
    count = len(value)
    used = np.full(count, np.nan)
    quantifiable = np.zeros(count, dtype=np.bool_)
    for i in range(count):
        measured = status[i] in (_DONE, _ABOVE) and not np.isnan(value[i])
        quantifiable[i] = measured and value[i] > 0.0 and not value[i] < lloq[i]
    first, last = -1, -1
    for i in range(count):
        if quantifiable[i]:
            last = i
            if first < 0:
                first = i
    for i in range(count):
        if quantifiable[i]:
            used[i] = value[i]
        elif status[i] in (_BELOW, _DONE) and not (status[i] == _DONE and np.isnan(value[i])):
            used[i] = below(policy, 0 if first < 0 or i < first else 2 if i > last else 1, lloq[i])
    return used


def below(policy: int, position: int, lloq: float) -> float:
    """What a sample below the LLOQ counts as. `position`: 0 before, 1 between, 2 after the quantifiable samples."""
    if policy == 3:
        return DROP
    if position != 1 or policy == 1:
        return 0.0
    return lloq / 2.0 if policy == 2 else DROP
