"""Rows of drugs: rates with stops, single doses, and what nobody stopped."""

from __future__ import annotations

import pytest

from cartrace.course import Clock, CourseBuilder
from cartrace.course.record import DrugCourse, Source
from cartrace.ingest.collector import Collector
from cartrace.ingest.drug_rows import DrugRow, add_drugs, check_dose_unit, dose_of
from cartrace.vocabulary import terms

HOUR = Clock(start_minute=0).from_elapsed_hours


def courses(drug: str, *rows: tuple[float, float | None]) -> tuple[list[DrugCourse], list[str]]:
    builder, collector = CourseBuilder("c1"), Collector()
    name, drug_class = terms.drug(drug)
    add_drugs(
        [DrugRow(name, drug_class, HOUR(hour), dose, "ug/kg/min", Source("p.csv", 2, "value")) for hour, dose in rows],
        builder,
        collector,
    )
    return list(builder.course().drugs), [finding.check for finding in collector.findings()]


def test_a_pump_runs_from_each_change_to_the_next():
    found, checks = courses("norepinephrine", (60, 0.05), (66, 0.2), (90, 0.0), (100, 0.1), (101, 0.0))
    assert checks == []
    assert [(round(d.start.time * 24), round(d.end.time * 24), d.dose) for d in found] == [
        (60, 66, 0.05),
        (66, 90, 0.2),
        (100, 101, 0.1),
    ]


def test_rows_out_of_order_are_put_in_order():
    assert courses("norepinephrine", (90, 0.0), (60, 0.1)) == courses("norepinephrine", (60, 0.1), (90, 0.0))


def test_a_vasopressor_nobody_stopped_runs_until_nobody_knows():
    found, checks = courses("norepinephrine", (60, 0.05), (66, 0.2))
    assert [d.end_state for d in found] == ["ended", "not recorded"]
    assert checks == ["drug.no_end"]


def test_doses_without_a_stop_are_single_doses():
    found, checks = courses("tocilizumab", (60, 8.0), (84, 8.0))
    assert ([(d.end_state, d.end) for d in found], checks) == ([("single", None), ("single", None)], [])


@pytest.mark.parametrize(
    ("text", "dose", "readable"),
    [
        ("8", 8.0, True),
        ("0", 0.0, True),
        ("stopped", 0.0, True),
        ("Yes", None, True),
        ("", None, True),
        ("-1", -1.0, False),
        ("much", None, False),
    ],
)
def test_a_dose_in_a_cell(text, dose, readable):
    assert dose_of(text, decimal=".") == (dose, readable)


@pytest.mark.parametrize(
    ("unit", "warned"), [("", False), ("mg", False), ("ug/kg/min", False), ("U/min", False), ("mgs", True)]
)
def test_the_unit_of_a_dose(unit, warned):
    collector = Collector()
    check_dose_unit(unit, file="p.csv", row=2, collector=collector)
    assert [f.check for f in collector.findings()] == (["dose.unit_unknown"] if warned else [])
    assert not collector.has_errors
