"""CRS by the Chinese consensus of 2022 for B-cell non-Hodgkin lymphoma, as a step function of time.

In: the inputs of `crs.astct2019`, and inflammation around the lesions. Out: grade 0-5 over time, its worst per day and over the
course, onset, peak, resolution, durations. Decided here: the column on local inflammation, and whether fever is asked throughout.

**Published rule** li2023bnhl, Table 1; fever (>= 38 Cel) in every grade, and the worst column counts:

    grade  hypotension (systolic < 90 mm[Hg])  hypoxia (to keep SaO2 > 90 %)            inflammation of lesions and what is around
    1      none                                none                                     none
    2      no vasopressor needed               low flow (<= 6 L/min), nasal             larger lesion, nothing compressed
    3      one vasopressor                     high flow (> 6 L/min), cannula or mask   compression or serous effusion, organs compensate
    4      several vasopressors                positive pressure, invasive or not       bleeding, perforation, massive effusion or
                                                                                        oedema; organs decompensated

**Readings**

- The table waives fever for nobody: it is asked for at every moment, whatever was given (option `fever_waiver`). Hypotension, hypoxia
  or local inflammation without current fever is 0, flagged `without_fever`.
- With `fever_waiver=astct` grading without fever after a drug that lowers it is read as in `crs.astct2019`.
- Onset, episodes, resolution, missing inputs, vasopressors and oxygen are read as in `crs.astct2019`; blow-by is low flow, and a mask
  is high flow whatever its flow.
- The table does not leave vasopressin out: it counts as a vasopressor, alone and beside others.
- One vasopressor is grade 3 whether or not pressure responds: the record counts vasopressors.
- Hypotension as the clinician recorded it goes before systolic pressure, which the table prints and which stands in where
  hypotension is not recorded (option `systolic_proxy`, on).
- Local inflammation is what the clinician recorded (`local_inflammation`); it holds for `validity_hours` like any reading. Not
  recorded, it leaves grades 1 to 4 open (option `local_silence`); attributed to another cause it does not count.
- The table ends at grade 4; death with CRS as the principal cause is 5 as in `crs.astct2019`.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019 import waived
from cartrace.assess.crs.astct2019_axes import (
    FEVER_FROM,
    FLOW_ABOVE,
    LOW_FLOW_UP_TO,
    SYSTOLIC_BELOW,
    clear_axis,
    hypoxia_axis,
    name,
    ranks,
    vasopressors,
)
from cartrace.assess.crs.astct2019_gate import DOSE, REASONS
from cartrace.assess.crs.episode import (
    CHARTS,
    DEVICE_SINCE,
    OPTIONS,
    SYSTOLIC_PROXY,
    VALIDITY,
    State,
    over_time,
    reading_holds,
)
from cartrace.assess.crs.evidence import assess
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.assess.sweep import NO, UNKNOWN, YES, Floats, Ints
from cartrace.course import Channel, Events

__all__ = ["FEVER_FROM", "FLOW_ABOVE", "LOW_FLOW_UP_TO", "RULE", "SEVERAL_FROM", "SYSTOLIC_BELOW"]

# Vasopressors from this number on are several; li2023bnhl, Table 1, hypotension.
SEVERAL_FROM = 2

LOCAL = len(inputs.CHANNELS)
CHANNELS = (
    *inputs.CHANNELS,
    Channel("local_inflammation", codes=("local_inflammation",), meaning="inflammation of lesions and around them"),
)
# The worst level of the column on local inflammation; the coded values are its levels in order.
DECOMPENSATED = 3

LOCAL_SILENT, FEVER_WAIVER = 4, 5

_SENTENCES = {
    "vasopressin_alone": "Vasopressin is the only vasopressor; it counts as one.",
    "systolic_proxy": "Hypotension was not recorded; systolic pressure below 90 mmHg stands in, as printed.",
    "without_fever": "Hypotension, hypoxia or local inflammation without fever: the table asks for fever in every grade.",
    "fever_waived": "Graded without fever, as the option says: a drug that lowers it was given after onset.",
}


@part
def pressure_level(vasopressors: int, hypotension: bool) -> int:
    """The column on hypotension."""
    if vasopressors >= SEVERAL_FROM:
        return 3
    if vasopressors == 1:
        return 2
    return 1 if hypotension else 0


@part
def pressure_axis(events: Events, state: State, proxy: float) -> None:
    """Level of hypotension now; vasopressin is one vasopressor more."""
    axis = state.pressure
    clear_axis(axis)
    hypotension, number, possible, alone, maybe_alone = vasopressors(
        events, state.current, state.running, state.lost, state.memory[CHARTS], proxy, axis
    )
    least, most = number + (1 if alone else 0), possible + (1 if maybe_alone else 0)
    axis[axes.LOW] = pressure_level(least, hypotension == YES)
    axis[axes.HIGH] = pressure_level(most, hypotension != NO)
    if axis[axes.LOW] < axis[axes.HIGH]:
        axis[axes.MISSING] |= 1 << inputs.HYPOTENSION if hypotension == UNKNOWN and axis[axes.LOW] == 0 else 0
        axis[axes.MISSING] |= 1 << inputs.CHARTED if most > least else 0


@part
def local_axis(events: Events, current: Ints, silent: float, axis: Ints) -> None:
    """Level of inflammation around the lesions now. What is entered as not recorded is open, whatever silence counts as."""
    clear_axis(axis)
    i = current[LOCAL]
    name(axis, i)
    if i < 0 or np.isnan(events.value[i]):
        if i >= 0 or silent == 0:
            axis[axes.HIGH] = DECOMPENSATED
            axis[axes.MISSING] |= 1 << LOCAL
    elif events.attributed[i] == -1:
        axis[axes.FLAGS] |= axes.ELSEWHERE if events.value[i] > 0 else 0
    else:
        axis[axes.LOW] = axis[axes.HIGH] = int(events.value[i])


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """All three columns now."""
    pressure_axis(events, state, option[SYSTOLIC_PROXY])
    hypoxia_axis(events, state.current, state.memory[DEVICE_SINCE], state.memory[CHARTS], state.oxygen)
    local_axis(events, state.current, option[LOCAL_SILENT], state.organ)


@part
def always_asked(events: Events, ends: Ints, state: State, now: int) -> int:
    """Fever is asked for at every moment."""
    state.grade[DOSE] = -1
    return NO


@part
def ranks_with_local(events: Events) -> Floats:
    """For entries of one input at one minute: the highest rank counts, what is worse."""
    rank = ranks(events)
    for i in range(len(events.time)):
        if events.channel[i] == LOCAL:
            elsewhere = 1e6 if events.attributed[i] == -1 else 0.0
            rank[i] = -1e9 if np.isnan(events.value[i]) else events.value[i] - elsewhere
    return rank


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    holds, rank = reading_holds(option), ranks_with_local(events)
    holds[LOCAL] = max(int(option[VALIDITY] * 60), 1)
    if option[FEVER_WAIVER] > 0:
        return over_time(events, option, steps, holds, rank, levels, waived)
    return over_time(events, option, steps, holds, rank, levels, always_asked)


RULE = Rule(
    id="crs.bnhl2022",
    version="1",
    title="CRS, Chinese consensus for B-NHL 2022",
    module=__name__,
    channels=CHANNELS,
    options=(
        *OPTIONS[:SYSTOLIC_PROXY],
        dataclasses.replace(OPTIONS[SYSTOLIC_PROXY], default=1.0),
        Option(
            "local_silence",
            0.0,
            "local inflammation that is not recorded leaves its column open, or counts as none",
            values=(("range", 0.0), ("none", 1.0)),
        ),
        Option(
            "fever_waiver",
            0.0,
            "fever is asked for throughout, or not after a drug that lowers it, as in ASTCT 2019",
            values=(("none", 0.0), ("astct", 1.0)),
        ),
    ),
    reasons=tuple(Reason(reason.code, _SENTENCES.get(reason.code, reason.sentence)) for reason in REASONS),
    sources=("li2023bnhl", "lee2019astct", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=inputs.gather_with_standing_facts,
)
