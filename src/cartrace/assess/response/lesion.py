"""One lesion on one evaluation day: is it gone, how large is it, has it grown? Parts of the extramedullary kernel.

In: `Events` of sites.py, a lesion, a time. Out: numbers, all in the subset that numba compiles.
Decided here: which look counts (the one nearest in time within the window; of two equally near the earlier, of two at
one time the worse), and in
which order biopsy, PET, findings and size speak: biopsy, then Deauville, then the worst of findings and size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response.best import after_infusion
from cartrace.assess.response.sites import (
    AXES,
    BIOPSY,
    DEAUVILLE,
    EQUIVOCAL,
    EXAMINATION,
    IMAGING,
    LONGEST,
    METABOLIC_CR_UP_TO,
    NEW,
    NODE,
    NODE_NORMAL_UP_TO,
    RESOLVED,
    SKIN,
    TESTIS,
    ULTRASOUND,
    VOLUME,
)
from cartrace.assess.rule import Steps
from cartrace.course import Events

GROWTH_FROM = 1.5
"""Size against the smallest size before: growth by at least 50 %; cheson2014lugano, carried over to B-ALL by cartrace."""

GONE, PRESENT, UNCLEAR = 1, 0, 2

EPSILON = 1e-9
"""Relative slack of size comparisons: products of decimals are not exact."""


@part
def nearest(events: Events, channel: int, site: float, lesion: float, at: float, window: float) -> int:
    """Index of the usable event nearest to `at` within the window and after the infusion; -1 when there is none.

    Of several at one time the worst.
    """
    found = -1
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.low[i] != site or events.high[i] != lesion:
            continue
        if not after_infusion(events.time[i]) or np.isnan(events.value[i]):
            continue
        distance = abs(events.time[i] - at)
        if distance > window:
            continue
        twin = found >= 0 and events.time[i] == events.time[found]
        if found < 0 or distance < abs(events.time[found] - at) or (twin and events.value[i] > events.value[found]):
            found = i
    return found


@part
def baseline(events: Events, channel: int, site: float, lesion: float) -> float:
    """The last value before the infusion, of several at one time the smallest; NaN when not recorded."""
    value, time = np.nan, np.nan
    for i in range(len(events.time)):
        if events.channel[i] == channel and events.low[i] == site and events.high[i] == lesion:
            if after_infusion(events.time[i]):
                break
            if np.isnan(events.value[i]):
                continue
            twin = events.time[i] == time
            value = min(value, float(events.value[i])) if twin else float(events.value[i])
            time = float(events.time[i])
    return value


@part
def clean_before(events: Events, site: float, lesion: float, window: float) -> bool:
    """Whether the lesion was normal or resolved at its last look before the infusion: it is no target lesion.

    Of each method the last finding within the window of that look speaks. A look without a finding, a biopsy of this
    lesion that shows infiltration and a bright PET leave the lesion a target.
    """
    last = -np.inf
    for i in range(len(events.time)):
        same = events.low[i] == site and events.high[i] == lesion and not after_infusion(events.time[i])
        if same and AXES <= events.channel[i] <= IMAGING:
            last = float(events.time[i])
    words, at_last = np.full(3, np.nan), False
    for i in range(len(events.time)):
        same = events.low[i] == site and events.high[i] == lesion and not after_infusion(events.time[i])
        if not same or events.time[i] < last - window:
            continue
        channel, value = events.channel[i], float(events.value[i])
        if (channel == BIOPSY and value == 1.0) or (channel == DEAUVILLE and value > METABOLIC_CR_UP_TO):
            return False
        if EXAMINATION <= channel <= IMAGING and not np.isnan(value):
            words[channel - EXAMINATION] = value
            at_last = at_last or events.time[i] == last
    return at_last and not bool(np.any(words > RESOLVED))


@part
def smallest_before(events: Events, channel: int, site: float, lesion: float, at: float) -> float:
    """The smallest of the baseline and the values between the infusion and `at`; NaN when there is none."""
    value = baseline(events, channel, site, lesion)
    for i in range(len(events.time)):
        same = events.channel[i] == channel and events.low[i] == site and events.high[i] == lesion
        if same and after_infusion(events.time[i]) and events.time[i] < at and not np.isnan(events.value[i]):
            value = float(events.value[i]) if np.isnan(value) else min(value, float(events.value[i]))
    return value


@part
def biopsy(events: Events, site: float, lesion: float, at: float, window: float) -> int:
    """Index of the biopsy that speaks for the lesion: its own before one of the whole site; -1 when there is none."""
    own = nearest(events, BIOPSY, site, lesion, at, window)
    return own if own >= 0 else nearest(events, BIOPSY, site, -1.0, at, window)


@part
def unrecorded(events: Events, channel: int, site: float, lesion: float, at: float, window: float) -> bool:
    """Whether something was done near `at` after the infusion whose result is not recorded."""
    for i in range(len(events.time)):
        same = events.channel[i] == channel and events.low[i] == site and events.high[i] in (lesion, -1.0)
        if same and events.status[i] == 4 and after_infusion(events.time[i]) and abs(events.time[i] - at) <= window:
            return True
    return False


@part
def worst_finding(events: Events, site: float, lesion: float, at: float, window: float) -> int:
    """Index of the worst finding near `at` by any method; -1 when there is none."""
    found = -1
    for channel in (EXAMINATION, ULTRASOUND, IMAGING):
        i = nearest(events, channel, site, lesion, at, window)
        if i >= 0 and (found < 0 or events.value[i] > events.value[found]):
            found = i
    return found


@part
def gone(events: Events, kind: int, site: float, lesion: float, at: float, window: float) -> tuple[int, int, int]:
    """(GONE, PRESENT or UNCLEAR; bits of the inputs that would settle it; index of the deciding event or -1)."""
    tissue = biopsy(events, site, lesion, at, window)
    if tissue >= 0:
        return (PRESENT if events.value[tissue] == 1.0 else GONE), 0, tissue
    finding = worst_finding(events, site, lesion, at, window)
    seen = finding if finding >= 0 else nearest(events, LONGEST, site, lesion, at, window)
    if unrecorded(events, BIOPSY, site, lesion, at, window):
        return UNCLEAR, 1 << BIOPSY, seen
    score = nearest(events, DEAUVILLE, site, lesion, at, window)
    if score < 0 and unrecorded(events, DEAUVILLE, site, lesion, at, window):
        return UNCLEAR, 1 << DEAUVILLE, seen
    if score >= 0 and events.value[score] > METABOLIC_CR_UP_TO:
        return PRESENT, 0, score
    if score >= 0 and kind != TESTIS:
        return GONE, 0, score
    word = events.value[finding] if finding >= 0 else np.nan
    if word == NEW or (word > EQUIVOCAL and kind != SKIN):
        return PRESENT, 0, finding
    if word >= EQUIVOCAL:
        return UNCLEAR, 1 << BIOPSY, finding
    if kind == TESTIS:
        missing = 0
        if nearest(events, EXAMINATION, site, lesion, at, window) < 0:
            missing |= 1 << EXAMINATION
        if nearest(events, ULTRASOUND, site, lesion, at, window) < 0:
            missing |= 1 << ULTRASOUND
        return (UNCLEAR if missing else GONE), missing, finding
    return by_size(events, kind, site, lesion, at, window, finding)


@part
def by_size(
    events: Events, kind: int, site: float, lesion: float, at: float, window: float, finding: int
) -> tuple[int, int, int]:
    """As `gone`, when neither biopsy nor PET speaks and no finding calls the lesion present."""
    longest = nearest(events, LONGEST, site, lesion, at, window)
    size = events.value[longest] if longest >= 0 else np.nan
    limit = NODE_NORMAL_UP_TO if kind == NODE else 0.0
    if size > limit:
        return (UNCLEAR if kind == SKIN else PRESENT), (1 << BIOPSY if kind == SKIN else 0), longest
    volume = nearest(events, VOLUME, site, lesion, at, window)
    if finding >= 0:
        return GONE, 0, finding
    if size <= limit:
        return GONE, 0, longest
    if volume >= 0 and kind not in (NODE, SKIN):
        return (PRESENT if events.value[volume] > 0.0 else GONE), 0, volume
    named = EXAMINATION if kind == SKIN else LONGEST if kind == NODE else IMAGING
    return UNCLEAR, 1 << named, -1


@part
def size(events: Events, channel: int, site: float, lesion: float, at: float, window: float, state: int) -> float:
    """Size near `at`: product of axes or volume; 0 for a lesion that is gone and was not measured; NaN when not recorded."""
    i = nearest(events, channel, site, lesion, at, window)
    if i >= 0:
        return float(events.value[i])
    return 0.0 if state == GONE else np.nan


@part
def grown(events: Events, channel: int, site: float, lesion: float, at: float, window: float) -> int:
    """1 when the lesion grew by GROWTH_FROM from its smallest size, 0 when not, 2 when a size is missing.

    An earlier look whose result is not recorded may have seen it smaller than any recorded size.
    """
    i = nearest(events, channel, site, lesion, at, window)
    if i < 0:
        return UNCLEAR
    before = smallest_before(events, channel, site, lesion, float(events.time[i]))
    if np.isnan(before):
        return UNCLEAR
    now = float(events.value[i])
    if now > 0.0 and now >= GROWTH_FROM * before * (1.0 - EPSILON):
        return 1
    for j in range(i):
        same = events.low[j] == site and events.high[j] == lesion and AXES <= events.channel[j] <= IMAGING
        if now > 0.0 and same and events.status[j] == 4 and after_infusion(events.time[j]):
            return UNCLEAR
    return 0


@part
def reappeared(events: Events, kind: int, site: float, lesion: float, at: float, window: float) -> bool:
    """Whether a finding of a lesion is abnormal now and the lesion was gone by every finding of an earlier look."""
    now = worst_finding(events, site, lesion, at, window)
    if now < 0 or events.value[now] <= EQUIVOCAL:
        return False
    for i in range(now):
        same = EXAMINATION <= events.channel[i] <= IMAGING and events.low[i] == site and events.high[i] == lesion
        if not same or not after_infusion(events.time[i]) or events.time[i] >= events.time[now]:
            continue
        then = worst_finding(events, site, lesion, events.time[i], 0.0)
        clean = then >= 0 and events.value[then] <= RESOLVED
        if clean and gone(events, kind, site, lesion, events.time[i], 0.0)[0] != PRESENT:
            return True
    return False


@part
def uptake(events: Events, site: float, lesion: float, at: float, window: float) -> int:
    """-1 Deauville lower than at baseline, 1 higher than the lowest before, 0 neither, 2 unclear, 3 no PET now."""
    i = nearest(events, DEAUVILLE, site, lesion, at, window)
    if i < 0:
        return UNCLEAR if unrecorded(events, DEAUVILLE, site, lesion, at, window) else 3
    before = baseline(events, DEAUVILLE, site, lesion)
    lowest = smallest_before(events, DEAUVILLE, site, lesion, float(events.time[i]))
    if events.value[i] > lowest:
        return 1
    if np.isnan(before):
        return UNCLEAR if events.value[i] < 5.0 else 0
    return -1 if events.value[i] < before else 0


@part
def larger_than_before(events: Events, site: float, lesion: float, at: float, window: float) -> bool:
    """Whether the product of axes is larger than the smallest one before."""
    i = nearest(events, AXES, site, lesion, at, window)
    return i >= 0 and bool(
        events.value[i] > smallest_before(events, AXES, site, lesion, float(events.time[i])) * (1.0 + EPSILON)
    )


@part
def name_record(events: Events, steps: Steps, row: int, index: int) -> None:
    """Put the record of event `index` among the deciding ones of `row`, once, while there is room."""
    for k in range(steps.decided.shape[1]):
        other = steps.decided[row, k]
        if index < 0 or (other >= 0 and events.uid[other] == events.uid[index]):
            return
        if other < 0:
            steps.decided[row, k] = index
            return


@part
def name_records(events: Events, steps: Steps, row: int, records: NDArray[np.int64]) -> None:
    """Name what decided each lesion: those that grew, then those that are left, then those that are gone.

    records  (event, 3): deciding event, event of the size, place in that order; -1 = none
    """
    for place in range(3):
        for i in range(len(records)):
            if records[i, 2] == place:
                name_record(events, steps, row, records[i, 0])
                name_record(events, steps, row, records[i, 1])
