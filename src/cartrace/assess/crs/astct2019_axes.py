"""The two axes of ASTCT CRS: what the current entries say about hypotension and hypoxia, as levels 0-3.

In: which entries are current and which vasopressors run at one moment. Out: lowest and highest level each, with evidence.
Decided here, for the grid of `astct2019.py` (lee2019astct; the readings are ours, key cartrace):

- Vasopressin never counts toward several vasopressors; alone it counts as one, flagged (the source is silent).
- "Hypotension: no" settles its axis at 0 while no vasopressor is recorded, drug chart or not; a vasopressor recorded against
  it counts. A fluid bolus is hypotension, until a later "hypotension: no". What is entered as not recorded with or after the "no",
  and a vasopressor of unknown end given since, open the question again.
- Without a declared chart, silence about vasopressors or oxygen is unknown; an entry "not recorded" is, declared or not.
  A vasopressor with one dose or without a recorded end is on at its start and unknown afterwards, whatever was charted before.
- A cannula at 0 L/min is no oxygen; a flow entered under another device does not count. A flow without a device gives a range,
  except 0 L/min with no device entered, which is no oxygen. A flow above 0, or not recorded, entered later than room air says
  that oxygen may have been begun on a device nobody entered.
  Intubation to protect the airway says nothing of hypoxia and counts 0 by itself.
- Systolic pressure is no part of the rule; as an option it stands in where hypotension itself is not recorded.
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.rule import Steps
from cartrace.assess.sweep import NO, UNKNOWN, YES, Floats, Ints, decide, minute_of, tie
from cartrace.course import Status
from cartrace.course.events import Events

# [Cel] fever; lee2019astct, grid, first row.
FEVER_FROM = 38.0
# [L/min] low flow; lee2019astct, grid, footnote on low flow.
LOW_FLOW_UP_TO = 6.0
# [L/min] a cannula that gives oxygen at all; cartrace.
FLOW_ABOVE = 0.0
# Concurrent vasopressors besides vasopressin for level 3; lee2019astct, grid, hypotension row.
SEVERAL_VASOPRESSORS_FROM = 2
# [mm[Hg]] adult screening proxy of some adaptations, not ASTCT; off by default; cartrace.
SYSTOLIC_BELOW = 90.0

DONE, BELOW, ABOVE = int(Status.DONE), int(Status.BELOW), int(Status.ABOVE)

# Coded values of oxygen_device by their place in the vocabulary.
ROOM_AIR, BLOW_BY, NASAL_CANNULA, HIGH_FLOW_CANNULA, FACE_MASK, VENTURI_MASK, CPAP, VENTILATION, PROTECTION = (
    0, 1, 2, 3, 4, 6, 7, 9, 10,
)  # fmt: skip

# In the place of a device: nothing to grade; something nobody recorded.
NO_SUPPORT, OPEN = -2, -1

# Bits of `reasons`, in the order of `astct2019.REASONS`.
VASOPRESSIN_ALONE, HIGH_FLOW_DEVICE_LOW, AIRWAY_PROTECTION, ELSEWHERE, PROXY = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4

# Slots of an axis; the last ones hold the events that decided it, -1 = none.
LOW, HIGH, MISSING, FLAGS, EVIDENCE = 0, 1, 2, 3, 4
AXIS_SLOTS = 7


@part
def name(axis: Ints, event: int) -> None:
    """Keep an event as evidence while there is room."""
    for k in range(EVIDENCE, AXIS_SLOTS):
        if axis[k] < 0:
            axis[k] = event
            return


@part
def clear_axis(axis: Ints) -> None:
    """Level 0, nothing missing, no evidence."""
    axis[:] = 0
    axis[EVIDENCE:] = -1


@part
def bounds(events: Events, i: int) -> tuple[float, float]:
    """Lowest and highest value that entry `i` leaves open."""
    value = events.value[i]
    if np.isnan(value) or events.status[i] > ABOVE:
        return -np.inf, np.inf
    if events.status[i] == BELOW:
        return -np.inf, np.nextafter(value, -np.inf)
    if events.status[i] == ABOVE:
        return np.nextafter(value, np.inf), np.inf
    return value, value


@part
def fever(events: Events, i: int) -> int:
    """Whether entry `i` (-1: none current) is a fever that counts. Fever before the infusion never does."""
    if i < 0 or np.isnan(events.value[i]):
        return UNKNOWN
    low, high = bounds(events, i)
    if high < FEVER_FROM:
        return NO
    if events.attributed[i] == -1 or events.time[i] < 0.0:
        return NO
    return YES if low >= FEVER_FROM else UNKNOWN


@part
def left_open(events: Events, current: Ints, lost: Ints) -> bool:
    """Whether a current entry says "not recorded", or a vasopressor was given whose end nobody recorded."""
    for channel in range(inputs.DEATH):
        if current[channel] >= 0 and np.isnan(events.value[current[channel]]):
            return True
    return bool(lost.max() > 0)


@part
def ranks(events: Events) -> Floats:
    """For entries of one input at one minute: the highest rank counts. Unknown is lowest, attributed elsewhere next."""
    rank = np.zeros(len(events.time))
    for i in range(len(events.time)):
        channel, value = events.channel[i], events.value[i]
        if channel > inputs.DEATH:
            continue
        if np.isnan(value) or events.status[i] > ABOVE:
            rank[i] = -1e9
            continue
        if channel == inputs.SYSTOLIC:
            rank[i] = -value
        elif channel == inputs.DEVICE and value == PROTECTION:
            rank[i] = ROOM_AIR + 0.5
        elif channel == inputs.DEATH:
            rank[i] = 2.0 if value == 1.0 else 1.0 if value == 0.0 else 0.0
        else:
            rank[i] = value
        rank[i] += tie(events, i, channel == inputs.SYSTOLIC) - (1e6 if events.attributed[i] == -1 else 0.0)
    return rank


@part
def reopened(events: Events, current: Ints, lost: Ints, at: int) -> bool:
    """Whether something since entry `at`, a "no", says that nobody knows any more."""
    said = minute_of(events.time[at])
    for agent in range(inputs.AGENTS_FIRST, inputs.VASOPRESSIN + 1):
        if lost[agent] > 0 and minute_of(events.time[lost[agent] - 1]) >= said:
            return True
    for channel in (inputs.BOLUS, inputs.CHARTED):
        j = current[channel]
        if j >= 0 and np.isnan(events.value[j]) and minute_of(events.time[j]) >= said:
            return True
    return False


@part
def pressure(events: Events, current: Ints, lost: Ints, proxy: float, axis: Ints) -> int:
    """Hypotension now: NO, UNKNOWN or YES; ELSEWHERE among the flags when another cause was named."""
    state, at = UNKNOWN, -1
    i = current[inputs.HYPOTENSION]
    if i >= 0 and not np.isnan(events.value[i]):
        state, at = (YES if events.value[i] > 0 else NO), i
        if state == YES and events.attributed[i] == -1:
            axis[FLAGS] |= ELSEWHERE
            name(axis, i)
            return NO
    elif proxy > 0 and current[inputs.SYSTOLIC] >= 0:
        j = current[inputs.SYSTOLIC]
        low, high = bounds(events, j)
        if high < SYSTOLIC_BELOW or low >= SYSTOLIC_BELOW:
            at = j
            state = YES if high < SYSTOLIC_BELOW and events.attributed[j] != -1 else NO
            axis[FLAGS] |= PROXY
    j = current[inputs.BOLUS]
    if j >= 0 and events.value[j] > 0 and events.attributed[j] != -1:
        said = at if at >= 0 else i
        outdated = said >= 0 and minute_of(events.time[said]) > minute_of(events.time[j])
        if state != YES and not outdated:
            state, at = YES, j
    if state == NO and reopened(events, current, lost, at):
        state = UNKNOWN
    name(axis, at)
    return state


@part
def vasopressors(
    events: Events, current: Ints, running: Ints, lost: Ints, complete: int, proxy: float, axis: Ints
) -> tuple[int, int, int, bool, bool]:
    """(hypotension, vasopressors for certain, at most, vasopressin for certain, possibly); flags and evidence into `axis`.

    Nothing at all, (NO, 0, 0, False, False), when what there is was attributed to another cause.
    """
    state = pressure(events, current, lost, proxy, axis)
    chart = current[inputs.CHARTED]
    charted = chart >= 0 and not np.isnan(events.value[chart])
    if axis[FLAGS] & ELSEWHERE:
        return NO, 0, 0, False, False
    if charted and events.attributed[chart] == -1:
        axis[FLAGS] |= ELSEWHERE
        return state, 0, 0, False, False
    certain, possible = 0, 0
    for agent in range(inputs.AGENTS_FIRST, inputs.AGENTS_LAST + 1):
        if running[agent] > 0:
            certain += 1
            name(axis, current[agent])
        elif lost[agent] > 0 and (not charted or events.time[lost[agent] - 1] >= events.time[chart]):
            possible += 1
    declared = complete & (inputs.COMPLETE_DRUGS | inputs.COMPLETE_VASOPRESSORS) != 0
    silent = not declared or (chart >= 0 and not charted)
    alone = running[inputs.VASOPRESSIN] > 0
    maybe_alone = alone or lost[inputs.VASOPRESSIN] > 0 or (not charted and silent)
    if charted and events.value[chart] > 0:
        name(axis, chart)
    if alone and certain < SEVERAL_VASOPRESSORS_FROM:
        name(axis, current[inputs.VASOPRESSIN])
    number = max(certain, int(events.value[chart])) if charted else certain
    most = max(number, certain + possible)
    if silent and not charted:
        most = max(certain, SEVERAL_VASOPRESSORS_FROM)
    if state == NO and number == 0 and not alone:
        return NO, 0, 0, False, False
    if alone and number == 0:
        axis[FLAGS] |= VASOPRESSIN_ALONE
    return state, number, most, alone, maybe_alone


@part
def hypotension_axis(
    events: Events, current: Ints, running: Ints, lost: Ints, complete: int, proxy: float, axis: Ints
) -> None:
    """Level of hypotension now, into `axis`."""
    clear_axis(axis)
    state, number, most, alone, maybe_alone = vasopressors(events, current, running, lost, complete, proxy, axis)
    axis[LOW] = hypotension_level(number, alone, state == YES)
    axis[HIGH] = hypotension_level(most, maybe_alone, state != NO)
    if axis[LOW] < axis[HIGH]:
        axis[MISSING] |= 1 << inputs.HYPOTENSION if state == UNKNOWN and axis[LOW] == 0 else 0
        axis[MISSING] |= 1 << inputs.CHARTED if most > number or maybe_alone != alone else 0


@part
def hypotension_level(vasopressors: int, vasopressin: bool, hypotension: bool) -> int:
    """The hypotension column of the grid."""
    if vasopressors >= SEVERAL_VASOPRESSORS_FROM:
        return 3
    if vasopressors == 1 or vasopressin:
        return 2
    return 1 if hypotension else 0


@part
def oxygen_support(
    events: Events, current: Ints, device_since: int, complete: int, axis: Ints
) -> tuple[int, float, float]:
    """(device, lowest and highest flow); flags and evidence into `axis`.

    The device is the coded one, NO_SUPPORT when nothing is to be graded, or OPEN when nobody recorded which it is.
    """
    device, flow = current[inputs.DEVICE], current[inputs.FLOW]
    name(axis, device)
    known = device >= 0 and not np.isnan(events.value[device])
    if known and events.attributed[device] == -1:
        axis[FLAGS] |= ELSEWHERE
        return NO_SUPPORT, 0.0, 0.0
    if device >= 0 and not known:
        device_since = minute_of(events.time[device])
    if flow >= 0 and device >= 0 and minute_of(events.time[flow]) < device_since:
        flow = -1
    low, high = bounds(events, flow) if flow >= 0 else (-np.inf, np.inf)
    elsewhere = flow >= 0 and events.attributed[flow] == -1 and low > -np.inf
    if known and flow >= 0 and events.value[device] == ROOM_AIR and high > FLOW_ABOVE and not elsewhere:
        known = minute_of(events.time[flow]) <= minute_of(events.time[device])
    if known:
        if events.value[device] in (NASAL_CANNULA, HIGH_FLOW_CANNULA):
            name(axis, flow)
        return int(events.value[device]), low, high
    if device < 0 and flow < 0 and complete & inputs.COMPLETE_OXYGEN:
        return NO_SUPPORT, 0.0, 0.0
    name(axis, flow)
    axis[FLAGS] |= ELSEWHERE if elsewhere else 0
    if device < 0 and (elsewhere or high <= FLOW_ABOVE):
        return NO_SUPPORT, 0.0, 0.0
    return OPEN, -np.inf if elsewhere else low, high


@part
def hypoxia_axis(events: Events, current: Ints, device_since: int, complete: int, axis: Ints) -> None:
    """Level of hypoxia now, into `axis`."""
    clear_axis(axis)
    code, low, high = oxygen_support(events, current, device_since, complete, axis)
    if code == OPEN:
        axis[LOW] = 2 if low > LOW_FLOW_UP_TO else 1 if low > FLOW_ABOVE else 0
        axis[HIGH] = 3
        axis[MISSING] = 1 << inputs.DEVICE if axis[LOW] < axis[HIGH] else 0
    elif code in (NASAL_CANNULA, HIGH_FLOW_CANNULA):
        cannula(low, high, code == HIGH_FLOW_CANNULA, axis)
    elif code == BLOW_BY:
        axis[LOW], axis[HIGH] = 1, 1
    elif FACE_MASK <= code <= VENTURI_MASK:
        axis[LOW], axis[HIGH] = 2, 2
    elif CPAP <= code <= VENTILATION:
        axis[LOW], axis[HIGH] = 3, 3
    elif code == PROTECTION:
        axis[FLAGS] |= AIRWAY_PROTECTION


@part
def cannula(low: float, high: float, high_flow_device: bool, axis: Ints) -> None:
    """A cannula is graded by its flow, whatever the device is called."""
    if high <= FLOW_ABOVE:
        return
    axis[LOW] = 2 if low > LOW_FLOW_UP_TO else 1
    axis[HIGH] = 1 if high <= LOW_FLOW_UP_TO else 2
    if axis[LOW] < axis[HIGH]:
        axis[MISSING] |= 1 << inputs.FLOW
    if high_flow_device and axis[HIGH] == 1:
        axis[FLAGS] |= HIGH_FLOW_DEVICE_LOW


@part
def decide_axis(steps: Steps, row: int, axis: Ints) -> None:
    """Name what decided an axis."""
    for k in range(EVIDENCE, AXIS_SLOTS):
        decide(steps, row, axis[k])
