"""CRS by the CARTOX group of 2018 (MD Anderson), as a step function of time.

In: the evidence of `crs.lee2014`. Out: grade 0-5 over time, its worst per day and over the course, onset, peak, resolution,
durations. Decided here: grade 1 by organ toxicity alone, and systolic pressure where hypotension is not recorded.

**Published rule** neelapu2018cartox, grid (read through its reprints); the worst line counts:

    1  temperature >= 38.0 Cel, or grade 1 organ toxicity, or both
    2  hypotension (systolic pressure < 90 mm[Hg]) responding to fluids or low-dose vasopressor; or FiO2 < 40 % to keep SaO2 > 90 %;
       or grade 2 organ toxicity
    3  hypotension needing high-dose or multiple vasopressors; or FiO2 >= 40 %; or grade 3 organ toxicity or grade 4 transaminitis
    4  life-threatening hypotension; or ventilator support; or grade 4 organ toxicity, transaminitis excluded
    5  death

High-dose vasopressors: the table in `vasopressor_course.py`, for 3 h or more.

**Readings**

- Onset, episodes, resolution, missing inputs, vasopressors, oxygen and organs are read as in `crs.lee2014`.
- Within an episode grade 1 organ toxicity without fever is grade 1; before any fever it opens none.
- Hypotension as the clinician recorded it goes before systolic pressure, which the scale prints and which stands in where
  hypotension is not recorded (option `systolic_proxy`, on).
- That hypotension is life-threatening is a clinician's word the record has no place for: it is not graded by itself.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

import dataclasses

from cartrace.assess.compiled import part
from cartrace.assess.crs.astct2019_axes import FEVER_FROM, SYSTOLIC_BELOW
from cartrace.assess.crs.episode import OPTIONS, SYSTOLIC_PROXY, State, over_time
from cartrace.assess.crs.evidence import (
    BILIRUBIN,
    CREATININE,
    FROM_MEMORY_DOSES,
    FROM_MEMORY_FIO2,
    ORGAN_OPTION,
    ORGANS_SILENT,
    REASONS,
    VASOPRESSOR_COURSE,
    WITH_ORGANS,
    assess,
    evidence_holds,
    evidence_ranks,
    gather_evidence,
    not_asked,
)
from cartrace.assess.crs.lee2014 import organ_axis, pressure_level
from cartrace.assess.crs.organs import organ_grade
from cartrace.assess.crs.support import FIO2_FROM, oxygen_need, pressure_support, write_pressure
from cartrace.assess.rule import Reason, Rule, Steps
from cartrace.assess.sweep import NO, YES, Floats
from cartrace.course import Events

__all__ = ["FEVER_FROM", "FIO2_FROM", "MILD_ORGAN_GRADE_FROM", "RULE", "SYSTOLIC_BELOW"]

# Organ toxicity of this grade is grade 1 of CRS with or without fever; neelapu2018cartox, grade 1.
MILD_ORGAN_GRADE_FROM = 1


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """All three axes now, and whether organ toxicity alone makes grade 1."""
    doses = state.current[VASOPRESSOR_COURSE]
    found = pressure_support(events, state, option[SYSTOLIC_PROXY], state.pressure, doses)
    low = pressure_level(found.least, found.high_dose, found.hypotension == YES)
    high = pressure_level(found.most, found.maybe_high_dose, found.hypotension != NO)
    write_pressure(state.pressure, found, low, high)
    oxygen_need(events, state, 0.0, state.oxygen)
    organ_axis(events, state.current, option[ORGANS_SILENT], state.organ)
    state.mild[:] = 0
    for channel in range(CREATININE, BILIRUBIN + 1):
        low, high = organ_grade(events, state.current, channel, option[ORGANS_SILENT])
        state.mild[0] = max(state.mild[0], 1 if low >= MILD_ORGAN_GRADE_FROM else 0)
        state.mild[1] = max(state.mild[1], 1 if high >= MILD_ORGAN_GRADE_FROM else 0)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, evidence_holds(option), evidence_ranks(events), levels, not_asked)


RULE = Rule(
    id="crs.cartox2018",
    version="1",
    title="CRS, CARTOX 2018",
    module=__name__,
    channels=WITH_ORGANS,
    options=(*OPTIONS[:SYSTOLIC_PROXY], dataclasses.replace(OPTIONS[SYSTOLIC_PROXY], default=1.0), ORGAN_OPTION),
    reasons=tuple(
        Reason("systolic_proxy", "Hypotension was not recorded; systolic pressure below 90 mmHg stands in, as printed.")
        if reason.code == "systolic_proxy"
        else reason
        for reason in REASONS
    ),
    sources=("neelapu2018cartox", "lee2014crs", "lee2019astct", "ctcae5", "cartrace"),
    provisional=(FROM_MEMORY_DOSES, FROM_MEMORY_FIO2),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=gather_evidence,
)
