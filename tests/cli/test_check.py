"""`cartrace check`."""

from __future__ import annotations

import json


def test_a_good_course_has_no_error(run):
    result = run("check", "small")
    assert result.exit_code == 0
    assert "0 errors" in result.stdout


def test_every_error_is_told_at_once_and_the_exit_code_is_1(run):
    result = run("check", "bad")
    assert result.exit_code == 1
    assert "hot" in result.stdout
    assert "gallons" in result.stdout
    assert "2 errors" in result.stdout
    assert "Traceback" not in result.output


def test_json_goes_to_standard_output_even_for_errors(run):
    result = run("check", "bad", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["error"] == 2
    assert {finding["severity"] for finding in found["findings"]} == {"error"}
    assert all(finding["row"] for finding in found["findings"])


def test_an_option_of_a_rule_in_course_yaml_is_checked_too(run, inputs):
    path = inputs / "small" / "course.yaml"
    path.write_text(path.read_text() + "settings: {crs.astct2019.resolution_hour: 48}\n")
    result = run("check", "small")
    assert result.exit_code == 1
    assert "crs.astct2019.resolution_hours" in result.stdout


def test_a_path_that_is_not_there_is_a_finding(run):
    result = run("check", "nowhere")
    assert result.exit_code == 1
    assert "no such file or folder" in result.stdout


def test_the_current_folder_has_a_name(run, inputs, monkeypatch):
    monkeypatch.chdir(inputs / "small")
    assert run("check", ".").stdout.startswith("small:")
