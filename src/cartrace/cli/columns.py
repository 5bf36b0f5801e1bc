"""Rows for a person or a spreadsheet: aligned text with a wrapped last column, or CSV."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence

PAGE = 118
"""Letters of a line of text output."""

NARROWEST = 30


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns set side by side, the last one wrapped to the page; columns that are empty throughout are left out."""
    filled = [n for n in range(len(header)) if any(row[n] for row in rows)]
    table = [[header[n] for n in filled], *([str(row[n]) for n in filled] for row in rows)]
    widths = [max(len(row[n]) for row in table) for n in range(len(filled))]
    indent = sum(widths[:-1]) + 2 * (len(widths) - 1)
    lines = []
    for row in table:
        left = "".join(cell.ljust(width + 2) for cell, width in zip(row[:-1], widths[:-1], strict=True))
        parts = textwrap.wrap(row[-1], max(PAGE - indent, NARROWEST)) if row else []
        lines.append((left + (parts[0] if parts else "")).rstrip())
        lines.extend(" " * indent + part for part in parts[1:])
    return "\n".join(lines)


def comma_separated(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The same rows as CSV with a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")
