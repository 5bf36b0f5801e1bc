"""What only several evaluations together tell: whether blasts rose, and whether a remission lasted. Parts of kernels.

In: `Events` of marrow.py; the rows of an edition. Out: bounds of progression; rows that were held for four weeks.
Decided here: blasts rise from the lowest value before, the one before the infusion included, and a clean marrow has not
risen; blasts in blood are compared with values in the same unit only. A remission that has to last is what the worst
evaluation of the next four weeks says; until an evaluation after four weeks, it may still end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response.best import NOT_EVALUABLE, STUDY_DAY
from cartrace.assess.response.evidence import REMISSION_BELOW, bounds, near
from cartrace.assess.response.marrow import BLOOD_BLASTS, EXTRAMEDULLARY, MARROW_BLASTS
from cartrace.assess.rule import NOT_GRADED, Steps
from cartrace.course import Events

Floats = NDArray[np.float64]

RISE_FROM = 1.25
"""Blasts against the lowest value before: a rise by at least 25 %; nci2010relapse, response criteria."""

HELD_DAYS_FROM = 28
"""[d] four weeks for which a remission has to last; nci2010relapse and cibmtr_manual, response criteria."""

EMD_PROGRESSION = 4
"""Number of the category PD of the extramedullary response."""

EPSILON = 1e-9
"""Relative slack: products of decimals are not exact."""


@part
def lowest_before(events: Events, channel: int, event: int) -> tuple[float, float]:
    """(least, most) of the lowest value on a channel on the days before event `event`; 0 and infinity when there is none.

    An earlier look whose result is not recorded may have been lower.
    """
    least, most = np.inf, np.inf
    for j in range(event):
        if events.channel[j] != channel or events.day[j] >= events.day[event]:
            continue
        if events.status[j] == 4 and np.isnan(events.low[j]):
            least = 0.0
        same_unit = channel != BLOOD_BLASTS or events.high[j] == events.high[event]
        if not same_unit or np.isnan(events.value[j]):
            continue
        low, high = bounds(events, j, np.inf)
        least, most = min(least, low), min(most, high)
    return (0.0 if least == np.inf else least), most


@part
def rise(events: Events, channel: int, event: int, low: float, high: float) -> tuple[bool, bool]:
    """(surely, perhaps) risen by RISE_FROM, for a value between `low` and `high` at event `event`."""
    if high <= 0.0:
        return False, False
    least, most = lowest_before(events, channel, event)
    surely = low > 0.0 and low >= RISE_FROM * most * (1.0 - EPSILON)
    return surely, high >= RISE_FROM * least * (1.0 - EPSILON)


@part
def fill_progression(
    events: Events, i: int, window: float, marrow: tuple[float, float], blood: float, sites: float
) -> tuple[float, float]:
    """(surely, perhaps) progression at event `i` by blasts of marrow or blood, or outside of them; each 0 or 1.

    marrow        bounds of the marrow blasts of the day
    blood, sites  1 when blood and other sites may be involved
    """
    surely, perhaps = rise(events, MARROW_BLASTS, i, marrow[0], marrow[1])
    surely, perhaps = surely and marrow[0] >= REMISSION_BELOW, perhaps and marrow[1] >= REMISSION_BELOW
    found = near(events, BLOOD_BLASTS, i, window)
    if found >= 0:
        low, high = bounds(events, found, np.inf)
        one, other = rise(events, BLOOD_BLASTS, found, low, high)
        surely, perhaps = surely or one, perhaps or other
    else:
        perhaps = perhaps or blood > 0.0
    found = near(events, EXTRAMEDULLARY, i, window)
    if found >= 0:
        surely = surely or events.low[found] == EMD_PROGRESSION
        perhaps = perhaps or events.high[found] == EMD_PROGRESSION
    else:
        perhaps = perhaps or sites > 0.0
    return (1.0 if surely else 0.0), (1.0 if perhaps or surely else 0.0)


@part
def hold(steps: Steps, rows: int, family: int, worst: int, until: float, flag: int, asked: int) -> None:
    """Put into each row the worst of its evaluations over the next HELD_DAYS_FROM days; open while none lies after them.

    flag   reason of a row whose four weeks are not over
    asked  bits of the inputs that would settle it
    """
    lows, highs = steps.low.copy(), steps.high.copy()
    for row in range(1, rows):
        if lows[row] == NOT_GRADED or lows[row] > family:
            continue
        low, high, over = lows[row], highs[row], False
        for later in range(row + 1, rows):
            if over or steps.at[later] > until or (lows[later] == NOT_GRADED and steps.reason[later] & NOT_EVALUABLE):
                continue
            low = max(low, lows[later])
            high = max(high, worst if lows[later] == NOT_GRADED else highs[later])
            over = steps.fact[later, STUDY_DAY] - steps.fact[row, STUDY_DAY] >= HELD_DAYS_FROM
            if lows[later] == NOT_GRADED:
                steps.missing[row] |= asked
        # What comes later can end the remission; that it was none to begin with is the row's own.
        low, high = min(low, worst), max(min(high, worst), highs[row])
        if not over and low <= family:
            high = max(worst, highs[row])
            steps.reason[row] |= flag
            steps.missing[row] |= asked
        steps.low[row], steps.high[row] = low, high
        if low == high:
            steps.missing[row] = 0


@part
def first_at_least(steps: Steps, rows: int, category: int) -> float:
    """Study day of the first evaluation that surely is `category` or worse; NaN when there is none."""
    for row in range(1, rows):
        if steps.low[row] >= category:
            return float(steps.fact[row, STUDY_DAY])
    return np.nan
