"""CRS, CTCAE: its case table; a second oracle over all editions is in test_evidence.py."""

import pytest

from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import ctcae5


@pytest.mark.parametrize("case", cases(ctcae5.RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(ctcae5.RULE, case).wrong == ()


@pytest.mark.parametrize(("vasopressors", "low", "high"), [(0, 2, 2), (1, 3, 3), (2, 3, 4), (3, 3, 4)])
def test_more_than_one_vasopressor_leaves_grade_4_open(vasopressors, low, high):
    assert [1 + ctcae5.pressure_level(vasopressors, True, several) for several in (2, 3)] == [low, high]
