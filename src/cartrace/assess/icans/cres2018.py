"""CRES (CAR-T-cell-related encephalopathy syndrome) by the CARTOX group of 2018, as a step function of time.

In: CARTOX-10 (or ICE), consciousness, seizures, weakness, signs and measures of raised intracranial pressure.
Out: grade 0-4 over time, its worst per day and over the course, onset, peak, resolution, durations.
Decided here: how ICE stands in for CARTOX-10, and what a domain that is not recorded leaves open.

**Published rule** neelapu2018cartox, CRES grid, grade = worst domain (grades 1 and 2 read, grades 3 and 4 from memory):

    domain         grade 1   grade 2   grade 3                                        grade 4
    CARTOX-10      7-9       3-6       0-2                                            critical or obtunded, cannot perform
    raised ICP     -         -         papilloedema stage 1-2, or CSF opening         stage 3-5, or opening pressure
                                       pressure < 20 mm[Hg]                           >= 20 mm[Hg], or cerebral oedema
    seizure        -         -         partial, or non-convulsive on EEG and          generalised, or status epilepticus
                                       responding to benzodiazepine
    motor          -         -         -                                              new motor weakness

**Readings**

- CARTOX-10 differs from ICE in one point: it asks for the head of government where ICE asks to follow a command. Where it is not
  recorded, an ICE score bounds it by one point either way (ICE 10: 9 to 10, ICE 0: 0 to 1), flagged `score_from_ice`.
- Unarousable is grade 4. A score of 0 is 3 in somebody who awakens to voice or by himself, 3 to 4 otherwise: "obtunded" has no
  line of its own. Score not recorded: up to 3 in somebody who awakens to voice or by himself, else up to 4. Consciousness entered
  later than the score as not recorded leaves grade 4 open.
- Sedation excludes the score; the grade rests on the other domains, with the flag `evaluable_partial`.
- A brief seizure is 3 when partial, 4 when generalised, 3 to 4 when its type is not recorded. More than five minutes, or repetitive
  without return to baseline, is status: 4. Any seizure entered as generalised is 4.
- Papilloedema without a stage is 3 to 4. Posturing, a sixth nerve palsy and the Cushing triad stand in no line but show raised
  pressure: 3 to 4, flagged `sign_not_listed`. Any oedema on imaging is 4.
- An opening pressure below 20 mm[Hg] counts only where it is raised, for which the source prints no limit: nothing when signs are
  recorded as none, 0 to 3 otherwise.
- Signs recorded as none settle raised pressure without imaging or puncture; a measure entered as not recorded leaves it open.
- Seizure, weakness and raised pressure never recorded are unknown; with `silent_domains=absent` silence means absent.
- A finding attributed to another cause is known and harmless. The scale prints no age; its score was made for adults.
- The grid has no grade 5: death ends the record. Onset and resolution are read as in `icans.astct2019`.

**Ungradable** no domain recorded since the infusion, or nothing current at a moment (`nothing_current`).
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.episodes import assess_over_time
from cartrace.assess.icans.astct2019 import OPTIONS
from cartrace.assess.icans.astct2019_domains import (
    HIGH,
    LAST_STATUS_WITH_VALUE,
    LOW,
    MISSING,
    NOT_KNOWN,
    SEDATED,
    TOUCH,
    UNAROUSABLE,
    harmless,
    known,
    motor_domain,
    set_bounds,
    state_of_mind,
)
from cartrace.assess.icans.episode import (
    ICP,
    MOTOR,
    NOTHING_CURRENT,
    PARTIAL,
    REASON,
    SCORED,
    SEIZURES,
    State,
    keep,
    over_time,
)
from cartrace.assess.rule import NOT_GRADED, Reason, Rule, Steps
from cartrace.assess.sweep import STATUS_NOT_RECORDED, Floats, minute_of, tie
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, gather

__all__ = [
    "GRADE_1_UP_TO",
    "GRADE_2_UP_TO",
    "GRADE_3_UP_TO",
    "OPENING_PRESSURE_FROM",
    "RULE",
    "STAGE_GRADE_4_FROM",
]

# Upper limit of each band of CARTOX-10; neelapu2018cartox, CRES grid, first row.
GRADE_1_UP_TO = 9.0
GRADE_2_UP_TO = 6.0
GRADE_3_UP_TO = 2.0
UNIMPAIRED = 10.0
# Papilloedema of grade 4, any lower stage but 0 is grade 3; neelapu2018cartox, from memory.
STAGE_GRADE_4_FROM = 3.0
# [mm[Hg]] CSF opening pressure of grade 4; neelapu2018cartox, from memory.
OPENING_PRESSURE_FROM = 20.0

# The first ones stand where `astct2019_inputs` has them (ICE in the place of CAPD), so that its domains can be read.
SCORE, ICE, CONSCIOUSNESS, SEIZURE, WEAKNESS, OEDEMA, SIGN, SEIZURE_TYPE, STAGE, PRESSURE, DEATH, CLOCK = range(12)
CHANNELS = (
    Channel("cartox10", codes=("cartox10",), meaning="CARTOX-10 score, 10 unimpaired"),
    Channel("ice", codes=("ice",), meaning="ICE score, stands in for CARTOX-10"),
    Channel("consciousness", codes=("consciousness",), meaning="depressed level of consciousness"),
    Channel("seizure", codes=("seizure",), meaning="seizure"),
    Channel("motor_weakness", codes=("motor_weakness",), meaning="new motor weakness"),
    Channel("cerebral_oedema", codes=("cerebral_oedema",), meaning="oedema on imaging"),
    Channel("raised_icp_sign", codes=("raised_icp_sign",), meaning="sign of raised intracranial pressure"),
    Channel("seizure_type", codes=("seizure_type",), meaning="partial or generalised"),
    Channel("papilloedema_stage", codes=("papilloedema_stage",), meaning="stage of papilloedema"),
    Channel("csf_opening_pressure", codes=("csf_opening_pressure",), meaning="opening pressure at lumbar puncture"),
    Channel("death", codes=("death",), meaning="ends the record"),
    Channel("clock", meaning="minute of the day at which the first infusion began"),
)

SILENT = 3
REASONS = (
    Reason("nothing_current", "Nothing recorded says how the patient was."),
    Reason("evaluable_partial", "Sedated: the score is excluded; the grade rests on the other domains."),
    Reason("score_from_ice", "CARTOX-10 was not recorded; the ICE score bounds it by one point."),
    Reason("attributed_elsewhere", "A finding was attributed to another cause and does not count."),
    Reason("sign_not_listed", "A sign of raised pressure that stands in no line of this scale: 3 to 4."),
    Reason("seizure_type_missing", "Whether the seizure was partial or generalised is not recorded."),
    Reason("pressure_below_20", "An opening pressure below 20 mmHg counts only where it is raised."),
    Reason("episode_open", "Grade 0 while the episode was still open: the resolution clock had not run."),
    Reason("cannot_perform", "Unarousable, or a score of 0 without known consciousness: the score may be impossible."),
    Reason("resolution_across_gap", "Nobody looked for part of the time in which the episode resolved."),
)
FROM_ICE, ELSEWHERE, NOT_LISTED, TYPE_MISSING, BELOW_20, CANNOT_PERFORM = (1 << i for i in (2, 3, 4, 5, 6, 8))

# Coded values by their place in the vocabulary.
BRIEF, NON_CONVULSIVE, GENERALISED, PAPILLOEDEMA = 1, 2, 1, 3


@part
def band(score: float) -> int:
    """The CARTOX-10 row of the grid."""
    if score <= GRADE_3_UP_TO:
        return 3
    if score <= GRADE_2_UP_TO:
        return 2
    return 1 if score <= GRADE_1_UP_TO else 0


@part
def left_blank(events: Events, i: int) -> bool:
    """Whether entry `i` says that there is a result, and not which."""
    return bool(i >= 0 and np.isnan(events.value[i]) and events.status[i] == STATUS_NOT_RECORDED)


@part
def score_domain(events: Events, state: State, mind: int) -> None:
    """CARTOX-10, or what ICE says of it, in somebody who is not sedated."""
    current, bounds, grade = state.current, state.bounds, state.grade
    unable = mind in (NOT_KNOWN, TOUCH)
    score, ice, blank = current[SCORE], current[ICE], current[CONSCIOUSNESS]
    lapsed = left_blank(events, blank) and minute_of(events.time[blank]) > minute_of(events.time[max(score, ice)])
    if mind == UNAROUSABLE:
        grade[REASON] |= CANNOT_PERFORM
        set_bounds(bounds, 4, 4, CONSCIOUSNESS)
    elif harmless(events, score):
        set_bounds(bounds, 0, 0, SCORE)
    elif known(events, score):
        possible = (events.value[score] <= 0.0 and unable) or lapsed
        grade[REASON] |= CANNOT_PERFORM if possible else 0
        set_bounds(bounds, band(events.value[score]), 4 if possible else band(events.value[score]), CONSCIOUSNESS)
    elif harmless(events, ice):
        set_bounds(bounds, 0, 0, SCORE)
    elif known(events, ice):
        grade[REASON] |= FROM_ICE
        least, most = max(events.value[ice] - 1.0, 0.0), min(events.value[ice] + 1.0, UNIMPAIRED)
        set_bounds(bounds, band(most), 4 if (least <= 0.0 and unable) or lapsed else band(least), SCORE)
    else:
        set_bounds(bounds, 0, 4 if unable else 3, SCORE)


@part
def seizure_domain(events: Events, state: State, silent: bool) -> None:
    """Partial or non-convulsive is 3; generalised or status is 4."""
    i, kind, bounds = state.current[SEIZURE], state.current[SEIZURE_TYPE], state.bounds
    if not known(events, i):
        set_bounds(bounds, 0, 0 if silent and i < 0 else 4, SEIZURE)
    elif events.value[i] == 0 or harmless(events, i):
        set_bounds(bounds, 0, 0, SEIZURE)
    elif events.value[i] > NON_CONVULSIVE or (known(events, kind) and events.value[kind] == GENERALISED):
        set_bounds(bounds, 4, 4, SEIZURE)
    elif events.value[i] == NON_CONVULSIVE or known(events, kind):
        set_bounds(bounds, 3, 3, SEIZURE)
    else:
        state.grade[REASON] |= TYPE_MISSING
        set_bounds(bounds, 3, 4, SEIZURE_TYPE)


@part
def pressure_domain(events: Events, state: State, silent: bool) -> None:
    """Raised intracranial pressure: papilloedema by stage, opening pressure, oedema."""
    current, bounds = state.current, state.bounds
    sign, stage, pressure, oedema = current[SIGN], current[STAGE], current[PRESSURE], current[OEDEMA]
    low, high, missing = 0, 0, 0
    for i, channel in ((stage, STAGE), (pressure, PRESSURE), (oedema, OEDEMA)):
        if left_blank(events, i):
            high, missing = 4, missing | 1 << channel
    if known(events, oedema) and not harmless(events, oedema) and events.value[oedema] > 0:
        low = 4
    staged = known(events, stage)
    if staged and not harmless(events, stage) and events.value[stage] > 0:
        low = max(low, 4 if events.value[stage] >= STAGE_GRADE_4_FROM else 3)
    if known(events, pressure) and not harmless(events, pressure):
        if events.value[pressure] >= OPENING_PRESSURE_FROM:
            low = 4
        elif not known(events, sign) and not (silent and sign < 0):
            high, missing = max(high, 3), missing | 1 << SIGN
            state.grade[REASON] |= BELOW_20
    if not known(events, sign):
        if not (silent and sign < 0):
            high, missing = 4, missing | 1 << SIGN
    elif events.value[sign] > 0 and not harmless(events, sign):
        papilloedema = events.value[sign] == PAPILLOEDEMA
        low = max(low, 3)
        if not (papilloedema and staged):
            high, missing = 4, missing | 1 << (STAGE if papilloedema else PRESSURE)
        state.grade[REASON] |= 0 if papilloedema else NOT_LISTED
    bounds[LOW], bounds[HIGH] = low, max(low, high)
    bounds[MISSING] = missing if high > low else 0


@part
def take(state: State, domain: int) -> None:
    """Take the domain in `state.bounds` into the grade; what lifts the upper bound is kept by height in `state.other`."""
    keep(state, domain)
    grade, bounds = state.grade, state.bounds
    grade[LOW], grade[HIGH] = max(grade[LOW], bounds[LOW]), max(grade[HIGH], bounds[HIGH])
    for height in range(bounds[LOW], bounds[HIGH]):
        state.other[height] |= bounds[MISSING]


@part
def judge(events: Events, state: State, option: Floats, baseline: float) -> int:
    """The grade now with its flags, into `state.grade`; returns the bit of ICE when CARTOX-10 was recorded."""
    grade, current, silent = state.grade, state.current, option[SILENT] > 0
    grade[:] = 0
    state.other[:] = 0
    if current[:DEATH].max() < 0:
        grade[LOW], grade[HIGH], grade[REASON] = NOT_GRADED, NOT_GRADED, NOTHING_CURRENT
        return 0
    mind = state_of_mind(events, current)
    if mind == SEDATED:
        grade[REASON] |= PARTIAL
    else:
        score_domain(events, state, mind)
        take(state, SCORED)
    seizure_domain(events, state, silent)
    take(state, SEIZURES)
    motor_domain(events, current, 1 if silent else 0, state.bounds)
    take(state, MOTOR)
    pressure_domain(events, state, silent)
    take(state, ICP)
    for height in range(grade[LOW], grade[HIGH]):
        grade[MISSING] |= state.other[height]
    for channel in range(DEATH):
        if harmless(events, current[channel]):
            grade[REASON] |= ELSEWHERE
    return 1 << ICE if known(events, current[SCORE]) else 0


@part
def ranks(events: Events) -> Floats:
    """For entries of one input at one minute: the highest rank counts. Unknown is lowest, attributed elsewhere next."""
    rank = np.zeros(len(events.time))
    for i in range(len(events.time)):
        channel, value = events.channel[i], events.value[i]
        if np.isnan(value) or events.status[i] > LAST_STATUS_WITH_VALUE:
            rank[i] = -1e8 if events.status[i] == STATUS_NOT_RECORDED else -1e9
            continue
        scored = channel in (SCORE, ICE)
        rank[i] = (-value if scored else value) + tie(events, i, scored)
        rank[i] -= 1e6 if events.attributed[i] == -1 else 0.0
    return rank


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """The rule. Row 0 is the worst of the course, the others are the steps."""
    return over_time(events, option, steps, (DEATH, CLOCK), ranks(events), UNIMPAIRED, judge)


def gather_with_clock(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Events of a course, with the clock in front."""
    return gather(course, channels, [event_row(CLOCK, course.clock.start_minute or 0, moment=None)])


RULE = Rule(
    id="icans.cres2018",
    version="1",
    title="CRES, CARTOX 2018",
    module=__name__,
    channels=CHANNELS,
    options=(*OPTIONS[:3], OPTIONS[-1]),
    reasons=REASONS,
    sources=("neelapu2018cartox", "lee2019astct", "cartrace"),
    provisional=(
        "Grades 3 and 4 are written from memory of the grid.",
        "That CARTOX-10 asks for the head of government is written from memory.",
    ),
    kernel=kernel,
    rows=lambda events: 3 * events + 2,
    assess=assess_over_time,
    gather=gather_with_clock,
)
