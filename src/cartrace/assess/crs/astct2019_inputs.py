"""The inputs of ASTCT CRS as channels, and a course's events on them.

In: a course. Out: events with infusions, declared charts and the clock as standing facts.
Decided here: how open-ended ways of writing a drug course are read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from cartrace.course import Channel, Course, Events
from cartrace.course.events import EventRow, event_row, gather
from cartrace.course.record import DrugCourse

TEMPERATURE, HYPOTENSION, BOLUS, SYSTOLIC, CHARTED, DEVICE, FLOW, DEATH = 0, 1, 2, 3, 4, 5, 6, 7
AGENTS_FIRST, AGENTS_LAST, VASOPRESSIN = 8, 12, 13
DOSES_FIRST, DOSES_LAST = 14, 16
INFUSION, CHARTS, CLOCK = 17, 18, 19

CHANNELS = (
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("hypotension", codes=("hypotension",), meaning="hypotension as the clinician judged it"),
    Channel("fluid_bolus", codes=("fluid_bolus",), meaning="fluid bolus to keep pressure"),
    Channel("systolic_bp", codes=("systolic_bp",), meaning="systolic pressure, for the proxy option only"),
    Channel("vasopressors", codes=("vasopressors",), meaning="charted number of concurrent vasopressors"),
    Channel("oxygen_device", codes=("oxygen_device",), meaning="oxygen device or respiratory support"),
    Channel("oxygen_flow", codes=("oxygen_flow",), meaning="oxygen flow"),
    Channel("death", codes=("death",), meaning="death and its principal cause"),
    Channel("norepinephrine", drugs=("norepinephrine",), meaning="vasopressor"),
    Channel("epinephrine", drugs=("epinephrine",), meaning="vasopressor"),
    Channel("dopamine", drugs=("dopamine",), meaning="vasopressor"),
    Channel("phenylephrine", drugs=("phenylephrine",), meaning="vasopressor"),
    Channel("other_vasopressor", drug_classes=("vasopressor",), meaning="any other vasopressor"),
    Channel("vasopressin", drugs=("vasopressin",), meaning="vasopressin, never counted toward several"),
    Channel("antipyretic", drug_classes=("antipyretic",), meaning="lifts the fever requirement of later grading"),
    Channel("anticytokine", drug_classes=("anticytokine",), meaning="lifts the fever requirement of later grading"),
    Channel("corticosteroid", drug_classes=("corticosteroid",), meaning="lifts the fever requirement of later grading"),
    Channel("infusion", meaning="infusions of the cells"),
    Channel("complete_charts", meaning="charts declared complete: 1 drugs, 2 vasopressors, 4 oxygen, added up"),
    Channel("clock", meaning="minute of the day at which the first infusion began"),
)
COMPLETE_DRUGS, COMPLETE_VASOPRESSORS, COMPLETE_OXYGEN = 1, 2, 4


def gather_with_standing_facts(
    course: Course, channels: tuple[Channel, ...], extra: Iterable[EventRow] = (), declared: int = 0
) -> Events:
    """Events with infusions, declared charts and the clock; open-ended ways of writing drugs made explicit.

    extra      rows of an edition's own; declared: charts of its own that are complete, added up

    One dose of a vasopressor has no end; one dose of another drug ends as it begins. A drug whose start nobody
    recorded takes back the declaration that its chart is complete: it was given, but not at a known time.
    """
    drugs = tuple(_explicit_end(drug) for drug in course.drugs)
    undated = {drug.drug_class for drug in drugs if not drug.start.known}
    charts = declared
    if "drugs" in course.complete and not undated & {"antipyretic", "anticytokine", "corticosteroid"}:
        charts |= COMPLETE_DRUGS
    if course.complete & {"drugs", "vasopressors"} and "vasopressor" not in undated:
        charts |= COMPLETE_VASOPRESSORS
    if "oxygen" in course.complete:
        charts |= COMPLETE_OXYGEN
    standing = [
        event_row(CHARTS, charts, moment=None),
        event_row(CLOCK, course.clock.start_minute or 0, moment=None),
    ]
    infusions = [event_row(INFUSION, None, moment=i.moment, uid=i.uid) for i in course.infusions if i.moment.known]
    return gather(dataclasses.replace(course, drugs=drugs), channels, [*standing, *infusions, *extra])


def _explicit_end(drug: DrugCourse) -> DrugCourse:
    if drug.end_state == "single" and drug.drug_class != "vasopressor":
        return dataclasses.replace(drug, end_state="ended", end=drug.start)
    if drug.end_state == "single" or (drug.end_state == "ended" and (drug.end is None or not drug.end.known)):
        return dataclasses.replace(drug, end_state="not recorded", end=None)
    return drug
