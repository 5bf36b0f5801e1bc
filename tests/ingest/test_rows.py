"""One row to one observation: units, limits, states, repeats."""

from __future__ import annotations

import pytest

from cartrace.course import Clock, Course, CourseBuilder, Status
from cartrace.ingest.collector import Collector
from cartrace.ingest.rows import RowReader


def read(*rows: dict[str, str], decimal: str = ".") -> tuple[Course, list[str]]:
    builder, collector = CourseBuilder("c1"), Collector()
    reader = RowReader(builder, file="t.csv", clock=Clock(start_minute=0), collector=collector, decimal=decimal)
    for number, row in enumerate(rows, start=2):
        reader.read({"day": "1", **row}, row=number)
    reader.close()
    return builder.course(), [finding.check for finding in collector.findings()]


@pytest.mark.parametrize(
    ("cells", "value", "status", "lloq", "uloq"),
    [
        ({"value": "0.2"}, 200.0, Status.DONE, None, None),
        ({"value": "0.2", "lloq": "0.05"}, 200.0, Status.DONE, 50.0, None),
        ({"value": "0.05", "lloq": "0.05"}, 50.0, Status.DONE, 50.0, None),
        ({"value": "<0.05"}, 50.0, Status.BELOW, 50.0, None),
        ({"value": "<0.05", "status": "below"}, 50.0, Status.BELOW, 50.0, None),
        ({"value": "<0.02", "lloq": "0.05"}, 20.0, Status.BELOW, 50.0, None),
        ({"value": "", "status": "below", "lloq": "0.05"}, 50.0, Status.BELOW, 50.0, None),
        ({"value": "", "status": "below"}, None, Status.BELOW, None, None),
        ({"value": "0.05", "status": "below"}, 50.0, Status.BELOW, 50.0, None),
        ({"value": "0.03", "status": "below", "lloq": "0.05"}, 50.0, Status.BELOW, 50.0, None),
        ({"value": ">5"}, 5000.0, Status.ABOVE, None, 5000.0),
        ({"value": "", "status": "above", "uloq": "5"}, 5000.0, Status.ABOVE, None, 5000.0),
        ({"value": "", "status": "not done"}, None, Status.NOT_DONE, None, None),
        ({"value": ""}, None, Status.NOT_RECORDED, None, None),
        ({"value": "not recorded"}, None, Status.NOT_RECORDED, None, None),
        ({"value": "0"}, 0.0, Status.DONE, None, None),
    ],
)
def test_value_limits_and_state(cells, value, status, lloq, uloq):
    """IL-6 in ng/mL; every limit is converted with the value. Below and above never look like a measured value."""
    course, checks = read({"code": "il6", "unit": "ng/mL", **cells})
    assert checks == []
    seen = course.observations[0]
    assert (seen.value, seen.status, seen.lloq, seen.uloq, seen.unit) == (value, status, lloq, uloq, "pg/mL")


def test_reference_limits_are_converted_with_the_value():
    course, _ = read({"code": "haemoglobin", "value": "9.5", "unit": "g/dL", "low": "13.5", "high": "17.5"})
    seen = course.observations[0]
    assert (seen.value, seen.reference_low, seen.reference_high) == (95.0, 135.0, 175.0)
    assert (seen.raw, seen.raw_unit) == ("9.5", "g/dL")


def test_crp_without_its_unit_is_never_read():
    course, checks = read({"code": "crp", "value": "12"})
    assert course.observations == ()
    assert checks == ["unit.missing"]


def test_a_score_needs_no_unit():
    course, checks = read({"code": "ice", "value": "7"})
    assert (course.observations[0].value, checks) == (7.0, [])


@pytest.mark.parametrize(("text", "meant"), [("yes", True), ("no", False), ("unknown", None), ("", None), ("1", True)])
def test_attribution_is_yes_no_or_undecided(text, meant):
    course, checks = read({"code": "temperature", "value": "39", "unit": "C", "attributed": text})
    assert (course.observations[0].attributed, checks) == (meant, [])


@pytest.mark.parametrize(("word", "stored"), [("yes", "yes"), ("No", "no"), ("true", "yes"), ("0", "no")])
def test_a_yes_or_no_finding(word, stored):
    course, checks = read({"code": "hypotension", "value": word})
    assert (course.observations[0].text, checks) == (stored, [])


def test_a_repeat_in_another_unit_is_the_same_value():
    same = {"code": "anc", "value": "1.2", "unit": "G/L"}
    course, checks = read(same, {**same, "value": "1200", "unit": "/uL"}, {**same, "code": "neutrophils"})
    assert len(course.observations) == 1
    assert checks == ["row.repeated", "row.repeated"]


def test_a_conflict_keeps_both_values():
    same = {"code": "anc", "value": "1.2", "unit": "G/L"}
    course, checks = read(same, {**same, "value": "0.4"})
    assert [o.value for o in course.observations] == [1.2, 0.4]
    assert checks == ["row.conflict"]


@pytest.mark.parametrize("other", [{"site": "csf"}, {"method": "flow"}, {"day": "2"}, {"code": "platelets"}])
def test_another_site_method_day_or_analyte_is_no_repeat(other):
    same = {"code": "wbc", "value": "1.2", "unit": "G/L", "site": "blood", "method": "analyser"}
    course, checks = read(same, {**same, **other})
    assert (len(course.observations), checks) == (2, [])


def test_rows_without_a_time_are_never_repeats():
    row = {"day": "", "label": "at diagnosis", "code": "wbc", "value": "7", "unit": "G/L"}
    course, checks = read(row, row)
    assert (len(course.observations), checks) == (2, [])


def test_a_row_with_an_error_leaves_no_record():
    course, checks = read(
        {"code": "wbc", "value": "x", "unit": "G/L"},
        {"code": "wbc", "value": "1", "unit": "G/x"},
        {"code": "wbc", "value": "-1", "unit": "G/L"},
        {"code": "wbcc", "value": "1", "unit": "G/L"},
        {"day": "x", "code": "wbc", "value": "1", "unit": "G/L"},
    )
    assert course.observations == ()
    assert len(checks) == 5
