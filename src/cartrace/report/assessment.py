"""One assessment in full: its grade with flags and what would settle it, its facts, its days.

In: contents and an assessment. Out: blocks that several sections show.
Decided here: which facts stand in the table; days of one unchanging grade are drawn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from cartrace import assess
from cartrace.assess import Assessment, Grade
from cartrace.assess.extremes import BEYOND_LIMIT, LOWER_BOUND, UPPER_BOUND
from cartrace.course import Quantity
from cartrace.figures import wording
from cartrace.report import investigators
from cartrace.report.addresses import rule_id
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.explanation import reasons, settles, why_not
from cartrace.report.layout import Block, Cell, Heading, Paragraph, Table, grade_cell, without_empty

FOLD_ABOVE = 14
BOUNDS = {
    UPPER_BOUND.code: "a value beyond a limit, or not recorded, may be lower",
    LOWER_BOUND.code: "a value beyond a limit, or not recorded, may be higher",
    BEYOND_LIMIT.code: "a limit of measurement",
}
"""What stands beside a fact that is known only as a bound."""


def in_full(contents: ReportContents, assessment: Assessment, section: str, *, days: bool = True) -> list[Block]:
    """Heading, grade, facts and, if asked for, days; one calm line where there is no grade."""
    heading = Heading(assessment.title, f"{section}-{rule_id(assessment)}")
    if assessment.overall.low is None:
        return [heading, not_graded(contents, assessment)]
    table = [by_day(assessment)] if days and assessment.days else []
    return [heading, overall_line(contents, assessment), *facts(assessment), *table]


def named(lead: str, found: Sequence[tuple[str, str]]) -> Paragraph:
    """One calm line that names things with their evidence: (name, address) each."""
    pieces = [Cell(f"{lead}: ")]
    for name, address in found:
        pieces += [Cell(", ")] if len(pieces) > 1 else []
        pieces.append(Cell(name, address))
    return Paragraph((*pieces, Cell(".")), "calm")


def not_graded(contents: ReportContents, assessment: Assessment) -> Paragraph:
    """Why a course has no grade, calmly, with what the investigators say."""
    rule = assess.rule(assessment.rule)
    grade = assessment.overall
    said = " ".join(why_not(rule, contents.course, grade)).rstrip(".")
    lead, state, end = (
        ("is ", grade.state, ".") if grade.state != "not graded" else ("", "cannot be graded", " from the record.")
    )
    pieces = [Cell(f"{said}: {rule.title.partition(',')[0]} {lead}"), Cell(state, rule.id), Cell(end)]
    wanted = "; ".join(settles(rule, grade.settles))
    pieces += [Cell(f" Would be settled by: {wanted}.")] if wanted else []
    own = investigators.recorded(contents, assessment)
    if own:
        pieces.append(Cell(f" The investigators recorded {', '.join(investigators.recorded_said(g) for g in own)}."))
    return Paragraph(tuple(pieces), "calm")


def overall_line(contents: ReportContents, assessment: Assessment) -> Paragraph:
    """The grade of the course with its flags and what would settle it, as one line."""
    rule = assess.rule(assessment.rule)
    grade = assessment.overall
    said = " ".join(why_not(rule, contents.course, grade))
    wanted = "; ".join(settles(rule, grade.settles))
    pieces = [Cell("Over the course: "), grade_cell(grade, rule_id(assessment)), Cell(f". {said}" if said else ".")]
    pieces += [Cell(f" Would be settled by: {wanted}.")] if wanted else []
    return Paragraph(tuple(pieces))


def facts(assessment: Assessment) -> list[Block]:
    """Facts with a value as a table, those without as one line per reason."""
    rule = rule_id(assessment)
    known = [fact for fact in assessment.facts if fact.value is not None]
    blocks: list[Block] = []
    if known:
        rows = tuple((Cell(f.name), Cell(quantity_said(f), f"{rule}/{f.id}", note=_bound(f))) for f in known)
        blocks.append(Table(f"{assessment.title}: facts of the course", ("Fact", "Value"), rows))
    open_facts = [fact for fact in assessment.facts if fact.value is None]
    for reason in dict.fromkeys(_reason(fact) for fact in open_facts):
        pieces: list[Cell] = []
        for fact in open_facts:
            if _reason(fact) == reason:
                pieces += [Cell("; " if pieces else "No value for: "), Cell(_lower(fact.name), f"{rule}/{fact.id}")]
        blocks.append(Paragraph((*pieces, Cell(f". Why: {reason}.")), "calm"))
    return blocks


def _reason(fact: Quantity) -> str:
    """Why a fact has no value; the inputs that would settle the grade stand above the table."""
    return fact.reason.partition("; would be settled by")[0].rstrip(".")


def _bound(fact: Quantity) -> str:
    if fact.censored:
        return "lower bound: still going on at the last entry"
    return next((note for code, note in BOUNDS.items() if code in fact.flags), "")


def _lower(name: str) -> str:
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def by_day(assessment: Assessment) -> Table:
    """The worst grade of each study day; days of the same grade and remarks in one row.

    What holds for every day with a grade above 0 is said once, above the table.
    """
    rule = assess.rule(assessment.rule)
    raised = [day for day in assessment.days if (day.high or 0) > 0]
    common = set.intersection(*(set(day.reasons) for day in raised)) if len(raised) > 1 else set()
    undecided = len(raised) > 1 and all(day.candidate for day in raised)
    rows = []
    for _, run in groupby(assessment.days, key=lambda day: (day.text, day.reasons, day.settles, day.candidate)):
        days = list(run)
        said = list(reasons(rule, [code for code in days[0].reasons if code not in common]))
        if days[0].settles and set(days[0].settles) != set(assessment.overall.settles):
            said.append(f"Would be settled by: {'; '.join(settles(rule, days[0].settles))}.")
        mark = "attribution open" if days[0].candidate and not undecided else ""
        cell = grade_cell(days[0], f"{rule.id}/d{days[0].day}", badge=False)
        rows.append((Cell(days_said(days)), replace(cell, badge=mark), Cell(" ".join(said))))
    title = f"{assessment.title}: worst grade of each study day with an entry"
    note = "Flags and missing inputs of the whole course stand above." if common or assessment.overall.settles else ""
    note += " Attribution to the cells is not decided for any of these days." if undecided else ""
    table = Table(title, ("Study day", "Grade", "Remarks"), tuple(rows), note.strip(), folded=len(rows) > FOLD_ABOVE)
    return without_empty(table)


def days_said(days: Sequence[Grade]) -> str:
    """ "4", "4 to 9", "12 to 60 (5 days with entries)"."""
    first, last = days[0].day or 0, days[-1].day or 0
    if first == last:
        return wording.day(first)
    entries = "" if last - first + 1 == len(days) else f" ({len(days)} days with entries)"
    return f"{wording.day(first)} to {wording.day(last)}{entries}"
