"""The exceptions: a small tree, each with a sentence that helps."""

from __future__ import annotations

import inspect

import pytest

from cartrace import errors
from cartrace.course import Finding
from cartrace.errors import CartraceError, InputRefused, MissingExtra, UnknownTerm, UnknownUnit

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if c.__module__ == errors.__name__]


def test_the_tree_is_small_and_drawn():
    assert len(CLASSES) <= 8
    for kind in CLASSES:
        assert issubclass(kind, CartraceError)
        assert kind.__name__ in errors.__doc__


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            UnknownUnit("mg", family="c_reactive_protein", accepted=("mg/L", "mg/dL")),
            'unit "mg" is not known for c_reactive_protein; accepted: mg/L, mg/dL',
        ),
        (UnknownTerm("drug", "toci", nearest=("tocilizumab",)), 'drug "toci" is not known; did you mean tocilizumab?'),
        (UnknownTerm("drug", "toci"), 'drug "toci" is not known'),
        (UnknownTerm("rule", "x", listed_by="cartrace rules"), 'rule "x" is not known; cartrace rules lists them'),
        (MissingExtra("the PDF", extra="pdf"), 'the PDF needs an optional part: pip install "cartrace[pdf]"'),
    ],
)
def test_the_text_is_for_a_person(error, text):
    assert str(error) == text


def test_a_refusal_carries_everything_and_counts_the_errors():
    findings = [Finding(severity, "x", "f", None, "", "", "", "") for severity in ("error", "warning", "error", "info")]
    refused = InputRefused(findings)
    assert refused.findings == tuple(findings)
    assert str(refused).startswith("2 errors")
    assert str(InputRefused(findings[:1])).startswith("1 error ")
