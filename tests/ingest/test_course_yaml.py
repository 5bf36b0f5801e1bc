"""course.yaml to records."""

from __future__ import annotations

import math

import pytest

from cartrace.course import Course, Status
from cartrace.ingest.collector import Collector
from cartrace.ingest.course_yaml import CourseFileReader

HEAD = "cartrace: 1\nid: c1\n"


def read(text: str, head: str = HEAD) -> tuple[Course, list[str]]:
    collector = Collector()
    found = CourseFileReader(file="course.yaml", collector=collector).read(head + text)
    return found.builder.course(**found.fields), [finding.check for finding in collector.findings()]


@pytest.mark.parametrize(
    ("dose", "unit", "per_kg", "total"),
    [
        ("5", "10^6/kg", 5.0, None),
        ("5e6", "cells/kg", 5.0, None),
        ("2.5", "10^8 cells", None, 250.0),
        ("250", "10*6", None, 250.0),
        ("3e8", "cells", None, 300.0),
    ],
)
def test_doses_of_cells(dose, unit, per_kg, total):
    course, checks = read(f"infusions: [{{day: 0, dose: {dose}, unit: {unit}}}]\n")
    assert checks == []
    assert (course.infusions[0].dose_per_kg, course.infusions[0].dose) == (per_kg, total)


def test_infusions_keep_their_own_times_and_numbers():
    course, checks = read(
        "clock: {first_infusion: 2024-03-01 10:00}\n"
        "infusions:\n"
        "  - {datetime: 2024-03-01 10:00, fraction: 0.1}\n"
        "  - {datetime: 2024-03-02 11:30, fraction: 0.9}\n"
        "  - {date: 2024-06-09, number: 7, purpose: re-infusion}\n"
    )
    assert checks == []
    assert [i.number for i in course.infusions] == [1, 2, 7]
    assert [i.moment.time for i in course.infusions] == [0.0, pytest.approx(25.5 / 24), 100.0]
    assert [i.moment.precision for i in course.infusions] == ["minute", "minute", "day"]


@pytest.mark.parametrize(("convention", "first", "before"), [("day0", 0, -1), ("day1", 1, -1)])
def test_a_study_day_is_stored_in_the_day_0_convention(convention, first, before):
    course, checks = read(
        f"clock: {{convention: {convention}}}\ninfusions: [{{day: {first}, label: day {first}}}]\n"
        f"procedures: [{{kind: biopsy, day: {before}}}]\n"
    )
    assert checks == []
    assert (course.infusions[0].moment.day, course.procedures[0].moment.day) == (0, -1)
    assert course.infusions[0].moment.label == f"day {first}"


@pytest.mark.parametrize(
    ("end", "state", "day"),
    [
        ("", "single", None),
        (", end: 5", "ended", 5),
        (", end: {hour: 120}", "ended", 5),
        (", end: ongoing", "ongoing", None),
        (", end: not recorded", "not recorded", None),
    ],
)
def test_the_end_of_a_drug(end, state, day):
    course, checks = read(f"infusions: [{{day: 0}}]\ndrugs: [{{drug: dex, start: 3{end}}}]\n")
    assert checks == []
    drug = course.drugs[0]
    assert (drug.drug, drug.drug_class, drug.end_state) == ("dexamethasone", "corticosteroid", state)
    assert (drug.end.day if drug.end else None) == day


def test_a_start_that_is_not_recorded_is_unknown_and_not_day_0():
    course, checks = read("infusions: [{day: 0}]\ndrugs: [{drug: vincristine, start: not recorded}]\n")
    assert checks == []
    assert not course.drugs[0].start.known
    assert math.isnan(course.drugs[0].start.time)


@pytest.mark.parametrize(
    ("text", "status", "fraction"),
    [
        ("result: negative, lod: 1e-4", Status.BELOW, None),
        ("fraction: 0.002", Status.DONE, 0.002),
        ("result: positive", Status.DONE, None),
        ("result: not recorded", Status.NOT_RECORDED, None),
        ("lod: 1e-4", Status.NOT_RECORDED, None),
    ],
)
def test_mrd(text, status, fraction):
    course, checks = read(f"infusions: [{{day: 0}}]\nmrd: [{{site: marrow, method: flow, day: 28, {text}}}]\n")
    assert checks == []
    assert (course.mrd[0].status, course.mrd[0].fraction) == (status, fraction)


@pytest.mark.parametrize(
    ("text", "status", "axes"),
    [
        ("axes_mm: [22, 31]", Status.DONE, (31.0, 22.0)),
        ("finding: resolved", Status.DONE, ()),
        ("deauville: 3", Status.DONE, ()),
        ("status: not recorded", Status.NOT_RECORDED, ()),
        ("status: not done", Status.NOT_DONE, ()),
        ("note: looked at", Status.NOT_RECORDED, ()),
    ],
)
def test_a_lesion_that_was_looked_at_without_a_size_is_not_recorded(text, status, axes):
    course, checks = read(f"infusions: [{{day: 0}}]\nlesions: [{{lesion: a, site: testis, day: 4, {text}}}]\n")
    assert checks == []
    assert (course.lesions[0].status, course.lesions[0].axes_mm) == (status, axes)


def test_charts_declared_complete_options_and_gaps():
    course, checks = read(
        "infusions: [{day: 0}]\ncomplete: [drugs, oxygen]\nnot_recorded: [body weight]\n"
        "settings: {crs.astct2019.resolution_hours: 48, a.b.c: x}\n"
    )
    assert checks == []
    assert course.complete == frozenset({"drugs", "oxygen"})
    assert course.not_recorded == ("body weight",)
    assert dict(course.settings) == {"crs.astct2019.resolution_hours": "48", "a.b.c": "x"}


def test_a_grade_of_a_clinician_is_kept_with_its_scale():
    course, checks = read(
        "infusions: [{day: 0}]\n"
        "grades: [{toxicity: CRS, scale: ASTCT 2019, grade: 2, day: 5, scope: moment, attributed: yes}]\n"
    )
    assert checks == []
    grade = course.grades[0]
    assert (grade.toxicity, grade.scale, grade.grade, grade.moment.day, grade.scope, grade.attributed) == (
        "CRS", "ASTCT 2019", 2, 5, "moment", True)  # fmt: skip


def test_records_remember_their_line():
    course, _ = read("infusions:\n  - {day: 0}\ngrades:\n  - toxicity: CRS\n    grade: 1\n    day: 3\n")
    assert (course.infusions[0].source.row, course.grades[0].source.row) == (4, 6)
