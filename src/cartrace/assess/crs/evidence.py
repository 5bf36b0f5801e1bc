"""What the editions of CRS besides ASTCT read: the inputs of ASTCT, and FiO2, organ grades, doses and what Penn asks for.

In: a course. Out: events. Decided here: one course gives every edition the same evidence; an edition reads the first so many
channels. Readings of organs and of vasopressor doses are in `organs.py` and `vasopressor_course.py`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.crs import astct2019_gate as gates
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.assess.crs.astct2019_axes import ranks
from cartrace.assess.crs.episode import MAYBE, VALIDITY, State, reading_holds
from cartrace.assess.crs.organs import ANALYTES, HOURS, grade_rows
from cartrace.assess.crs.vasopressor_course import step_function
from cartrace.assess.episodes import assess_over_time
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule
from cartrace.assess.sweep import Floats, Ints, minute_of, study_day
from cartrace.course import Channel, Course, Events
from cartrace.course.clock import MINUTES_PER_DAY, Moment
from cartrace.course.events import EventRow, event_row

FIO2, VASOPRESSOR_COURSE, CREATININE, ALT, AST, BILIRUBIN, COAGULATION, ADMISSION = range(20, 28)

CHANNELS = (
    *inputs.CHANNELS,
    Channel("fio2", codes=("fio2",), meaning="inspired oxygen under the current device"),
    Channel("vasopressor_course", meaning="doses (with body weight where needed) and times of the vasopressors"),
    Channel("creatinine", codes=("creatinine",), meaning="kidney, as the grade of ctcae5.creatinine"),
    Channel("alt", codes=("alt",), meaning="liver, as the grade of ctcae5.alt"),
    Channel("ast", codes=("ast",), meaning="liver, as the grade of ctcae5.ast"),
    Channel("bilirubin", codes=("bilirubin",), meaning="liver, as the grade of ctcae5.bilirubin"),
    Channel("coagulation_product", drug_classes=("coagulation_product",), meaning="given for coagulopathy"),
    Channel("crs_admission", codes=("crs_admission",), meaning="in hospital for CRS"),
)
WITH_OXYGEN = CHANNELS[: FIO2 + 1]
WITH_ORGANS = CHANNELS[: BILIRUBIN + 1]
COMPLETE_COAGULATION = 8

# What the value on VASOPRESSOR_COURSE says: STATES x (on a high dose) + (on any for a day), each NO, UNKNOWN or YES.
STATES = 3

ESTIMATED, GRADED_WITHOUT_FEVER, OF_EDITION = 1 << 1, 1 << 12, 1 << len(gates.REASONS)
"""Bits of `reasons` that ASTCT does not have, or has for something else."""

ORGANS_SILENT = 4
ORGAN_OPTION = Option(
    "organ_silence",
    0.0,
    "an organ laboratory value that is not recorded leaves its line open, or counts as no toxicity",
    values=(("range", 0.0), ("normal", 1.0)),
)

_SENTENCES = {
    "hfnc_device_low_flow": Reason(
        "fio2_estimated", "FiO2 was not recorded; it is estimated from the flow of the cannula."
    ),
    "vasopressin_alone": Reason("vasopressin_alone", "Vasopressin is the only vasopressor; it counts as one."),
    "without_fever": Reason(
        "without_fever",
        "Hypotension, hypoxia or organ toxicity with no fever so far: no episode; look for another cause.",
    ),
    "fever_waived": Reason("graded_without_fever", "Graded without fever: the scale asks for none once CRS has begun."),
}
REASONS = tuple(_SENTENCES.get(reason.code, reason) for reason in gates.REASONS)

FROM_MEMORY_FIO2 = "FiO2 estimated from the flow of a nasal cannula is written from memory."
FROM_MEMORY_DOSES = (
    "The doses of the table of high-dose vasopressors and the norepinephrine equivalents are from memory."
)


def gather_evidence(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The events of a course for as many channels as an edition has."""
    extra: list[EventRow] = []
    declared = 0
    if len(channels) > VASOPRESSOR_COURSE:
        start_minute = course.clock.start_minute or 0
        for minute, high, long in step_function(course):
            moment = Moment(minute / MINUTES_PER_DAY, study_day(minute, start_minute), "minute")
            extra.append(event_row(VASOPRESSOR_COURSE, STATES * high + long, moment=moment))
    if len(channels) > BILIRUBIN:
        extra += grade_rows(course, CREATININE)
        others = tuple(o for o in course.observations if o.code not in ANALYTES)
        course = dataclasses.replace(course, observations=others)
    if len(channels) > COAGULATION and course.complete & {"drugs", "transfusions"}:
        undated = any(d.drug_class == "coagulation_product" and not d.start.known for d in course.drugs)
        declared = 0 if undated else COMPLETE_COAGULATION
    return inputs.gather_with_standing_facts(course, channels, extra, declared)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The rule on one course as records. Days on which only the laboratory was heard of are not graded."""
    found = assess_over_time(rule, course, option)
    last = found.steps[-1].at if found.steps else None
    start_minute = course.clock.start_minute or 0
    until = -1 if last is None else study_day(minute_of(last), start_minute)
    return dataclasses.replace(found, days=tuple(day for day in found.days if day.day is not None and day.day <= until))


@part
def not_asked(events: Events, ends: Ints, state: State, now: int) -> int:
    """Whether fever is not asked for now: never within an episode; perhaps after an onset that may have been missed."""
    state.grade[gates.DOSE] = -1
    if state.episode[sweep.OPEN] == 1:
        return sweep.YES
    return sweep.UNKNOWN if state.memory[MAYBE] >= 0 else sweep.NO


@part
def evidence_holds(option: Floats) -> Ints:
    """[min] how long an entry holds, by channel; 0 = until the next one."""
    holds = reading_holds(option)
    holds[FIO2] = holds[inputs.TEMPERATURE]
    holds[COAGULATION] = max(int(option[VALIDITY] * 60), 1)
    for channel in range(CREATININE, BILIRUBIN + 1):
        holds[channel] = HOURS * 60
    return holds


@part
def evidence_ranks(events: Events) -> Floats:
    """For entries of one input at one minute: the highest rank counts, what is worse."""
    rank = ranks(events)
    for i in range(len(events.time)):
        channel = events.channel[i]
        if channel in (FIO2, ADMISSION):
            known = not np.isnan(events.value[i])
            rank[i] = -1e9 if not known else events.value[i] - (1e6 if events.attributed[i] == -1 else 0.0)
        elif CREATININE <= channel <= BILIRUBIN:
            rank[i] = 10.0 * events.high[i] + events.low[i]
    return rank
