"""Neurotoxicity over time, for every edition: each moment is graded, a clock closes the episode.

In: events, and what an edition brings: its grade now. Out: rows of grades and facts.
Decided here: onset is the first moment with grade >= 1 settled; resolution the first moment at grade 0 since which no grade
came back for `resolution_hours`, and after which somebody looked again. Nothing is graded before the infusion, beyond the
last entry or after death. The facts of a step are the lowest and highest grade of each domain, in `DOMAINS` order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.icans.astct2019_domains import HIGH, LOW, MISSING
from cartrace.assess.rule import Steps
from cartrace.assess.sweep import (
    Floats,
    Ints,
    apply,
    changes,
    decide,
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

# Options that every edition has in front.
VALIDITY, RESOLUTION, EPISODE_GAP = 0, 1, 2

# Slots of what nobody saw.
MAYBE, CLEAR_FROM = 0, 1

# Slot of a grade besides those of a domain's bounds.
REASON = 3

# Bits of `reasons` at the same place in every edition.
NOTHING_CURRENT, PARTIAL, STILL_OPEN, GAP = 1 << 0, 1 << 1, 1 << 7, 1 << 9

DOMAINS = ("score", "capd", "consciousness", "seizure", "motor", "pressure")
"""Domains of an edition; columns 2 k and 2 k + 1 of a step's facts are the lowest and highest grade of domain k.

`score` is the ICE score, in CRES CARTOX-10.
"""
SCORED, BY_CAPD, MIND, SEIZURES, MOTOR, ICP = range(6)

# Places for the channels of any edition.
PLACES = 16


class State(NamedTuple):
    """What is current at one moment, and the episode's memory.

    domains   lowest and highest grade of each of `DOMAINS`; 0 for one that an edition leaves out
    unseen    whether an episode may be open that nobody saw begin, and since when the patient has been clear (-1: is not)
    """

    current: Ints
    nothing_runs: Ints
    episode: Ints
    bounds: Ints
    other: Ints
    grade: Ints
    domains: Ints
    unseen: Ints


Judge = Callable[[Events, State, Floats, float], int]
"""Part of an edition: the grade now into the state; returns bits of channels that take no part. (events, state, option, baseline)"""


@part
def begin() -> State:
    """The state before the first event."""
    none = np.full(PLACES, -1, dtype=np.int64)
    slots = np.zeros(4, np.int64)
    levels, unseen = np.zeros(2 * len(DOMAINS), np.int64), np.array([0, -1], dtype=np.int64)
    return State(none, none * 0, new_episode(), slots, slots * 0, slots * 0, levels, unseen)


@part
def possible(state: State) -> bool:
    """Whether an episode is open now, or may be."""
    return bool(state.episode[sweep.OPEN] == 1 or state.unseen[MAYBE] == 1 or state.grade[HIGH] > 0)


@part
def remember(state: State, clear: int, since: int, now: int, resolution: int, looked: int) -> None:
    """Forget an onset that nobody saw once the patient has been clear for as long as an episode takes to resolve."""
    unseen = state.unseen
    if clear == sweep.YES and unseen[CLEAR_FROM] < 0:
        unseen[CLEAR_FROM] = since
    if looked == 1 and unseen[CLEAR_FROM] >= 0 and now - unseen[CLEAR_FROM] >= resolution:
        unseen[MAYBE] = 0


@part
def keep(state: State, domain: int) -> None:
    """Keep the bounds of a domain that was just judged; of one that is judged both ways (age not recorded) the wider."""
    state.domains[2 * domain] = state.bounds[LOW]
    state.domains[2 * domain + 1] = max(state.domains[2 * domain + 1], state.bounds[HIGH])


@part
def moment(
    events: Events, state: State, now: int, option: Floats, baseline: float, death: int, steps: Steps, row: int,
    judge: Judge,
) -> int:  # fmt: skip
    """Grade one moment into `row`; returns whether the patient is clear now (NO, UNKNOWN, YES)."""
    grade = state.grade
    state.domains[:] = 0
    unused = judge(events, state, option, baseline)
    if grade[HIGH] > 0:
        state.unseen[MAYBE], state.unseen[CLEAR_FROM] = 1, -1
    if grade[LOW] > 0 and state.episode[sweep.OPEN] == 0:
        open_episode(state.episode, now, -1, int(option[EPISODE_GAP] * 60))
    reason = grade[REASON]
    if state.episode[sweep.OPEN] == 1 and grade[LOW] == 0:
        reason |= STILL_OPEN
    write_step(steps, row, now, grade[LOW], grade[HIGH], reason, grade[MISSING])
    for k in range(len(state.domains)):
        steps.fact[row, k] = state.domains[k]
    decide(steps, row, state.current[death])
    for channel in range(death):
        if unused & (1 << channel) == 0:
            decide(steps, row, state.current[channel])
    if grade[LOW] > 0:
        return sweep.NO
    quiet = grade[LOW] == 0 and grade[HIGH] == 0 and reason & PARTIAL == 0
    return sweep.YES if quiet else sweep.UNKNOWN


@part
def over_time(
    events: Events, option: Floats, steps: Steps, places: tuple[int, int], rank: Floats, baseline: float, judge: Judge
) -> int:
    """Every step of the course, then row 0 with its worst and the facts. Returns how many rows there are.

    places   channels of death, which every reading stands before, and of the clock
    """
    death, clock = places
    holds = np.zeros(PLACES, dtype=np.int64)
    holds[:death] = max(int(option[VALIDITY] * 60), 1)
    state, start_minute, last = begin(), 0, -1
    for i in range(len(events.time)):
        if not np.isfinite(events.time[i]):
            state.current[events.channel[i]] = i
            start_minute = int(events.value[i]) if events.channel[i] == clock else start_minute
        elif events.channel[i] <= death:
            last = minute_of(events.time[i])
    minute, kind, event = changes(events, ends_of(events, 1, 0), holds, (1, 0))
    rows, k, since, clear = 1, 0, 0, sweep.UNKNOWN
    while k < len(minute) and minute[k] <= last and state.current[death] < 0:
        now, looked = minute[k], 0
        while k < len(minute) and minute[k] == now:
            apply(events, kind[k], event[k], state.current, state.nothing_runs, state.nothing_runs, rank)
            looked = 1 if kind[k] == sweep.READ and events.channel[event[k]] <= death else looked
            k += 1
        if now < 0:
            continue
        run_clock(state.episode, clear, since, now, int(option[RESOLUTION] * 60), looked)
        remember(state, clear, since, now, int(option[RESOLUTION] * 60), looked)
        clear, since = moment(events, state, now, option, baseline, death, steps, rows, judge), now
        rows += 1
    summarise(steps, rows, NOTHING_CURRENT)
    write_facts(steps, rows, state.episode, since, start_minute)
    if state.episode[sweep.ACROSS_GAP] == 1:
        steps.reason[0] |= GAP
    return rows
