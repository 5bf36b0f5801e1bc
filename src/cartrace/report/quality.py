"""Data quality: every finding about the input, and what the record itself says is not recorded.

In: contents. Out: the section "Data quality".
Decided here: the order of findings (as found); nothing is hidden because it is only a note.
"""

from __future__ import annotations

from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Cell, Heading, Listing, Section, Table, plain


def section(contents: ReportContents) -> Section:
    """The section "Data quality"."""
    blocks: list[Block] = []
    if contents.findings:
        rows = tuple(
            (Cell(f.severity), Cell(f.place), Cell(f.found), Cell(f.expected), Cell(f.action))
            for f in contents.findings
        )
        head = ("Severity", "Where", "Found", "Expected", "What to do")
        blocks.append(Table("Findings about the input", head, rows))
    else:
        blocks.append(plain("No finding: every value of the input was understood and plausible."))
    course = contents.course
    if course.not_recorded:
        items = tuple(Cell(_sentence(item)) for item in course.not_recorded)
        blocks += [Heading("What is not recorded", "quality-missing"), Listing(items)]
    if course.notes:
        items = tuple(Cell(note) for note in course.notes)
        blocks += [Heading("Notes of the record", "quality-notes"), Listing(items)]
    return Section("quality", "Data quality", tuple(blocks))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
