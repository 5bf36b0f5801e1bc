"""Blood counts and laboratory values: ICAHT, B-cell aplasia, CTCAE worst grades per term with their day.

In: contents. Out: the sections "Haematology" and "Laboratory chemistry".
Decided here: a CTCAE term is haematology when its analyte is a blood count; terms without data are named in one line.
"""

from __future__ import annotations

from cartrace import assess
from cartrace.assess import Assessment
from cartrace.report import evidence
from cartrace.report.addresses import rule_id
from cartrace.report.contents import ReportContents
from cartrace.report.explanation import settles, why_not
from cartrace.report.layout import Block, Cell, Heading, Paragraph, Section, Table, grade_cell, plain, without_empty
from cartrace.report.toxicity import FOLD_ABOVE, by_day, facts, not_graded, of_family, overall_line
from cartrace.vocabulary import terms

ELSEWHERE = ("crs", "icans", "icaht", "ctcae5", "response")
COUNTS = ("blood count", "lymphocyte subset")
COLUMNS_UP_TO = 6
"""Terms side by side in a table of days: as many as a page has room for."""


def haematology(contents: ReportContents) -> Section:
    """ICAHT, B-cell aplasia and the CTCAE grades of blood counts."""
    blocks: list[Block] = []
    silent: list[Assessment] = []
    shown = (*of_family(contents, "icaht"), *others(contents))
    for assessment in shown:
        if assessment.overall.low is None and not assessment.overall.evidence:
            silent.append(assessment)
            continue
        blocks.append(Heading(assessment.title, f"haematology-{rule_id(assessment)}"))
        if assessment.overall.low is None:
            blocks.append(not_graded(contents, assessment))
        else:
            blocks += [overall_line(contents, assessment), *facts(assessment)]
            blocks += [by_day(assessment)] if assessment.days else []
    counts = [a for a in of_family(contents, "ctcae5") if group(a) in COUNTS]
    blocks += _terms(contents, counts, "Blood counts by CTCAE 5", "haematology-ctcae")
    named = [(assessment.title, rule_id(assessment)) for assessment in silent]
    blocks += [_silent("Nothing recorded to grade", named)] if named else []
    blocks += _undated(contents)
    if not blocks:
        blocks = [plain("No rule about blood counts was run.", "calm")]
    owns = tuple(rule_id(a) for a in (*shown, *counts))
    return Section("haematology", "Haematology", tuple(blocks), owns)


def others(contents: ReportContents) -> tuple[Assessment, ...]:
    """Assessments of every rule that no other section shows: B-cell aplasia, and whatever comes onto the shelf."""
    return tuple(a for a in contents.assessments if rule_id(a).split(".")[0] not in ELSEWHERE)


def chemistry(contents: ReportContents) -> Section | None:
    """The CTCAE grades of every other analyte; None when no such rule was run."""
    terms_found = [a for a in of_family(contents, "ctcae5") if group(a) not in COUNTS]
    if not terms_found:
        return None
    blocks = _terms(contents, terms_found, "Worst grade of each term by CTCAE 5", "chemistry-ctcae")
    return Section("chemistry", "Laboratory chemistry", tuple(blocks), tuple(rule_id(a) for a in terms_found))


def group(assessment: Assessment) -> str:
    """The vocabulary's group of the analyte that a CTCAE term grades."""
    name = rule_id(assessment).partition(".")[2]
    codes = [name, *(code for channel in assess.rule(assessment.rule).channels for code in channel.codes)]
    known = [terms.analytes()[code].group for code in codes if code in terms.analytes()]
    return known[0] if known else ""


def term(assessment: Assessment) -> str:
    """The term alone: what stands before the comma of the rule's title."""
    return assessment.title.partition(",")[0]


def _terms(contents: ReportContents, found: list[Assessment], caption: str, name: str) -> list[Block]:
    graded = [a for a in found if a.overall.low is not None or a.overall.evidence]
    empty = [a for a in found if a not in graded]
    blocks: list[Block] = []
    if graded:
        head = ("Term", "Worst grade", "Decided by", "Remarks")
        rows = tuple(_row(contents, assessment) for assessment in graded)
        blocks += [Heading(caption, name), without_empty(Table(caption, head, rows))]
        blocks += _days(graded, caption)
    if empty:
        blocks.append(_silent("Nothing recorded to grade by CTCAE 5", [(_short(a), rule_id(a)) for a in empty]))
    return blocks


def _row(contents: ReportContents, assessment: Assessment) -> tuple[Cell, ...]:
    rule = assess.rule(assessment.rule)
    rows = evidence.rows(contents.course, assessment.overall.evidence[:1])
    first = f"{rows[0].what} {rows[0].value}" if rows else ""
    said = " ".join(why_not(rule, contents.course, assessment.overall))
    if assessment.overall.settles:
        said += f" Would be settled by: {'; '.join(settles(rule, assessment.overall.settles))}."
    when = rows[0].when if rows else ""
    return (
        Cell(term(assessment)),
        grade_cell(assessment.overall, rule.id),
        Cell(first, note=when),
        Cell(said.strip()),
    )


def _days(graded: list[Assessment], caption: str) -> list[Block]:
    """Grades by study day, a few terms a table; terms that were never above 0 are left out."""
    raised = [a for a in graded if any((day.high or 0) > 0 for day in a.days)]
    groups = [raised[n : n + COLUMNS_UP_TO] for n in range(0, len(raised), COLUMNS_UP_TO)]
    return [_day_table(group, caption) for group in groups]


def _day_table(shown: list[Assessment], caption: str) -> Table:
    by_number = {a.rule: {day.day: day for day in a.days} for a in shown}
    numbers = sorted({number for days in by_number.values() for number in days if number is not None})
    rows = []
    for number in numbers:
        row = [Cell(str(number).replace("-", "−"))]
        for assessment in shown:
            day = by_number[assessment.rule].get(number)
            address = f"{rule_id(assessment)}/d{number}"
            row.append(grade_cell(day, address, badge=False) if day else Cell("–"))
        rows.append(tuple(row))
    names = [_short(assessment) for assessment in shown]
    title = f"{caption}, by study day: {', '.join(names)}"
    return Table(title, ("Study day", *names), tuple(rows), folded=len(rows) > FOLD_ABOVE)


def _short(assessment: Assessment) -> str:
    """The analyte of a CTCAE term where the rule is named after it, else the term."""
    code = rule_id(assessment).partition(".")[2]
    return evidence.analyte(code) if code in terms.analytes() else term(assessment)


def _undated(contents: ReportContents) -> list[Block]:
    """Values of every kind that no study day is known of: no rule and no figure can use them."""
    found = [o for o in contents.course.observations if not o.moment.known]
    if not found:
        return []
    rows = tuple(
        (Cell(evidence.analyte(o.code)), Cell(evidence.observed(o)), Cell(o.moment.label), Cell(evidence.row(o).place))
        for o in found
    )
    caption = "Recorded without a study day: shown, not graded"
    table = Table(caption, ("Analyte", "Value", "When", "Source"), rows)
    return [Heading(caption, "haematology-undated"), without_empty(table)]


def _silent(lead: str, found: list[tuple[str, str]]) -> Paragraph:
    """One line that names what could not be graded because nothing is recorded: (name, address) each."""
    pieces = [Cell(f"{lead}: ")]
    for name, address in found:
        pieces += [Cell(", ")] if len(pieces) > 1 else []
        pieces.append(Cell(name, address))
    return Paragraph((*pieces, Cell(".")), "calm")
