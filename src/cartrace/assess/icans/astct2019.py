"""ICANS by the ASTCT consensus of 2019, as a step function of time: ICE for adults, CAPD for young children.

In: the five neurological domains and the age of one course. Out: grade 0-5 over time, its worst per day and over the
course, onset, peak, resolution, durations.
Decided here: which score an age uses and how a domain that is not recorded widens the grade.

**Published rule** lee2019astct, consensus grid (read through its reprints; santomasso2021asco, traube2014capd), grade = worst domain:

    domain         grade 1                grade 2            grade 3                                grade 4
    ICE            7-9                    3-6                0-2 (0 when awake, global aphasia)     0, unarousable
    CAPD (< 12 y)  1-8                    1-8                >= 9                                   unable to perform
    consciousness  awakens spontaneously  awakens to voice   awakens to touch                       unarousable
    seizure        -                      -                  brief, or non-convulsive and resolved  > 5 min, or repetitive
    motor          -                      -                  -                                      deep focal weakness
    raised ICP     -                      -                  focal oedema on imaging                diffuse oedema, posturing,
                                                                                                    VI palsy, papilloedema, Cushing triad
    death due to ICANS: 5

**Readings**

- ICE from 12.0 years, CAPD below, and CAPD up to 21 years with recorded developmental delay; the option `score` overrides it.
  Without an age both ways are graded and the range spans them.
- ICE 10 or CAPD 0 is grade 0. ICE 0 is 3 when the patient can be roused or has global aphasia, 4 when unarousable, 3 to 4 when
  consciousness is not recorded. A decimal score belongs to the band whose upper limit it does not pass.
- Consciousness not recorded: up to 3 with an ICE above 0, up to 2 with a CAPD below 9 (both scores ask for somebody awake enough),
  else up to 4; a score older than consciousness entered as not recorded says nothing about it.
  Score not recorded: up to 3 in somebody who can be roused, else up to 4.
- Sedation excludes consciousness and score; the grade rests on the other three domains, with the flag `evaluable_partial`, and the
  resolution clock learns nothing.
- Signs of raised pressure recorded as none settle that domain without imaging; imaging alone does not. Imaging entered as not
  recorded was done, and leaves the domain open.
- With an intracranial haemorrhage, oedema on imaging is the haemorrhage's: excluded, graded by CTCAE; with one entered as not
  recorded it may be. Tremor never counts.
- An ICE score at or above the one before the infusion, when that was below 10, still grades by itself, with a flag.
- A finding attributed to another cause is known and harmless.
- Seizure, weakness and raised pressure never recorded are unknown; with `silent_domains=absent` silence means absent.
- A reading holds for `validity_hours`. Nothing is graded before the infusion, beyond the last entry or after death.
- Onset: first moment with grade >= 1 settled. Resolution: the first moment at grade 0 since which no grade came back for
  `resolution_hours`, and after which somebody looked again.
- Death of unknown cause while an episode is open raises the upper bound to 5, also where what is not recorded may have opened it.

**Ungradable** no domain recorded since the infusion, or nothing current at a moment (`nothing_current`).
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.episodes import assess_over_time
from cartrace.assess.icans import astct2019_domains as domains
from cartrace.assess.icans import astct2019_inputs as inputs
from cartrace.assess.icans.astct2019_domains import (
    CAPD_FROM,
    DELAY_UP_TO,
    ICE_GRADE_1_UP_TO,
    ICE_GRADE_2_UP_TO,
    ICE_GRADE_3_UP_TO,
    ICE_GRADE_4_UP_TO,
    capd_total,
    consciousness_domain,
    motor_domain,
    pressure_domain,
    ranks,
    score_domain,
    seizure_domain,
    state_of_mind,
)
from cartrace.assess.icans.astct2019_inputs import AGE_FROM, CHANNELS, gather_with_standing_facts
from cartrace.assess.icans.episode import (
    BY_CAPD,
    ICP,
    MIND,
    MOTOR,
    NOTHING_CURRENT,
    PARTIAL,
    REASON,
    SCORED,
    SEIZURES,
    State,
    keep,
    over_time,
    possible,
)
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.assess.sweep import Floats, Ints
from cartrace.course import Events

__all__ = [
    "AGE_FROM",
    "CAPD_FROM",
    "DELAY_UP_TO",
    "ICE_GRADE_1_UP_TO",
    "ICE_GRADE_2_UP_TO",
    "ICE_GRADE_3_UP_TO",
    "ICE_GRADE_4_UP_TO",
    "RULE",
    "capd_total",
]

# Grade of death due to ICANS; lee2019astct.
DEATH_GRADE = 5

REASONS = (
    Reason("nothing_current", "Nothing recorded says how the patient was."),
    Reason("evaluable_partial", "Sedated: score and consciousness are excluded; the grade rests on the other domains."),
    Reason("age_missing", "The age is not recorded: graded both by ICE and by CAPD."),
    Reason("attributed_elsewhere", "A finding was attributed to another cause and does not count."),
    Reason("haemorrhage_by_ctcae", "Intracranial haemorrhage, with its oedema, is excluded: grade it by CTCAE."),
    Reason("tremor_by_ctcae", "Tremor or myoclonus never counts: grade it by CTCAE."),
    Reason("score_not_below_baseline", "The ICE score is no lower than before the infusion."),
    Reason("episode_open", "Grade 0 while the episode was still open: the resolution clock had not run."),
    Reason("death_cause_missing", "Died with the episode open; whether ICANS was the cause is not recorded."),
    Reason("resolution_across_gap", "Nobody looked for part of the time in which the episode resolved."),
)
AGE_MISSING, ELSEWHERE, HAEMORRHAGE, TREMOR, BASELINE, CAUSE_MISSING = (1 << i for i in (2, 3, 4, 5, 6, 8))

AGE_BOUNDARY, SCORE, SILENT = 3, 4, 5
OPTIONS = (
    Option("validity_hours", 24.0, "how long a reading holds", "h"),
    Option("resolution_hours", 24.0, "how long grade 0 must hold before an episode counts as resolved", "h"),
    Option("gap_hours", 0.0, "a grade up to this long after resolution goes on with the same episode", "h"),
    Option("age_boundary", AGE_FROM, "ICE from this age on, CAPD below", "a"),
    Option("score", 0.0, "which score to use", values=(("by_age", 0.0), ("ice", 1.0), ("capd", 2.0))),
    Option(
        "silent_domains",
        0.0,
        "what it means that seizure, weakness or raised pressure is never mentioned",
        values=(("unknown", 0.0), ("absent", 1.0)),
    ),
)
BY_AGE, ICE_ONLY, CAPD_ONLY = 0, 1, 2
DEATH_OF_ICANS, CAUSE_UNKNOWN = 2.0, 0.0


# Slots of a grade or of a domain's bounds.
LOW, HIGH, MISSING = domains.LOW, domains.HIGH, domains.MISSING


@part
def uses(events: Events, current: Ints, boundary: float, choice: float) -> int:
    """Which score grades this patient: ICE_ONLY, CAPD_ONLY, or BY_AGE when the age is not recorded."""
    if choice != BY_AGE:
        return int(choice)
    age, delayed = current[inputs.AGE], current[inputs.DELAY] >= 0 and events.value[current[inputs.DELAY]] > 0
    if age < 0:
        return BY_AGE
    if events.value[age] < boundary or (delayed and events.value[age] <= DELAY_UP_TO):
        return CAPD_ONLY
    return ICE_ONLY


@part
def worse(grade: Ints, state: State, domain: int) -> None:
    """Take a domain into the grade: the worst counts at both bounds."""
    grade[LOW] = max(grade[LOW], state.bounds[LOW])
    grade[HIGH] = max(grade[HIGH], state.bounds[HIGH])
    keep(state, domain)


@part
def awake_domains(events: Events, state: State, score: int, grade: Ints) -> None:
    """Score and consciousness, the two domains that need a patient who is not sedated."""
    score_domain(events, state.current, score == CAPD_ONLY, state.bounds)
    worse(grade, state, BY_CAPD if score == CAPD_ONLY else SCORED)
    consciousness_domain(events, state.current, score == CAPD_ONLY, state.bounds)
    worse(grade, state, MIND)


@part
def missing_inputs(events: Events, state: State, score: int, silent: int, low: int) -> int:
    """Bits of the inputs whose silence lifts the upper bound above `low`."""
    current, bounds, found = state.current, state.bounds, 0
    if state_of_mind(events, current) != domains.SEDATED:
        for way in (ICE_ONLY, CAPD_ONLY):
            if score in (way, BY_AGE):
                score_domain(events, current, way == CAPD_ONLY, bounds)
                found |= bounds[MISSING] if bounds[HIGH] > low else 0
                consciousness_domain(events, current, way == CAPD_ONLY, bounds)
                found |= bounds[MISSING] if bounds[HIGH] > low else 0
    seizure_domain(events, current, silent, bounds)
    found |= bounds[MISSING] if bounds[HIGH] > low else 0
    motor_domain(events, current, silent, bounds)
    found |= bounds[MISSING] if bounds[HIGH] > low else 0
    pressure_domain(events, current, silent, bounds)
    found |= bounds[MISSING] if bounds[HIGH] > low else 0
    return found


@part
def judge(events: Events, state: State, option: Floats) -> None:
    """The grade now, into `state.grade`."""
    grade, other, current, silent = state.grade, state.other, state.current, int(option[SILENT])
    grade[:] = 0
    if current[: inputs.DEATH].max() < 0:
        grade[LOW], grade[HIGH], grade[REASON] = NOT_GRADED, NOT_GRADED, NOTHING_CURRENT
        return
    score = uses(events, current, option[AGE_BOUNDARY], option[SCORE])
    if state_of_mind(events, current) == domains.SEDATED:
        grade[REASON] |= PARTIAL
    elif score != BY_AGE:
        awake_domains(events, state, score, grade)
    else:
        other[:] = 0
        awake_domains(events, state, ICE_ONLY, grade)
        awake_domains(events, state, CAPD_ONLY, other)
        grade[LOW], grade[HIGH] = min(grade[LOW], other[LOW]), max(grade[HIGH], other[HIGH])
        grade[REASON] |= AGE_MISSING
    seizure_domain(events, current, silent, state.bounds)
    worse(grade, state, SEIZURES)
    motor_domain(events, current, silent, state.bounds)
    worse(grade, state, MOTOR)
    pressure_domain(events, current, silent, state.bounds)
    worse(grade, state, ICP)
    grade[MISSING] = missing_inputs(events, state, score, silent, grade[LOW])
    if grade[REASON] & AGE_MISSING:
        grade[MISSING] |= 1 << inputs.AGE


@part
def flags(events: Events, state: State, baseline: float, score: int) -> int:
    """Flags that never move the grade."""
    current, found = state.current, 0
    for channel in range(inputs.DEATH):
        i = current[channel]
        if i >= 0 and events.attributed[i] == -1:
            found |= ELSEWHERE
    if current[inputs.HAEMORRHAGE] >= 0 and events.value[current[inputs.HAEMORRHAGE]] > 0:
        found |= HAEMORRHAGE
    if current[inputs.TREMOR] >= 0 and events.value[current[inputs.TREMOR]] > 0:
        found |= TREMOR
    ice = current[inputs.ICE]
    if ice >= 0 and score != CAPD_ONLY and baseline < domains.ICE_UNIMPAIRED and events.value[ice] >= baseline:
        found |= BASELINE
    return found


@part
def death(events: Events, state: State) -> None:
    """Death due to ICANS is grade 5; of unknown cause while an episode is or may be open it may be."""
    i, grade = state.current[inputs.DEATH], state.grade
    if i < 0 or events.attributed[i] == -1:
        return
    value = events.value[i]
    if value == DEATH_OF_ICANS:
        grade[LOW], grade[HIGH], grade[MISSING] = DEATH_GRADE, DEATH_GRADE, 0
    elif possible(state) and (np.isnan(value) or value == CAUSE_UNKNOWN):
        grade[LOW], grade[HIGH] = max(grade[LOW], 0), DEATH_GRADE
        grade[MISSING] |= 1 << inputs.DEATH
        grade[REASON] |= CAUSE_MISSING


@part
def judge_and_flag(events: Events, state: State, option: Floats, baseline: float) -> int:
    """The grade now with its flags, into `state.grade`; returns the bit of the score that takes no part."""
    judge(events, state, option)
    death(events, state)
    score = uses(events, state.current, option[AGE_BOUNDARY], option[SCORE])
    state.grade[REASON] |= flags(events, state, baseline, score)
    return 1 << inputs.CAPD if score == ICE_ONLY else 1 << inputs.ICE if score == CAPD_ONLY else 0


@part
def baseline_score(events: Events) -> float:
    """The last ICE score before the infusion; unimpaired when none was recorded."""
    score = float(domains.ICE_UNIMPAIRED)
    for i in range(len(events.time)):
        if events.channel[i] == inputs.ICE and events.time[i] < 0 and not np.isnan(events.value[i]):
            score = events.value[i]
    return score


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    places = inputs.DEATH, inputs.CLOCK
    return over_time(events, option, steps, places, ranks(events), baseline_score(events), judge_and_flag)


RULE = Rule(
    id="icans.astct2019",
    version="1",
    title="ICANS, ASTCT 2019",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("lee2019astct", "santomasso2021asco", "traube2014capd", "cartrace"),
    provisional=("The band CAPD 1-8 for grades 1 and 2 is written from memory of the consensus table.",),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess_over_time,
    gather=gather_with_standing_facts,
)
