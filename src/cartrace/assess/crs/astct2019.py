"""CRS by the ASTCT consensus of 2019, as a step function of time.

In: temperature, hypotension, vasopressors, oxygen, antipyretic and anticytokine drugs of one course.
Out: grade 0-5 over time, its worst per day and over the course, onset, peak, resolution, durations.
Decided here: the fever gate and its waiver; the two axes themselves are in `astct2019_axes.py`.

**Published rule** lee2019astct, consensus grid (read through its reprints), grade = 1 + the worse axis, both behind the fever gate:

    level  hypotension                                 hypoxia                                          grade
    0      none                                        none                                             1  (fever >= 38.0 Cel)
    1      present, no vasopressor                     low flow (<= 6 L/min) cannula or blow-by         2
    2      one vasopressor, with or without vasopressin  cannula > 6 L/min, face mask, non-rebreather, Venturi   3
    3      two or more vasopressors besides vasopressin  CPAP, BiPAP, ventilation                       4
    -      death with CRS as the principal cause                                                        5

Fever opens an episode. After an antipyretic, anticytokine drug or corticosteroid given at or after that onset, later
grading needs no fever: the axes alone count. Without such a drug no fever means no CRS at that moment.

**Readings**

- Onset: the first temperature >= 38.0 Cel at or after the first infusion that nobody attributed to another cause.
- Before onset only temperature matters: a course that was always below 38.0 Cel is grade 0, whatever else is missing.
  Hypotension or hypoxia without fever stays 0 with the flag `without_fever`; it never opens an episode.
- A moment before onset without a current temperature is not graded and counts for nothing; but when hypotension, a vasopressor
  or oxygen is recorded at that moment, or one of these or a temperature is entered as not recorded in a course that has others,
  the fever gate itself is unknown: 0 to 1 + level, and so is what follows without fever (an onset may have been missed), until
  the patient was clear for `resolution_hours` with no entry left open. An episode closed across such an entry may go on likewise.
- After onset without a current temperature: 0 (1 + level under the waiver) to 1 + level; not graded while nothing is current.
- A finding attributed to another cause counts as known and harmless; hypotension attributed elsewhere takes its vasopressors along.
- Silence in the drug chart is unknown unless "drugs" is declared complete: afebrile hypotension or hypoxia is then 0 to 1 + level.
- A dose at the minute of onset lies after onset. A dose and an onset of which one is known by its day only, on the same day,
  have no known order: waived or not. A drug course running over the onset counts as given after it.
- Masked onset: such a drug given or running between the first infusion and onset sets `onset_may_be_masked`.
- A reading holds for `validity_hours`; then its axis is unknown. Nothing is graded beyond the last
  entry about the patient (readings and vasopressors; the end of another drug is none).
- Resolution: the first moment without fever, vasopressor, hypotension or oxygen since which none of these came back for
  `resolution_hours`, and after which somebody looked again. Fever more than `gap_hours` after it is a new episode.
- Death of unknown cause during an open episode raises the upper bound to 5. Nothing is graded after death.
- Late onset is counted from the latest infusion before it.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019_axes import (
    FEVER_FROM,
    FLOW_ABOVE,
    LOW_FLOW_UP_TO,
    SEVERAL_VASOPRESSORS_FROM,
    SYSTOLIC_BELOW,
    decide_axis,
    fever,
    hypotension_axis,
    hypoxia_axis,
    left_open,
    ranks,
)
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
    REASONS,
    STILL_OPEN,
    TEMPERATURE_MISSING,
    WITHOUT_FEVER,
    gate,
    masked,
    waiver,
)
from cartrace.assess.crs.astct2019_inputs import gather_with_standing_facts
from cartrace.assess.episodes import assess_over_time
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Rule, Steps
from cartrace.assess.sweep import (
    Ints,
    apply,
    changes,
    decide,
    ends_of,
    minute_of,
    new_episode,
    open_episode,
    run_clock,
    study_day,
    summarise,
    write_facts,
    write_step,
)
from cartrace.course import Course, Events
from cartrace.course.clock import MINUTES_PER_DAY

__all__ = [
    "FEVER_FROM",
    "FLOW_ABOVE",
    "LATE_ONSET_ABOVE",
    "LOW_FLOW_UP_TO",
    "RULE",
    "SEVERAL_VASOPRESSORS_FROM",
    "SYSTOLIC_BELOW",
]

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
    """What is current at one moment, and what the rule remembers."""

    current: Ints
    running: Ints
    lost: Ints
    episode: Ints
    memory: Ints
    pressure: Ints
    oxygen: Ints
    grade: Ints


@part
def begin(events: Events) -> State:
    """The state before the first event."""
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
    none = np.full(inputs.CLOCK + 1, -1, dtype=np.int64)
    axis = np.zeros(axes.AXIS_SLOTS, np.int64)
    return State(none, none * 0, none * 0, new_episode(), memory, axis, axis * 0, np.zeros(GRADE_SLOTS, np.int64))


@part
def track_device(events: Events, state: State, now: int) -> None:
    """Since when the oxygen device has been the same, the time before the infusion included."""
    memory, device = state.memory, state.current[inputs.DEVICE]
    code = -1 if device < 0 or np.isnan(events.value[device]) else int(events.value[device])
    if code != memory[DEVICE_CODE]:
        memory[DEVICE_CODE], memory[DEVICE_SINCE] = code, now


@part
def look(events: Events, state: State, now: int, proxy: float) -> None:
    """Both axes now, and when support was first needed."""
    memory = state.memory
    hypotension_axis(events, state.current, state.running, state.lost, memory[CHARTS], proxy, state.pressure)
    hypoxia_axis(events, state.current, memory[DEVICE_SINCE], memory[CHARTS], state.oxygen)
    if memory[SUPPORT] < 0 and max(state.pressure[axes.LOW], state.oxygen[axes.LOW]) > 0:
        memory[SUPPORT] = now


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
def waived(events: Events, ends: Ints, state: State, now: int) -> int:
    """Whether the fever requirement is lifted now: NO, UNKNOWN or YES; missed onsets and silent drug charts included."""
    found, opened = sweep.NO, state.episode[sweep.OPEN] == 1
    state.grade[DOSE] = -1
    if opened:
        event = state.episode[sweep.ONSET_EVENT]
        found = waiver(
            events, ends, events.day[event], events.exact[event], state.episode[sweep.ONSET], now, state.grade
        )
    if found != sweep.YES and state.memory[MAYBE] >= 0:
        since = state.memory[MAYBE]
        day = study_day(since, state.memory[START_MINUTE])
        found = max(found, min(waiver(events, ends, day, 1, since, now, state.grade), sweep.UNKNOWN))
    silent = state.memory[CHARTS] & inputs.COMPLETE_DRUGS == 0
    return max(found, sweep.UNKNOWN) if silent and (opened or state.memory[MAYBE] >= 0) else found


@part
def judge(events: Events, ends: Ints, state: State, now: int, heat: int) -> None:
    """The grade now, into `state.grade`."""
    grade, memory, episode = state.grade, state.memory, state.episode
    low, high = (
        max(state.pressure[axes.LOW], state.oxygen[axes.LOW]),
        max(state.pressure[axes.HIGH], state.oxygen[axes.HIGH]),
    )
    opened = episode[sweep.OPEN] == 1
    left_out = state.current[inputs.TEMPERATURE] >= 0 or (high > 0 and left_open(events, state.current, state.lost))
    missed = not opened and heat == sweep.UNKNOWN and (low > 0 or (memory[MEASURED] == 1 and left_out))
    if missed and memory[MAYBE] < 0:
        memory[MAYBE] = now
    gate(heat, waived(events, ends, state, now), low, high, opened, missed, memory[MAYBE] >= 0, grade)
    for axis in (state.pressure, state.oxygen):
        grade[REASON] |= axis[axes.FLAGS]
        if axis[axes.HIGH] > low:
            grade[MISSING] |= axis[axes.MISSING]
    grade[REASON] |= memory[EPISODE_FLAGS] if opened else 0
    if not opened and grade[REASON] & WITHOUT_FEVER and masked(events, ends, now):
        grade[REASON] |= MASKED
    if opened and grade[LOW] == 0:
        grade[REASON] |= STILL_OPEN
    if opened and heat == sweep.UNKNOWN and state.current[: inputs.DEATH].max() < 0 and state.running.max() == 0:
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
    events: Events, ends: Ints, state: State, now: int, option: NDArray[np.float64], steps: Steps, row: int
) -> int:
    """Grade one moment into `row`; returns whether the patient is clear of CRS now (NO, UNKNOWN, YES)."""
    grade, temperature = state.grade, state.current[inputs.TEMPERATURE]
    look(events, state, now, option[SYSTOLIC_PROXY])
    heat = fever(events, temperature)
    if heat == sweep.YES and state.episode[sweep.OPEN] == 0:
        onset(events, ends, state, now, int(option[EPISODE_GAP] * 60))
    judge(events, ends, state, now, heat)
    write_step(steps, row, now, grade[LOW], grade[HIGH], grade[REASON], grade[MISSING])
    decide(steps, row, state.current[inputs.DEATH])
    decide(steps, row, temperature)
    if heat != sweep.YES and state.episode[sweep.OPEN] == 1:
        decide(steps, row, state.episode[sweep.ONSET_EVENT])
        decide(steps, row, grade[DOSE])
    decide_axis(steps, row, state.pressure)
    decide_axis(steps, row, state.oxygen)
    if heat == sweep.YES or max(state.pressure[axes.LOW], state.oxygen[axes.LOW]) > 0:
        return sweep.NO
    state.memory[HIDDEN] = 1 if left_open(events, state.current, state.lost) else 0
    quiet = heat == sweep.NO and max(state.pressure[axes.HIGH], state.oxygen[axes.HIGH]) == 0
    return sweep.YES if quiet else sweep.UNKNOWN


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    holds = np.zeros(inputs.CLOCK + 1, dtype=np.int64)
    holds[: inputs.DEATH] = max(int(option[VALIDITY] * 60), 1)
    resolution = int(option[RESOLUTION] * 60)
    ends = ends_of(events, inputs.AGENTS_FIRST, inputs.DOSES_LAST)
    minute, kind, event = changes(events, ends, holds, (inputs.AGENTS_FIRST, inputs.VASOPRESSIN))
    state, rank = begin(events), ranks(events)
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
        if now < 0 or not touched:
            continue
        close(state, clear, since, now, resolution, looked)
        clear, since = moment(events, ends, state, now, option, steps, rows), now
        rows += 1
    summarise(steps, rows, TEMPERATURE_MISSING | NOTHING_CURRENT)
    write_facts(steps, rows, state.episode, since, state.memory[START_MINUTE])
    if state.memory[SUPPORT] >= 0:
        steps.fact[0, sweep.OWN_FACT] = state.memory[SUPPORT] / MINUTES_PER_DAY
    if state.episode[sweep.ACROSS_GAP] == 1:
        steps.reason[0] |= GAP
    return rows


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The rule on one course as records."""
    own = ("first_support_time", "First hypotension or oxygen need, with or without fever", "d", "none recorded")
    return assess_over_time(rule, course, option, own_fact=own)


RULE = Rule(
    id="crs.astct2019",
    version="1",
    title="CRS, ASTCT 2019",
    module=__name__,
    channels=inputs.CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("lee2019astct", "santomasso2021asco", "cibmtr_manual", "cartrace"),
    provisional=(
        "Grade 5 as death with CRS as the principal cause is written from memory of the consensus.",
        "That fever must be present at onset is written from memory of the definition paragraph.",
        "That intubation for airway protection alone is not grade 4 is written from memory.",
    ),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=gather_with_standing_facts,
)
