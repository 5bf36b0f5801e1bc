"""CRS by the Penn scale of 2018, as a step function of time.

In: the evidence of `crs.lee2014`, with fluid boluses counted, products given for coagulopathy and admission for CRS.
Out: grade 0-5 over time, its worst per day and over the course, onset, peak, resolution, durations.
Decided here: how often a bolus is multiple, and what Penn calls organ dysfunction.

**Published rule** porter2018penn, grid (read through a reprint); the worst line counts:

    1  mild: supportive care only (antipyretic, antiemetic)
    2  some organ dysfunction (grade 2 creatinine, grade 3 liver tests); or admission for CRS, neutropenic fever included, with
       intravenous therapy other than fluid resuscitation
    3  more organ dysfunction (grade 3 creatinine, grade 4 liver tests); hypotension treated with multiple fluid boluses or low-dose
       vasopressor; coagulopathy needing plasma, cryoprecipitate or fibrinogen; hypoxia needing any supplemental oxygen, high flow,
       CPAP and BiPAP included
    4  life-threatening: high-dose vasopressor; or mechanical ventilation
    5  death

High-dose vasopressors: the table in `vasopressor_course.py`, for 3 h or more.

**Readings**

- Onset, episodes, resolution, missing inputs, vasopressors, oxygen and organs are read as in `crs.lee2014`; FiO2 takes no part.
- Liver tests are ALT, AST and bilirubin, the worst of them. Grade 4 creatinine is grade 3: no line goes beyond.
- Boluses are multiple from the second within `BOLUS_HOURS` on. One bolus is grade 2, or 3 where the entry stands for several; an
  entry says no more than that one was given. Hypotension for which no bolus is recorded leaves grade 3 open, unless "fluid bolus:
  no" is current.
- A product for coagulopathy counts for `validity_hours`. Silence about them is unknown unless "drugs" or "transfusions" is complete.
- An admission holds until the next entry about it; without any, grade 2 stays open.
- Systolic pressure is no part of the rule; as an option it stands in where hypotension itself is not recorded.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019_axes import clear_axis, name
from cartrace.assess.crs.episode import CHARTS, OPTIONS, SYSTOLIC_PROXY, State, over_time
from cartrace.assess.crs.evidence import (
    ADMISSION,
    BILIRUBIN,
    CHANNELS,
    COAGULATION,
    COMPLETE_COAGULATION,
    CREATININE,
    ESTIMATED,
    FROM_MEMORY_DOSES,
    ORGAN_OPTION,
    ORGANS_SILENT,
    REASONS,
    VASOPRESSOR_COURSE,
    assess,
    evidence_holds,
    evidence_ranks,
    gather_evidence,
    not_asked,
)
from cartrace.assess.crs.organs import organ_grade
from cartrace.assess.crs.support import (
    MORE,
    NONE,
    VENTILATED,
    Pressure,
    oxygen_need,
    pressure_support,
    write_pressure,
)
from cartrace.assess.crs.vasopressor_course import (
    EQUIVALENT_FROM,
    EQUIVALENT_WITH_VASOPRESSIN_FROM,
    NOREPINEPHRINE_FROM,
)
from cartrace.assess.rule import Rule, Steps
from cartrace.assess.sweep import NO, YES, Floats, Ints, minute_of
from cartrace.course import Events

__all__ = [
    "CREATININE_GRADE_FROM",
    "EQUIVALENT_FROM",
    "EQUIVALENT_WITH_VASOPRESSIN_FROM",
    "LIVER_GRADE_FROM",
    "MULTIPLE_BOLUSES_FROM",
    "NOREPINEPHRINE_FROM",
    "RULE",
]

# Creatinine and liver tests of this grade are grade 2, one more is grade 3; porter2018penn, grades 2 and 3.
CREATININE_GRADE_FROM = 2
LIVER_GRADE_FROM = 3
# Boluses within `BOLUS_HOURS` that are multiple; porter2018penn, grade 3, says no number; cartrace.
MULTIPLE_BOLUSES_FROM = 2
BOLUS_HOURS = 24


@part
def boluses(events: Events, now: int) -> int:
    """Fluid boluses of the last `BOLUS_HOURS` that nobody attributed to another cause."""
    count = 0
    for i in range(len(events.time)):
        if events.channel[i] == inputs.BOLUS and events.value[i] > 0 and events.attributed[i] != -1:
            count += 1 if now - BOLUS_HOURS * 60 < minute_of(events.time[i]) <= now else 0
    return count


@part
def pressure_axis(events: Events, state: State, found: Pressure, now: int) -> None:
    """Level of hypotension now, from what it was treated with."""
    bolus, given = state.current[inputs.BOLUS], boluses(events, now)
    by_fluid = 2 if given >= MULTIPLE_BOLUSES_FROM else min(given, 1)
    denied = bolus >= 0 and events.value[bolus] == 0 and given == 0
    low, high = by_fluid if found.hypotension == YES else 0, 0
    if found.hypotension != NO:
        high = 0 if denied else 2
    if found.least > 0:
        low = 3 if found.high_dose else 2
    if found.most > 0:
        high = 3 if found.maybe_high_dose else 2
    write_pressure(state.pressure, found, low, max(low, high))
    if found.hypotension == YES and low < 2 and high >= 2:
        state.pressure[axes.MISSING] |= 1 << inputs.BOLUS


@part
def organ_level(grade: int, creatinine: bool) -> int:
    """The lines on organ dysfunction."""
    return min(max(grade - (CREATININE_GRADE_FROM if creatinine else LIVER_GRADE_FROM) + 1, 0), 2)


@part
def raise_axis(axis: Ints, low: int, high: int, channel: int, event: int) -> None:
    """Let one line of the scale raise an axis that several share."""
    axis[axes.LOW], axis[axes.HIGH] = max(axis[axes.LOW], low), max(axis[axes.HIGH], high)
    if high > low:
        axis[axes.MISSING] |= 1 << channel
    if high > 0:
        name(axis, event)


@part
def other_axis(events: Events, state: State, silent: float) -> None:
    """Organ dysfunction, coagulopathy and admission now."""
    axis, current = state.organ, state.current
    clear_axis(axis)
    for channel in range(CREATININE, BILIRUBIN + 1):
        low, high = organ_grade(events, current, channel, silent)
        creatinine = channel == CREATININE
        raise_axis(axis, organ_level(low, creatinine), organ_level(high, creatinine), channel, current[channel])
    if current[COAGULATION] >= 0:
        raise_axis(axis, 2, 2, COAGULATION, current[COAGULATION])
    elif state.memory[CHARTS] & COMPLETE_COAGULATION == 0:
        raise_axis(axis, 0, 2, COAGULATION, -1)
    i = current[ADMISSION]
    if i < 0 or np.isnan(events.value[i]):
        raise_axis(axis, 0, 1, ADMISSION, i)
    elif events.value[i] > 0 and events.attributed[i] != -1:
        raise_axis(axis, 1, 1, ADMISSION, i)


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """All three axes now."""
    doses = state.current[VASOPRESSOR_COURSE]
    found = pressure_support(events, state, option[SYSTOLIC_PROXY], state.pressure, doses)
    pressure_axis(events, state, found, now)
    oxygen_need(events, state, 0.0, state.oxygen)
    state.oxygen[axes.FLAGS] &= ~ESTIMATED
    for end in (axes.LOW, axes.HIGH):
        if NONE < state.oxygen[end] < VENTILATED:
            state.oxygen[end] = MORE
    other_axis(events, state, option[ORGANS_SILENT])


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, evidence_holds(option), evidence_ranks(events), levels, not_asked)


RULE = Rule(
    id="crs.penn2018",
    version="1",
    title="CRS, Penn 2018",
    module=__name__,
    channels=CHANNELS,
    options=(*OPTIONS, ORGAN_OPTION),
    reasons=REASONS,
    sources=("porter2018penn", "lee2014crs", "lee2019astct", "ctcae5", "cartrace"),
    provisional=(FROM_MEMORY_DOSES,),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=gather_evidence,
)
