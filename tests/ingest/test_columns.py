"""Headers to columns."""

from __future__ import annotations

import pytest

from cartrace.ingest.collector import Collector
from cartrace.ingest.columns import Columns, read_columns
from cartrace.ingest.table_file import TextTable


def columns(*header: str, **settings: object) -> tuple[Columns | None, list[str]]:
    collector = Collector()
    options = {"renamed": {}, "stated_units": {}, "code_given": False, **settings}
    found = read_columns(TextTable("t.csv", header, (), typed=False), collector=collector, **options)
    return found, [finding.check for finding in collector.findings()]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("USUBJID", "subject"),
        ("Study Day", "day"),
        ("Result", "value"),
        ("Test", "code"),
        ("ULN", "high"),
        ("Units", "unit"),
        ("Specimen", "site"),
    ],
)
def test_names_that_exports_use(header, name):
    wanted = ["day", "code", "value", "unit"]
    headers = [header if column == name else column for column in wanted] + ([] if name in wanted else [header])
    found, checks = columns(*headers)
    assert checks == []
    assert found.long
    assert found.at[name] == headers.index(header)


@pytest.mark.parametrize("header", ["anc [/uL]", "ANC (/uL)", "Neutrophils [ /uL ]", "neut[/uL]"])
def test_a_unit_in_the_header(header):
    found, checks = columns("day", header)
    assert checks == []
    assert [(code, unit.strip()) for _, code, unit, *_ in found.wide] == [("anc", "/uL")]
    assert not found.long


def test_a_unit_column_beside_its_analyte():
    found, checks = columns("day", "anc", "unit", "crp", "crp_unit", "ice")
    assert checks == []
    assert [(position, code, unit_at) for position, code, _, unit_at, _ in found.wide] == [
        (1, "anc", 2),
        (3, "crp", 4),
        (5, "ice", -1),
    ]


def test_settings_name_and_measure_columns():
    found, checks = columns(
        "day",
        "Neutro",
        "CRP",
        "x",
        renamed={"Neutro": "anc", "x": "ignore"},
        stated_units={"Neutro": "G/L", "crp": "mg/dL"},
    )
    assert checks == []
    assert [(code, unit) for _, code, unit, *_ in found.wide] == [("anc", "G/L"), ("crp", "mg/dL")]


def test_a_unit_for_every_row_is_used_where_the_header_has_none():
    found, checks = columns("day", "anc", "crp [mg/L]", unit_given="G/L")
    assert checks == []
    assert [unit for *_, unit, _, _ in found.wide] == ["G/L", "mg/L"]


def test_coded_findings_drugs_and_scores_need_no_unit():
    found, checks = columns("day", "oxygen_device", "ice", "inr", "tocilizumab")
    assert checks == []
    assert [code for _, code, *_ in found.wide] == ["oxygen_device", "ice", "inr", "tocilizumab"]


def test_a_refused_unit_does_not_hide_the_other_columns():
    found, checks = columns("day", "anc", "crp [mg/x]", "ldh [U/L]", "zzz")
    assert sorted(checks) == ["table.column_not_read", "unit.missing", "unit.unknown"]
    assert [code for _, code, *_ in found.wide] == ["ldh"]
    assert found.refused


def test_remarks_are_left_out_in_silence():
    assert columns("day", "anc [G/L]", "Comment", "notes")[1] == []
