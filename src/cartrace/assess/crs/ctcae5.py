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
- Two or more vasopressors are more than the one of grade 3, and whether the consequences are life-threatening is a clinician's
  word the record has no place for: 3 to 4, flagged `several_not_listed`.
- Invasive ventilation is an urgent intervention: grade 4. CPAP and BiPAP count by their FiO2.
- Systolic pressure is no part of the rule; as an option it stands in where hypotension itself is not recorded.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs.astct2019_axes import FEVER_FROM
from cartrace.assess.crs.episode import OPTIONS, SYSTOLIC_PROXY, State, over_time
from cartrace.assess.crs.evidence import (
    FROM_MEMORY_FIO2,
    OF_EDITION,
    REASONS,
    WITH_OXYGEN,
    assess,
    evidence_holds,
    evidence_ranks,
    gather_evidence,
    not_asked,
)
from cartrace.assess.crs.support import FIO2_FROM, SEVERAL_FROM, oxygen_need, pressure_support, write_pressure
from cartrace.assess.rule import Reason, Rule, Steps
from cartrace.assess.sweep import NO, YES, Floats
from cartrace.course import Events

__all__ = ["FEVER_FROM", "FIO2_FROM", "RULE", "SEVERAL_FROM"]


@part
def pressure_level(vasopressors: int, hypotension: bool, several: int) -> int:
    """The lines on hypotension; `several` is the level of more than one vasopressor."""
    if vasopressors >= SEVERAL_FROM:
        return several
    if vasopressors == 1:
        return 2
    return 1 if hypotension else 0


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """Both axes now."""
    found = pressure_support(events, state, option[SYSTOLIC_PROXY], state.pressure)
    low = pressure_level(found.least, found.hypotension == YES, 2)
    high = pressure_level(found.most, found.hypotension != NO, 3)
    write_pressure(state.pressure, found, low, high)
    if found.least >= SEVERAL_FROM:
        state.pressure[axes.FLAGS] |= OF_EDITION
    oxygen_need(events, state, 0.0, state.oxygen)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, evidence_holds(option), evidence_ranks(events), levels, not_asked)


RULE = Rule(
    id="crs.ctcae5",
    version="1",
    title="CRS, CTCAE 5",
    module=__name__,
    channels=WITH_OXYGEN,
    options=OPTIONS,
    reasons=(
        *REASONS,
        Reason(
            "several_not_listed", "More than one vasopressor is beyond grade 3; whether it is grade 4 is not recorded."
        ),
    ),
    sources=("ctcae5", "lee2019astct", "cartrace"),
    provisional=("The term is written from memory of CTCAE 5.", FROM_MEMORY_FIO2),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=gather_evidence,
)
