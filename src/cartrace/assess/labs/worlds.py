"""The grades that what is known of one value leaves possible.

In: intervals of the value, its reference limit, the baseline and its limit; the rows of one term. Out: the mildest and
the worst grade, and which inputs keep them apart. Decided here: where nobody knows whether the baseline was normal, both
worlds are graded, each with what it says about baseline and limit, and the mildest and the worst of them count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.labs.bounds import (
    HIGH,
    HIGH_OPEN,
    LOW,
    LOW_OPEN,
    NO,
    UNKNOWN,
    YES,
    Floats,
    above,
    is_point,
    significant,
)
from cartrace.assess.labs.table import (
    APPLIES_WHEN,
    BASELINE,
    BASELINE_ABNORMAL,
    BASELINE_LOW,
    BASELINE_NORMAL,
    CHOICE,
    CONSEQUENCES,
    GRADE,
    LIMIT,
    OPTION,
    STRICT,
    TIMES_OF,
    VALUE_ABNORMAL,
)

Ints = NDArray[np.int64]

# Rows of the memory `box` besides ONE, LIMIT and BASELINE of the table; intervals in mirrored numbers for a decrease.
# BASELINE_LLN is the lower limit of a term that grades an increase.
VALUE, BASELINE_LIMIT, BASELINE_LLN, BOX_ROWS = 0, 4, 5, 6

# Bits of what keeps grades apart: 1 << row of the box, or this one.
CONSEQUENCES_BIT = 1 << BOX_ROWS

EITHER, NORMAL, ABNORMAL = -1, 0, 1


@part
def grade_rows(
    box: Floats, code: Ints, bound: Floats, option: Floats, world: int, consequences: int
) -> tuple[int, int, int]:
    """(mildest, worst, what keeps them apart) of all rows in one world."""
    states = np.zeros(len(bound), dtype=np.int64)
    low, high, apart = 0, 0, 0
    for i in range(len(bound)):
        if code[i, OPTION] >= 0 and option[code[i, OPTION]] != code[i, CHOICE]:
            continue
        when = code[i, APPLIES_WHEN]
        if (when == BASELINE_NORMAL and world == ABNORMAL) or (when == BASELINE_ABNORMAL and world == NORMAL):
            continue
        state = above(box[VALUE], bound[i], box[code[i, TIMES_OF]], code[i, STRICT])
        if when == VALUE_ABNORMAL:
            state = min(state, above(box[VALUE], 1.0, box[LIMIT], 1))
        elif when == BASELINE_LOW:
            state = min(state, above(box[BASELINE_LLN], 1.0, box[BASELINE], 1))
        elif when == CONSEQUENCES:
            state = min(state, consequences)
        states[i] = state
        if state == YES:
            low = max(low, code[i, GRADE])
        if state != NO:
            high = max(high, code[i, GRADE])
    for i in range(len(bound)):
        if states[i] == UNKNOWN and code[i, GRADE] > low:
            also = VALUE
            if code[i, APPLIES_WHEN] == VALUE_ABNORMAL:
                also = LIMIT
            elif code[i, APPLIES_WHEN] == BASELINE_LOW:
                also = BASELINE_LLN
            for row in (VALUE, code[i, TIMES_OF], also):
                if not is_point(box[row]):
                    apart |= 1 << row
            if code[i, APPLIES_WHEN] == CONSEQUENCES and consequences == UNKNOWN:
                apart |= CONSEQUENCES_BIT
    return low, high, apart


@part
def enter(box: Floats, world: int, shared: bool) -> bool:
    """Narrow `box` to the world in which the baseline was normal or abnormal; False when it was not.

    shared   the limit of the value is the limit of the baseline
    """
    baseline, limit = box[BASELINE], box[BASELINE_LIMIT]
    if world == ABNORMAL:
        if significant(baseline[HIGH]) <= significant(limit[LOW]):
            return False
        if limit[LOW] >= baseline[LOW]:
            baseline[LOW], baseline[LOW_OPEN] = limit[LOW], 1.0
        if baseline[HIGH] <= limit[HIGH]:
            limit[HIGH], limit[HIGH_OPEN] = baseline[HIGH], 1.0
    else:
        low, top = significant(baseline[LOW]), significant(limit[HIGH])
        if low > top or (low == top and (baseline[LOW_OPEN] == 1.0 or limit[HIGH_OPEN] == 1.0)):
            return False
        if limit[HIGH] < baseline[HIGH]:
            baseline[HIGH], baseline[HIGH_OPEN] = limit[HIGH], limit[HIGH_OPEN]
        if baseline[LOW] > limit[LOW]:
            limit[LOW], limit[LOW_OPEN] = baseline[LOW], baseline[LOW_OPEN]
    if shared:
        box[LIMIT] = limit
    return True


@part
def judge(
    box: Floats, code: Ints, bound: Floats, option: Floats, split: bool, shared: bool, consequences: int
) -> tuple[int, int, int]:
    """(mildest, worst, what keeps them apart) of one value. `split`: some rows depend on the baseline being normal."""
    if not split:
        return grade_rows(box, code, bound, option, EITHER, consequences)
    low, high, apart = 127, -1, 0
    first_low, first_high, worlds = -1, -1, 0
    for world in (NORMAL, ABNORMAL):
        inside = box.copy()
        if not enter(inside, world, shared):
            continue
        mild, worst, between = grade_rows(inside, code, bound, option, world, consequences)
        low, high = min(low, mild), max(high, worst)
        apart |= between
        worlds += 1
        if worlds == 1:
            first_low, first_high = mild, worst
        elif mild != first_low or worst != first_high:
            for row in (BASELINE, BASELINE_LIMIT):
                if not is_point(box[row]):
                    apart |= 1 << row
    return low, high, apart
