"""One table into course builders.

In: the bytes of a table, its settings, and the builder it belongs to, or none for a plain table.
Out: observations and drug courses in one builder, or in one builder per subject.
Decided here: a table in a course folder holds one subject; a plain table with a column subject names one in every row.
A table whose decimal sign is unclear is read on as far as it goes, so that its other problems are reported too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from cartrace.course import Clock, CourseBuilder
from cartrace.ingest import numbers, table_file
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.columns import Columns, read_columns
from cartrace.ingest.rows import RowReader, Seen
from cartrace.ingest.sections import Entry
from cartrace.ingest.table_file import TextTable
from cartrace.vocabulary import terms, units

NUMBER_COLUMNS = ("value", "lod", "lloq", "uloq", "low", "high", "hour", "time", "day")


@dataclass(frozen=True, slots=True)
class TableDefaults:
    """What a plain table leaves out: the analyte, its unit, the LLOQ (in that unit), the method."""

    code: str = ""
    unit: str = ""
    lloq: float | None = None
    method: str = ""


@dataclass(slots=True)
class Target:
    """Where rows go: the builder of a course folder, or builders by subject that rows bring into being."""

    clock: Clock
    builder: CourseBuilder | None = None
    course_id: str = ""
    seen: Seen = field(default_factory=Seen)
    subjects: dict[str, CourseBuilder] = field(default_factory=dict)


def read_table_into(
    content: bytes, *, file: str, settings: Entry, target: Target, defaults: TableDefaults, collector: Collector
) -> int | None:
    """Read one table into `target` and return the number of its rows; None when it cannot be read. Findings go to the collector."""
    table = table_file.read_table(
        content,
        file=file,
        collector=collector,
        delimiter=settings.get("delimiter", ""),
        sheet=settings.get("sheet", ""),
    )
    if table is None:
        return None
    _check_defaults(table, defaults, collector)
    columns = read_columns(
        table,
        renamed=settings.get("columns", {}),
        stated_units=settings.get("units", {}),
        code_given=bool(defaults.code),
        unit_given=defaults.unit,
        collector=collector,
    )
    if columns is None:
        return len(table.rows)
    if target.builder is not None:
        _check_one_subject(table, columns, target.course_id, collector)
    decimal = _decimal(table, columns, settings.get("decimal", ""), collector)
    readers: dict[str, RowReader] = {}
    for row, cells in table.rows:
        subject = cells[columns.at["subject"]] if "subject" in columns.at and target.builder is None else ""
        if not subject and "subject" in columns.at and target.builder is None:
            _no_subject(table, row, collector)
        reader = readers.get(subject)
        if reader is None:
            reader = readers[subject] = _reader(subject, file, target, decimal, collector)
        for column, values in _values(cells, columns, settings, defaults):
            reader.read(values, row=row, column=column or table.header[columns.at["value"]])
    for reader in readers.values():
        reader.close()
    return len(table.rows)


def _reader(subject: str, file: str, target: Target, decimal: str, collector: Collector) -> RowReader:
    builder = target.builder
    if builder is None:
        builder = CourseBuilder(subject or PurePath(file).stem, clock=target.clock)
        target.subjects[subject] = builder
    seen = target.seen if target.builder is not None else Seen()
    return RowReader(
        builder, file=file, clock=target.clock, collector=collector, decimal=decimal, elapsed_time=True, seen=seen
    )


def _values(
    cells: tuple[str, ...], columns: Columns, settings: Entry, defaults: TableDefaults
) -> Iterable[tuple[str, dict[str, str]]]:
    """(column, cells by name) of every observation in a row: one for a long table, one per filled analyte for a wide one."""
    base = {key: cells[position] for key, position in columns.at.items()}
    base["site"] = base.get("site") or settings.get("site", "")
    base["method"] = base.get("method") or settings.get("method", "") or defaults.method
    if columns.long:
        base["code"] = base.get("code") or defaults.code
        stated = columns.value_unit or _unit_of(base["code"], settings.get("units", {}))
        base["header_unit"] = stated
        base["unit"] = base.get("unit") or stated or defaults.unit
        if defaults.lloq is not None and not base.get("lloq"):
            base["lloq"] = repr(defaults.lloq)
        return [("", base)]
    return [
        (
            column,
            {
                **base,
                "code": code,
                "value": cells[position],
                "unit": (cells[unit_at] if unit_at >= 0 else "") or unit,
                "header_unit": unit,
            },
        )
        for position, code, unit, unit_at, column in columns.wide
        if cells[position]
    ]


def _unit_of(code: str, stated: Mapping[str, str]) -> str:
    """The unit that the settings state for an analyte, under any of its spellings."""
    if not stated:
        return ""
    if code in stated:
        return stated[code]
    analyte = terms.analyte(code)
    return next((unit for name, unit in stated.items() if analyte and terms.analyte(name) is analyte), "")


def _check_defaults(table: TextTable, defaults: TableDefaults, collector: Collector) -> None:
    analyte = terms.analyte(defaults.code) if defaults.code else None
    if defaults.code and analyte is None and terms.drug(defaults.code) is None:
        near = terms.nearest_analytes(defaults.code)
        expected = one_of(("an analyte or drug of the vocabulary (cartrace vocabulary lists them)",), near)
        collector.add(
            "error",
            "code.unknown",
            file=table.file,
            column="--code",
            found=quoted(defaults.code),
            expected=expected,
            action="correct --code",
        )
    accepted_somewhere = any(units.known(defaults.unit, family=family) for family in units.families())
    if defaults.unit and not accepted_somewhere:
        spellings = units.accepted(analyte.family) if analyte and analyte.family else ("a unit of the vocabulary",)
        collector.add(
            "error",
            "unit.unknown",
            file=table.file,
            column="--unit",
            found=quoted(defaults.unit),
            expected=one_of(spellings),
            action="correct --unit",
        )


def _check_one_subject(table: TextTable, columns: Columns, course_id: str, collector: Collector) -> None:
    """A course folder is one patient: rows of somebody else would be mixed in silently."""
    if "subject" not in columns.at:
        return
    names = sorted({cells[columns.at["subject"]] for _, cells in table.rows} - {""})
    header = table.header[columns.at["subject"]]
    if len(names) > 1:
        collector.add(
            "error",
            "subject.several",
            file=table.file,
            column=header,
            found=f"{len(names)} subjects ({', '.join(names[:3])}{' ...' if len(names) > 3 else ''})",
            expected="one subject in the folder of one course",
            action="keep the rows of this course, or read the table by itself",
        )
    elif names and names[0] != course_id:
        collector.add(
            "warning",
            "subject.other",
            file=table.file,
            column=header,
            found=f"the subject {quoted(names[0])}",
            expected=f"the id of the course, {quoted(course_id)}",
            action="the rows are read; check that they belong to this course",
        )


def _no_subject(table: TextTable, row: int, collector: Collector) -> None:
    collector.add(
        "error",
        "subject.missing",
        file=table.file,
        row=row,
        column="subject",
        found="no subject",
        expected="a subject in every row",
        action="say whose row it is",
    )


def _decimal(table: TextTable, columns: Columns, said: str, collector: Collector) -> str:
    if table.typed or said:
        return said or "."
    positions = [columns.at[n] for n in NUMBER_COLUMNS if n in columns.at] + [entry[0] for entry in columns.wide]
    sign = numbers.decimal_of(cells[p] for p in positions for _, cells in table.rows)
    if sign in ("mixed", "ambiguous"):
        found = {
            "mixed": "numbers with a comma and numbers with a point",
            "ambiguous": "numbers such as 1,234 that can be read in two ways",
        }[sign]
        collector.add(
            "error",
            f"number.{sign}_decimal",
            file=table.file,
            found=found,
            expected="one decimal sign and no thousands separators",
            action="correct the numbers, or say the sign in course.yaml (tables: decimal)",
        )
        return "."
    return sign or "."
