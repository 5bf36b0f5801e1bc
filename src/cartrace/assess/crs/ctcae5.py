"""CRS by CTCAE, version 5.0, as a step function of time.

In: the evidence of `crs.astct2019`, with FiO2. Out: grade 0-5 over time, its worst per day and over the course, onset, peak,
resolution, durations. Decided here: what several vasopressors are.

**Published rule** ctcae5, term cytokine release syndrome (from memory); the worst line counts:

    1  fever with or without constitutional symptoms
    2  hypotension responding to fluids; or hypoxia responding to < 40 % oxygen
    3  hypotension managed with one vasopressor; or hypoxia requiring >= 40 % oxygen
    4  life-threatening consequences; urgent intervention indicated
    5  death

**Readings**

- Onset, episodes, resolution, missing inputs, vasopressors and oxygen are read as in `crs.lee2014`; vasopressin counts as one.
- Whether the consequences are life-threatening is a clinician's word (`crs_life_threatening`): yes is grade 4. Silence about it is
  no, except with two or more vasopressors, which are more than the one of grade 3: 3 to 4, flagged `several_not_listed`. An entry
  without its result leaves grade 4 open.
- Invasive ventilation is an urgent intervention: grade 4. CPAP and BiPAP count by their FiO2.
- Systolic pressure is no part of the rule; as an option it stands in where hypotension itself is not recorded.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019_axes import FEVER_FROM, clear_axis, name
from cartrace.assess.crs.episode import OPTIONS, SYSTOLIC_PROXY, VALIDITY, State, over_time
from cartrace.assess.crs.evidence import (
    FROM_MEMORY_FIO2,
    OF_EDITION,
    REASONS,
    WITH_OXYGEN,
    assess,
    evidence_holds,
    evidence_ranks,
    not_asked,
)
from cartrace.assess.crs.support import FIO2_FROM, SEVERAL_FROM, oxygen_need, pressure_support, write_pressure
from cartrace.assess.rule import Reason, Rule, Steps
from cartrace.assess.sweep import NO, UNKNOWN, YES, Floats, Ints
from cartrace.course import Channel, Events

__all__ = ["FEVER_FROM", "FIO2_FROM", "RULE", "SEVERAL_FROM"]


LIFE = len(WITH_OXYGEN)
CHANNELS = (
    *WITH_OXYGEN,
    Channel("crs_life_threatening", codes=("crs_life_threatening",), meaning="life-threatening consequences of CRS"),
)
MOST = 3
"""Level of the line on life-threatening consequences."""


@part
def pressure_level(vasopressors: int, hypotension: bool, several: int) -> int:
    """The lines on hypotension; `several` is the level of more than one vasopressor."""
    if vasopressors >= SEVERAL_FROM:
        return several
    if vasopressors == 1:
        return 2
    return 1 if hypotension else 0


@part
def life_axis(events: Events, i: int, axis: Ints) -> int:
    """The line on life-threatening consequences into `axis`; returns what entry `i` (-1: none) says: NO, UNKNOWN or YES."""
    clear_axis(axis)
    name(axis, i)
    if i < 0:
        return UNKNOWN
    if np.isnan(events.value[i]):
        axis[axes.HIGH] = MOST
        axis[axes.MISSING] |= 1 << LIFE
        return UNKNOWN
    if events.value[i] > 0.0 and events.attributed[i] != -1:
        axis[axes.LOW] = axis[axes.HIGH] = MOST
        return YES
    axis[axes.FLAGS] |= axes.ELSEWHERE if events.value[i] > 0.0 else 0
    return NO


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """The axes now."""
    threat = life_axis(events, state.current[LIFE], state.organ)
    found = pressure_support(events, state, option[SYSTOLIC_PROXY], state.pressure, -1)
    low = pressure_level(found.least, found.hypotension == YES, MOST if threat == YES else 2)
    high = pressure_level(found.most, found.hypotension != NO, 2 if threat == NO else MOST)
    write_pressure(state.pressure, found, low, high)
    # Doses and durations of vasopressors take no part: their place in the inputs is that of the clinician's word.
    state.pressure[axes.MISSING] &= ~(1 << LIFE)
    if found.most >= SEVERAL_FROM and threat == UNKNOWN:
        state.pressure[axes.MISSING] |= 1 << LIFE
        state.pressure[axes.FLAGS] |= OF_EDITION if found.least >= SEVERAL_FROM else 0
    oxygen_need(events, state, 0.0, state.oxygen)


@part
def ranks(events: Events) -> Floats:
    """For entries of one input at one minute: the highest rank counts, what is worse."""
    rank = evidence_ranks(events)
    for i in range(len(events.time)):
        if events.channel[i] == LIFE:
            elsewhere = 1e6 if events.attributed[i] == -1 else 0.0
            rank[i] = -1e9 if np.isnan(events.value[i]) else events.value[i] - elsewhere
    return rank


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    holds = evidence_holds(option)
    holds[LIFE] = max(int(option[VALIDITY] * 60), 1)
    return over_time(events, option, steps, holds, ranks(events), levels, not_asked)


RULE = Rule(
    id="crs.ctcae5",
    version="1",
    title="CRS, CTCAE 5",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=(
        *REASONS,
        Reason(
            "several_not_listed",
            "More than one vasopressor is beyond grade 3; whether it is life-threatening is not recorded.",
        ),
    ),
    sources=("ctcae5", "lee2019astct", "cartrace"),
    provisional=("The term is written from memory of CTCAE 5.", FROM_MEMORY_FIO2),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=inputs.gather_with_standing_facts,
)
