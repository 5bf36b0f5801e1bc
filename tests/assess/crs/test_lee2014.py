"""CRS, Lee: its case table; a second oracle over all editions is in test_evidence.py."""

import pytest

from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import lee2014


@pytest.mark.parametrize("case", cases(lee2014.RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(lee2014.RULE, case).wrong == ()


@pytest.mark.parametrize("grade", range(5))
def test_transaminitis_is_never_more_than_grade_3_of_crs(grade):
    levels = [lee2014.organ_level(grade, transaminase) + 1 for transaminase in (True, False)]
    assert levels == [(1, 1, 2, 3, 3)[grade], (1, 1, 2, 3, 4)[grade]]


@pytest.mark.parametrize(
    ("vasopressors", "high_dose", "hypotension", "grade"),
    [(0, False, False, 1), (0, False, True, 2), (1, False, True, 2), (1, True, True, 3), (2, False, True, 3)],
)
def test_the_lines_on_hypotension(vasopressors, high_dose, hypotension, grade):
    assert 1 + lee2014.pressure_level(vasopressors, high_dose, hypotension) == grade
