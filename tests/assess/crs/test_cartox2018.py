"""CRS, CARTOX: its case table; a second oracle over all editions is in test_evidence.py."""

import pytest

from cartrace.assess.conformance import cases, run_case
from cartrace.assess.crs import cartox2018


@pytest.mark.parametrize("case", cases(cartox2018.RULE.id), ids=lambda case: case.case)
def test_case(case):
    assert run_case(cartox2018.RULE, case).wrong == ()


def test_systolic_pressure_is_printed_in_this_scale_and_stands_in_unless_told_otherwise():
    defaults = {option.name: option.default for option in cartox2018.RULE.options}
    assert defaults["systolic_proxy"] == 1.0
