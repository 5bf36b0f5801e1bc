"""Table files as text: CSV, TSV, XLSX, Parquet and Arrow to one shape.

In: the bytes of a file. Out: a `TextTable`: header and rows of texts, each row with its number in the file (header = 1).
Decided here: text tables are read as text first; the delimiter is the one of , ; tab | that the header uses most;
numbers of typed files are written out with a decimal point; an Excel date without a time of day is a date, and so is
a column of Arrow timestamps that are all midnight; a formula without a stored result is an error, never an empty cell.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cartrace.ingest.collector import Collector, one_of, quoted

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
ARROW_ENDINGS = (".parquet", ".arrow", ".feather")
ENDINGS = (*TEXT_ENDINGS, ".xlsx", *ARROW_ENDINGS)
DELIMITERS = {"tab": "\t", ",": ",", ";": ";", "|": "|"}
COLUMNS_UP_TO = 1000
"""More headers than that are a table on its side, or no table."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """`rows` holds (row number, cells), cells as long as the header. `typed`: numbers come with a decimal point.

    header_row  number of the header's row in the file; 1 unless empty rows stand above it
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    typed: bool
    delimiter: str = ""
    header_row: int = 1


def read_table(
    content: bytes, *, file: str, collector: Collector, delimiter: str = "", sheet: str = ""
) -> TextTable | None:
    """The table in `content`, by the ending of `file`; None with a finding when it cannot be read."""
    ending = "." + file.rsplit(".", 1)[-1].lower()
    if ending == ".xlsx":
        return _tidy(_xlsx(content, file, collector, sheet), file, collector, typed=True)
    if ending in ARROW_ENDINGS:
        return _tidy(_arrow(content, file, collector, ending), file, collector, typed=True)
    text = _decode(content, file, collector)
    if text is None:
        return None
    sign = DELIMITERS.get(delimiter, "") or _sniff(text, tab=ending == ".tsv")
    # newline handling is the csv module's; a field may not swallow the rest of a broken file silently
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        found = f"a text table with a broken line ({error})"
        _unreadable(collector, file, found, "quotation marks in pairs", row=reader.line_num)
        return None
    return _tidy(lines, file, collector, typed=False, delimiter=sign)


def _unreadable(collector: Collector, file: str, found: str, expected: str, *, row: int | None = None) -> None:
    collector.add(
        "error", "table.unreadable", file=file, row=row, found=found, expected=expected, action="export the table again"
    )


def _decode(content: bytes, file: str, collector: Collector) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            _unreadable(collector, file, "broken UTF-16 text", "UTF-8 text")
            return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
        collector.add(
            "warning",
            "table.encoding",
            file=file,
            found="text that is not UTF-8, read as Latin-1",
            expected="UTF-8",
            action="check µ, ° and names, or export as UTF-8",
        )
    if "\x00" in text:
        _unreadable(collector, file, "binary data", "a text table")
        return None
    return text


def _sniff(text: str, *, tab: bool) -> str:
    if tab:
        return "\t"
    header = next((line for line in text.splitlines() if line.strip()), "")
    counts = {sign: header.count(sign) for sign in (";", "\t", ",", "|")}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else ","


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        # A time with a zone keeps it in its text and is refused later: dropping it would shift the hour silently.
        return value.isoformat() if value.tzinfo else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


def _xlsx(content: bytes, file: str, collector: Collector, sheet: str) -> list[list[str]] | None:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles, which we do not read
            book = load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:  # openpyxl raises whatever the broken part of the archive raises
        _unreadable(collector, file, f"a file that is no Excel workbook ({type(error).__name__})", "an .xlsx workbook")
        return None
    if sheet and sheet not in book.sheetnames:
        collector.add(
            "error",
            "table.no_sheet",
            file=file,
            found=f"no sheet {quoted(sheet)}",
            expected=one_of(book.sheetnames),
            action="correct the sheet name",
        )
        return None
    if not book.worksheets:
        _unreadable(collector, file, "a workbook without a sheet of cells", "a sheet")
        return None
    page = book[sheet] if sheet else book.worksheets[0]
    if not hasattr(page, "iter_rows"):
        _unreadable(collector, file, f"the chart sheet {quoted(page.title)}", "a sheet of cells")
        return None
    if len(page.merged_cells.ranges):
        collector.add(
            "error",
            "table.merged_cells",
            file=file,
            found=f"merged cells ({', '.join(sorted(str(r) for r in page.merged_cells.ranges)[:3])})",
            expected="one cell per value",
            action="unmerge the cells and repeat the value",
        )
        return None
    _formulas(content, file, page.title, page, collector)
    return [[_cell(cell) for cell in row] for row in page.iter_rows()]


def _formulas(content: bytes, file: str, sheet: str, values: Any, collector: Collector) -> None:
    """A finding for every formula whose result is not stored: it would read as an empty cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(b"<f" in archive.read(name) for name in names):
            return
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page = load_workbook(io.BytesIO(content))[sheet]
    for row in page.iter_rows():
        for cell in row:
            if cell.data_type == "f" and values[cell.coordinate].value is None:
                collector.add(
                    "error",
                    "table.formula",
                    file=file,
                    row=cell.row,
                    column=_text(values.cell(1, cell.column).value) or cell.column_letter,
                    found=f"a formula without a stored result in {cell.coordinate}",
                    expected="a value",
                    action="open the workbook, let it calculate and save it, or paste the values",
                )


def _cell(cell: Any) -> str:
    value = cell.value
    midnight = isinstance(value, datetime) and value.time() == time()
    if midnight and "h" not in str(cell.number_format).lower():
        return str(value.date().isoformat())
    return _text(value)


def _arrow(content: bytes, file: str, collector: Collector, ending: str) -> list[list[str]] | None:
    kind = "a Parquet file" if ending == ".parquet" else "an Arrow IPC file"
    try:
        if ending == ".parquet":
            import pyarrow.parquet as parquet

            table = parquet.read_table(io.BytesIO(content))
        else:
            import pyarrow.feather as feather

            table = feather.read_table(io.BytesIO(content))
        columns = [_arrow_texts(column) for column in table.columns]
    except Exception as error:  # Arrow raises several families of errors for broken files
        _unreadable(collector, file, f"something that is not {kind} ({type(error).__name__})", kind)
        return None
    return [list(table.column_names), *[list(row) for row in zip(*columns, strict=True)]]


def _arrow_texts(column: Any) -> list[str]:
    import pyarrow as arrow

    if arrow.types.is_timestamp(column.type):
        column = column.cast(arrow.timestamp("us", column.type.tz), safe=False)
        values = [value for value in column.to_pylist() if value is not None]
        if values and all(value.tzinfo is None and value.time() == time() for value in values):
            column = column.cast(arrow.date32())  # a data frame writes dates as midnights
    return [_text(value) for value in column.to_pylist()]


def _tidy(
    lines: list[list[str]] | None, file: str, collector: Collector, *, typed: bool, delimiter: str = ""
) -> TextTable | None:
    """Header and rows of equal length; empty rows left out; over-long rows are findings."""
    if lines is None:
        return None
    numbered = [(i, [cell.strip() for cell in line]) for i, line in enumerate(lines, start=1)]
    numbered = [(i, cells) for i, cells in numbered if any(cells)]
    if not numbered:
        collector.add(
            "error", "table.empty", file=file, found="no rows", expected="a header and rows", action="check the export"
        )
        return None
    header_row, header = numbered[0]
    while header and not header[-1]:
        header.pop()
    if not _header_fits(header, header_row, file, collector):
        return None
    rows = []
    for i, cells in numbered[1:]:
        if any(cells[len(header) :]):
            collector.add(
                "error",
                "table.long_row",
                file=file,
                row=i,
                found=f"{len(cells)} cells under {len(header)} headers",
                expected=f"{len(header)} cells",
                action="check the delimiter, the quotation marks and the decimal sign of this row",
            )
            continue
        if len(cells) < len(header):
            collector.add(
                "warning",
                "table.short_row",
                file=file,
                row=i,
                found=f"{len(cells)} cells under {len(header)} headers",
                expected=f"{len(header)} cells",
                action="the missing cells are read as empty; check that the row is whole",
            )
        rows.append((i, (*cells[: len(header)], *[""] * (len(header) - len(cells)))))
    if not rows:
        collector.add(
            "error",
            "table.empty",
            file=file,
            found="a header without rows",
            expected="a header and rows",
            action="check the export, or remove the table",
        )
    return TextTable(file, tuple(header), tuple(rows), typed, delimiter, header_row)


def _header_fits(header: list[str], header_row: int, file: str, collector: Collector) -> bool:
    """Whether the header can be read; repeated names are findings and do not stop the reading."""
    if len(header) > COLUMNS_UP_TO:
        _unreadable(
            collector, file, f"{len(header)} headers", f"up to {COLUMNS_UP_TO}, one row per time", row=header_row
        )
        return False
    times_seen = Counter(header)
    for name in sorted(cell for cell, times in times_seen.items() if cell and times > 1):
        collector.add(
            "error",
            "table.duplicate_header",
            file=file,
            row=header_row,
            column=name,
            found=f"the header {quoted(name)} {times_seen[name]} times",
            expected="each header once",
            action="rename or remove one of the columns",
        )
    return True
