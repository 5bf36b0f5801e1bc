"""How refusals are said, how files are written, how choices are read."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from cartrace.cli import door
from cartrace.cli.door import chosen, guarded, json_option, write
from cartrace.course import Finding
from cartrace.errors import InputRefused, MissingExtra

FINDING = Finding("error", "unit.unknown", "a.csv", 3, "unit", '"gallons"', "L/min", "correct the unit")


def refusing(error: Exception):
    @click.command()
    @json_option
    @guarded
    def command(as_json: bool) -> None:
        raise error

    return command


def test_findings_go_to_standard_error_and_the_exit_code_is_1():
    result = CliRunner().invoke(refusing(InputRefused([FINDING])), [])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == FINDING.sentence


def test_with_json_the_findings_are_data_too():
    result = CliRunner().invoke(refusing(InputRefused([FINDING])), ["--json"])
    assert json.loads(result.stdout)["findings"][0]["row"] == 3


@pytest.mark.parametrize("error", [MissingExtra("a PDF", extra="pdf"), FileNotFoundError(2, "No such file", "x.csv")])
def test_other_refusals_are_one_sentence_with_exit_code_2(error):
    result = CliRunner().invoke(refusing(error), [])
    assert result.exit_code == 2
    assert result.stderr.startswith("cartrace: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "new" / "page.html"
    write(target, "first")
    assert target.read_text() == "first"

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(door.os, "fdopen", broken)
    with pytest.raises(OSError, match="disk full"):
        write(target, "second")
    assert target.read_text() == "first"
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]


def test_choices():
    assert chosen(["crs.astct2019.gap_hours=12"]) == {"crs.astct2019.gap_hours": "12"}
    with pytest.raises(click.BadParameter, match=r"RULE\.OPTION=VALUE"):
        chosen(["gap_hours=12"])
