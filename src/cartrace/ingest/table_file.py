"""Table files as text: CSV, TSV, XLSX and Parquet to one shape.

In: the bytes of a file. Out: a `TextTable`: header and rows of texts, each row with its number in the file (header = 1).
Decided here: text tables are read as text first; the delimiter is the one of , ; tab | that the header uses most;
numbers of typed files are written out with a decimal point; an Excel date without a time of day is a date.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cartrace.ingest.collector import Collector, one_of, quoted

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
ENDINGS = (*TEXT_ENDINGS, ".xlsx", ".parquet")
DELIMITERS = {"tab": "\t", ",": ",", ";": ";", "|": "|"}


@dataclass(frozen=True, slots=True)
class TextTable:
    """`rows` holds (row number, cells), cells as long as the header. `typed`: numbers come with a decimal point."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    typed: bool
    delimiter: str = ""


def read_table(
    content: bytes, *, file: str, collector: Collector, delimiter: str = "", sheet: str = ""
) -> TextTable | None:
    """The table in `content`, by the ending of `file`; None with a finding when it cannot be read."""
    ending = "." + file.rsplit(".", 1)[-1].lower()
    if ending == ".xlsx":
        return _tidy(_xlsx(content, file, collector, sheet), file, collector, typed=True)
    if ending == ".parquet":
        return _tidy(_parquet(content, file, collector), file, collector, typed=True)
    text = _decode(content, file, collector)
    if text is None:
        return None
    sign = DELIMITERS.get(delimiter, "") or _sniff(text, tab=ending == ".tsv")
    try:
        # newline handling is the csv module's; a field may not swallow the rest of a broken file silently
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
    except csv.Error as error:
        _unreadable(collector, file, f"a text table with a broken line ({error})", "quotation marks in pairs")
        return None
    return _tidy(lines, file, collector, typed=False, delimiter=sign)


def _unreadable(collector: Collector, file: str, found: str, expected: str) -> None:
    collector.add(
        "error", "table.unreadable", file=file, found=found, expected=expected, action="export the table again"
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
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


def _xlsx(content: bytes, file: str, collector: Collector, sheet: str) -> list[list[str]] | None:
    import warnings

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
    page = book[sheet] if sheet else book.worksheets[0]
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
    return [[_cell(cell) for cell in row] for row in page.iter_rows()]


def _cell(cell: Any) -> str:
    value = cell.value
    if isinstance(value, datetime) and "h" not in str(cell.number_format).lower():
        return value.date().isoformat()
    return _text(value)


def _parquet(content: bytes, file: str, collector: Collector) -> list[list[str]] | None:
    try:
        import pyarrow.parquet as parquet

        table = parquet.read_table(io.BytesIO(content))
        columns = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    except Exception as error:  # Arrow raises several families of errors for broken files
        _unreadable(collector, file, f"a file that is not Parquet ({type(error).__name__})", "a Parquet file")
        return None
    return [list(table.column_names), *[list(row) for row in zip(*columns, strict=True)]]


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
    for name in sorted({cell for cell in header if cell and header.count(cell) > 1}):
        collector.add(
            "error",
            "table.duplicate_header",
            file=file,
            row=header_row,
            column=name,
            found=f"the header {quoted(name)} {header.count(name)} times",
            expected="each header once",
            action="rename or remove one of the columns",
        )
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
        rows.append((i, (*cells[: len(header)], *[""] * (len(header) - len(cells)))))
    return TextTable(file, tuple(header), tuple(rows), typed, delimiter)
