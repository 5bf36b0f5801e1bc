"""`cartrace conformance`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cartrace.assess import conformance


def test_the_scorecard_of_a_rule(data):
    found = data("conformance", "--rule", "response.mrd")
    (row,) = found["rules"]
    assert row["cases"] == row["passed"] == len(conformance.cases("response.mrd"))
    assert found["failed"] == []


def test_the_closing_line_counts(run):
    last = run("conformance", "--rule", "response.mrd").stdout.splitlines()[-1]
    count = len(conformance.cases("response.mrd"))
    assert last == f"{count} cases, {count} passed, 0 failed"


def test_the_cases_can_be_read(run):
    said = run("conformance", "--rule", "response.mrd", "--cases").stdout
    assert all(case.case in said for case in conformance.cases("response.mrd"))


@pytest.mark.parametrize("as_json", [False, True])
def test_a_failing_case_is_told_and_the_exit_code_is_1(run, monkeypatch, as_json):
    first, *rest = conformance.cases("response.mrd")
    wrong = (replace(first, expect="not applicable"), *rest)
    monkeypatch.setattr(conformance, "cases", lambda rule_id: wrong)
    result = run("conformance", "--rule", "response.mrd", *(["--json"] if as_json else []))
    assert result.exit_code == 1
    if as_json:
        assert json.loads(result.stdout)["failed"][0]["case"]["case"] == first.case
    else:
        assert f"FAILED response.mrd {first.case}" in result.stderr
