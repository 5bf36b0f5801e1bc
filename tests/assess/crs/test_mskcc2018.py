"""CRS, MSKCC: its case table; a second oracle over all editions is in test_evidence.py."""

import pytest

from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import mskcc2018


@pytest.mark.parametrize("case", cases(mskcc2018.RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(mskcc2018.RULE, case).wrong == ()


@pytest.mark.parametrize(("vasopressors", "long", "grade"), [(0, False, 1), (1, False, 2), (3, False, 2), (1, True, 3)])
def test_vasopressors_count_by_how_long_they_run(vasopressors, long, grade):
    assert 1 + mskcc2018.pressure_level(vasopressors, long) == grade
