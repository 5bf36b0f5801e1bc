"""Haematology and chemistry: worst grades with their value and day, silent terms in one line, days in groups."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace import assess
from cartrace.assess import Grade
from cartrace.course import CourseBuilder
from cartrace.report import ReportContents, laboratory
from cartrace.report.layout import Paragraph, Table

MANY = {"alt": 900.0, "ast": 900.0, "ggt": 900.0, "ldh": 900.0, "creatinine": 6.0, "bilirubin": 9.0, "urate": 14.0}


def tables(section) -> dict[str, Table]:
    return {block.caption: block for block in section.blocks if isinstance(block, Table)}


def lines(section) -> list[str]:
    return ["".join(c.text for c in b.pieces) for b in section.blocks if isinstance(b, Paragraph)]


def test_the_worst_count_with_its_value_and_day(full):
    (row,) = tables(laboratory.haematology(full))["Blood counts by CTCAE 5"].rows
    assert (row[1].text, row[1].address) == ("4", "ctcae5.anc")
    # 0.4 on day 4 is the first count below 0.5.
    assert row[2].text == "Neutrophils 0.4 × 10⁹/L"
    assert row[2].note == "day 4"


def test_terms_without_data_are_one_line_each_with_its_reason(full):
    haematology, chemistry = laboratory.haematology(full), laboratory.chemistry(full)
    assert any(
        line.startswith("Nothing recorded to grade by CTCAE 5: ") and "Platelets" in line for line in lines(haematology)
    )
    (line,) = lines(chemistry)
    assert line.startswith("Nothing recorded to grade by CTCAE 5: ALT, AST")
    assert tables(chemistry) == {}


def test_lymphocyte_subsets_are_haematology_and_enzymes_are_not(full):
    groups = {a.rule.split("@")[0]: laboratory.group(a) for a in full.assessments if a.rule.startswith("ctcae5")}
    assert groups["ctcae5.anc"] in laboratory.COUNTS
    assert groups["ctcae5.cd4_cells"] in laboratory.COUNTS
    assert groups["ctcae5.alt"] not in laboratory.COUNTS


def test_a_rule_that_no_section_knows_is_shown_all_the_same(full):
    from cartrace.assess import Assessment, Grade

    strange = Assessment("made.up@1", "A new rule", (), Grade("made.up@1", "graded", 1, 1))
    contents = dataclasses.replace(full, assessments=(*full.assessments, strange))
    assert laboratory.others(contents) == (strange,)
    assert strange in laboratory.headlines(contents)


def test_flags_are_those_of_the_value_that_decided_the_grade():
    rule = assess.rule("ctcae5.anc")
    build = CourseBuilder("flags")
    day = build.clock.from_study_day
    build.infusion(moment=day(0))
    for number, value in ((2, 0.3), (6, 1.2), (10, 1.4)):
        build.observe("anc", value, moment=day(number))
    build.drug("filgrastim", start=day(9), end=day(12), end_state="ended")
    assessment = rule.run(build.course(complete=frozenset({"drugs"})))
    # G-CSF began a week after the lowest count: a flag of the course, none of that count.
    assert "growth_factor" in assessment.overall.reasons
    assert "growth_factor" not in laboratory.deciding(assessment).reasons
    assert laboratory.deciding(assessment).low == assessment.overall.low == 4


@pytest.mark.parametrize(
    ("six", "table", "line"),
    [(2, True, False), (4, False, True), (None, True, False)],
)
def test_of_ctcae_6_only_what_differs_stands_in_a_table(full, six, table, line):
    def made(grade):
        found = next(a for a in full.assessments if a.rule.startswith("ctcae6.anc"))
        overall = Grade(found.rule, "graded", grade, grade) if grade is not None else Grade(found.rule, "not graded")
        return dataclasses.replace(found, overall=overall)

    others = [a for a in full.assessments if not a.rule.startswith("ctcae6")]
    section = laboratory.haematology(dataclasses.replace(full, assessments=(*others, made(six))))
    caption = "Terms with another worst grade by CTCAE 6"
    assert (caption in tables(section)) is table
    assert any(text.startswith("The same worst grade by CTCAE 6: Neutrophils") for text in lines(section)) is line
    if table:
        assert tables(section)[caption].rows[0][1].text == "4"


def test_values_without_a_study_day_are_shown(full):
    (row,) = tables(laboratory.haematology(full))["Recorded without a study day: shown, not graded"].rows
    assert [cell.text for cell in row] == ["White cells", "7 × 10⁹/L", "at diagnosis", "course.yaml, row 9, value"]


def test_days_stand_in_tables_that_fit_a_page(graded):
    build = CourseBuilder("many")
    build.infusion(moment=build.clock.from_study_day(0))
    for code, value in MANY.items():
        build.observe(code, value, moment=build.clock.from_study_day(3), reference_low=1.0, reference_high=value / 10)
    section = laboratory.chemistry(graded(build.course()))
    by_day = [table for caption, table in tables(section).items() if "by study day" in caption]
    assert len(by_day) == 2
    assert all(len(table.head) <= laboratory.COLUMNS_UP_TO + 1 for table in by_day)
    shown = {name for table in by_day for name in table.head[1:]}
    assert {"ALT", "AST", "GGT", "LDH"} <= shown
    assert all(cell.address for table in by_day for row in table.rows for cell in row[1:] if cell.text != "–")


def test_without_laboratory_rules_there_is_no_chemistry(silent):
    alone = ReportContents(silent.course)
    assert laboratory.chemistry(alone) is None
    assert lines(laboratory.haematology(alone)) == ["No rule about blood counts was run."]
