"""One lesion and the spleen on one evaluation day by the Lugano criteria. Parts of the kernel of lugano2014.py.

In: `Events` of lugano2014_inputs.py, a lesion, a time. Out: numbers, all in the subset that numba compiles.
Decided here: a lesion takes part from the first look at it on, or when a biopsy of it is positive; which look before is
the nadir; that a look without its result may have seen the lesion at its smallest; which lesion a biopsy speaks for.
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.response.best import after_infusion
from cartrace.assess.response.lesion import (
    EPSILON,
    GONE,
    GROWTH_FROM,
    PRESENT,
    UNCLEAR,
    baseline,
    nearest,
    smallest_before,
    unrecorded,
    worst_finding,
)
from cartrace.assess.response.lugano2014_inputs import SPLEEN
from cartrace.assess.response.sites import (
    AXES,
    BIOPSY,
    DEAUVILLE,
    EQUIVOCAL,
    IMAGING,
    INVOLVED,
    LONGEST,
    METABOLIC_CR_UP_TO,
    NEW,
    NODE,
    NODE_NORMAL_UP_TO,
    RESOLVED,
    SITE,
)
from cartrace.course import Events

SMALL_UP_TO = 20.0
"""[mm] longest diameter up to which the smaller step is growth; cheson2014lugano, CT criteria."""

SMALL_STEP_FROM = 5.0
"""[mm] longer diameter that is growth of a small lesion; cheson2014lugano, CT criteria."""

LARGE_STEP_FROM = 10.0
"""[mm] longer diameter that is growth of a larger lesion; cheson2014lugano, CT criteria."""

NEW_EXTRANODAL_ABOVE = 10.0
"""[mm] longest diameter of a new extranodal lesion that is PD; cheson2014lugano, CT criteria."""

SPLEEN_NORMAL_UP_TO = 130.0
"""[mm] length of a normal spleen; cheson2014lugano, CT criteria."""

SPLEEN_FALL_ABOVE = 0.5
"""Fall of the excess length of the spleen that goes with PR; cheson2014lugano, CT criteria."""

SPLEEN_GROWTH_ABOVE = 0.5
"""Growth of the spleen as a fraction of its former excess; cheson2014lugano, CT criteria."""

SPLEEN_NEW_FROM = 20.0
"""[mm] growth of a spleen that was normal; cheson2014lugano, CT criteria."""

HIGHEST_SCORE = 5.0

CR, PR, SD, PD = range(4)

NO_TISSUE, FREE, INFILTRATED, SOMEWHERE, UNREAD = range(5)
"""What a biopsy says of a lesion. SOMEWHERE: some lesion of its site is infiltrated; UNREAD: the result is not recorded."""


@part
def alone(events: Events, site: float) -> bool:
    """Whether the site has one lesion only, so that a biopsy of the site speaks for it."""
    lesions = 0
    for i in range(len(events.time)):
        lesions += 1 if events.channel[i] == SITE and events.low[i] == site and not np.isnan(events.high[i]) else 0
    return lesions == 1


@part
def tissue(events: Events, site: float, lesion: float, at: float, window: float) -> tuple[int, int]:
    """(what biopsies near `at` say of the lesion; the event or -1).

    Its own biopsy speaks first. One that names no lesion clears a site with one lesion only, and shows of any other
    site that some lesion is infiltrated.
    """
    own = nearest(events, BIOPSY, site, lesion, at, window)
    if own >= 0:
        return (INFILTRATED if events.value[own] == 1.0 else FREE), own
    if unrecorded(events, BIOPSY, site, lesion, at, window):
        return UNREAD, -1
    i = nearest(events, BIOPSY, site, -1.0, at, window)
    if i >= 0 and alone(events, site):
        return (INFILTRATED if events.value[i] == 1.0 else FREE), i
    if i >= 0 and events.value[i] == 1.0:
        return SOMEWHERE, i
    return NO_TISSUE, -1


@part
def takes_part(events: Events, i: int, at: float, window: float) -> bool:
    """Whether row `i` names a lesion that was seen by the time of the evaluation, or is infiltrated by biopsy, or an
    involved site nobody looked at.
    """
    if events.channel[i] != SITE or np.isnan(events.high[i]):
        return False
    involved, looks = False, 0
    for j in range(len(events.time)):
        if events.low[j] != events.low[i]:
            continue
        if AXES <= events.channel[j] <= IMAGING and events.high[j] == events.high[i]:
            looks += 1
            if events.time[j] <= at + window:
                return True
        involved = involved or (events.channel[j] == INVOLVED and events.value[j] == 1.0)
    return looks == 0 and (involved or tissue(events, events.low[i], events.high[i], at, window)[0] == INFILTRATED)


@part
def unmeasured(events: Events, site: float, lesion: float, until: float) -> bool:
    """Whether an earlier look may have seen the lesion smaller: one without a size."""
    for i in range(len(events.time)):
        same = events.low[i] == site and events.high[i] == lesion and AXES <= events.channel[i] <= IMAGING
        if not same or events.time[i] >= until or not (after_infusion(events.time[i]) or events.status[i] == 4):
            continue
        measured = False
        for j in range(len(events.time)):
            if events.channel[j] == AXES and events.uid[j] == events.uid[i]:
                measured = True
        if not measured:
            return True
    return False


@part
def unscored(events: Events, site: float, lesion: float, until: float) -> bool:
    """Whether the result of an earlier look at the lesion is not recorded."""
    for i in range(len(events.time)):
        same = events.low[i] == site and events.high[i] == lesion and AXES <= events.channel[i] <= IMAGING
        if same and events.time[i] < until and events.status[i] == 4:
            return True
    return False


@part
def is_new(events: Events, site: float, lesion: float, at: float, window: float) -> bool:
    """Whether a finding near `at` calls the lesion new."""
    finding = worst_finding(events, site, lesion, at, window)
    return finding >= 0 and bool(events.value[finding] == NEW)


@part
def metabolic(events: Events, site: float, lesion: float, at: float, window: float) -> tuple[int, int, int]:
    """(low, high, deciding event) of one lesion by PET. Tissue goes before uptake."""
    low, high, i = by_uptake(events, site, lesion, at, window)
    said, who = tissue(events, site, lesion, at, window)
    if said == FREE:
        return CR, CR, who
    if said == NO_TISSUE:
        return low, high, i
    most = PD if is_new(events, site, lesion, at, window) else PR
    if said == UNREAD:
        return CR, max(high, most), i
    return max(low, most if said == INFILTRATED else PR), max(high, most), who


@part
def by_uptake(events: Events, site: float, lesion: float, at: float, window: float) -> tuple[int, int, int]:
    """As `metabolic`, by the Deauville score alone."""
    i = nearest(events, DEAUVILLE, site, lesion, at, window)
    if i < 0:
        return CR, PD, -1
    score = float(events.value[i])
    if score <= METABOLIC_CR_UP_TO:
        return CR, CR, i
    if is_new(events, site, lesion, at, window):
        return PD, PD, i
    if score > smallest_before(events, DEAUVILLE, site, lesion, float(events.time[i])):
        return PD, PD, i
    before = baseline(events, DEAUVILLE, site, lesion)
    if np.isnan(before) or unscored(events, site, lesion, float(events.time[i])):
        return (PR if score < HIGHEST_SCORE else SD), PD, i
    category = PR if score < before else SD
    return category, category, i


@part
def by_size(events: Events, kind: int, site: float, lesion: float, at: float, window: float) -> tuple[int, int]:
    """(GONE, PRESENT or UNCLEAR; deciding event) of one lesion by CT. Tissue goes before size."""
    said, who = tissue(events, site, lesion, at, window)
    if said in (FREE, INFILTRATED, SOMEWHERE):
        return (GONE if said == FREE else PRESENT), who
    finding = worst_finding(events, site, lesion, at, window)
    word = events.value[finding] if finding >= 0 else np.nan
    longest = nearest(events, LONGEST, site, lesion, at, window)
    if said == UNREAD:
        return UNCLEAR, (longest if longest >= 0 else finding)
    if kind != NODE and word > EQUIVOCAL:
        return PRESENT, (longest if longest >= 0 else finding)
    if longest >= 0:
        limit = NODE_NORMAL_UP_TO if kind == NODE else 0.0
        return (PRESENT if events.value[longest] > limit else GONE), longest
    return (GONE if word <= RESOLVED else UNCLEAR), finding


@part
def nadir(events: Events, site: float, lesion: float, until: float) -> tuple[float, float]:
    """(product, longest diameter) of the smallest product: of the last look before the infusion and those after it."""
    last = -np.inf
    for i in range(len(events.time)):
        same = events.channel[i] == AXES and events.low[i] == site and events.high[i] == lesion
        if same and not after_infusion(events.time[i]):
            last = float(events.time[i])
    area, longest, when = np.nan, np.nan, np.nan
    for i in range(len(events.time)):
        same = events.channel[i] == AXES and events.low[i] == site and events.high[i] == lesion
        if not same or events.time[i] < last or events.time[i] >= until:
            continue
        own = np.nan
        for j in range(len(events.time)):
            if events.channel[j] == LONGEST and events.uid[j] == events.uid[i]:
                own = float(events.value[j])
        twin = events.value[i] == area and events.time[i] == when
        if np.isnan(area) or events.value[i] < area or (twin and own < longest):
            area, longest, when = float(events.value[i]), own, float(events.time[i])
    return area, longest


@part
def progressive(events: Events, kind: int, site: float, lesion: float, at: float, window: float, state: int) -> int:
    """1 when the lesion is new or has grown, 0 when not, 2 when a size or the result of a biopsy is missing."""
    said = tissue(events, site, lesion, at, window)[0]
    if said == FREE:
        return 0
    longest = nearest(events, LONGEST, site, lesion, at, window)
    if is_new(events, site, lesion, at, window):
        if said == INFILTRATED:
            return 1
        if longest < 0 or said == UNREAD:
            return UNCLEAR
        limit = NODE_NORMAL_UP_TO if kind == NODE else NEW_EXTRANODAL_ABOVE
        return 1 if events.value[longest] > limit else UNCLEAR if said == SOMEWHERE else 0
    if state == GONE:
        return 0
    if longest < 0:
        return UNCLEAR
    length, at_look = float(events.value[longest]), float(events.time[longest])
    if length <= NODE_NORMAL_UP_TO:
        return 0
    area = nearest(events, AXES, site, lesion, at, window)
    before, length_before = nadir(events, site, lesion, at_look)
    if area < 0 or events.time[area] != at_look or np.isnan(before):
        return UNCLEAR
    now = float(events.value[area])
    short_before = before / length_before if length_before > 0.0 else 0.0
    longer = max(length - length_before, now / length - short_before)
    step = SMALL_STEP_FROM if length_before <= SMALL_UP_TO else LARGE_STEP_FROM
    if now >= GROWTH_FROM * before * (1.0 - EPSILON) and longer >= step - EPSILON:
        return UNCLEAR if said == UNREAD else 1
    return UNCLEAR if unmeasured(events, site, lesion, at_look) else 0


@part
def spleen(events: Events, at: float, window: float) -> tuple[int, int, int, int]:
    """(normal, fallen enough for PR, grown; deciding event); each 1 yes, 0 no, 2 unclear."""
    taking_part = False
    for i in range(len(events.time)):
        taking_part = taking_part or (events.channel[i] == SPLEEN and events.time[i] <= at + window)
    if not taking_part:
        return 1, 1, 0, -1
    i = nearest(events, SPLEEN, -1.0, -1.0, at, window)
    if i < 0:
        return 2, 2, 2, -1
    length = float(events.value[i])
    if length <= SPLEEN_NORMAL_UP_TO:
        return 1, 1, 0, i
    before = baseline(events, SPLEEN, -1.0, -1.0)
    lowest = smallest_before(events, SPLEEN, -1.0, -1.0, float(events.time[i]))
    excess = before - SPLEEN_NORMAL_UP_TO
    if lowest <= SPLEEN_NORMAL_UP_TO and length - lowest >= SPLEEN_NEW_FROM - EPSILON:
        return 0, 0, 1, i
    if excess > 0.0 and length - before > SPLEEN_GROWTH_ABOVE * excess + EPSILON:
        return 0, 0, 1, i
    if np.isnan(before):
        return 0, 2, 2, i
    hole = False
    for j in range(i):
        hole = hole or (events.channel[j] == SPLEEN and events.status[j] == 4)
    fallen = excess <= 0.0 or before - length > SPLEEN_FALL_ABOVE * excess + EPSILON
    return 0, (2 if hole else 1 if fallen else 0), (2 if hole else 0), i
