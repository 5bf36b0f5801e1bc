"""The five domains of ASTCT ICANS: what the current entries say about each, as grade bounds.

In: which entries are current at one moment. Out: lowest and highest grade of a domain and the inputs that would settle it.
Decided here, for the grid of `astct2019.py` (lee2019astct; the readings are ours, key cartrace): which findings bound each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.icans import astct2019_inputs as inputs
from cartrace.assess.sweep import STATUS_NOT_RECORDED, Floats, Ints, minute_of, tie
from cartrace.course import Status
from cartrace.course.events import Events

# ICE score unimpaired, and the upper limit of each band; lee2019astct, grid, first row.
ICE_UNIMPAIRED = 10.0
ICE_GRADE_1_UP_TO = 9.0
ICE_GRADE_2_UP_TO = 6.0
ICE_GRADE_3_UP_TO = 2.0
ICE_GRADE_4_UP_TO = 0.0
# CAPD score of grade 3; lee2019astct (children), traube2014capd (positive screen).
CAPD_FROM = 9.0
# [a] CAPD in developmental delay up to this age; santomasso2021asco.
DELAY_UP_TO = 21.0
# CAPD items that score backwards, and the most an item scores; traube2014capd, form.
CAPD_REVERSED = 4
CAPD_ITEM_MOST = 4

LOW, HIGH, MISSING = 0, 1, 2
LAST_STATUS_WITH_VALUE = int(Status.ABOVE)

# Coded values of consciousness by their place in the vocabulary, and what is not recorded or attributed elsewhere.
ALERT, SPONTANEOUS, VOICE, TOUCH, UNAROUSABLE, SEDATED, NOT_KNOWN = 0, 1, 2, 3, 4, 5, -1


def capd_total(frequencies: Sequence[int]) -> int:
    """CAPD total from how often each of the eight items was seen, 0 never to 4 always.

    Items 1-4 describe what a well child does and score backwards (always = 0). Raises ValueError for anything else.
    """
    if len(frequencies) != 8 or any(f not in range(CAPD_ITEM_MOST + 1) for f in frequencies):
        raise ValueError("CAPD has eight items, each 0 (never) to 4 (always)")
    well, ill = frequencies[:CAPD_REVERSED], frequencies[CAPD_REVERSED:]
    return sum(CAPD_ITEM_MOST - f for f in well) + sum(ill)


@part
def set_bounds(bounds: Ints, low: int, high: int, missing: int) -> None:
    """A domain's bounds; `missing` is the channel that would settle them."""
    bounds[LOW], bounds[HIGH] = low, high
    bounds[MISSING] = 1 << missing if high > low else 0


@part
def ranks(events: Events) -> Floats:
    """For entries of one input at one minute: the highest rank counts. Unknown is lowest, attributed elsewhere next."""
    rank = np.zeros(len(events.time))
    for i in range(len(events.time)):
        channel, value = events.channel[i], events.value[i]
        if np.isnan(value) or events.status[i] > LAST_STATUS_WITH_VALUE:
            rank[i] = -1e8 if events.status[i] == STATUS_NOT_RECORDED else -1e9
            continue
        if channel == inputs.ICE:
            rank[i] = -value
        elif channel == inputs.DEATH:
            rank[i] = 2.0 if value == 2.0 else 1.0 if value == 0.0 else 0.0
        else:
            rank[i] = value
        rank[i] += tie(events, i, channel == inputs.ICE) - (1e6 if events.attributed[i] == -1 else 0.0)
    return rank


@part
def known(events: Events, i: int) -> bool:
    """Whether entry `i` (-1: none current) has a value."""
    return i >= 0 and not np.isnan(events.value[i])


@part
def harmless(events: Events, i: int) -> bool:
    """Whether entry `i` was attributed to another cause."""
    return i >= 0 and not np.isnan(events.value[i]) and events.attributed[i] == -1


@part
def state_of_mind(events: Events, current: Ints) -> int:
    """Consciousness now: ALERT .. SEDATED, or NOT_KNOWN. Attributed to another cause counts as alert."""
    i = current[inputs.CONSCIOUSNESS]
    if not known(events, i):
        return NOT_KNOWN
    if events.value[i] != SEDATED and events.attributed[i] == -1:
        return ALERT
    return int(events.value[i])


@part
def consciousness_domain(events: Events, current: Ints, by_capd: bool, bounds: Ints) -> None:
    """Depressed level of consciousness. A score that needs somebody awake bounds what was not recorded."""
    state = state_of_mind(events, current)
    if state != NOT_KNOWN:
        set_bounds(bounds, state, state, inputs.CONSCIOUSNESS)
        return
    most = UNAROUSABLE
    i, blank = current[inputs.CAPD if by_capd else inputs.ICE], current[inputs.CONSCIOUSNESS]
    speaks = known(events, i) and (blank < 0 or minute_of(events.time[i]) >= minute_of(events.time[blank]))
    if speaks and by_capd and events.value[i] < CAPD_FROM:
        most = VOICE
    elif speaks and not by_capd and events.value[i] > ICE_GRADE_4_UP_TO:
        most = TOUCH
    set_bounds(bounds, 0, most, inputs.CONSCIOUSNESS)


@part
def score_domain(events: Events, current: Ints, by_capd: bool, bounds: Ints) -> None:
    """ICE or CAPD."""
    channel = inputs.CAPD if by_capd else inputs.ICE
    i, state = current[channel], state_of_mind(events, current)
    if harmless(events, i):
        set_bounds(bounds, 0, 0, channel)
    elif not known(events, i):
        set_bounds(bounds, 0, 4 if state in (NOT_KNOWN, UNAROUSABLE) else 3, channel)
    elif by_capd:
        grade = 3 if events.value[i] >= CAPD_FROM else 1 if events.value[i] > 0 else 0
        set_bounds(bounds, grade, grade, channel)
    else:
        aphasia = current[inputs.APHASIA]
        ice_bands(events.value[i], state, known(events, aphasia) and events.value[aphasia] > 0, bounds)


@part
def ice_bands(score: float, state: int, aphasia: bool, bounds: Ints) -> None:
    """The ICE row of the grid."""
    if score <= ICE_GRADE_4_UP_TO:
        if aphasia or state not in (NOT_KNOWN, UNAROUSABLE):
            set_bounds(bounds, 3, 3, inputs.CONSCIOUSNESS)
        else:
            set_bounds(bounds, 4 if state == UNAROUSABLE else 3, 4, inputs.CONSCIOUSNESS)
    elif score <= ICE_GRADE_3_UP_TO:
        set_bounds(bounds, 3, 3, inputs.ICE)
    elif score <= ICE_GRADE_2_UP_TO:
        set_bounds(bounds, 2, 2, inputs.ICE)
    elif score <= ICE_GRADE_1_UP_TO:
        set_bounds(bounds, 1, 1, inputs.ICE)
    else:
        set_bounds(bounds, 0, 0, inputs.ICE)


@part
def seizure_domain(events: Events, current: Ints, silent: int, bounds: Ints) -> None:
    """Any seizure is 3; longer than five minutes or repetitive is 4."""
    i = current[inputs.SEIZURE]
    if not known(events, i):
        set_bounds(bounds, 0, 0 if silent and i < 0 else 4, inputs.SEIZURE)
        return
    brief, long = events.value[i] > 0, events.value[i] > 2
    grade = 0 if harmless(events, i) else 4 if long else 3 if brief else 0
    set_bounds(bounds, grade, grade, inputs.SEIZURE)


@part
def motor_domain(events: Events, current: Ints, silent: int, bounds: Ints) -> None:
    """Deep focal weakness is 4."""
    i = current[inputs.WEAKNESS]
    if not known(events, i):
        set_bounds(bounds, 0, 0 if silent and i < 0 else 4, inputs.WEAKNESS)
        return
    grade = 4 if events.value[i] > 0 and not harmless(events, i) else 0
    set_bounds(bounds, grade, grade, inputs.WEAKNESS)


@part
def pressure_domain(events: Events, current: Ints, silent: int, bounds: Ints) -> None:
    """Raised intracranial pressure: signs are 4, diffuse oedema 4, focal oedema 3."""
    sign, oedema, bleeding = current[inputs.SIGN], current[inputs.OEDEMA], current[inputs.HAEMORRHAGE]
    low, high, asked = 0, 0, inputs.OEDEMA
    bled = known(events, bleeding) and events.value[bleeding] > 0
    if known(events, oedema) and not harmless(events, oedema) and not bled:
        high = 4 if events.value[oedema] > 1 else 3 if events.value[oedema] > 0 else 0
        low = high if bleeding < 0 or known(events, bleeding) else 0
        asked = inputs.HAEMORRHAGE
    elif oedema >= 0 and events.status[oedema] == STATUS_NOT_RECORDED and not bled:
        high = 4
    if not known(events, sign):
        set_bounds(bounds, low, high if silent and sign < 0 else 4, asked if silent and sign < 0 else inputs.SIGN)
    elif events.value[sign] > 0 and not harmless(events, sign):
        set_bounds(bounds, 4, 4, inputs.SIGN)
    else:
        set_bounds(bounds, low, high, asked)
