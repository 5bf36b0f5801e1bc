"""`cartrace conformance`."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from cartrace.assess import RULES, conformance
from cartrace.cli import main


def test_the_scorecard_of_a_rule(data):
    found = data("conformance", "--rule", "response.mrd")
    (row,) = found["rules"]
    assert row["cases"] == row["passed"] == len(conformance.cases("response.mrd"))
    assert found["failed"] == []


def test_the_closing_line_counts(run):
    *_, counts, suite = run("conformance", "--rule", "response.mrd").stdout.splitlines()
    count = len(conformance.cases("response.mrd"))
    assert counts == f"{count} cases, {count} passed, 0 failed"
    assert suite == f"suite {conformance.SUITE_VERSION}, digest {conformance.suite_digest(RULES)}"


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


PASSES_ON = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"case": json.loads(line)["case"], %s}), flush=True)
"""


def tool(folder, answer: str) -> str:
    path = folder / "tool.py"
    path.write_text(PASSES_ON % answer, encoding="utf-8")
    return shlex.join([sys.executable, str(path)])


def test_a_tool_that_passes_on_everything_fails_nothing(run, tmp_path):
    result = run("conformance", "--rule", "response.mrd", "--tool", tool(tmp_path, '"unsupported": True'))
    assert result.exit_code == 0
    count = len(conformance.cases("response.mrd"))
    assert f"{count} cases, 0 passed, 0 failed, {count} unsupported" in result.stdout


def test_a_tool_that_always_says_zero_is_told_case_by_case(run, tmp_path):
    asked = ("conformance", "--rule", "ctcae5.anc", "--tool", tool(tmp_path, '"grade": 0'))
    result = run(*asked)
    assert result.exit_code == 1
    assert (
        "FAILED ctcae5.anc C1: Neutrophils 1.5 10*9/L, LLN 1.8: 1: found 0: too low (published vector)" in result.stderr
    )
    found = json.loads(run(*asked, "--json").stdout)
    (row,) = found["rules"]
    assert row["passed"] + row["failed"] == row["cases"] == len(conformance.cases("ctcae5.anc"))
    assert len(found["failed"]) == row["failed"] > row["passed"] > 0
    assert found["suite"]["version"] == conformance.SUITE_VERSION


def test_a_tool_that_cannot_be_started_is_said(run):
    result = run("conformance", "--rule", "response.mrd", "--tool", "no-such-grader-anywhere")
    assert result.exit_code == 2
    assert "no-such-grader-anywhere" in result.stderr


def test_the_cases_as_files(run, tmp_path):
    assert run("conformance", "--rule", "response.mrd", "--export", str(tmp_path)).exit_code == 0
    lines = (tmp_path / "cases" / "response.mrd.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(conformance.cases("response.mrd"))
    assert {"README.md", "question.schema.json", "answer.schema.json"} <= {path.name for path in tmp_path.iterdir()}


def test_cartrace_answers_as_a_tool_does():
    rule = next(rule for rule in RULES if rule.id == "response.mrd")
    asked = [conformance.question_of(rule, case) for case in conformance.cases(rule.id)]
    lines = "".join(json.dumps(one) + "\n" for one in [*asked, {**asked[0], "rule": "other"}])
    result = CliRunner().invoke(main, ["conformance", "--answer"], input=lines)
    *answers, other = map(json.loads, result.stdout.splitlines())
    found = zip(conformance.cases(rule.id), answers, strict=True)
    assert all(conformance.judge_answer(rule, case, answer).state == "passed" for case, answer in found)
    assert other == {"case": asked[0]["case"], "unsupported": True}


def test_only_one_thing_at_a_time(run):
    assert run("conformance", "--cases", "--answer").exit_code == 2
