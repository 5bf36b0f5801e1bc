"""CRS and ICANS: course by day, onset, peak, duration in both conventions, the investigators' grades beside the computed ones.

In: contents. Out: the section "Toxicity", and what other sections need of grades set by investigators.
Decided here: which facts stand in the table; days of one unchanging grade are drawn together; an investigator's grade
agrees when it equals the computed one and is possible when it lies within the computed range.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from cartrace import assess
from cartrace.assess import Assessment, Grade
from cartrace.course import Quantity
from cartrace.course.record import InvestigatorGrade
from cartrace.figures import wording
from cartrace.report import evidence
from cartrace.report.addresses import rule_id
from cartrace.report.contents import ReportContents
from cartrace.report.explanation import quantity_said, reasons, settles, why_not
from cartrace.report.layout import Block, Cell, Heading, Paragraph, Section, Table, grade_cell, plain, without_empty

FAMILIES = (("crs", "CRS"), ("icans", "ICANS"))
FOLD_ABOVE = 14


def section(contents: ReportContents) -> Section:
    """The section "Toxicity"."""
    blocks: list[Block] = []
    for family, name in FAMILIES:
        for assessment in of_family(contents, family):
            blocks += [Heading(assessment.title, f"toxicity-{rule_id(assessment)}"), *_rule(contents, assessment)]
        if not of_family(contents, family):
            blocks.append(plain(f"{name} was not assessed in this run.", "calm"))
    blocks += _investigators(contents)
    return Section("toxicity", "Toxicity", tuple(blocks), owns=tuple(family for family, _ in FAMILIES))


def of_family(contents: ReportContents, family: str) -> tuple[Assessment, ...]:
    """Assessments of every edition of a family of rules."""
    return tuple(a for a in contents.assessments if rule_id(a).split(".")[0] == family)


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
    return bool(said) and family in dict(FAMILIES) and edition.rstrip("0123456789") not in said


def recorded_said(grade: InvestigatorGrade) -> str:
    """An investigator's grade for a reader: "grade 1 (maximum, ASTCT 2019)"."""
    scale = f", {grade.scale}" if grade.scale else ""
    return f"grade {grade.grade} ({recorded_when(grade)}{scale})"


def recorded_when(grade: InvestigatorGrade) -> str:
    """What a recorded grade speaks about: "maximum", "day 4", its scope."""
    when = "maximum" if grade.scope == "maximum" and not grade.moment.known else ""
    return when or (evidence.moment(grade.moment) if grade.moment.known else grade.scope)


def _rule(contents: ReportContents, assessment: Assessment) -> list[Block]:
    overall = assessment.overall
    if overall.low is None:
        return [not_graded(contents, assessment)]
    blocks: list[Block] = [overall_line(contents, assessment)]
    blocks += facts(assessment)
    if assessment.days:
        blocks.append(by_day(assessment))
    return blocks


def not_graded(contents: ReportContents, assessment: Assessment) -> Paragraph:
    """Why a course has no grade, calmly, with what the investigators say."""
    rule = assess.rule(assessment.rule)
    grade = assessment.overall
    said = " ".join(why_not(rule, contents.course, grade)).rstrip(".")
    cell = Cell(f"{assessment.title}, {grade.state}" if grade.state != "not graded" else "cannot be graded", rule.id)
    pieces = [Cell(f"{said}: {rule.title.partition(',')[0]} "), cell, Cell(" from the record.")]
    wanted = "; ".join(settles(rule, grade.settles))
    pieces += [Cell(f" Would be settled by: {wanted}.")] if wanted else []
    own = recorded(contents, assessment)
    if own:
        pieces.append(Cell(f" The investigators recorded {', '.join(recorded_said(g) for g in own)}."))
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
        blocks.append(Table(f"{assessment.title}: onset, peak, duration", ("Fact", "Value"), rows))
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
    return "lower bound: still going on at the last entry" if fact.censored else ""


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


def _investigators(contents: ReportContents) -> list[Block]:
    rows = []
    for grade in contents.course.grades:
        computed = [a for a in contents.assessments if speaks_of(grade, a)]
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
