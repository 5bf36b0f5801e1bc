"""What the columns of a table are: time, code and value of a long table, or one column per analyte of a wide one.

In: the header and the table's settings. Out: `Columns`.
Decided here: the accepted names of columns; a unit stands in brackets in the header, in a unit column, or in the settings;
a header that is nearly a known one is an error, any other unknown header a warning ("not read").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.sections import keys_of
from cartrace.ingest.table_file import TextTable
from cartrace.vocabulary import terms

ALIASES = {
    "subject_id": "subject",
    "patient": "subject",
    "patient_id": "subject",
    "usubjid": "subject",
    "id": "subject",
    "study_day": "day",
    "hours": "hour",
    "days": "time",
    "date_time": "datetime",
    "timestamp": "datetime",
    "analyte": "code",
    "test": "code",
    "parameter": "code",
    "result": "value",
    "units": "unit",
    "specimen": "site",
    "assay": "method",
    "lln": "low",
    "uln": "high",
    "reference_low": "low",
    "reference_high": "high",
}
IGNORED = frozenset({"comment", "comments", "note", "notes", "remark", "ignore"})
_UNIT_IN_HEADER = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^()]*?)[)\]]\s*$")


@dataclass(slots=True)
class Columns:
    """Positions by column name; `analytes`: (position, code, unit, position of a unit column or -1) of wide tables."""

    at: dict[str, int] = field(default_factory=dict)
    analytes: list[tuple[int, str, str, int]] = field(default_factory=list)
    value_unit: str = ""

    @property
    def long(self) -> bool:
        return "value" in self.at


def read_columns(
    table: TextTable,
    *,
    renamed: Mapping[str, str],
    units: Mapping[str, str],
    code_given: bool,
    collector: Collector,
) -> Columns | None:
    """The columns of a table; None with findings when it has no time or no values."""
    columns = Columns()
    long_names = tuple(keys_of("observation"))
    for name in (*renamed, *units):
        if name not in table.header and name in renamed:
            _no_such_header(table, name, collector)
    for position, header in enumerate(table.header):
        if not header:
            continue
        _place(columns, table, position, header, renamed.get(header, ""), units, long_names, collector)
    if not any(name in columns.at for name in ("day", "time", "hour", "date", "datetime")):
        collector.add(
            "error",
            "table.no_time",
            file=table.file,
            row=1,
            found=f"the headers {', '.join(table.header[:8])}",
            expected="a column day, time, hour, date or datetime",
            action="add or rename the time column",
        )
        return None
    if not columns.long and not columns.analytes:
        collector.add(
            "error",
            "table.no_values",
            file=table.file,
            row=1,
            found=f"the headers {', '.join(table.header[:8])}",
            expected="columns code, value and unit, or one column per analyte",
            action="rename the columns, or map them in course.yaml (tables: columns)",
        )
        return None
    if columns.long and "code" not in columns.at and not code_given:
        collector.add(
            "error",
            "table.no_code",
            file=table.file,
            row=1,
            column="code",
            found="a column value without a column code",
            expected="a column code that names the analyte of each row",
            action="add the column, or give the analyte with --code",
        )
        return None
    return columns


def _no_such_header(table: TextTable, name: str, collector: Collector) -> None:
    collector.add(
        "error",
        "table.no_such_header",
        file=table.file,
        row=1,
        column=name,
        found=f"no column {quoted(name)}",
        expected=one_of(table.header, terms.nearest(name, table.header)),
        action="correct the name under tables: columns",
    )


def _place(
    columns: Columns,
    table: TextTable,
    position: int,
    header: str,
    renamed: str,
    units: Mapping[str, str],
    long_names: tuple[str, ...],
    collector: Collector,
) -> None:
    match = _UNIT_IN_HEADER.match(header)
    name, unit = (match["name"], match["unit"]) if match and not renamed else (renamed or header, "")
    unit = units.get(header, unit)
    folded = ALIASES.get(terms.fold(name), terms.fold(name))
    if folded in IGNORED:
        return
    if folded in long_names and not (folded == "unit" and columns.analytes and "value" not in table.header):
        if folded not in columns.at:
            columns.at[folded] = position
        if folded == "value":
            columns.value_unit = unit
        return
    if folded == "unit" and columns.analytes:
        last = columns.analytes[-1]
        columns.analytes[-1] = (last[0], last[1], last[2], position)
        return
    analyte = terms.analyte(name)
    drug = terms.drug(name) if analyte is None else None
    if analyte is not None:
        columns.analytes.append((position, analyte.code, units.get(analyte.code, unit), -1))
    elif drug is not None:
        columns.analytes.append((position, drug[0], unit, -1))
    elif folded.endswith("_unit") and (of := terms.analyte(folded.removesuffix("_unit"))):
        columns.analytes = [(p, c, u, position if c == of.code else at) for p, c, u, at in columns.analytes]
    else:
        _unknown(table, header, name, long_names, collector)


def _unknown(table: TextTable, header: str, name: str, long_names: tuple[str, ...], collector: Collector) -> None:
    near = (*terms.nearest(name, long_names), *terms.nearest_analytes(name))[:3]
    if near:
        collector.add(
            "error",
            "table.unknown_column",
            file=table.file,
            row=1,
            column=header,
            found=f"the header {quoted(header)}",
            expected=f"{' or '.join(near)} (did you mean it?)",
            action="rename the column, or map it in course.yaml (tables: columns; ignore leaves it out)",
        )
    else:
        collector.add(
            "warning",
            "table.column_not_read",
            file=table.file,
            row=1,
            column=header,
            found=f"the header {quoted(header)}",
            expected="a column or analyte of the vocabulary",
            action="the column is not read; map it in course.yaml if it holds data",
        )
