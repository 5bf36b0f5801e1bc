"""CRS by the scale of Lee and colleagues of 2014 (the revised NCI scale), as a step function of time.

In: the evidence of `crs.astct2019`, with FiO2, doses of vasopressors and organ laboratory values. Out: grade 0-5 over time, its
worst per day and over the course, onset, peak, resolution, durations. Decided here: the levels of pressure, oxygen and organs.

**Published rule** lee2014crs, grid (read through its reprints); the worst line counts:

    1  symptoms that need symptomatic treatment only: fever, nausea, fatigue, headache, myalgia, malaise
    2  oxygen need < 40 %; or hypotension responding to fluids or a low dose of one vasopressor; or grade 2 organ toxicity
    3  oxygen need >= 40 %; or hypotension needing high-dose or multiple vasopressors; or grade 3 organ toxicity or grade 4
       transaminitis
    4  ventilator support; or grade 4 organ toxicity, transaminitis excluded
    5  death

High-dose vasopressors: the table in `vasopressor_course.py`, for 3 h or more.

**Readings**

- The scale defines no onset: onset, episodes, resolution, what is missing and what is attributed elsewhere are read as in
  `crs.astct2019`. Within an episode a grade needs no fever. Hypotension, hypoxia or organ toxicity before any fever is 0, flagged.
- Vasopressors and oxygen are read as in `support.py`; vasopressin counts as a vasopressor. Organ toxicity is the CTCAE 5 grade of
  creatinine, ALT, AST and bilirubin (`organs.py`); transaminitis is ALT or AST. One that is not recorded leaves its line open
  (option `organ_silence`).
- Ventilator support is invasive ventilation; CPAP and BiPAP count by FiO2 unless `cpap` says that they are ventilator support.
- Systolic pressure is no part of the rule; as an option it stands in where hypotension itself is not recorded.
- Intubation to protect the airway says nothing of hypoxia and counts 0 by itself.

**Ungradable** no temperature since the infusion (`temperature_missing`); moments at which nothing is current (`nothing_current`).
"""

from __future__ import annotations

from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs.astct2019_axes import clear_axis, name
from cartrace.assess.crs.episode import OPTIONS, SYSTOLIC_PROXY, State, over_time
from cartrace.assess.crs.evidence import (
    ALT,
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
from cartrace.assess.crs.organs import organ_grade
from cartrace.assess.crs.support import FIO2_FROM, SEVERAL_FROM, oxygen_need, pressure_support, write_pressure
from cartrace.assess.crs.vasopressor_course import (
    DOPAMINE_FROM,
    EPINEPHRINE_FROM,
    HIGH_DOSE_HOURS_FROM,
    NOREPINEPHRINE_FROM,
    PHENYLEPHRINE_FROM,
)
from cartrace.assess.rule import Option, Rule, Steps
from cartrace.assess.sweep import NO, YES, Floats, Ints
from cartrace.course import Events

__all__ = [
    "DOPAMINE_FROM",
    "EPINEPHRINE_FROM",
    "FIO2_FROM",
    "HIGH_DOSE_HOURS_FROM",
    "NOREPINEPHRINE_FROM",
    "ORGAN_GRADE_FROM",
    "PHENYLEPHRINE_FROM",
    "RULE",
    "SEVERAL_FROM",
]

# Organ toxicity of this grade is grade 2 of CRS; lee2014crs, grade 2.
ORGAN_GRADE_FROM = 2

CPAP = 5


@part
def pressure_level(vasopressors: int, high_dose: bool, hypotension: bool) -> int:
    """The lines on hypotension."""
    if vasopressors >= SEVERAL_FROM or high_dose:
        return 2
    return 1 if vasopressors > 0 or hypotension else 0


@part
def organ_level(grade: int, transaminase: bool) -> int:
    """The lines on organ toxicity."""
    level = max(grade - ORGAN_GRADE_FROM + 1, 0)
    return min(level, 2) if transaminase else level


@part
def organ_axis(events: Events, current: Ints, silent: float, axis: Ints) -> None:
    """Level of the worst organ now, into `axis`."""
    clear_axis(axis)
    for channel in range(CREATININE, BILIRUBIN + 1):
        low, high = organ_grade(events, current, channel, silent)
        transaminase = ALT <= channel < BILIRUBIN
        least, most = organ_level(low, transaminase), organ_level(high, transaminase)
        axis[axes.LOW], axis[axes.HIGH] = max(axis[axes.LOW], least), max(axis[axes.HIGH], most)
        if most > least:
            axis[axes.MISSING] |= 1 << channel
        if low > 1 or most > least:
            name(axis, current[channel])


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """All three axes now."""
    doses = state.current[VASOPRESSOR_COURSE]
    found = pressure_support(events, state, option[SYSTOLIC_PROXY], state.pressure, doses)
    low = pressure_level(found.least, found.high_dose, found.hypotension == YES)
    high = pressure_level(found.most, found.maybe_high_dose, found.hypotension != NO)
    write_pressure(state.pressure, found, low, high)
    oxygen_need(events, state, option[CPAP], state.oxygen)
    organ_axis(events, state.current, option[ORGANS_SILENT], state.organ)


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, evidence_holds(option), evidence_ranks(events), levels, not_asked)


RULE = Rule(
    id="crs.lee2014",
    version="1",
    title="CRS, Lee 2014",
    module=__name__,
    channels=WITH_ORGANS,
    options=(
        *OPTIONS,
        ORGAN_OPTION,
        Option(
            "cpap",
            0.0,
            "CPAP and BiPAP count by their FiO2, or as ventilator support",
            values=(("oxygen", 0.0), ("ventilator", 1.0)),
        ),
    ),
    reasons=REASONS,
    sources=("lee2014crs", "lee2019astct", "ctcae5", "cartrace"),
    provisional=(FROM_MEMORY_DOSES, FROM_MEMORY_FIO2),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess,
    gather=gather_evidence,
)
