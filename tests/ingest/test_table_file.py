"""One table in every format, encoding and dialect: the same course."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pyarrow as arrow
import pytest
from openpyxl import Workbook
from pyarrow import feather, parquet

from cartrace import ingest
from cartrace.ingest import table_file
from cartrace.ingest.collector import Collector

COURSE = "cartrace: 1\nid: c1\nclock: {first_infusion: 2024-03-01 14:00, zone: Europe/Berlin}\ninfusions: [{day: 0}]\n"
LONG = {
    "datetime": [datetime(2024, 3, 1, 8), datetime(2024, 3, 4, 8, 30), datetime(2024, 3, 4, 8, 30), None],
    "date": [None, None, None, date(2024, 3, 29)],
    "code": ["anc", "crp", "il6", "anc"],
    "value": ["1.25", "12.5", "<5", "0.5"],
    "unit": ["10^9/L", "mg/dL", "pg/mL", "G/L"],
}
WIDE = {
    "date": [date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 29)],
    "anc [/uL]": [1250.0, 480.5, None],
    "temperature [degF]": [98.6, 100.4, 99.5],
    "ferritin [ng/mL]": [812, 10500, 3],
}


def texts(table: dict[str, list[object]]) -> list[list[str]]:
    def text(cell: object) -> str:
        if isinstance(cell, datetime):
            return cell.strftime("%Y-%m-%d %H:%M")
        return "" if cell is None else str(cell)

    return [list(table), *[[text(cell) for cell in row] for row in zip(*table.values(), strict=True)]]


def delimited(table: dict[str, list[object]], sign: str = ",", *, comma: bool = False) -> str:
    def decimal(cell: str) -> str:
        return cell.replace(".", ",") if comma and cell.replace(".", "").isdigit() else cell

    rows = texts(table)
    return "\r\n".join([sign.join(rows[0]), *(sign.join(decimal(cell) for cell in row) for row in rows[1:])]) + "\r\n"


def workbook(table: dict[str, list[object]]) -> bytes:
    book = Workbook()
    book.active.append(list(table))
    for row in zip(*table.values(), strict=True):
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def columnar(table: dict[str, list[object]], *, kind: str) -> bytes:
    stream = io.BytesIO()
    data = arrow.table(table)
    if kind == "parquet":
        parquet.write_table(data, stream)
    else:
        feather.write_feather(data, stream, compression="uncompressed")
    return stream.getvalue()


FORMS = {
    "comma.csv": lambda t: delimited(t).encode(),
    "semicolon and decimal comma.csv": lambda t: delimited(t, ";", comma=True).encode(),
    "tab.tsv": lambda t: delimited(t, "\t").encode(),
    "bar.txt.csv": lambda t: delimited(t, "|").encode(),
    "byte order mark.csv": lambda t: delimited(t, ";").encode("utf-8-sig"),
    "utf-16.csv": lambda t: delimited(t, "\t").encode("utf-16"),
    "excel.xlsx": workbook,
    "parquet.parquet": lambda t: columnar(t, kind="parquet"),
    "arrow.arrow": lambda t: columnar(t, kind="arrow"),
    "feather.feather": lambda t: columnar(t, kind="arrow"),
}


def observations(folder: Path, name: str, content: bytes) -> list[tuple[object, ...]]:
    folder.mkdir()
    (folder / "course.yaml").write_text(COURSE)
    (folder / name).write_bytes(content)
    reading = ingest.read(folder)
    assert reading.findings == ()
    return [
        (o.code, o.value, o.unit, o.status, o.lloq, o.moment, o.source.row) for o in reading.courses[0].observations
    ]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("table", [LONG, WIDE], ids=["long", "wide"])
def test_every_form_of_a_table_gives_the_same_course(tmp_path, table, name):
    plain = observations(tmp_path / "plain", "labs.csv", delimited(table).encode())
    assert len(plain) == (4 if table is LONG else 8)
    assert observations(tmp_path / "other", name, FORMS[name](table)) == plain


def test_the_plain_form_itself_is_right(tmp_path):
    """By hand: 08:00 on the day of a 14:00 infusion is -6 h; 12.5 mg/dL is 125 mg/L; 100.4 degF is 38.0 degC."""
    morning = pytest.approx(2 + 18.5 / 24)
    long = observations(tmp_path / "long", "labs.csv", delimited(LONG).encode())
    assert [(code, value, unit) for code, value, unit, *_ in long] == [
        ("anc", 1.25, "10*9/L"), ("crp", 125.0, "mg/L"), ("il6", 5.0, "pg/mL"), ("anc", 0.5, "10*9/L")]  # fmt: skip
    assert [(m.time, m.day, m.precision) for *_, m, _ in long] == [
        (-0.25, 0, "minute"), (morning, 3, "minute"), (morning, 3, "minute"), (28.0, 28, "day")]  # fmt: skip
    wide = observations(tmp_path / "wide", "labs.csv", delimited(WIDE).encode())
    assert [value for code, value, *_ in wide if code == "temperature"] == [37.0, 38.0, 37.5]
    assert [value for code, value, *_ in wide if code == "anc"] == [1.25, 0.4805]


def read(content: bytes, name: str = "t.csv", **settings: str) -> tuple[table_file.TextTable | None, Collector]:
    collector = Collector()
    return table_file.read_table(content, file=name, collector=collector, **settings), collector


def test_rows_keep_their_number_in_the_file():
    table, _ = read(b"\n\nday,code\n\n1,anc\n,\n2,crp\n")
    assert table.header_row == 3
    assert table.rows == ((5, ("1", "anc")), (7, ("2", "crp")))


def test_a_quoted_cell_may_hold_delimiters_and_ends_of_lines():
    table, collector = read(b'day,note,value\n1,"a, b\nc",2\n')
    assert table.rows == ((2, ("1", "a, b\nc", "2")),)
    assert collector.findings() == ()


def test_a_stated_delimiter_goes_before_the_sniffed_one():
    assert read(b"a;b,c\n1;2,3\n", delimiter=";")[0].header == ("a", "b,c")
    assert read(b"a,b;c\n1,2;3\n")[0].delimiter == ";"


def test_excel_dates_with_and_without_a_time_of_day():
    book = Workbook()
    book.active.append(["date", "datetime", "hidden time", "number"])
    book.active.append([date(2024, 3, 1), datetime(2024, 3, 1, 8, 30), datetime(2024, 3, 1, 8, 30), 0.1])
    book.active["A2"].number_format = "dd/mm/yyyy"
    book.active["C2"].number_format = "dd/mm/yyyy"
    stream = io.BytesIO()
    book.save(stream)
    table, _ = read(stream.getvalue(), "t.xlsx")
    # a time of day hidden by the format of the cell is kept: it was recorded
    assert table.rows[0][1] == ("2024-03-01", "2024-03-01 08:30", "2024-03-01 08:30", "0.1")


def test_midnights_of_a_data_frame_are_days_and_zones_are_not_dropped():
    stream = io.BytesIO()
    days = [datetime(2024, 3, 1), None, datetime(2024, 3, 2)]
    parquet.write_table(
        arrow.table(
            {
                "day": arrow.array(days, arrow.timestamp("ns")),
                "night": arrow.array([datetime(2024, 3, 1), datetime(2024, 3, 1, 1), None], arrow.timestamp("us")),
                "zoned": arrow.array(days, arrow.timestamp("us", "UTC")),
            }
        ),
        stream,
    )
    table, _ = read(stream.getvalue(), "t.parquet")
    assert [row[1] for row in table.rows] == [
        ("2024-03-01", "2024-03-01 00:00", "2024-03-01T00:00:00+00:00"),
        ("", "2024-03-01 01:00", ""),
        ("2024-03-02", "", "2024-03-02T00:00:00+00:00"),
    ]


def test_a_sheet_by_name():
    book = Workbook()
    book.active.append(["empty"])
    page = book.create_sheet("Labs")
    page.append(["day", "anc"])
    page.append([1, 2])
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue(), "t.xlsx", sheet="Labs")[0].rows == ((2, ("1", "2")),)


@pytest.mark.parametrize("name", ["excel.xlsx", "parquet.parquet", "arrow.arrow"])
def test_a_damaged_binary_table_is_a_finding(name):
    whole = FORMS[name](WIDE)
    for cut in range(0, len(whole), max(1, len(whole) // 25)):
        for damaged in (whole[:cut], whole[:cut] + b"\xff\x00\x13" + whole[cut + 3 :]):
            table, collector = read(damaged, name)
            assert table is not None or collector.has_errors
