"""What the columns of a table are: time, code and value of a long table, or one column per analyte of a wide one.

In: the header and the table's settings. Out: `Columns`.
Decided here: the accepted names of columns; a unit stands in brackets in the header, in a unit column, or in the settings;
a header that is nearly a known one is an error, any other unknown header a warning ("not read"). The unit of a wide column
is judged once, at its header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.sections import keys_of
from cartrace.ingest.table_file import TextTable
from cartrace.vocabulary import terms, units

UNITLESS_FAMILIES = frozenset({"score", "ratio", "no_unit"})
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
    """Positions by column name; `wide`: (position, code, unit, position of a unit column or -1, header) of wide tables.

    refused  a wide column was left out for its unit; the finding is made
    """

    at: dict[str, int] = field(default_factory=dict)
    wide: list[tuple[int, str, str, int, str]] = field(default_factory=list)
    value_unit: str = ""
    refused: bool = False

    @property
    def long(self) -> bool:
        return "value" in self.at


def read_columns(
    table: TextTable,
    *,
    renamed: Mapping[str, str],
    stated_units: Mapping[str, str],
    code_given: bool,
    unit_given: str = "",
    collector: Collector,
) -> Columns | None:
    """The columns of a table; None with findings when it has no time or no values."""
    columns = Columns()
    long_names = tuple(keys_of("observation"))
    for name in renamed:
        if name not in table.header:
            _no_such_header(table, name, "columns", collector)
    for name in stated_units:
        if name not in table.header and terms.analyte(name) is None:
            _no_such_header(table, name, "units", collector)
    for position, header in enumerate(table.header):
        if not header:
            continue
        _place(columns, table, position, header, renamed.get(header, ""), stated_units, long_names, collector)
    _check_wide(columns, table, unit_given, collector)
    return _usable(columns, table, code_given, collector)


def _usable(columns: Columns, table: TextTable, code_given: bool, collector: Collector) -> Columns | None:
    if not any(name in columns.at for name in ("day", "time", "hour", "date", "datetime")):
        collector.add(
            "error",
            "table.no_time",
            file=table.file,
            row=table.header_row,
            found=f"the headers {', '.join(table.header[:8])}",
            expected="a column day, time, hour, date or datetime",
            action="add or rename the time column",
        )
        return None
    if not columns.long and not columns.wide and not columns.refused:
        collector.add(
            "error",
            "table.no_values",
            file=table.file,
            row=table.header_row,
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
            row=table.header_row,
            column="code",
            found="a column value without a column code",
            expected="a column code that names the analyte of each row",
            action="add the column, or give the analyte with --code",
        )
        return None
    return columns


def _check_wide(columns: Columns, table: TextTable, unit_given: str, collector: Collector) -> None:
    """Judge the unit of every wide column; a long table does not read them."""
    kept = []
    for position, code, unit, unit_at, header in columns.wide:
        if columns.long:
            _not_read(table, header, "only the column value in a table that has one", collector)
            continue
        unit = unit or (unit_given if unit_at < 0 else "")
        analyte = terms.analytes().get(code)
        if analyte is None or not analyte.is_number or unit_at >= 0:
            kept.append((position, code, unit, unit_at, header))
        elif not unit and analyte.family not in UNITLESS_FAMILIES:
            columns.refused = True
            _wrong_unit(
                table, position, f"{analyte.name} without a unit", "unit.missing", analyte.family, "", collector
            )
        elif unit and not units.known(unit, family=analyte.family):
            columns.refused = True
            found = f"the unit {quoted(unit)} for {analyte.name}"
            _wrong_unit(table, position, found, "unit.unknown", analyte.family, unit, collector)
        else:
            kept.append((position, code, unit, unit_at, header))
    columns.wide = kept


def _wrong_unit(
    table: TextTable, position: int, found: str, check: str, family: str, unit: str, collector: Collector
) -> None:
    collector.add(
        "error",
        check,
        file=table.file,
        row=table.header_row,
        column=table.header[position],
        found=found,
        expected=one_of(units.accepted(family), units.nearest(unit, family=family)),
        action="write the unit in the header, as in temperature [degC], or add a unit column; units are never guessed",
    )


def _no_such_header(table: TextTable, name: str, setting: str, collector: Collector) -> None:
    collector.add(
        "error",
        "table.no_such_header",
        file=table.file,
        row=table.header_row,
        column=name,
        found=f"no column {quoted(name)}",
        expected=one_of(table.header, terms.nearest(name, table.header)),
        action=f"correct the name under tables: {setting}",
    )


def _place(
    columns: Columns,
    table: TextTable,
    position: int,
    header: str,
    renamed: str,
    stated_units: Mapping[str, str],
    long_names: tuple[str, ...],
    collector: Collector,
) -> None:
    match = _UNIT_IN_HEADER.match(header)
    name, unit = (match["name"], match["unit"]) if match and not renamed else (renamed or header, "")
    unit = _stated(table, header, unit, stated_units.get(header, ""), collector)
    folded = ALIASES.get(terms.fold(name), terms.fold(name))
    if folded in IGNORED:
        return
    if folded in long_names and not (folded == "unit" and columns.wide and "value" not in table.header):
        if folded not in columns.at:
            columns.at[folded] = position
        if folded == "value":
            columns.value_unit = unit
        return
    if folded == "unit" and columns.wide:
        last = columns.wide[-1]
        columns.wide[-1] = (*last[:3], position, last[4])
        return
    analyte = terms.analyte(name)
    drug = terms.drug(name) if analyte is None else None
    if analyte is not None:
        said = next((stated for name, stated in stated_units.items() if terms.analyte(name) is analyte), "")
        columns.wide.append((position, analyte.code, _stated(table, header, unit, said, collector), -1, header))
    elif drug is not None:
        columns.wide.append((position, drug[0], unit, -1, header))
    elif folded.endswith("_unit") and (of := terms.analyte(folded.removesuffix("_unit"))):
        columns.wide = [(p, c, u, position if c == of.code else at, h) for p, c, u, at, h in columns.wide]
    else:
        _unknown(table, header, name, long_names, collector)


def _stated(table: TextTable, header: str, in_header: str, in_settings: str, collector: Collector) -> str:
    """The unit that header and settings agree on; a finding when they do not."""
    if in_header and in_settings and units.fold(in_header) != units.fold(in_settings):
        collector.add(
            "error",
            "unit.conflict",
            file=table.file,
            row=table.header_row,
            column=header,
            found=f"the unit {quoted(in_header)} in the header and {quoted(in_settings)} in course.yaml",
            expected="one unit",
            action="correct the one that is wrong",
        )
    return in_settings or in_header


def _unknown(table: TextTable, header: str, name: str, long_names: tuple[str, ...], collector: Collector) -> None:
    near = (*terms.nearest(name, long_names), *terms.nearest_analytes(name))[:3]
    if near:
        collector.add(
            "error",
            "table.unknown_column",
            file=table.file,
            row=table.header_row,
            column=header,
            found=f"the header {quoted(header)}",
            expected=one_of(("a column or analyte of the vocabulary",), near),
            action="rename the column, or map it in course.yaml (tables: columns; ignore leaves it out)",
        )
    else:
        _not_read(table, header, "a column or analyte of the vocabulary", collector)


def _not_read(table: TextTable, header: str, expected: str, collector: Collector) -> None:
    collector.add(
        "warning",
        "table.column_not_read",
        file=table.file,
        row=table.header_row,
        column=header,
        found=f"the header {quoted(header)}",
        expected=expected,
        action="the column is not read; map it in course.yaml (tables: columns) if it holds data",
    )
