"""Which editions of a family a section shows in full, and the other editions beside them in one calm table.

In: contents. Out: assessments by family, blocks.
Decided here: a leading edition is shown in full; every other one has one row with its grade of the course, or its name in
the line of those that give none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cartrace import assess
from cartrace.assess import Assessment, Grade
from cartrace.assess.comparison import Difference
from cartrace.assess.families import FAMILIES, Family, family_of, leads
from cartrace.figures import wording
from cartrace.report.addresses import hour, rule_id
from cartrace.report.assessment import named
from cartrace.report.contents import ReportContents
from cartrace.report.evidence import quantity_said
from cartrace.report.explanation import settles
from cartrace.report.layout import Block, Cell, Heading, Table, grade_cell, without_empty

CAPTIONS = {
    "crs": "CRS: the same course on other scales",
    "icans": "ICANS: the same course on other scales",
    "cytopenia": "The same counts by other definitions",
    "response_ball": "Haematological response: the same evaluations by other criteria",
}

SILENT = {"crs": "No grade on other scales", "icans": "No grade on other scales"}
MEASURED = "measured"
"""What an index without grades says: its values are its facts."""

FACTS_SHOWN = 3
"""Facts that stand beside a result in words."""


def families(subject: str) -> tuple[Family, ...]:
    """The families that a section shows, in the order of reading."""
    return tuple(family for family in FAMILIES if family.subject == subject)


def of_subject(contents: ReportContents, *subjects: str) -> tuple[Assessment, ...]:
    """Assessments of every family that speaks about one of these subjects, in the order of reading."""
    shown = [family for subject in subjects for family in families(subject)]
    found = [a for family in shown for a in of_family(contents, family.id)]
    unknown = [a for a in contents.assessments if family_of(a.rule) not in FAMILIES]
    return (*found, *(a for a in unknown if family_of(a.rule).subject in subjects))


def owned(found: Iterable[Assessment]) -> tuple[str, ...]:
    """What a section owns that shows these assessments."""
    return tuple(rule_id(a) for a in found)


def of_family(contents: ReportContents, family_id: str) -> tuple[Assessment, ...]:
    """Assessments of every edition of a family."""
    return tuple(a for a in contents.assessments if family_of(a.rule).id == family_id)


def leading(contents: ReportContents, family_id: str) -> tuple[Assessment, ...]:
    """The editions of a family that stand first; all of them when a run chose none that leads."""
    found = of_family(contents, family_id)
    return tuple(a for a in found if leads(a.rule)) or found


def beside(contents: ReportContents, family_id: str) -> tuple[Assessment, ...]:
    """The other editions of a family."""
    first = leading(contents, family_id)
    return tuple(a for a in of_family(contents, family_id) if a not in first)


def other_scales(contents: ReportContents, family_id: str) -> list[Block]:
    """A table of the other editions of a family that give something, and one line of those that do not."""
    others = beside(contents, family_id)
    if not others:
        return []
    caption = CAPTIONS.get(family_id, f"{family_of(others[0].rule).name}: the same course by other rules")
    graded = [a for a in others if a.overall.low is not None]
    blocks: list[Block] = []
    if graded:
        blocks.append(Heading(caption, f"scales-{family_id}"))
        first = leading(contents, family_id)
        rows = tuple(_row(contents, a, first) for a in graded)
        compared = len(first) == 1 and any(row[2].text for row in rows)
        note = f"Compared with {first[0].title}." if compared else ""
        blocks.append(without_empty(Table(caption, ("Rule", "Result", "Comparison", "Remarks"), rows, note)))
    silent = [(a.title, rule_id(a)) for a in others if a not in graded]
    blocks += (
        [named("No grade by" if graded else SILENT.get(family_id, "No grade by other rules"), silent)] if silent else []
    )
    return [*blocks, *_differences(contents, family_id)]


def _differences(contents: ReportContents, family_id: str) -> list[Block]:
    """Stretches of time over which the editions differ: the grade by each of them, and the published line that makes it."""
    found = [difference for difference in contents.differences if difference.family == family_id]
    if not found:
        return []
    titles = tuple(dict.fromkeys(standing.title for difference in found for standing in difference.standings))
    rows = tuple((_when(difference), *_standings(difference, titles)) for difference in found)
    name = family_of(found[0].standings[0].rule).name
    caption = f"{name}: where the scales differ, and the published line of each"
    return [Table(caption, ("When", *titles), rows, folded=True)]


def _when(difference: Difference) -> Cell:
    until = "to the last entry" if difference.until is None else f"to {wording.number(difference.until)} d"
    elapsed = f"from {wording.number(difference.at)} d {until}"
    return Cell(f"day {wording.day(difference.day)}", note=elapsed)


def _standings(difference: Difference, titles: tuple[str, ...]) -> list[Cell]:
    standings = {standing.title: standing for standing in difference.standings}
    found = []
    for title in titles:
        one = standings.get(title)
        if one is None or one.grade.at is None:
            found.append(Cell("–"))
            continue
        address = f"{one.rule.partition('@')[0]}/h{hour(one.grade.at)}"
        found.append(replace(grade_cell(one.grade, address, badge=False), note=one.line))
    return found


def _row(contents: ReportContents, other: Assessment, first: tuple[Assessment, ...]) -> tuple[Cell, ...]:
    rule = assess.rule(other.rule)
    wanted = "; ".join(settles(rule, other.overall.settles))
    known = [fact for fact in other.facts if fact.value is not None][:FACTS_SHOWN] if other.overall.words else []
    said = " ".join(f"{fact.name}: {quantity_said(fact)}." for fact in known)
    said += f" Would be settled by: {wanted}." if wanted else ""
    beside_first = comparison(other.overall, first[0].overall) if len(first) == 1 else ""
    return Cell(other.title), grade_cell(other.overall, rule.id), Cell(beside_first), Cell(said.strip())


def comparison(other: Grade, first: Grade) -> str:
    """How a grade lies beside another in words; empty where the two are no numbers of the same kind."""
    if other.words or first.words:
        return "the same" if other.text == first.text != MEASURED else ""
    if None in (other.low, other.high, first.low, first.high):
        return ""
    low, high, first_low, first_high = other.low or 0, other.high or 0, first.low or 0, first.high or 0
    if (low, high) == (first_low, first_high):
        return "the same" if low == high else "the same range"
    return "lower" if high < first_low else "higher" if low > first_high else "open: the ranges overlap"
