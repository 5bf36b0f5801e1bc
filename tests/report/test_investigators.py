"""Investigators' grades beside the computed ones: beside which edition, in which words, with which evidence."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.assess import Grade
from cartrace.course import Clock
from cartrace.course.clock import unknown
from cartrace.course.record import InvestigatorGrade, Source
from cartrace.report import explain, investigators, toxicity
from cartrace.report.layout import Table

DAY = Clock().from_study_day


def set_by_hand(full, *grades):
    """The full course with these grades in place of its own."""
    return dataclasses.replace(full, course=dataclasses.replace(full.course, grades=grades))


def by_investigator(name: str, grade: int = 2, scale: str = "", **fields) -> InvestigatorGrade:
    where = Source("course.yaml", 1)
    return InvestigatorGrade(9000, name, scale, grade, fields.pop("moment", unknown()), source=where, **fields)


def shown(contents) -> list[list[str]]:
    (table,) = [block for block in investigators.table(contents) if isinstance(block, Table)]
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("grade", "said"),
    [(1, "differ: computed higher"), (2, "agree"), (3, "differ: computed lower")],
)
def test_comparison_below_at_and_above_the_computed_grade(full, grade, said):
    # The computed grade of the course is 2.
    (row,) = shown(set_by_hand(full, by_investigator("CRS", grade, "ASTCT 2019")))
    assert row[2:4] == ["2", said]


@pytest.mark.parametrize(
    ("scale", "rule"),
    [
        ("", "crs.astct2019"),
        ("ASTCT", "crs.astct2019"),
        ("Lee 2014", "crs.lee2014"),
        ("Penn 2018", "crs.penn2018"),
        ("a scale of our own", "crs.astct2019"),
    ],
)
def test_a_grade_stands_beside_the_edition_whose_scale_it_names_else_beside_the_leading_one(full, scale, rule):
    grade = by_investigator("CRS", 1, scale)
    assert [one.rule.split("@")[0] for one in investigators.beside(set_by_hand(full, grade), grade)] == [rule]


def test_a_scale_that_no_rule_has_is_not_compared(full):
    (row,) = shown(set_by_hand(full, by_investigator("CRS", 1, "a scale of our own")))
    assert row[3] == "cannot be compared: set on another scale (a scale of our own)"


def test_a_rule_that_gives_words_is_not_compared_with_a_number(full):
    words = next(a for a in full.assessments if a.rule.startswith("aplasia"))
    made = dataclasses.replace(words, overall=Grade(words.rule, "graded", 1, 1, words="aplasia"))
    others = tuple(a for a in full.assessments if a is not words)
    contents = dataclasses.replace(set_by_hand(full, by_investigator("B-cell aplasia", 1)), assessments=(*others, made))
    (row,) = shown(contents)
    assert row[2:4] == ["aplasia", "cannot be compared: the rule gives words"]


def test_a_day_s_grade_links_to_that_day_and_a_maximum_to_the_course(full):
    grades = (by_investigator("CRS", scope="day", moment=DAY(2)), by_investigator("CRS"))
    contents = set_by_hand(full, *(dataclasses.replace(g, uid=9000 + n) for n, g in enumerate(grades)))
    (table,) = [block for block in investigators.table(contents) if isinstance(block, Table)]
    assert [row[2].address for row in table.rows] == ["crs.astct2019/d2", "crs.astct2019"]


def test_a_grade_of_a_minute_links_to_the_step_that_held(full):
    moment = full.course.clock.from_elapsed_hours(37)
    contents = set_by_hand(full, by_investigator("CRS", 2, "ASTCT 2019", scope="moment", moment=moment))
    (table,) = [block for block in investigators.table(contents) if isinstance(block, Table)]
    # Hypotension was seen at hour 36.
    assert table.rows[0][2].address == "crs.astct2019/h36"
    assert explain(contents, "crs.astct2019/h36").said == table.rows[0][2].text == "2"


def test_investigators_grades_stand_beside_the_computed_ones(full):
    section = toxicity.section(full)
    (table,) = [b for b in section.blocks if isinstance(b, Table) and "investigators" in b.caption]
    rows = [[cell.text for cell in row] for row in table.rows]
    assert [row[2:4] for row in rows] == [
        ["2", "agree"], ["2", "differ: computed lower"], ["no rule of this run", "not compared"],
    ]  # fmt: skip
    assert table.rows[1][2].address == "crs.astct2019/d1"
    assert "course.yaml" in rows[0][4]


def test_grades_are_said_as_recorded():
    assert (
        investigators.recorded_said(by_investigator("CRS", 1, "Lee 2014", scope="maximum"))
        == "grade 1 (maximum, Lee 2014)"
    )
    assert investigators.recorded_said(by_investigator("CRS", 3, moment=DAY(4), scope="day")) == "grade 3 (day 4)"
