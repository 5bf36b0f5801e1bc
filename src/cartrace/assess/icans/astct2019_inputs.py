"""The inputs of ASTCT ICANS as channels, and a course's events on them.

In: a course. Out: events, with age, developmental delay and the clock as standing facts.
Decided here: nothing clinical.
"""

from __future__ import annotations

from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, gather

# [a] ICE from this age on, CAPD below; lee2019astct and santomasso2021asco (the NCI thesaurus draws the line above 12).
AGE_FROM = 12.0

ICE, CAPD, CONSCIOUSNESS, SEIZURE, WEAKNESS, OEDEMA, SIGN, APHASIA, DEATH = 0, 1, 2, 3, 4, 5, 6, 7, 8
HAEMORRHAGE, TREMOR, AGE, DELAY, CLOCK = 9, 10, 11, 12, 13

CHANNELS = (
    Channel("ice", codes=("ice",), meaning="ICE score, 10 unimpaired"),
    Channel("capd", codes=("capd",), meaning="CAPD score, 0 unimpaired"),
    Channel("consciousness", codes=("consciousness",), meaning="depressed level of consciousness"),
    Channel("seizure", codes=("seizure",), meaning="seizure"),
    Channel("motor_weakness", codes=("motor_weakness",), meaning="deep focal motor weakness"),
    Channel("cerebral_oedema", codes=("cerebral_oedema",), meaning="oedema on imaging"),
    Channel("raised_icp_sign", codes=("raised_icp_sign",), meaning="sign of raised intracranial pressure"),
    Channel("global_aphasia", codes=("global_aphasia",), meaning="awake with global aphasia"),
    Channel("death", codes=("death",), meaning="death and its principal cause"),
    Channel("intracranial_haemorrhage", codes=("intracranial_haemorrhage",), meaning="flag only; takes oedema with it"),
    Channel("tremor", codes=("tremor",), meaning="flag only"),
    Channel("age", meaning="age in years"),
    Channel("developmental_delay", meaning="1 when recorded"),
    Channel("clock", meaning="minute of the day at which the first infusion began"),
)


def gather_with_standing_facts(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Events of a course, with what holds for the whole of it in front."""
    standing = [event_row(CLOCK, course.clock.start_minute or 0, moment=None)]
    if course.patient.age_years is not None:
        standing.append(event_row(AGE, course.patient.age_years, moment=None))
    if course.patient.developmental_delay is not None:
        standing.append(event_row(DELAY, float(course.patient.developmental_delay), moment=None))
    return gather(course, channels, standing)
