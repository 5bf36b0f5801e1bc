"""CRS by the scale of Memorial Sloan Kettering as used in 2018, as a step function of time.

In: the evidence of `crs.lee2014`. Out: grade 0-5 over time, its worst per day and over the course,
onset, peak, resolution, durations. Decided here: vasopressors count by how long they run.

**Published rule** park2018mskcc, grade row as tabulated in PMC7006459 Table 2; the worst line counts:

    1  mild: observation or supportive care only
    2  any vasopressor for less than 24 h; or oxygen < 40 %
    3  any vasopressor for 24 h or more; or oxygen >= 40 %
    4  hypotension refractory to high-dose vasopressors; or mechanical ventilation
    5  death

**Readings**

- Onset, episodes, resolution, missing inputs, vasopressors and oxygen are read as in `crs.lee2014`.
- Hypotension without a vasopressor, fluid boluses included, stands in no line: grade 1, flagged `hypotension_not_listed`.
- Vasopressors that follow one another without a break are one course; it is grade 3 from its 24th hour on.
- That hypotension is refractory to a high dose is a clinician's word the record has no place for: it is not graded by itself.
- Organ toxicity stands in no line and moves nothing; creatinine, transaminases or bilirubin of grade 2 and above, from which
  crs.lee2014 counts them, are flagged `organ_not_listed`.
- Systolic pressure is no part of the rule; as an option it stands in where hypotension itself is not recorded, for the flag.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs.episode import OPTIONS, SYSTOLIC_PROXY, State, over_time
from cartrace.assess.crs.evidence import (
    BILIRUBIN,
    CREATININE,
    FROM_MEMORY_FIO2,
    OF_EDITION,
    REASONS,
    VASOPRESSOR_COURSE,
    WITH_ORGANS,
    assess,
    evidence_holds,
    evidence_ranks,
    gather_evidence,
    not_asked,
)
from cartrace.assess.crs.organs import organ_grade
from cartrace.assess.crs.support import FIO2_FROM, oxygen_need, pressure_support, write_pressure
from cartrace.assess.crs.vasopressor_course import LONG_HOURS_FROM
from cartrace.assess.rule import Reason, Rule, Steps
from cartrace.assess.sweep import YES, Floats
from cartrace.course import Events

__all__ = ["FIO2_FROM", "LONG_HOURS_FROM", "RULE"]

ORGAN_GRADE_FROM = 2
"""Grade of organ toxicity that other scales count; lee2014crs, grade 2. It is flagged only."""

ORGAN_NOT_LISTED = OF_EDITION << 1


@part
def pressure_level(vasopressors: int, long: bool) -> int:
    """The lines on vasopressors."""
    if vasopressors == 0:
        return 0
    return 2 if long else 1


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """Both axes now."""
    doses = state.current[VASOPRESSOR_COURSE]
    found = pressure_support(events, state, option[SYSTOLIC_PROXY], state.pressure, doses)
    low, high = pressure_level(found.least, found.long), pressure_level(found.most, found.maybe_long)
    write_pressure(state.pressure, found, low, high)
    if found.hypotension == YES and low == 0:
        state.pressure[axes.FLAGS] |= OF_EDITION
    for channel in range(CREATININE, BILIRUBIN + 1):
        if organ_grade(events, state.current, channel, 1.0)[0] >= ORGAN_GRADE_FROM:
            state.pressure[axes.FLAGS] |= ORGAN_NOT_LISTED
    oxygen_need(events, state, 0.0, state.oxygen)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, evidence_holds(option), evidence_ranks(events), levels, not_asked)


RULE = Rule(
    id="crs.mskcc2018",
    version="1",
    title="CRS, MSKCC 2018",
    module=__name__,
    channels=WITH_ORGANS,
    options=OPTIONS,
    reasons=(
        *REASONS,
        Reason("hypotension_not_listed", "Hypotension without a vasopressor stands in no line of this scale: grade 1."),
        Reason("organ_not_listed", "Organ toxicity of grade 2 or more stands in no line of this scale."),
    ),
    sources=("park2018mskcc", "lee2019astct", "cartrace"),
    provisional=(FROM_MEMORY_FIO2,),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=gather_evidence,
)
