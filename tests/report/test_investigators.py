"""Investigators' grades beside the computed ones: which rule they speak of, on which scale, and whether they agree."""

from __future__ import annotations

import pytest

from cartrace.assess import Assessment, Grade
from cartrace.course import Clock
from cartrace.course.clock import unknown
from cartrace.course.record import InvestigatorGrade
from cartrace.report import investigators, toxicity
from cartrace.report.layout import Table

DAY = Clock().from_study_day


def by_investigator(toxicity_name: str, grade: int = 1, **fields) -> InvestigatorGrade:
    return InvestigatorGrade(0, toxicity_name, "", grade, fields.pop("moment", unknown()), **fields)


def assessed(rule: str, overall: Grade, days: tuple[Grade, ...] = ()) -> Assessment:
    return Assessment(f"{rule}@1", rule, (), overall, days=days)


def graded(low: int, high: int | None = None, **fields) -> Grade:
    high = low if high is None else high
    return Grade("crs.astct2019@1", "graded" if low == high else "range", low, high, **fields)


NOT_GRADED = Grade("crs.astct2019@1", "not graded")


@pytest.mark.parametrize(
    ("recorded", "computed", "said"),
    [
        (2, graded(2), "agree"),
        (1, graded(2), "differ: computed higher"),
        (3, graded(2), "differ: computed lower"),
        (1, graded(2, 4), "differ: computed higher"),
        (2, graded(2, 4), "possible: within the computed range"),
        (4, graded(2, 4), "possible: within the computed range"),
        (5, graded(2, 4), "differ: computed lower"),
        (1, NOT_GRADED, "cannot be compared: nothing computed"),
        (1, None, "cannot be compared: nothing computed"),
        (0, graded(0, words="CR"), "cannot be compared: the rule gives words"),
    ],
)
def test_comparison_below_at_and_above_the_computed_grade(recorded, computed, said):
    assert investigators.agreement(by_investigator("CRS", recorded), computed) == said


@pytest.mark.parametrize(
    ("name", "rule", "speaks"),
    [
        ("CRS", "crs.astct2019", True),
        ("crs", "crs.astct2019", True),
        ("ICANS", "crs.astct2019", False),
        ("ICAHT", "icaht.early", True),
        ("ICAHT", "icaht.late", True),
        ("ICAHT early", "icaht.early", True),
        ("ICAHT early", "icaht.late", False),
        ("late ICAHT", "icaht.late", True),
        ("GVHD", "crs.astct2019", False),
        ("", "crs.astct2019", False),
    ],
)
def test_an_investigator_s_grade_speaks_of_its_own_rule(name, rule, speaks):
    assert investigators.speaks_of(by_investigator(name), assessed(rule, graded(1))) is speaks


@pytest.mark.parametrize(
    ("scale", "rule", "differs"),
    [
        ("ASTCT 2019", "crs.astct2019", False),
        ("ASTCT", "crs.astct2019", False),
        ("Lee 2014", "crs.astct2019", True),
        ("CTCAE v5.0", "icans.astct2019", True),
        ("", "crs.astct2019", False),
        ("EHA/EBMT 2023", "icaht.early", False),
    ],
)
def test_a_grade_on_another_scale_is_said_to_be_one(scale, rule, differs):
    grade = InvestigatorGrade(0, "CRS", scale, 1, unknown())
    assert investigators.is_other_scale(grade, assessed(rule, graded(1))) is differs


def test_a_day_s_grade_is_compared_with_that_day_and_a_maximum_with_the_course():
    days = (graded(1, day=2), graded(3, day=3))
    assessment = assessed("crs.astct2019", graded(3), days)
    day_two = by_investigator("CRS", moment=DAY(2), scope="day")
    assert investigators.compared(assessment, day_two) == (days[0], "crs.astct2019/d2")
    assert investigators.compared(assessment, by_investigator("CRS")) == (assessment.overall, "crs.astct2019")
    assert investigators.compared(assessment, by_investigator("CRS", moment=DAY(9), scope="day")) == (None, "")


def test_investigators_grades_stand_beside_the_computed_ones(full):
    section = toxicity.section(full)
    (table,) = [b for b in section.blocks if isinstance(b, Table) and "investigators" in b.caption]
    rows = [[cell.text for cell in row] for row in table.rows]
    assert [row[2:4] for row in rows] == [
        ["2", "agree"], ["2", "differ: computed lower"], ["no rule of this run", "not compared"],
    ]  # fmt: skip
    assert table.rows[1][2].address == "crs.astct2019/d1"
    assert "course.yaml" in rows[0][4]
