"""CRS, Penn: its case table; a second oracle over all editions is in test_evidence.py."""

import pytest

from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import penn2018


@pytest.mark.parametrize("case", cases(penn2018.RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(penn2018.RULE, case).wrong == ()


@pytest.mark.parametrize("grade", range(5))
def test_the_lines_on_organ_dysfunction(grade):
    assert 1 + penn2018.organ_level(grade, True) == (1, 1, 2, 3, 3)[grade]
    assert 1 + penn2018.organ_level(grade, False) == (1, 1, 1, 2, 3)[grade]
