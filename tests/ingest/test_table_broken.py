"""Broken tables in a course folder: each gives exactly these findings, all at once."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import Workbook

BASE = "cartrace: 1\nid: c1\ninfusions: [{day: 0}]\n"
LONG = "day,code,value,unit\n"


def csv(text: str | bytes, extra: str = "") -> dict[str, str | bytes]:
    return {"course.yaml": BASE + extra, "labs.csv": text}


def xlsx(*rows: list[object], merge: str = "") -> dict[str, str | bytes]:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return {"course.yaml": BASE, "labs.xlsx": stream.getvalue()}


# name: (files, [(check, row, column, a phrase of what is expected or what to do)]); all findings stand in the table
CASES = {
    "an empty file": (csv(""), [("table.empty", None, "", "a header and rows")]),
    "only blank lines": (csv("\n \n,,\n"), [("table.empty", None, "", "a header and rows")]),
    "a header only": (csv(LONG), [("table.empty", None, "", "a header and rows")]),
    "a folder named like a table": (csv(None), [("table.missing", None, "", "a readable file")]),
    "NUL bytes": (csv(b"day,code,value,unit\n1,anc,\x00,G/L\n"), [("table.unreadable", None, "", "a text table")]),
    "UTF-16 without a mark": (
        csv("day,anc [G/L]\n1,2\n".encode("utf-16-le")),
        [("table.unreadable", None, "", "a text table")],
    ),
    "broken UTF-16": (csv(b"\xff\xfea"), [("table.unreadable", None, "", "UTF-8 text")]),
    "Latin-1": (
        csv("day,code,value,unit\n1,il6,3,pg/mL\n2,temp,38,°C\n".encode("latin-1")),
        [("table.encoding", None, "", "UTF-8")],
    ),
    "a quotation mark left open": (
        csv(LONG + '1,anc,"1.2,G/L\n2,anc,1,G/L\n'),
        [("table.unreadable", 3, "", "quotation marks in pairs")],
    ),
    "a row that is too long": (csv(LONG + "1,anc,1,2,G/L\n2,anc,1,G/L\n"), [("table.long_row", 2, "", "4 cells")]),
    "a row that is too short": (csv(LONG + "1,anc\n2,anc,1,G/L\n"), [("table.short_row", 2, "", "4 cells")]),
    "a header twice": (
        csv("day,code,value,unit,unit\n1,anc,1,G/L,G/L\n"),
        [("table.duplicate_header", 1, "unit", "each header once")],
    ),
    "a thousand and one headers": (
        csv(",".join(f"s{i}" for i in range(1001)) + "\n1\n"),
        [("table.unreadable", 1, "", "one row per time")],
    ),
    "no time": (
        csv("code,value,unit\nanc,1,G/L\n"),
        [("table.no_time", 1, "", "a column day, time, hour, date or datetime")],
    ),
    "no values": (csv("day,unit\n1,G/L\n"), [("table.no_values", 1, "", "code, value and unit")]),
    "no code": (csv("day,value,unit\n1,1,G/L\n"), [("table.no_code", 1, "code", "names the analyte")]),
    "a header nearly right": (
        csv("day,code,vale,unit,value\n1,anc,,G/L,2\n"),
        [("table.unknown_column", 1, "vale", "did you mean value")],
    ),
    "a header of nothing": (
        csv("day,code,value,unit,zzz\n1,anc,2,G/L,7\n"),
        [("table.column_not_read", 1, "zzz", "analyte of the vocabulary")],
    ),
    "an analyte beside a long table": (
        csv("day,code,value,unit,crp [mg/L]\n1,anc,2,G/L,7\n"),
        [("table.column_not_read", 1, "crp [mg/L]", "only the column value")],
    ),
    "a column mapped from a header that is not there": (
        csv("day,anc [G/L]\n1,2\n", "tables: [{file: labs.csv, columns: {Neutro: anc}}]\n"),
        [("table.no_such_header", 1, "Neutro", "day, anc [G/L]")],
    ),
    "a unit for a header that is not there": (
        csv("day,anc\n1,2\n", "tables: [{file: labs.csv, units: {anc: G/L, crpp: mg/L}}]\n"),
        [("table.no_such_header", 1, "crpp", "day, anc")],
    ),
    "a wide column without a unit": (csv("day,anc,crp [mg/L]\n1,2,3\n2,3,4\n"), [("unit.missing", 1, "anc", "10*9/L")]),
    "an unknown unit in a header": (
        csv("day,anc (10^9-L)\n1,2\n2,3\n"),
        [("unit.unknown", 1, "anc (10^9-L)", "did you mean 10^9/L?")],
    ),
    "a unit column against the header": (
        csv("day,code,value [mg/L],unit\n1,crp,12,mg/dL\n2,crp,12,\n3,crp,1,ug/mL\n"),
        [("unit.conflict", 2, "unit", "one unit")],
    ),
    "settings against the header": (
        csv("day,crp [mg/L]\n1,12\n", "tables: [{file: labs.csv, units: {crp: mg/dL}}]\n"),
        [("unit.conflict", 1, "crp [mg/L]", "one unit")],
    ),
    "no unit column": (csv("day,code,value\n1,crp,12\n2,ice,9\n"), [("unit.missing", 2, "unit", "one of mg/L")]),
    "an unknown unit": (csv(LONG + "1,crp,12,mgL\n"), [("unit.unknown", 2, "unit", "did you mean mg/L?")]),
    "copies per ug as copies per uL": (
        csv(LONG + "1,car_copies_per_ug,500,copies/uL\n"),
        [("unit.unknown", 2, "unit", "DNA yield")],
    ),
    "a limit without a unit": (csv("day,code,value\n1,il6,<50\n"), [("unit.missing", 2, "unit", "pg/mL")]),
    "an unknown code": (csv(LONG + "1,ANCX,12,G/L\n"), [("code.unknown", 2, "code", "did you mean anc")]),
    "no code in a row": (csv(LONG + "1,,12,G/L\n"), [("code.unknown", 2, "code", "an analyte or drug")]),
    "a value that is no number": (csv(LONG + "1,anc,low,G/L\n"), [("value.unreadable", 2, "value", "a number")]),
    "not done or not detected": (csv(LONG + "1,il6,ND,pg/mL\n"), [("value.unreadable", 2, "value", "not recorded")]),
    "a word nearly right": (
        csv(LONG + "1,oxygen_device,nasal canula,\n"),
        [("value.unknown_word", 2, "value", "did you mean nasal_cannula")],
    ),
    "an unknown status": (
        csv("day,code,value,unit,status\n1,anc,,G/L,notdone\n"),
        [("status.unknown", 2, "status", "did you mean not done")],
    ),
    "a value that was not done": (
        csv("day,code,value,unit,status\n1,anc,2,G/L,not done\n"),
        [("status.with_value", 2, "status", "one of the two")],
    ),
    "a limit called done": (
        csv("day,code,value,unit,status\n1,il6,<5,pg/mL,done\n"),
        [("status.with_limit", 2, "status", "below")],
    ),
    "below, with a value above the LLOQ": (
        csv("day,code,value,unit,status,lloq\n1,il6,80,pg/mL,below,50\n"),
        [("status.below_above_lloq", 2, "status", "up to the LLOQ")],
    ),
    "done, with a value under the LLOQ": (
        csv("day,code,value,unit,status,lloq\n1,il6,20,pg/mL,done,50\n"),
        [("value.below_lloq", 2, "value", "<50")],
    ),
    "an LLOQ above the ULOQ": (
        csv("day,code,value,unit,lloq,uloq\n1,il6,20,pg/mL,10,5\n"),
        [("limit.order", 2, "lloq", "below the ULOQ")],
    ),
    "an LLOQ that is no number": (
        csv("day,code,value,unit,lloq\n1,il6,20,pg/mL,low\n"),
        [("limit.unreadable", 2, "lloq", "a number")],
    ),
    "a negative LLOQ": (
        csv("day,code,value,unit,lloq\n1,il6,20,pg/mL,-1\n"),
        [("limit.negative", 2, "lloq", "0 or more")],
    ),
    "a negative concentration": (
        csv(LONG + "1,il6,-99,pg/mL\n"),
        [("value.negative", 2, "value", "written not recorded")],
    ),
    "an impossible count": (csv(LONG + "1,anc,300,G/L\n"), [("value.implausible", 2, "value", "0 to 200 10*9/L")]),
    "per uL entered as per nL": (
        csv(LONG + "1,platelets,87000,G/L\n"),
        [("value.implausible", 2, "value", "check its unit")],
    ),
    "attribution in other words": (
        csv("day,code,value,unit,attributed\n1,temp,39,C,maybe\n"),
        [("attributed.unknown", 2, "attributed", "yes, no or unknown")],
    ),
    "a negative dose": (csv(LONG + "1,dexamethasone,-10,mg\n"), [("drug.dose", 2, "value", "0 or more")]),
    "a vasopressor nobody stopped": (
        csv(LONG + "1,norepinephrine,0.1,ug/kg/min\n"),
        [("drug.no_end", 2, "value", "0 or stopped")],
    ),
    "comma and point": (
        csv("day;code;value;unit\n1;crp;1,5;mg/L\n2;crp;1.5;mg/L\n"),
        [("number.mixed_decimal", None, "", "one decimal sign"), ("value.unreadable", 2, "value", "a number")],
    ),
    "1,234": (
        csv("day;code;value;unit\n1;ferritin;1,234;ng/mL\n"),
        [("number.ambiguous_decimal", None, "", "one decimal sign"), ("value.unreadable", 2, "value", "a number")],
    ),
    "thousands separators": (
        csv('day,code,value,unit\n1,ferritin,"1,234.5",ng/mL\n'),
        [("value.unreadable", 2, "value", "thousands separators")],
    ),
    "no day": (csv(LONG + ",anc,1,G/L\n"), [("time.missing", 2, "day", "a time in every row")]),
    "a day in words": (csv(LONG + "D+1,anc,1,G/L\n"), [("time.unreadable", 2, "day", "a study day as a whole number")]),
    "a time of day without a day": (
        csv("time,code,value,unit\n14:20,anc,1,G/L\n"),
        [("time.unreadable", 2, "time", "a day beside a time of day")],
    ),
    "25 o'clock": (csv("day,time,code,value,unit\n1,25:00,anc,1,G/L\n"), [("time.unreadable", 2, "time", "HH:MM")]),
    "a date without a clock": (
        csv("date,code,value,unit\n2024-03-01,anc,1,G/L\n"),
        [("time.unreadable", 2, "date", "the first infusion under clock")],
    ),
    "a date with the month first": (
        csv("date,code,value,unit\n03/04/2024,anc,1,G/L\n"),
        [("time.unreadable", 2, "date", "year first")],
    ),
    "a day that does not exist": (
        csv("date,code,value,unit\n2023-02-29,anc,1,G/L\n"),
        [("time.unreadable", 2, "date", "year first")],
    ),
    "a serial number for a date": (
        csv("date,code,value,unit\n45352,anc,1,G/L\n"),
        [("time.unreadable", 2, "date", "format the column as a date")],
    ),
    "a time with its zone": (
        csv("datetime,code,value,unit\n2024-03-01T10:00:00Z,anc,1,G/L\n"),
        [("time.unreadable", 2, "datetime", "without a zone")],
    ),
    "the hour that occurs twice": (
        csv(
            "datetime,code,value,unit\n2024-10-27 02:30,anc,1,G/L\n2024-10-27 03:30,anc,1,G/L\n",
            "clock: {first_infusion: 2024-10-20 10:00, zone: Europe/Berlin}\n",
        ),
        [("time.unreadable", 2, "datetime", "clocks of Europe/Berlin change")],
    ),
    "a date of the last century but one": (
        csv("date,code,value,unit\n0024-03-01,anc,1,G/L\n", "clock: {first_infusion: 2024-03-01 10:00}\n"),
        [("time.unreadable", 2, "date", "year first")],
    ),
    "the same row twice": (
        csv(LONG + "1,anc,1,G/L\n1,neutrophils,1000,/uL\n"),
        [("row.repeated", 3, "value", "each value once")],
    ),
    "two values at one time": (
        csv(LONG + "1,anc,1,G/L\n1,anc,2,G/L\n"),
        [("row.conflict", 3, "value", "one value per analyte")],
    ),
    "two subjects in one course": (
        csv("subject,day,code,value,unit\nA,1,anc,1,G/L\nB,1,anc,2,G/L\n"),
        [("subject.several", None, "subject", "one subject"), ("row.conflict", 3, "value", "one value")],
    ),
    "another subject": (
        csv("subject,day,code,value,unit\nA,1,anc,1,G/L\n"),
        [("subject.other", None, "subject", '"c1"')],
    ),
    "merged header cells": (
        xlsx(["day", "anc [G/L]", ""], [1, 2.0, ""], merge="B1:C1"),
        [("table.merged_cells", None, "", "one cell per value")],
    ),
    "errors of formulas": (
        xlsx(["day", "anc [G/L]"], [1, "#N/A"], [2, "#DIV/0!"]),
        [
            ("value.unreadable", 2, "anc [G/L]", "mend the formula"),
            ("value.unreadable", 3, "anc [G/L]", "mend the formula"),
        ],
    ),
    "a formula nobody calculated": (
        xlsx(["day", "anc [G/L]"], [1, "=1+1"], [2, 3.0]),
        [("table.formula", 2, "anc [G/L]", "let it calculate")],
    ),
    "a number that became a date": (
        xlsx(["day", "anc [G/L]"], [1, datetime(2024, 4, 3)]),
        [("value.unreadable", 2, "anc [G/L]", "turned a number into it")],
    ),
    "no workbook": (
        {"course.yaml": BASE, "labs.xlsx": b"PK\x03\x04nothing"},
        [("table.unreadable", None, "", ".xlsx")],
    ),
    "no Parquet": ({"course.yaml": BASE, "labs.parquet": b"PAR1"}, [("table.unreadable", None, "", "a Parquet file")]),
    "no Arrow": ({"course.yaml": BASE, "labs.arrow": b"ARROW1"}, [("table.unreadable", None, "", "an Arrow IPC file")]),
    "no such sheet": (
        {**xlsx(["day", "anc [G/L]"], [1, 2]), "course.yaml": BASE + "tables: [{file: labs.xlsx, sheet: Labs}]\n"},
        [("table.no_sheet", None, "", "Sheet")],
    ),
    "five errors in one table": (
        csv(
            "day,code,value,unit,status\nx,anc,1,G/L,\n1,ancx,1,G/L,\n1,crp,one,mg/L,\n1,crp,1,mgL,\n1,crp,1,mg/L,doen\n"
        ),
        [
            ("time.unreadable", 2, "day", "whole number"),
            ("code.unknown", 3, "code", "anc"),
            ("value.unreadable", 4, "value", "a number"),
            ("unit.unknown", 5, "unit", "mg/L"),
            ("status.unknown", 6, "status", "did you mean done?"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_table(found, name):
    files, expected = CASES[name]
    findings = found(files)
    table = next(file for file in files if file != "course.yaml")
    assert {f.file for f in findings} == {table}
    places = [(f.check, f.row, f.column) for f in findings]
    assert sorted(places, key=str) == sorted((case[:3] for case in expected), key=str)
    by_place = dict(zip(places, findings, strict=True))
    for *place, phrase in expected:
        finding = by_place[tuple(place)]
        assert phrase in f"{finding.expected}; {finding.action}"


def test_the_cases_are_many_and_none_is_silent():
    assert len(CASES) >= 36
    assert all(expected for _, expected in CASES.values())


def test_a_thousand_repeats_are_said_once_with_their_count(found):
    rows = "".join(f"{i},ancx{i},1,G/L\n" for i in range(1000))
    findings = found(csv(LONG + rows))
    assert len(findings) == 21
    assert [f.row for f in findings if f.severity == "error"] == list(range(2, 22))
    assert "980 more" in findings[-1].found


def test_nothing_is_read_when_one_of_many_rows_is_wrong(found):
    findings = found(csv(LONG + "1,anc,1,G/L\n" * 1 + "2,anc,1,G/x\n"))
    assert [(f.severity, f.check) for f in findings] == [("error", "unit.unknown")]


def test_a_plain_table_needs_a_subject_in_every_row(found):
    table = {"t.csv": "subject,time,code,value,unit\nA,1,anc,1,G/L\n,1,anc,2,G/L\n"}
    assert [(f.check, f.row) for f in found(table, at="t.csv")] == [("subject.missing", 3)]


def test_what_is_neither_table_nor_folder(found):
    assert [f.check for f in found({"t.docx": b"x"}, at="t.docx")] == ["path.unknown"]
    assert [f.check for f in found({}, at="nowhere")] == ["path.unknown"]


def test_nobody_is_led_from_copies_per_microlitre_to_copies_per_microgram(found):
    (finding,) = found(csv(LONG + "1,car_copies_per_ug,500,copies/uL\n"))
    assert "did you mean" not in finding.expected
