"""What holds for every rule on the shelf, over courses made of its own case rows, one or two at a time.

The order of rows, the calendar and the units of a file change nothing; a value that is not recorded never takes the worst
possible grade away; a worse finding never improves the grade.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.assess import RULES, Assessment, Grade, Rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import Case, cases, chosen_options
from cartrace.course import Clock, Course, CourseBuilder, Moment, Status
from cartrace.course.record import LesionMeasurement, MrdResult, Observation
from cartrace.vocabulary import terms, units

GROUPS = ("infusions", "drugs", "procedures", "observations", "panels", "lesions", "mrd")
EXAMPLES = settings(max_examples=15, deadline=None, derandomize=True)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
rows = st.integers(min_value=0, max_value=10**6)
chances = st.randoms(use_true_random=False)


def case_of(rule: Rule, number: int) -> Case:
    table = cases(rule.id)
    return table[number % len(table)]


def course_of(rule: Rule, first: int, second: int | None) -> Course:
    texts = [case_of(rule, number).given for number in (first, second) if number is not None]
    return read_given("; ".join(texts))


def said(grade: Grade) -> tuple[Any, ...]:
    """Everything of a grade but the rows that decided it."""
    return dataclasses.astuple(dataclasses.replace(grade, evidence=()))


def everything(assessment: Assessment) -> tuple[Any, ...]:
    grades = (assessment.overall, *assessment.steps, *assessment.days)
    facts = [(fact.id, fact.value, fact.reason, fact.censored) for fact in assessment.facts]
    return [said(g) for g in grades], [(name, said(g)) for name, g in assessment.parts], facts


# --- the file does not matter -----------------------------------------------------------------------------------------


@every_rule
@EXAMPLES
@given(first=rows, second=st.none() | rows, chance=chances)
def test_the_order_of_rows_changes_nothing(rule: Rule, first: int, second: int | None, chance: random.Random) -> None:
    course = course_of(rule, first, second)
    options = chosen_options(case_of(rule, first).options)
    records = [record for name in GROUPS for record in getattr(course, name)]
    numbers = [record.uid for record in records]
    chance.shuffle(numbers)
    renumbered = dict(zip((id(record) for record in records), numbers, strict=True))
    groups = {}
    for name in GROUPS:
        group = [dataclasses.replace(record, uid=renumbered[id(record)]) for record in getattr(course, name)]
        groups[name] = tuple(sorted(group, key=lambda record: record.uid))
    shuffled = dataclasses.replace(course, **groups)
    assert everything(rule.run(shuffled, options)) == everything(rule.run(course, options))


def with_moments(course: Course, change: Callable[[Moment], Moment], clock: Clock) -> Course:
    def moved(record: Any) -> Any:
        found = {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
        changed = {name: change(value) for name, value in found.items() if isinstance(value, Moment)}
        return dataclasses.replace(record, **changed)

    groups = {name: tuple(moved(record) for record in getattr(course, name)) for name in GROUPS}
    return dataclasses.replace(course, clock=clock, **groups)


@every_rule
@EXAMPLES
@given(first=rows, second=st.none() | rows, origin=st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1)))
def test_the_calendar_changes_nothing(rule: Rule, first: int, second: int | None, origin: datetime) -> None:
    midnight = origin.replace(hour=0, minute=0, second=0, microsecond=0)
    course = course_of(rule, first, second)
    clock = Clock(origin=midnight, start_minute=0)

    def dated(moment: Moment) -> Moment:
        if moment.precision == "day":
            return clock.from_date(midnight.date() + timedelta(days=moment.day or 0))
        return clock.from_datetime(midnight + timedelta(days=moment.time))

    assert everything(rule.run(with_moments(course, dated, clock))) == everything(rule.run(course))


def in_another_unit(value: float, family: str, chance: random.Random) -> tuple[float, str] | None:
    """The same quantity in another accepted unit, when it has a finite decimal there."""
    for spelling in chance.sample(units.accepted(family), len(units.accepted(family))):
        known = units.families()[family].spellings[units.fold(spelling)]
        number = Fraction(repr(value)) / known.factor + known.offset
        rest = number.denominator
        while rest % 2 == 0 or rest % 5 == 0:
            rest //= 2 if rest % 2 == 0 else 5
        if rest == 1 and (known.factor != 1 or known.offset != 0):
            return float(number), spelling
    return None


@every_rule
@EXAMPLES
@given(first=rows, second=st.none() | rows, chance=chances)
def test_the_unit_a_value_came_in_changes_nothing(
    rule: Rule, first: int, second: int | None, chance: random.Random
) -> None:
    course = course_of(rule, first, second)
    observations = []
    for observation in course.observations:
        analyte = terms.analyte(observation.code)
        assert analyte is not None
        other = None
        if analyte.is_number and observation.value is not None:
            other = in_another_unit(observation.value, analyte.family, chance)
        if other is not None:
            builder = CourseBuilder("unit")
            builder.observe(observation.code, other[0], moment=observation.moment, unit=other[1])
            observation = dataclasses.replace(observation, value=builder.course().observations[0].value)
        observations.append(observation)
    converted = dataclasses.replace(course, observations=tuple(observations))
    assert everything(rule.run(converted)) == everything(rule.run(course))


# --- less is never better ---------------------------------------------------------------------------------------------

# Rules in which what nobody recorded is no look at all, and why.
NO_LOOK = {
    "icaht.early": "days without a count are read off the line between their neighbours, as published",
    "recovery.neutrophils": "days without a count are read off the line between their neighbours, as in early ICAHT",
    "cytopenia.protracted_severe_neutropenia": "as in early ICAHT",
    "cytopenia.protracted_profound_neutropenia": "as in early ICAHT",
    "ticaht.early": "days without a count are read off the line between their neighbours, as in early ICAHT",
}


def hidden(record: Any) -> Any:
    """`record` with its result not recorded; None for a record without one."""
    if isinstance(record, Observation) and record.code != "next_therapy":
        return dataclasses.replace(record, value=None, text="", status=Status.NOT_RECORDED)
    if isinstance(record, MrdResult):
        return dataclasses.replace(record, fraction=None, status=Status.NOT_RECORDED)
    if isinstance(record, LesionMeasurement):
        blank: dict[str, Any] = {"axes_mm": (), "volume_ml": None, "deauville": None, "finding": ""}
        return dataclasses.replace(record, status=Status.NOT_RECORDED, **blank)
    return None


def the_only_look(course: Course, look: LesionMeasurement) -> bool:
    """Whether this look at a lesion after the infusion is the only one that speaks for its time."""
    near = [o for o in course.lesions if o.site == look.site and abs(o.moment.time - look.moment.time) <= 15]
    return look.moment.time > 0 and len(near) == 1


def has_twin(course: Course, one: Observation) -> bool:
    """Whether another entry of the same input and study day speaks where this one is not recorded."""
    return any(o is not one and o.code == one.code and o.moment.day == one.moment.day for o in course.observations)


# (rule, input, option) where an entry without a result is no look, and why.
NO_ENTRY = {
    ("cns.cog", "cns_signs", ""): "a day on which nobody says whether there were signs is no examination",
    (
        "response.ball",
        "cns_signs",
        "",
    ): "without an examination the compartment is taken as free, flagged, as published",
    ("ticaht.late", "platelets", "never_low"): "the option says that what is not known was not low",
}


def without_a_result(course: Course, name: str, index: int) -> Course:
    """The course in which one record has no result."""
    group = getattr(course, name)
    return dataclasses.replace(course, **{name: (*group[:index], hidden(group[index]), *group[index + 1 :])})


def asked_for(rule: Rule, case: Case, course: Course, name: str, index: int) -> bool:
    """Whether a record without a result leaves open what it would have said."""
    record = getattr(course, name)[index]
    if hidden(record) is None or (name == "lesions" and not the_only_look(course, record)):
        return False
    if name != "observations":
        return True
    excused = [option for identifier, code, option in NO_ENTRY if (identifier, code) == (rule.id, record.code)]
    return not has_twin(course, record) and not any(option in case.options for option in excused)


@every_rule
def test_a_result_not_recorded_never_takes_the_worst_grade_away(rule: Rule) -> None:
    found = []
    for case in cases(rule.id) if rule.id not in NO_LOOK else ():
        course, options = read_given(case.given), chosen_options(case.options)
        before = rule.run(course, options).overall.high
        places = [(name, i) for name in GROUPS for i in range(len(getattr(course, name)))] if before else []
        for name, i in places:
            if not asked_for(rule, case, course, name, i):
                continue
            after = rule.run(without_a_result(course, name, i), options).overall.high
            if after is not None and before is not None and after < before:
                found.append((case.given, name, i, before, after))
    assert not found


# For each rule (a prefix), the inputs whose worse value never improves the grade, and the way to worse.
UP, DOWN = 1, -1
WORSE = {
    "crs.bnhl2022": {"temperature": UP, "hypotension": UP, "vasopressors": UP, "local_inflammation": UP},
    "crs.": {"temperature": UP, "hypotension": UP, "vasopressors": UP},
    "severe_crs.": {"temperature": UP, "vasopressors": UP, "seizure": UP, "spo2": DOWN, "il6": UP, "gm_csf": UP},
    "icans.cres2018": {"cartox10": DOWN, "ice": DOWN, "motor_weakness": UP, "papilloedema_stage": UP},
    "icans.": {"ice": DOWN, "seizure": UP, "motor_weakness": UP, "raised_icp_sign": UP},
    "icaht.": {"anc": DOWN},
    "cytopenia.": {"anc": DOWN, "platelets": DOWN, "haemoglobin": DOWN},
    "hematotox.": {"platelets": DOWN, "anc": DOWN, "haemoglobin": DOWN, "crp": UP, "ferritin": UP},
    "ticaht.": {"platelets": DOWN},
    "aplasia.": {"cd19_cells": DOWN, "cd19_percent": DOWN},
    "hypogammaglobulinaemia": {"igg": DOWN},
    "cns.": {"csf_blasts": UP, "csf_wbc": UP, "cns_signs": UP},
    **{
        edition: {"blasts_percent": UP, "blasts_per_ul": UP, "anc": DOWN, "platelets": DOWN, "cns_status": UP}
        for edition in ("response.cibmtr", "response.nci2010", "response.nccn")
    },
    "relapse.": {"leukaemic_clone_percent": UP},
    "response.pontedilegno2022": {"blasts_percent": UP, "blasts_per_ul": UP, "cns_status": UP, "mrd": UP},
    "response.ball": {"blasts_percent": UP, "blasts_per_ul": UP, "anc": DOWN, "platelets": DOWN, "cns_status": UP},
    "hscore.": {
        "ferritin": UP,
        "temperature": UP,
        "triglycerides": UP,
        "ast": UP,
        "fibrinogen": DOWN,
        "platelets": DOWN,
    },
    "hlh.": {"ferritin": UP, "temperature": UP, "triglycerides": UP, "scd25": UP, "fibrinogen": DOWN, "anc": DOWN},
    "mas.": {"ferritin": UP, "temperature": UP, "triglycerides": UP, "ast": UP, "fibrinogen": DOWN, "platelets": DOWN},
    "iechs.": {"ferritin": UP, "alt": UP, "anc": DOWN, "platelets": DOWN, "iechs_severity": UP},
    "tls.": {"urate": UP, "potassium": UP, "phosphate": UP, "calcium": DOWN, "arrhythmia": UP, "seizure": UP},
    "crs_risk.": {"temperature": UP, "mcp1": UP},
}


def ways_to_worse(rule: Rule) -> dict[str, int]:
    """Directions of a rule; a laboratory term goes the way of its thresholds ("grade 1 < 1 LLN": down)."""
    if rule.id.startswith("ctcae"):
        thresholds = {case.threshold for case in cases(rule.id) if case.threshold.startswith("grade")}
        return {rule.id.partition(".")[2]: DOWN if any("<" in name for name in thresholds) else UP}
    return next((ways for prefix, ways in WORSE.items() if rule.id.startswith(prefix)), {})


def worsened(observation: Observation, way: int, chance: random.Random) -> Observation:
    analyte = terms.analyte(observation.code)
    assert analyte is not None
    assert observation.value is not None
    if not analyte.is_number:
        last = len(analyte.values) - 1
        value = float(min(last, observation.value + chance.randint(1, last)))
        return dataclasses.replace(observation, value=value, text=analyte.values[int(value)])
    factor = chance.choice((1.01, 1.5, 10.0))
    value = observation.value * factor if way == UP else observation.value / factor
    return dataclasses.replace(observation, value=value)


@every_rule
@EXAMPLES
@given(first=rows, which=rows, chance=chances)
def test_a_worse_finding_never_improves_the_grade(rule: Rule, first: int, which: int, chance: random.Random) -> None:
    ways, course = ways_to_worse(rule), course_of(rule, first, None)
    options = chosen_options(case_of(rule, first).options)
    places = [
        i
        for i, o in enumerate(course.observations)
        if o.code in ways and o.status == Status.DONE and o.moment.time > 0 and o.attributed is not False
    ]
    if not places:
        assert (
            ways
            or rule.id.startswith(("easix.", "recovery."))
            or rule.id in ("response.mrd", "response.extramedullary", "response.lugano2014")
        )
        return
    index = places[which % len(places)]
    worse = worsened(course.observations[index], ways[course.observations[index].code], chance)
    changed = (*course.observations[:index], worse, *course.observations[index + 1 :])
    before, after = (
        rule.run(course, options).overall,
        rule.run(dataclasses.replace(course, observations=changed), options).overall,
    )
    if before.low is not None and after.low is not None:
        assert after.low >= before.low
        assert after.high is not None
        assert before.high is not None
        assert after.high >= before.high
