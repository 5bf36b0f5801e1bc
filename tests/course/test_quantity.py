"""A quantity is a value or a reason."""

from __future__ import annotations

import pytest

from cartrace.course import Quantity


def test_a_value_or_a_reason():
    assert Quantity("cmax", "Cmax", 1.0, "{copies}/ug", "kinetics.cmax@1").reason == ""
    assert Quantity("cmax", "Cmax", None, "", "kinetics.cmax@1", reason="no sample").value is None


def test_zero_is_a_value():
    assert Quantity("cmax", "Cmax", 0.0, "{copies}/ug", "kinetics.cmax@1").value == 0.0


@pytest.mark.parametrize(("value", "reason"), [(None, ""), (1.0, "no sample"), (0.0, "no sample")])
def test_never_both_and_never_neither(value, reason):
    with pytest.raises(ValueError, match="a value or a reason"):
        Quantity("cmax", "Cmax", value, "", "kinetics.cmax@1", reason=reason)
