"""Which names of a disease are a lymphoma."""

from __future__ import annotations

import pytest

from cartrace.assess.disease import is_lymphoma


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Follicular Lymphoma", True),
        ("large B-cell lymphoma", True),
        ("DLBCL", True),
        ("relapsed MCL", True),
        ("FL, grade 2", True),
        ("B-ALL", False),
        ("B-lymphoblastic leukaemia/lymphoma", False),
        ("acute lymphoblastic leukemia", False),
        ("flu", False),
        ("", False),
    ],
)
def test_which_diseases_are_meant(name: str, meant: bool) -> None:
    assert is_lymphoma(name) is meant
