"""Each kind of record as one row: value with unit, time, file and row, the text that stood there."""

from __future__ import annotations

import pytest

from cartrace.course import Clock, CourseBuilder, Status
from cartrace.course.clock import unknown
from cartrace.course.record import LesionMeasurement, MrdResult, Source
from cartrace.report import evidence

DAY = Clock().from_study_day
HERE = Source("labs.csv", 7, "CRP", "3,2")


def observed(code: str, value, **fields):
    build = CourseBuilder("one")
    build.observe(code, value, moment=DAY(3), **fields)
    return build.course().observations[0]


def test_a_row_names_value_time_place_and_the_text_that_stood_there():
    row = evidence.row(observed("crp", 3.2, source=HERE))
    assert (row.value, row.when, row.file, row.row, row.column, row.text) == (
        "3.2 mg/L", "day 3", "labs.csv", 7, "CRP", "3,2",
    )  # fmt: skip
    assert row.place == "labs.csv, row 7, CRP"
    assert row.line == f'{row.what}: 3.2 mg/L, day 3, labs.csv, row 7, CRP (there: "3,2")'


@pytest.mark.parametrize(
    ("observation", "text"),
    [
        (observed("anc", 0.45), "0.45 × 10⁹/L"),
        (observed("temperature", 38.6), "38.6 °C"),
        (observed("ifn_gamma", None, status=Status.BELOW, lloq=25.0), "below 25 pg/mL"),
        (observed("ifn_gamma", None, status=Status.BELOW), "below the limit"),
        (observed("il6", 5000.0, status=Status.ABOVE), "above 5\u202f000 pg/mL"),
        (observed("il6", None, status=Status.NOT_DONE), "not done"),
        (observed("il6", None), "not recorded"),
        (observed("oxygen_device", "nasal_cannula"), "nasal cannula"),
        (observed("inr", 1.7), "1.7"),
    ],
)
def test_values_and_states(observation, text):
    assert evidence.observed(observation) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (38.6, "38.6"), (0.05, "0.05"), (2.573099415, "2.5731"), (24000.0, "24\u202f000"), (-5.0, "−5"),
        (123456.0, "123\u202f456"), (1234567.5, "1\u202f234\u202f567.5"), (0.00003, "3×10⁻⁵"), (5e9, "5×10⁹"), (1e-4, "0.0001"),
    ],
)  # fmt: skip
def test_numbers_keep_six_figures(value, text):
    assert evidence.exact(value) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"axes_mm": (38.0, 27.5)}, "38 × 27.5 mm"),
        ({"volume_ml": 12.0, "finding": "abnormal"}, "12 mL, abnormal"),
        ({"deauville": 4}, "Deauville 4"),
        ({"status": Status.NOT_RECORDED, "axes_mm": ()}, "size not recorded"),
        ({"status": Status.NOT_DONE}, "size not done"),
        ({}, "size not recorded"),
    ],
)
def test_what_was_seen_of_a_lesion(fields, text):
    assert evidence.size(LesionMeasurement(0, "left", "testis", DAY(4), **fields)) == text


@pytest.mark.parametrize(
    ("status", "fraction", "lod", "text"),
    [
        (Status.BELOW, None, 1e-4, "negative at 1×10⁻⁴"),
        (Status.BELOW, None, None, "negative, limit not recorded"),
        (Status.DONE, 3e-4, 1e-4, "3×10⁻⁴ of nucleated cells"),
        (Status.NOT_RECORDED, None, None, "not recorded"),
    ],
)
def test_mrd_results(status, fraction, lod, text):
    assert evidence.mrd(MrdResult(0, DAY(28), "marrow", "flow", status, fraction, lod)) == text


@pytest.mark.parametrize(
    ("end_state", "end", "text"),
    [
        ("single", None, "day 3"),
        ("ongoing", None, "day 3, ongoing"),
        ("not recorded", None, "day 3, end not recorded"),
        ("ended", DAY(5), "day 3 to day 5"),
    ],
)
def test_from_when_to_when_a_drug_was_given(end_state, end, text):
    build = CourseBuilder("one")
    build.drug("dexamethasone", start=DAY(3), end=end, end_state=end_state, dose=10, dose_unit="mg", frequency="q6h")
    drug = build.course().drugs[0]
    assert evidence.interval(drug) == text
    assert evidence.dose(drug) == "10 mg q6h"


def test_the_dose_of_an_infusion_with_its_share():
    build = CourseBuilder("one")
    build.infusion(moment=DAY(0), dose_per_kg=0.5, fraction=0.1)
    build.infusion(moment=DAY(1))
    first, second = build.course().infusions
    assert evidence.cells(first) == "0.5 × 10⁶/kg (10 % of the plan)"
    assert evidence.cells(second) == "dose not recorded"


def test_every_record_of_a_course_has_a_row(contents):
    for group in contents.course.groups():
        for record in group:
            row = evidence.row(record)
            assert row.what
            assert row.when


def test_an_unknown_time_keeps_the_label_of_the_source():
    assert evidence.moment(unknown("at relapse")) == "at relapse"
    assert evidence.moment(unknown()) == "day not recorded"
    assert evidence.moment(Clock().from_study_day(-5, label="day -5")) == "day −5 (in the source: day -5)"


def test_a_uid_that_no_record_has_is_no_evidence(silent):
    with pytest.raises(KeyError):
        evidence.rows(silent.course, (10_000,))


def test_records_behind_a_number_stand_in_the_order_of_time():
    build = CourseBuilder("one")
    build.observe("crp", 1, moment=DAY(9))
    build.observe("crp", 2, moment=unknown("once"))
    build.drug("tocilizumab", start=DAY(5))
    build.observe("crp", 3, moment=DAY(2))
    course = build.course()
    uids = [record.uid for record in (*course.observations, *course.drugs)]
    ordered = evidence.rows_in_time(course, uids)
    assert [row.when for row in ordered] == ["day 2", "day 5", "day 9", "once"]
    assert set(ordered) == set(evidence.rows(course, uids))
