"""One assessment in full: days drawn together, never hiding a gap, each change linked to its evidence."""

from __future__ import annotations

import pytest

from cartrace.assess import Grade, rule
from cartrace.assess.case_notation import read_given
from cartrace.report import ReportContents, assessment, explain


def graded(low: int, **fields) -> Grade:
    return Grade("crs.astct2019@1", "graded", low, low, **fields)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [((4,), "4"), ((4, 5, 6), "4 to 6"), ((4, 9), "4 to 9 (2 days with entries)"), ((-2, -1), "−2 to −1")],
)
def test_days_of_one_grade_never_hide_a_gap(numbers, said):
    assert assessment.days_said([graded(0, day=n) for n in numbers]) == said


def test_the_table_of_days_tells_every_change_and_links_to_it(full):
    crs = next(a for a in full.assessments if a.rule.startswith("crs"))
    table = assessment.by_day(crs)
    # Infused at 10:00, so day 1 ends at hour 38: grade 2 (hour 36) lasts into day 2, grade 1 (hour 54) into day 3.
    assert [(row[0].text, row[1].text) for row in table.rows][:3] == [("0", "0"), ("1 to 2", "2"), ("3", "1")]
    assert table.rows[1][1].address == "crs.astct2019/d1"


def test_a_fact_that_is_a_bound_says_so_in_its_table_and_when_it_is_opened():
    course = read_given("complete drugs; d60 igg status=below lloq=40 low=700")
    found = rule("hypogammaglobulinaemia").run(course)
    contents = ReportContents(course, (found,))
    (table,) = (block for block in assessment.facts(found) if hasattr(block, "rows"))
    nadir = next(row[1] for row in table.rows if row[0].text.startswith("Lowest"))
    assert (nadir.text, nadir.note) == ("≤ 40 mg/dL", "a value beyond a limit, or not recorded, may be lower")
    opened = explain(contents, "hypogammaglobulinaemia/nadir")
    assert opened.said == "≤ 40 mg/dL"
    assert "may be lower" in " ".join(opened.reasons)
