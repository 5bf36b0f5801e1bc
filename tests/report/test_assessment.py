"""One assessment in full: days drawn together, never hiding a gap, each change linked to its evidence."""

from __future__ import annotations

import pytest

from cartrace.assess import Grade
from cartrace.report import assessment


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
