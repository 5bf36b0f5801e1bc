"""From measured days to states: when aplasia begins, and when it has been lost.

In: for each measured day whether its values are aplasia. Out: for each measured day whether aplasia holds.
Decided here: a loss needs several consecutive days without aplasia and is dated by the first of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part

Bools = NDArray[np.bool_]


@part
def states(aplasia: Bools, needed: int, trust: bool) -> Bools:
    """Whether aplasia holds on each measured day.

    needed  consecutive days without aplasia that make a loss
    trust   whether fewer of them at the end of the record are a loss already
    """
    held = np.zeros(len(aplasia), dtype=np.bool_)
    on, k = False, 0
    while k < len(aplasia):
        if aplasia[k]:
            on = True
            held[k] = True
            k += 1
            continue
        after = k
        while after < len(aplasia) and not aplasia[after]:
            after += 1
        confirmed = after - k >= needed or (trust and after == len(aplasia))
        held[k:after] = on and not confirmed
        k = after
    return held


@part
def first_of(held: Bools) -> int:
    """The first measured day on which something holds; -1 when none."""
    for k in range(len(held)):
        if held[k]:
            return k
    return -1


@part
def first_loss(held: Bools, onset: int) -> int:
    """The first measured day after `onset` on which aplasia no longer holds; -1 when none."""
    for k in range(onset + 1, len(held)):
        if not held[k]:
            return k
    return -1
