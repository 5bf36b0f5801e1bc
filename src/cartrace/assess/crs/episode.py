"""CRS over time, for every edition: fever opens an episode, each moment is graded, a clock closes the episode.

In: events, and what an edition brings: its levels now, and whether it still asks for fever. Out: rows of grades and facts;
the facts of a step are the lowest and highest level of pressure, oxygen and organs, in `AXES` order.
Decided here: what `astct2019.py` states in its Readings about onset, missed onsets, resolution and death; an edition
that differs says so in its own. Grade = 1 + level: level 1 is whatever the edition prints as grade 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019_axes import decide_axis, fever, left_open
from cartrace.assess.crs.astct2019_gate import (
    CAUSE_MISSING,
    DOSE,
    EARLIER,
    GAP,
    GRADE_SLOTS,
    HIGH,
    LATE,
    LOW,
    MASKED,
    MISSING,
    NOTHING_CURRENT,
    REASON,
    STILL_OPEN,
    TEMPERATURE_MISSING,
    WITHOUT_FEVER,
    gate,
    masked,
)
from cartrace.assess.rule import NOT_GRADED, Option, Steps
from cartrace.assess.sweep import (
    Floats,
    Ints,
    apply,
    changes,
    decide,
    end_minute,
    ends_of,
    minute_of,
    new_episode,
    open_episode,
    run_clock,
    summarise,
    write_facts,
    write_step,
)
from cartrace.course import Events
from cartrace.course.clock import MINUTES_PER_DAY

# [d] onset later than this day after an infusion is reviewed; lee2019astct as restated by calculators.
LATE_ONSET_ABOVE = 14
# Grade of death with CRS as the principal cause; lee2019astct, from memory.
DEATH_GRADE = 5

VALIDITY, RESOLUTION, EPISODE_GAP, SYSTOLIC_PROXY = 0, 1, 2, 3
OPTIONS = (
    Option("validity_hours", 24.0, "how long a reading holds", "h"),
    Option(
        "resolution_hours", 24.0, "how long an episode must be clear before it counts as resolved (24, 48 or 72)", "h"
    ),
    Option("gap_hours", 0.0, "fever up to this long after resolution goes on with the same episode", "h"),
    Option(
        "systolic_proxy",
        0.0,
        "adults: systolic pressure below 90 mmHg where hypotension is not recorded",
        values=(("off", 0.0), ("on", 1.0)),
    ),
)

AXES = ("pressure", "oxygen", "organ")
"""Axes of an edition; columns 2 k and 2 k + 1 of a step's facts are the lowest and highest level of axis k."""

# Places for the channels of any edition.
PLACES = 32

# Slots of the rule's memory between moments: minutes or event numbers, -1 = none.
(
    MAYBE,
    SEEN_CLEAR,
    INFUSED,
    DEVICE_CODE,
    DEVICE_SINCE,
    SUPPORT,
    EPISODE_FLAGS,
    CHARTS,
    START_MINUTE,
    LAST,
    MEASURED,
    HIDDEN,
) = range(12)
MEMORY_SLOTS = 12

DEATH_OF_CRS = 1.0


class State(NamedTuple):
    """What is current at one moment, and what the rule remembers.

    pressure, oxygen, organ   levels of the axes, as `astct2019_axes.py` lays them out
    mild                      lowest and highest grade, 0 or 1, that an edition gives at level 0 without fever
    """

    current: Ints
    running: Ints
    lost: Ints
    episode: Ints
    memory: Ints
    pressure: Ints
    oxygen: Ints
    organ: Ints
    grade: Ints
    mild: Ints


Levels = Callable[[Events, State, int, Floats], None]
"""Part of an edition: the levels of its axes now, into the state. (events, state, now, option)"""

Waiver = Callable[[Events, Ints, State, int], int]
"""Part of an edition: whether it asks for no fever now: NO, UNKNOWN or YES. (events, ends, state, now)"""


@part
def begin(events: Events, holds: Ints) -> State:
    """The state before the first event. What is no reading about the patient is graded while such a reading holds."""
    memory = np.full(MEMORY_SLOTS, -1, dtype=np.int64)
    memory[EPISODE_FLAGS], memory[CHARTS], memory[START_MINUTE], memory[INFUSED], memory[LAST] = 0, 0, 0, 0, -1
    for i in range(len(events.time)):
        if events.channel[i] == inputs.CHARTS:
            memory[CHARTS] = int(events.value[i])
        elif events.channel[i] == inputs.CLOCK:
            memory[START_MINUTE] = int(events.value[i])
        elif events.channel[i] <= inputs.VASOPRESSIN:
            memory[LAST] = minute_of(events.time[i])
            if events.channel[i] == inputs.TEMPERATURE and events.time[i] >= 0.0 and not np.isnan(events.value[i]):
                memory[MEASURED] = 1
    until = memory[LAST] + holds[inputs.TEMPERATURE] if memory[LAST] >= 0 else -1
    for i in range(len(events.time)):
        if events.channel[i] > inputs.CLOCK and events.uid[i] >= 0 and minute_of(events.time[i]) < until:
            memory[LAST] = max(memory[LAST], minute_of(events.time[i]))
    none = np.full(PLACES, -1, dtype=np.int64)
    axis = np.zeros(axes.AXIS_SLOTS, np.int64)
    axis[axes.EVIDENCE :] = -1
    grade, mild = np.zeros(GRADE_SLOTS, np.int64), np.zeros(2, np.int64)
    return State(none, none * 0, none * 0, new_episode(), memory, axis, axis.copy(), axis.copy(), grade, mild)


@part
def track_device(events: Events, state: State, now: int) -> None:
    """Since when the oxygen device has been the same, the time before the infusion included."""
    memory, device = state.memory, state.current[inputs.DEVICE]
    code = -1 if device < 0 or np.isnan(events.value[device]) else int(events.value[device])
    if code != memory[DEVICE_CODE]:
        memory[DEVICE_CODE], memory[DEVICE_SINCE] = code, now


@part
def track_agents(events: Events, ends: Ints, state: State, now: int) -> None:
    """Of the courses of one vasopressor that run now, the one with the highest dose is named; one without a dose comes last."""
    if state.running.max() == 0:
        return
    most = np.full(PLACES, -np.inf)
    for i in range(len(events.time)):
        agent = events.channel[i]
        if not inputs.AGENTS_FIRST <= agent <= inputs.VASOPRESSIN or ends[i] == sweep.NO_START:
            continue
        begun = minute_of(events.time[i])
        until = end_minute(events, i, ends[i]) if ends[i] >= 0 else begun + 1
        dose = -1.0 if np.isnan(events.value[i]) else events.value[i]
        if begun <= now and (now < until or ends[i] == sweep.ONGOING) and dose > most[agent]:
            most[agent] = dose
            state.current[agent] = i


@part
def lowest(state: State) -> int:
    """The level that is certain now."""
    return int(max(state.pressure[axes.LOW], state.oxygen[axes.LOW], state.organ[axes.LOW]))


@part
def highest(state: State) -> int:
    """The level that is possible now."""
    return int(max(state.pressure[axes.HIGH], state.oxygen[axes.HIGH], state.organ[axes.HIGH]))


@part
def onset(events: Events, ends: Ints, state: State, now: int, gap: int) -> None:
    """Fever opens an episode, with the flags that it keeps while it is open."""
    memory, episode, event = state.memory, state.episode, state.current[inputs.TEMPERATURE]
    before = episode[sweep.COUNT]
    open_episode(episode, now, event, gap)
    if episode[sweep.COUNT] == before:
        return
    memory[EPISODE_FLAGS] = MASKED if masked(events, ends, now) else 0
    if events.day[event] - memory[INFUSED] > LATE_ONSET_ABOVE:
        memory[EPISODE_FLAGS] |= LATE
    if memory[MAYBE] >= 0:
        memory[EPISODE_FLAGS] |= EARLIER


@part
def judge(events: Events, ends: Ints, state: State, now: int, heat: int, waiver: Waiver) -> None:
    """The grade now, into `state.grade`."""
    grade, memory, episode = state.grade, state.memory, state.episode
    low, high = lowest(state), highest(state)
    opened = episode[sweep.OPEN] == 1
    left_out = state.current[inputs.TEMPERATURE] >= 0 or (high > 0 and left_open(events, state.current, state.lost))
    asked = memory[MEASURED] == 1 or memory[MAYBE] >= 0
    missed = not opened and heat == sweep.UNKNOWN and (low > 0 or (asked and left_out))
    if missed and memory[MAYBE] < 0:
        memory[MAYBE] = now
    gate(heat, waiver(events, ends, state, now), low, high, opened, missed, memory[MAYBE] >= 0, grade)
    if opened and grade[LOW] >= 0:
        grade[LOW], grade[HIGH] = max(grade[LOW], state.mild[0]), max(grade[HIGH], state.mild[1])
    for axis in (state.pressure, state.oxygen, state.organ):
        grade[REASON] |= axis[axes.FLAGS]
        if axis[axes.HIGH] > low:
            grade[MISSING] |= axis[axes.MISSING]
    grade[REASON] |= memory[EPISODE_FLAGS] if opened else 0
    if not opened and grade[REASON] & WITHOUT_FEVER and masked(events, ends, now):
        grade[REASON] |= MASKED
    if opened and grade[LOW] == 0:
        grade[REASON] |= STILL_OPEN
    if (
        opened
        and heat == sweep.UNKNOWN
        and low == 0
        and state.current[: inputs.DEATH].max() < 0
        and state.running.max() == 0
    ):
        grade[LOW], grade[HIGH] = NOT_GRADED, NOT_GRADED
        grade[REASON] |= NOTHING_CURRENT
    death(events, state, opened or memory[MAYBE] >= 0)


@part
def death(events: Events, state: State, possible: bool) -> None:
    """Death with CRS as the principal cause is grade 5; of unknown cause in a possible episode it may be."""
    i, grade = state.current[inputs.DEATH], state.grade
    if i < 0 or events.attributed[i] == -1:
        return
    if events.value[i] == DEATH_OF_CRS:
        grade[LOW], grade[HIGH], grade[MISSING] = DEATH_GRADE, DEATH_GRADE, 0
    elif possible and not events.value[i] > DEATH_OF_CRS:
        grade[LOW], grade[HIGH] = max(grade[LOW], 0), DEATH_GRADE
        grade[MISSING] |= 1 << inputs.DEATH
        grade[REASON] |= CAUSE_MISSING


@part
def close(state: State, clear: int, since: int, now: int, resolution: int, looked: int) -> None:
    """Let the clock run to now. A missed onset is forgotten after the same time clear with no entry left open.

    An episode that closed across an entry left open may go on unseen.
    """
    memory, opened = state.memory, state.episode[sweep.OPEN]
    run_clock(state.episode, clear, since, now, resolution, looked)
    if clear == sweep.NO or (clear == sweep.UNKNOWN and memory[HIDDEN] == 1):
        memory[SEEN_CLEAR] = -1
    elif clear == sweep.YES and memory[SEEN_CLEAR] < 0:
        memory[SEEN_CLEAR] = since
    seen = looked == 1 and memory[SEEN_CLEAR] >= 0 and now - memory[SEEN_CLEAR] >= resolution
    if state.episode[sweep.OPEN] < opened:
        memory[MAYBE] = -1 if seen else state.episode[sweep.ONSET]
    elif opened == 0 and seen:
        memory[MAYBE] = -1


@part
def moment(
    events: Events, ends: Ints, state: State, now: int, option: Floats, steps: Steps, row: int,
    levels: Levels, waiver: Waiver,
) -> int:  # fmt: skip
    """Grade one moment into `row`; returns whether the patient is clear of CRS now (NO, UNKNOWN, YES)."""
    grade, temperature = state.grade, state.current[inputs.TEMPERATURE]
    levels(events, state, now, option)
    if state.memory[SUPPORT] < 0 and max(state.pressure[axes.LOW], state.oxygen[axes.LOW]) > 0:
        state.memory[SUPPORT] = now
    heat = fever(events, temperature)
    if heat == sweep.YES and state.episode[sweep.OPEN] == 0:
        onset(events, ends, state, now, int(option[EPISODE_GAP] * 60))
    judge(events, ends, state, now, heat, waiver)
    write_step(steps, row, now, grade[LOW], grade[HIGH], grade[REASON], grade[MISSING])
    for k, axis in enumerate((state.pressure, state.oxygen, state.organ)):
        steps.fact[row, 2 * k], steps.fact[row, 2 * k + 1] = axis[axes.LOW], axis[axes.HIGH]
    decide(steps, row, state.current[inputs.DEATH])
    decide(steps, row, temperature)
    if heat != sweep.YES and state.episode[sweep.OPEN] == 1:
        decide(steps, row, state.episode[sweep.ONSET_EVENT])
        decide(steps, row, grade[DOSE])
    decide_axis(steps, row, state.pressure)
    decide_axis(steps, row, state.oxygen)
    decide_axis(steps, row, state.organ)
    if heat == sweep.YES or max(lowest(state), state.mild[0]) > 0:
        return sweep.NO
    state.memory[HIDDEN] = 1 if left_open(events, state.current, state.lost) else 0
    quiet = heat == sweep.NO and max(highest(state), state.mild[1]) == 0
    return sweep.YES if quiet else sweep.UNKNOWN


@part
def reading_holds(option: Floats) -> Ints:
    """[min] how long the readings that every edition shares hold; 0 = until the next one."""
    holds = np.zeros(PLACES, dtype=np.int64)
    holds[: inputs.DEATH] = max(int(option[VALIDITY] * 60), 1)
    return holds


@part
def over_time(
    events: Events, option: Floats, steps: Steps, holds: Ints, rank: Floats, levels: Levels, waiver: Waiver
) -> int:
    """Every step of the course, then row 0 with its worst and the facts. Returns how many rows there are."""
    resolution = int(option[RESOLUTION] * 60)
    ends = ends_of(events, inputs.AGENTS_FIRST, inputs.DOSES_LAST)
    minute, kind, event = changes(events, ends, holds, (inputs.AGENTS_FIRST, inputs.VASOPRESSIN))
    state = begin(events, holds)
    rows, k, since, clear = 1, 0, 0, sweep.UNKNOWN
    while k < len(minute) and minute[k] <= state.memory[LAST] and state.current[inputs.DEATH] < 0:
        now, looked, touched = minute[k], 0, False
        while k < len(minute) and minute[k] == now:
            apply(events, kind[k], event[k], state.current, state.running, state.lost, rank)
            channel = events.channel[event[k]]
            if channel == inputs.INFUSION:
                state.memory[INFUSED] = events.day[event[k]]
            else:
                touched = True
            if kind[k] == sweep.READ and channel <= inputs.DEATH:
                looked = 1
            k += 1
        track_device(events, state, now)
        track_agents(events, ends, state, now)
        if now < 0 or not touched:
            continue
        close(state, clear, since, now, resolution, looked)
        clear, since = moment(events, ends, state, now, option, steps, rows, levels, waiver), now
        rows += 1
    summarise(steps, rows, TEMPERATURE_MISSING | NOTHING_CURRENT)
    write_facts(steps, rows, state.episode, since, state.memory[START_MINUTE])
    if state.memory[SUPPORT] >= 0:
        steps.fact[0, sweep.OWN_FACT] = state.memory[SUPPORT] / MINUTES_PER_DAY
    if state.episode[sweep.ACROSS_GAP] == 1:
        steps.reason[0] |= GAP
    return rows
