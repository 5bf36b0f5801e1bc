"""The worked example of an adapter: a grader with the usual errors, each found by a case of the suite."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from cartrace.assess import rule
from cartrace.assess.conformance import cases, run_tool

ADAPTER = Path(__file__).parents[2] / "docs" / "adapters" / "example_adapter.py"
RULE = rule("crs.astct2019")
COMMAND = shlex.join([sys.executable, str(ADAPTER)])


@pytest.fixture(scope="module")
def verdicts():
    return {found.case.case: found for found in run_tool(COMMAND, [(RULE, case) for case in cases(RULE.id)], 30.0)}


@pytest.mark.parametrize("case", ["A1", "A2", "A2-above", "A3", "A4-yes", "A5", "A5-above", "P1", "P2"])
def test_what_it_gets_right(verdicts, case):
    assert verdicts[case].state == "passed"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("P5", "too high"),  # vasopressin counted as a second vasopressor
        ("P13", "surer"),  # oxygen not recorded, read as none
        ("A4", "too low"),  # a fluid bolus is hypotension
        ("missing-temperature", "graded without the evidence"),
        ("missing-flow", "surer"),
        ("missing-vasopressors", "surer"),
        ("several-concurrent", "too high"),  # one after the other is one at a time
        ("flow-0", "too high"),
        ("attributed-fever", "too high"),
        ("before-infusion", "too high"),
        ("waiver-later-only", "too high"),
        ("no-drugs", "too high"),
        ("death-crs", "too low"),
    ],
)
def test_what_the_suite_finds(verdicts, case, words):
    assert verdicts[case].state == "failed"
    assert words in verdicts[case].wrong[0]


def test_it_passes_on_what_it_does_not_grade():
    other = rule("response.mrd")
    found = run_tool(COMMAND, [(other, case) for case in cases(other.id)], 30.0)
    assert {verdict.state for verdict in found} == {"unsupported"}
