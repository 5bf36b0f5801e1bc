"""CRS by the ASTCT consensus of 2019, as a step function of time.

In: temperature, hypotension, vasopressors, oxygen, antipyretic and anticytokine drugs of one course.
Out: grade 0-5 over time, its worst per day and over the course, onset, peak, resolution, durations.
Decided here: the fever gate and its waiver; the two axes are in `astct2019_axes.py`, episodes in `episode.py`.

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

import numpy as np
from numpy.typing import NDArray

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019_axes import (
    FEVER_FROM,
    FLOW_ABOVE,
    LOW_FLOW_UP_TO,
    SEVERAL_VASOPRESSORS_FROM,
    SYSTOLIC_BELOW,
    hypotension_axis,
    hypoxia_axis,
    ranks,
)
from cartrace.assess.crs.astct2019_gate import DOSE, REASONS, waiver
from cartrace.assess.crs.astct2019_inputs import gather_with_standing_facts
from cartrace.assess.crs.episode import (
    CHARTS,
    DEVICE_SINCE,
    LATE_ONSET_ABOVE,
    MAYBE,
    OPTIONS,
    START_MINUTE,
    SYSTOLIC_PROXY,
    State,
    over_time,
    reading_holds,
)
from cartrace.assess.episodes import assess_over_time
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule, Steps
from cartrace.assess.sweep import Floats, Ints, study_day
from cartrace.course import Course, Events

__all__ = [
    "FEVER_FROM",
    "FLOW_ABOVE",
    "LATE_ONSET_ABOVE",
    "LOW_FLOW_UP_TO",
    "RULE",
    "SEVERAL_VASOPRESSORS_FROM",
    "SYSTOLIC_BELOW",
]


@part
def levels(events: Events, state: State, now: int, option: Floats) -> None:
    """Both axes now."""
    memory = state.memory
    complete, proxy = memory[CHARTS], option[SYSTOLIC_PROXY]
    hypotension_axis(events, state.current, state.running, state.lost, complete, proxy, state.pressure)
    hypoxia_axis(events, state.current, memory[DEVICE_SINCE], complete, state.oxygen)


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


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, reading_holds(option), ranks(events), levels, waived)


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
