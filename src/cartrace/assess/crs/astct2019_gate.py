"""The fever gate of ASTCT CRS and its waiver: when the axes count at all.

In: fever now, drugs that lower it, the bounds of the worse axis. Out: grade bounds and flags.
Decided here: the order of doses and onset, as `astct2019.py` states it in its Readings.
"""

from __future__ import annotations

import numpy as np

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.rule import NOT_GRADED, Reason
from cartrace.assess.sweep import Ints, minute_of
from cartrace.course import Events

REASONS = (
    Reason(
        "vasopressin_alone", "Vasopressin is the only vasopressor; the source is silent, counted as one vasopressor."
    ),
    Reason("hfnc_device_low_flow", "A high-flow device runs at 6 L/min or less: graded by flow, as low flow."),
    Reason("airway_protection", "Intubated to protect the airway: not grade 4 by itself."),
    Reason("attributed_elsewhere", "A finding was attributed to another cause and does not count."),
    Reason("systolic_proxy", "Systolic pressure stands in for hypotension; it is no part of the published rule."),
    Reason("temperature_missing", "No current temperature: the fever gate cannot be judged."),
    Reason("nothing_current", "Nothing recorded says how the patient was."),
    Reason("without_fever", "Hypotension or hypoxia without fever: not CRS by ASTCT; look for another cause."),
    Reason("onset_may_be_masked", "An antipyretic, anticytokine drug or corticosteroid was given before onset."),
    Reason("onset_may_be_earlier", "An earlier onset may have been missed: no temperature where one was called for."),
    Reason("late_onset_review", "Onset later than day 14 after the infusion: uncommon, review the cause."),
    Reason("episode_open", "Grade 0 while the episode was still open: the resolution clock had not run."),
    Reason("fever_waived", "Graded without fever: a drug that lowers it was given after onset."),
    Reason("death_cause_missing", "Died with the episode open; whether CRS was the principal cause is not recorded."),
    Reason("resolution_across_gap", "Nobody looked for part of the time in which the episode resolved."),
)
(_, _, _, _, _, TEMPERATURE_MISSING, NOTHING_CURRENT, WITHOUT_FEVER, MASKED, EARLIER, LATE, STILL_OPEN, WAIVED,
 CAUSE_MISSING, GAP) = (1 << i for i in range(len(REASONS)))  # fmt: skip

# Slots of one moment's grade.
LOW, HIGH, REASON, MISSING, DOSE = range(5)
GRADE_SLOTS = 5
# The drug channels, as bits of what would settle a range.
DOSES_MISSING = (1 << inputs.DOSES_FIRST) | (1 << (inputs.DOSES_FIRST + 1)) | (1 << inputs.DOSES_LAST)


@part
def waiver(events: Events, ends: Ints, day: int, exact: int, onset: int, now: int, grade: Ints) -> int:
    """Whether a drug that lowers fever was given in [onset, now]: NO, UNKNOWN or YES by the recorded drugs."""
    best = sweep.NO
    for i in range(len(events.time)):
        at = minute_of(events.time[i]) if np.isfinite(events.time[i]) else now + 1
        if ends[i] == sweep.NO_START or at > now or not inputs.DOSES_FIRST <= events.channel[i] <= inputs.DOSES_LAST:
            continue
        state = sweep.YES if at >= onset else sweep.NO
        if events.exact[i] != exact:
            state = sweep.YES if events.day[i] > day else sweep.UNKNOWN if events.day[i] == day else sweep.NO
        end = ends[i]
        if state != sweep.YES and end == sweep.ONGOING:
            state = sweep.YES
        elif state == sweep.NO and end == sweep.END_NOT_RECORDED:
            state = sweep.UNKNOWN
        elif state != sweep.YES and end >= 0 and minute_of(events.time[end]) > at:
            if events.exact[end] == exact:
                state = sweep.YES if minute_of(events.time[end]) >= onset + exact else state
            elif events.day[end] >= day:
                state = sweep.YES if events.day[end] > day else sweep.UNKNOWN
        if state > best:
            best = state
            grade[DOSE] = i
    return best


@part
def masked(events: Events, ends: Ints, minute: int) -> bool:
    """Whether such a drug was given or running after the first infusion and before `minute`."""
    for i in range(len(events.time)):
        if ends[i] == sweep.NO_START or not inputs.DOSES_FIRST <= events.channel[i] <= inputs.DOSES_LAST:
            continue
        at, end = minute_of(events.time[i]), ends[i]
        if at >= minute:
            continue
        if at >= 0 or end < 0 or minute_of(events.time[end]) > 0:
            return True
    return False


@part
def gate(
    heat: int, waiver_state: int, low: int, high: int, opened: bool, missed: bool, maybe: bool, grade: Ints
) -> None:
    """The fever gate: grade bounds from fever, waiver and the bounds of the worse axis, into `grade`."""
    grade[LOW], grade[HIGH], grade[REASON], grade[MISSING] = 0, 0, 0, 0
    lowest, highest = (1 + low if low > 0 else 0), (1 + high if high > 0 else 0)
    if heat == sweep.YES:
        grade[LOW], grade[HIGH] = 1 + low, 1 + high
    elif heat == sweep.UNKNOWN:
        grade[MISSING] |= 1 << inputs.TEMPERATURE
        if opened or missed:
            grade[LOW], grade[HIGH] = (lowest if opened and waiver_state == sweep.YES else 0), 1 + high
        else:
            grade[LOW], grade[HIGH], grade[REASON] = NOT_GRADED, NOT_GRADED, TEMPERATURE_MISSING
    elif opened or maybe:
        if waiver_state == sweep.YES:
            grade[LOW], grade[HIGH] = lowest, highest
            grade[REASON] |= WAIVED if low > 0 else 0
        elif waiver_state == sweep.UNKNOWN:
            grade[HIGH] = highest
            grade[MISSING] |= DOSES_MISSING if opened else 1 << inputs.TEMPERATURE
    if heat == sweep.NO and low > 0 and grade[LOW] == 0:
        grade[REASON] |= WITHOUT_FEVER
