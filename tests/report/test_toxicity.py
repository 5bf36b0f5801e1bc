"""Toxicity: investigators' grades against computed ones, days drawn together, calm lines where nothing is known."""

from __future__ import annotations

import pytest

from cartrace.assess import Assessment, Grade
from cartrace.course import Clock
from cartrace.course.clock import unknown
from cartrace.course.record import InvestigatorGrade
from cartrace.report import toxicity
from cartrace.report.layout import Paragraph, Table

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
    assert toxicity.agreement(by_investigator("CRS", recorded), computed) == said


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
    assert toxicity.speaks_of(by_investigator(name), assessed(rule, graded(1))) is speaks


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
    assert toxicity.is_other_scale(grade, assessed(rule, graded(1))) is differs


def test_a_day_s_grade_is_compared_with_that_day_and_a_maximum_with_the_course():
    days = (graded(1, day=2), graded(3, day=3))
    assessment = assessed("crs.astct2019", graded(3), days)
    day_two = by_investigator("CRS", moment=DAY(2), scope="day")
    assert toxicity.compared(assessment, day_two) == (days[0], "crs.astct2019/d2")
    assert toxicity.compared(assessment, by_investigator("CRS")) == (assessment.overall, "crs.astct2019")
    assert toxicity.compared(assessment, by_investigator("CRS", moment=DAY(9), scope="day")) == (None, "")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [((4,), "4"), ((4, 5, 6), "4 to 6"), ((4, 9), "4 to 9 (2 days with entries)"), ((-2, -1), "−2 to −1")],
)
def test_days_of_one_grade_never_hide_a_gap(numbers, said):
    assert toxicity.days_said([graded(0, day=n) for n in numbers]) == said


def test_the_table_of_days_tells_every_change_and_links_to_it(full):
    assessment = next(a for a in full.assessments if a.rule.startswith("crs"))
    table = toxicity.by_day(assessment)
    # Infused at 10:00, so day 1 ends at hour 38: grade 2 (hour 36) lasts into day 2, grade 1 (hour 54) into day 3.
    assert [(row[0].text, row[1].text) for row in table.rows][:3] == [("0", "0"), ("1 to 2", "2"), ("3", "1")]
    assert table.rows[1][1].address == "crs.astct2019/d1"


def test_the_section_shows_both_conventions_of_duration(full):
    section = toxicity.section(full)
    said = {row[0].text for block in section.blocks if isinstance(block, Table) for row in block.rows}
    assert any("end minus onset" in name for name in said)
    assert any("both ends counted" in name for name in said)


def test_investigators_grades_stand_beside_the_computed_ones(full):
    section = toxicity.section(full)
    (table,) = [b for b in section.blocks if isinstance(b, Table) and "investigators" in b.caption]
    rows = [[cell.text for cell in row] for row in table.rows]
    assert [row[2:4] for row in rows] == [
        ["2", "agree"], ["2", "differ: computed lower"], ["no rule of this run", "not compared"],
    ]  # fmt: skip
    assert table.rows[1][2].address == "crs.astct2019/d1"
    assert "course.yaml" in rows[0][4]


def test_a_silent_record_is_one_calm_line_per_toxicity_with_the_recorded_grade(silent):
    section = toxicity.section(silent)
    lines = ["".join(c.text for c in b.pieces) for b in section.blocks if isinstance(b, Paragraph)]
    assert lines[0] == (
        "No body temperature is recorded since the first infusion: CRS cannot be graded from the record. "
        "The investigators recorded grade 1 (maximum)."
    )
    assert len(lines) == 2
    assert [b.caption for b in section.blocks if isinstance(b, Table)] == ["Grades set by the investigators"]


def test_without_any_rule_the_section_says_so(silent):
    from cartrace.report import ReportContents

    lines = [
        b.pieces[0].text for b in toxicity.section(ReportContents(silent.course)).blocks if isinstance(b, Paragraph)
    ]
    assert lines == ["CRS was not assessed in this run.", "ICANS was not assessed in this run."]
