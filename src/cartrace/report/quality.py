"""Data quality: every finding about the input, questions to the chart, and what the record itself says is not recorded.

In: contents. Out: the section "Data quality".
Decided here: the order of findings (as found); nothing is hidden because it is only a note; a long list of questions is
folded.
"""

from __future__ import annotations

from cartrace.assess.gaps import Query
from cartrace.figures import wording
from cartrace.report import evidence, ledger
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Cell, Heading, Listing, Section, Table, plain, without_empty

FOLD_ABOVE = 10
SCHEDULE = (
    "Gaps are held against a schedule of our own, which is no guideline; a question changes no value and no grade."
)


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
    blocks += _queries(contents)
    course = contents.course
    if course.not_recorded:
        items = tuple(Cell(_sentence(item)) for item in course.not_recorded)
        blocks += [Heading("What is not recorded", "quality-missing"), Listing(items)]
    if course.notes:
        items = tuple(Cell(note) for note in course.notes)
        blocks += [Heading("Notes of the record", "quality-notes"), Listing(items)]
    return Section("quality", "Data quality", tuple(blocks))


def _queries(contents: ReportContents) -> list[Block]:
    """The gap watch. A plain table of one analyte was never meant to hold the rest: nothing is asked about it."""
    if not contents.queries or not ledger.is_kept(contents):
        return []
    rows = tuple(
        (
            Cell(query.severity, note=query.check),
            Cell(_when(query)),
            Cell(query.what, note="; ".join(row.place for row in evidence.rows(contents.course, query.evidence[:2]))),
            Cell(query.why),
            Cell(query.look_up),
        )
        for query in contents.queries
    )
    head = ("Weight", "When", "Question", "Why it matters", "Where to look")
    table = Table("Questions to the chart", head, rows, SCHEDULE, folded=len(rows) > FOLD_ABOVE)
    return [Heading("Questions to the chart", "quality-queries"), without_empty(table)]


def _when(query: Query) -> str:
    if query.day is None:
        return ""
    until = "" if query.until is None or query.at is None else f", for {wording.number(query.until - query.at)} d"
    return f"day {wording.day(query.day)}{until}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
