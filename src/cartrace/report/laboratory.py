"""Blood counts and laboratory values: ICAHT, B-cell aplasia, CTCAE worst grades per term with their day.

In: contents. Out: the sections "Haematology" and "Laboratory chemistry".
Decided here: a CTCAE term is haematology when its analyte is a blood count; terms without data are named in one line; of
CTCAE 6 only what differs from CTCAE 5 stands in a table.
"""

from __future__ import annotations

from dataclasses import replace

from cartrace import assess
from cartrace.assess import Assessment, Grade
from cartrace.assess.families import leads
from cartrace.report import evidence, scales
from cartrace.report.addresses import rule_id
from cartrace.report.assessment import FOLD_ABOVE, in_full, named
from cartrace.report.contents import ReportContents
from cartrace.report.explanation import settles, why_not
from cartrace.report.layout import Block, Cell, Heading, Section, Table, grade_cell, plain, without_empty
from cartrace.vocabulary import terms

COUNTS = ("blood count", "lymphocyte subset")
COLUMNS_UP_TO = 6
"""Terms side by side in a table of days: as many as a page has room for."""


def haematology(contents: ReportContents) -> Section:
    """ICAHT, B-cell aplasia and the CTCAE grades of blood counts."""
    shown = (*scales.of_subject(contents, "blood"), *others(contents))
    first = headlines(contents)
    silent = [a for a in first if a.overall.low is None and not a.overall.evidence]
    blocks: list[Block] = []
    for assessment in first:
        if assessment not in silent:
            blocks += in_full(contents, assessment, "haematology")
    for family in scales.families("blood"):
        blocks += scales.other_scales(contents, family.id)
    found = scales.of_family(contents, "ctcae")
    counts = [a for a in found if group(a) in COUNTS]
    blocks += _terms(contents, counts, "Blood counts by CTCAE 5", "haematology-ctcae")
    blocks += [named("Nothing recorded to grade", [(a.title, rule_id(a)) for a in silent])] if silent else []
    blocks += _undated(contents)
    if not blocks:
        blocks = [plain("No rule about blood counts was run.", "calm")]
    return Section("haematology", "Haematology", tuple(blocks), scales.owned((*shown, *counts)))


def headlines(contents: ReportContents) -> tuple[Assessment, ...]:
    """Assessments about blood that stand first: those of leading editions, and of rules that no other section knows."""
    first = [a for family in scales.families("blood") for a in scales.leading(contents, family.id)]
    return (*first, *others(contents))


def others(contents: ReportContents) -> tuple[Assessment, ...]:
    """Assessments of rules that belong to no known family: whatever comes onto the shelf is shown."""
    return scales.of_subject(contents, "other")


def chemistry(contents: ReportContents) -> Section | None:
    """The CTCAE grades of every other analyte; None when no such rule was run."""
    found = [a for a in scales.of_family(contents, "ctcae") if group(a) not in COUNTS]
    if not found:
        return None
    blocks = _terms(contents, found, "Worst grade of each term by CTCAE 5", "chemistry-ctcae")
    return Section("chemistry", "Laboratory chemistry", tuple(blocks), scales.owned(found))


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
    shown = [a for a in found if leads(a.rule)] or found
    graded = [a for a in shown if a.overall.low is not None or a.overall.evidence]
    empty = [(short(a), rule_id(a)) for a in shown if a not in graded]
    blocks: list[Block] = []
    if graded:
        head = ("Term", "Worst grade", "Decided by", "Remarks")
        rows = tuple(_row(contents, assessment) for assessment in graded)
        blocks += [Heading(caption, name), without_empty(Table(caption, head, rows))]
        blocks += _days(graded, caption)
    blocks += _other_version(contents, shown, [a for a in found if a not in shown], name)
    return [*blocks, named("Nothing recorded to grade by CTCAE 5", empty)] if empty else blocks


def _row(contents: ReportContents, assessment: Assessment) -> tuple[Cell, ...]:
    rule = assess.rule(assessment.rule)
    rows = evidence.rows(contents.course, assessment.overall.evidence[:1])
    first = f"{rows[0].what} {rows[0].value}" if rows else ""
    said = " ".join(why_not(rule, contents.course, deciding(assessment)))
    if assessment.overall.settles:
        said += f" Would be settled by: {'; '.join(settles(rule, assessment.overall.settles))}."
    when = rows[0].when if rows else ""
    return (
        Cell(term(assessment)),
        grade_cell(assessment.overall, rule.id),
        Cell(first, note=when),
        Cell(said.strip()),
    )


def deciding(assessment: Assessment) -> Grade:
    """The course's grade with the flags of the value that decided it, not with those of every value of the course."""
    overall = assessment.overall
    for step in assessment.steps:
        if overall.high is not None and step.high == overall.high and set(overall.evidence[:1]) <= set(step.evidence):
            return replace(overall, reasons=step.reasons)
    return overall


def _other_version(
    contents: ReportContents, first: list[Assessment], others: list[Assessment], name: str
) -> list[Block]:
    """Terms to which CTCAE 6 gives another worst grade, and one line of those where both versions agree."""
    by_term = {rule_id(a).partition(".")[2]: a for a in first}
    rows, same = [], []
    for other in others:
        beside = by_term.get(rule_id(other).partition(".")[2])
        if other.overall.low is None and (beside is None or beside.overall.low is None):
            continue
        if beside is not None and (beside.overall.low, beside.overall.high) == (other.overall.low, other.overall.high):
            same.append((short(other), rule_id(other)))
            continue
        five = grade_cell(beside.overall, rule_id(beside), badge=False) if beside else Cell("no such term")
        row = _row(contents, other)
        rows.append((row[0], five, *row[1:]))
    blocks: list[Block] = []
    if rows:
        caption = "Terms with another worst grade by CTCAE 6"
        head = ("Term", "CTCAE 5", "CTCAE 6", "Decided by", "Remarks")
        blocks += [Heading(caption, f"{name}-6"), without_empty(Table(caption, head, tuple(rows)))]
    return [*blocks, named("The same worst grade by CTCAE 6", same)] if same else blocks


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
    names = [short(assessment) for assessment in shown]
    title = f"{caption}, by study day: {', '.join(names)}"
    return Table(title, ("Study day", *names), tuple(rows), folded=len(rows) > FOLD_ABOVE)


def short(assessment: Assessment) -> str:
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
