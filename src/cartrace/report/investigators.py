"""The investigators' grades beside the computed ones.

In: contents. Out: a table, and what other sections need of grades set by investigators.
Decided here: a grade is compared with the edition whose scale it names, else with the leading edition; it agrees when it
equals the computed one and is possible when it lies within the computed range.
"""

from __future__ import annotations

import re

from cartrace.assess import Assessment, Grade
from cartrace.assess.families import leads
from cartrace.course.record import InvestigatorGrade
from cartrace.report import evidence
from cartrace.report.addresses import rule_id
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Cell, Heading, Table, grade_cell, without_empty

SCALED = ("crs", "icans")
"""Beginnings of rules with several scales, whose grades of one number do not mean the same."""


def recorded(contents: ReportContents, assessment: Assessment) -> tuple[InvestigatorGrade, ...]:
    """Grades that clinicians set for what a rule grades."""
    return tuple(grade for grade in contents.course.grades if speaks_of(grade, assessment))


def speaks_of(grade: InvestigatorGrade, assessment: Assessment) -> bool:
    """Whether an investigator's grade speaks of what a rule grades: "CRS" of crs.astct2019, "ICAHT late" of icaht.late."""
    family, _, edition = rule_id(assessment).partition(".")
    words = grade.toxicity.lower().replace("-", " ").split()
    if family not in words:
        return False
    parts = {"early", "late"}
    return not parts & set(words) or not parts & {edition} or edition in words


def is_other_scale(grade: InvestigatorGrade, assessment: Assessment) -> bool:
    """Whether a CRS or ICANS grade was set on another scale than the rule's; an unstated scale is not known to differ."""
    family, _, edition = rule_id(assessment).partition(".")
    said = re.sub(r"[^a-z0-9]", "", grade.scale.lower())
    return bool(said) and family in SCALED and edition.rstrip("0123456789") not in said


def compared_with(contents: ReportContents, grade: InvestigatorGrade) -> tuple[Assessment, ...]:
    """The assessments an investigator's grade is compared with: those on its own scale, else the leading ones."""
    found = [a for a in contents.assessments if speaks_of(grade, a)]
    own = [a for a in found if grade.scale and not is_other_scale(grade, a)] if len(found) > 1 else found
    return tuple(own if own and rule_id(own[0]).split(".")[0] in SCALED else [a for a in found if leads(a.rule)])


def recorded_said(grade: InvestigatorGrade) -> str:
    """An investigator's grade for a reader: "grade 1 (maximum, ASTCT 2019)"."""
    scale = f", {grade.scale}" if grade.scale else ""
    return f"grade {grade.grade} ({recorded_when(grade)}{scale})"


def recorded_when(grade: InvestigatorGrade) -> str:
    """What a recorded grade speaks about: "maximum", "day 4", its scope."""
    when = "maximum" if grade.scope == "maximum" and not grade.moment.known else ""
    return when or (evidence.moment(grade.moment) if grade.moment.known else grade.scope)


def table(contents: ReportContents) -> list[Block]:
    """Every grade set by investigators with the computed one beside it."""
    rows = []
    for grade in contents.course.grades:
        computed = compared_with(contents, grade)
        source = evidence.row(grade).place
        scale = grade.scale or "scale not stated"
        said = f"grade {grade.grade} ({recorded_when(grade)})"
        first = (Cell(grade.toxicity, note=scale), Cell(said, note=grade.note))
        for assessment in computed:
            found, address = compared(assessment, grade)
            cell = grade_cell(found, address, badge=False) if found else Cell("no grade for that day")
            other = "set on another scale" if is_other_scale(grade, assessment) else ""
            rows.append((*first, cell, Cell(agreement(grade, found), note=other), Cell(source)))
        if not computed:
            rows.append((*first, Cell("no rule of this run"), Cell("not compared"), Cell(source)))
    if not rows:
        return []
    head = ("Toxicity", "By the investigators", "Computed", "Comparison", "Source")
    note = "Grades set by investigators are kept as recorded; the computed grade never replaces them."
    return [
        Heading("Investigators' grades beside the computed ones", "toxicity-investigators"),
        without_empty(Table("Grades set by the investigators", head, tuple(rows), note)),
    ]


def compared(assessment: Assessment, grade: InvestigatorGrade) -> tuple[Grade | None, str]:
    """The computed grade that speaks about the same time, with its address; the course's for a maximum."""
    rule = rule_id(assessment)
    if grade.scope == "maximum" or not grade.moment.known:
        return assessment.overall, rule
    for day in assessment.days:
        if day.day == grade.moment.day:
            return day, f"{rule}/d{day.day}"
    return None, ""


def agreement(grade: InvestigatorGrade, computed: Grade | None) -> str:
    """Whether the two agree, in words."""
    if computed is None or computed.low is None or computed.high is None:
        return "cannot be compared: nothing computed"
    if computed.words:
        return "cannot be compared: the rule gives words"
    if computed.low == computed.high == grade.grade:
        return "agree"
    if computed.low <= grade.grade <= computed.high:
        return "possible: within the computed range"
    return "differ: computed lower" if computed.high < grade.grade else "differ: computed higher"
