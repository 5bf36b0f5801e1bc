"""What README.md and docs/start.md tell to type works as printed: files are written, commands are run, in order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cartrace.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SCREEN_LINES = 45


def steps(page: str) -> list[tuple[str, str]]:
    """("file NAME", content) and ("run", command) in the order of the page."""
    found = []
    for block in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
        info, body = block["info"].strip(), block["body"]
        if "file=" in info:
            found.append((f"file {info.split('file=')[1]}", body))
        elif info.startswith("sh"):
            found += [("run", line) for line in body.splitlines() if line.startswith("cartrace ")]
    return found


@pytest.mark.parametrize("page", ["docs/start.md"])
def test_a_page_can_be_followed(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = 0
    for kind, text in steps(page):
        if kind == "run":
            words, _, target = text.partition(" > ")
            result = CliRunner().invoke(main, shlex.split(words)[1:])
            assert result.exit_code == 0, f"{text}\n{result.output}\n{result.exception!r}"
            if target:
                Path(target.strip()).write_text(result.stdout, encoding="utf-8")
            ran += 1
        else:
            path = Path(kind.removeprefix("file "))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    assert ran >= 8


def test_the_python_page_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = [block["body"] for block in BLOCK.finditer(text) if block["info"].strip() == "python"]
    assert len(blocks) >= 3
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)


def test_the_readme_fits_one_screen_and_begins_with_its_two_commands():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= SCREEN_LINES
    commands = [line.strip() for line in lines if line.startswith("    ")][:2]
    assert commands[0].endswith("cartrace demo")
    assert commands[1].endswith("pytest")
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)


def test_the_ci_script_takes_its_commands_from_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    for linter in ("ruff check", "ruff format --check", "mypy", "lint-imports", "-m slow"):
        assert linter in script


def test_the_readme_names_only_commands_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bcartrace ([a-z]+)\b", text.partition("python3")[2]))
    assert named <= {*COMMANDS}, named - {*COMMANDS}
