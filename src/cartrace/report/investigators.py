"""The investigators' grades beside the computed ones.

In: contents. Out: a table, and what other sections need of grades set by investigators.
Decided here: of several editions, a grade is shown beside that whose scale it names, else beside the leading one. Whether
the two agree is for `assess.concordance` to say.
"""

from __future__ import annotations

from cartrace.assess import Assessment, Grade
from cartrace.assess.concordance import Comparison
from cartrace.assess.concordance.comparison import SEVERAL_SCALES, names_another_scale, speaks_of
from cartrace.assess.families import leads
from cartrace.course.record import InvestigatorGrade
from cartrace.report import evidence
from cartrace.report.addresses import hour
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Cell, Heading, Table, grade_cell, without_empty

VERDICTS = {
    "agrees": "agree",
    "within range": "possible: within the computed range",
    "computed higher": "differ: computed higher",
    "computed lower": "differ: computed lower",
    "not compared": "cannot be compared",
}


def recorded(contents: ReportContents, assessment: Assessment) -> tuple[InvestigatorGrade, ...]:
    """Grades that clinicians set for what a rule grades."""
    return tuple(grade for grade in contents.course.grades if speaks_of(grade, assessment.rule))


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
        source = Cell(evidence.row(grade).place)
        said = f"grade {grade.grade} ({recorded_when(grade)})"
        first = (Cell(grade.toxicity, note=grade.scale or "scale not stated"), Cell(said, note=grade.note))
        found = beside(contents, grade)
        rows += [(*first, _computed(one), verdict(one), source) for one in found]
        if not found:
            rows.append((*first, Cell("no rule of this run"), Cell("not compared"), source))
    if not rows:
        return []
    head = ("Toxicity", "By the investigators", "Computed", "Comparison", "Source")
    note = "Grades set by investigators are kept as recorded; the computed grade never replaces them."
    return [
        Heading("Investigators' grades beside the computed ones", "toxicity-investigators"),
        without_empty(Table("Grades set by the investigators", head, tuple(rows), note)),
    ]


def beside(contents: ReportContents, grade: InvestigatorGrade) -> tuple[Comparison, ...]:
    """The comparisons of a grade that are shown: with the edition whose scale it names, else with the leading ones."""
    found = [one for one in contents.comparisons if one.uid == grade.uid]
    scaled = [one for one in found if one.rule.partition(".")[0] in SEVERAL_SCALES]
    own = [one for one in scaled if grade.scale and not names_another_scale(grade, one.rule)]
    return tuple(own or [one for one in found if leads(one.rule)])


def verdict(one: Comparison) -> Cell:
    """Whether the two agree, in words, with what is to be known about the comparison."""
    if one.computed is not None and one.computed.words:
        return Cell(f"{VERDICTS['not compared']}: the rule gives words")
    if one.verdict == "not compared":
        return Cell(f"{VERDICTS[one.verdict]}: {one.reason}")
    return Cell(VERDICTS[one.verdict], note=one.reason)


def _computed(one: Comparison) -> Cell:
    return Cell("no grade for that time") if one.computed is None else _linked(one, one.computed)


def _linked(one: Comparison, grade: Grade) -> Cell:
    rule = one.rule.partition("@")[0]
    place = f"/d{grade.day}" if grade.day is not None else ""
    if one.scope != "maximum" and not place and grade.at is not None:
        place = f"/h{hour(grade.at)}"
    return grade_cell(grade, f"{rule}{place}", badge=False)
