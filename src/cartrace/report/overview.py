"""The overview of many courses: one row per course, a link to its page, its headline grades.

In: contents and page name of each course. Out: HTML text.
Decided here: the columns; a rule that grades no course is named below the table instead of filling a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cartrace.assess import Assessment
from cartrace.figures import wording
from cartrace.report import investigators, methods, treatment
from cartrace.report.addresses import rule_id
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.glance import headlines
from cartrace.report.layout import Cell, Table, grade_cell


def index(rows: Sequence[tuple[ReportContents, str]]) -> str:
    """The overview page; each row links to the file name given with it."""
    from cartrace.report import writing

    shown = [assessment for contents, _ in rows for assessment in headlines(contents)]
    recorded = {rule_id(a) for contents, _ in rows for a in headlines(contents) if investigators.recorded(contents, a)}
    titles = {rule_id(a): a.title for a in shown if a.overall.low is not None or rule_id(a) in recorded}
    silent = [a.title for a in shown if rule_id(a) not in titles]
    note = f"Not graded for any course: {', '.join(dict.fromkeys(silent))}." if silent else ""
    assays = {profile.assay: profile.name for contents, _ in rows for profile in contents.profiles}
    table = Table(
        f"{len(rows)} courses",
        ("Course", "Product and dose", *titles.values(), *(f"Cmax, {name}" for name in assays.values()), "Findings"),
        tuple(_row(contents, page, tuple(titles), tuple(assays)) for contents, page in rows),
        note,
    )
    synthetic = sum(contents.course.synthetic for contents, _ in rows)
    mark = f"{synthetic} of {len(rows)} courses are SIMULATED: synthetic, not patients" if synthetic else ""
    return writing.render("overview.html.j2", table=table, mark=mark, disclaimer=methods.DISCLAIMER, linked=frozenset())


def _row(contents: ReportContents, page: str, rules: tuple[str, ...], assays: tuple[str, ...]) -> tuple[Cell, ...]:
    course = contents.course
    note = "; ".join(part for part in (course.title, "SIMULATED" if course.synthetic else "") if part)
    found = {rule_id(a): a for a in contents.assessments}
    row = [Cell(course.id, note=note, href=page), Cell(course.product.name, note=treatment.dose(course))]
    for rule in rules:
        row.append(_grade(contents, found[rule]) if rule in found else Cell(""))
    for assay in assays:
        peaks = [m for p in contents.profiles if p.assay == assay for m in p.metrics if m.id == "cmax" and m.value]
        row.append(Cell("; ".join(quantity_said(peak) for peak in peaks)))
    row.append(Cell(wording.number(len(contents.findings))))
    return tuple(row)


def _grade(contents: ReportContents, assessment: Assessment) -> Cell:
    """The computed grade, with those that investigators set below it."""
    set_by_hand = "; ".join(
        investigators.recorded_said(grade) for grade in investigators.recorded(contents, assessment)
    )
    note = f"investigators: {set_by_hand}" if set_by_hand else ""
    return replace(grade_cell(assessment.overall, "", badge=False), note=note)
