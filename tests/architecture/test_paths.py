"""Paths named in configuration and documentation exist; nothing names a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
NAMED = re.compile(r"`((?:src|docs|bench|tests|changelog\.d)/[\w./<>*-]+)`")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout: the list of tracked files is not to be had")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md")]


def test_paths_of_the_configuration_exist():
    tools = CONFIGURATION["tool"]
    named = [*tools["pytest"]["ini_options"]["testpaths"], *tools["ruff"]["src"], *tools["mypy"]["files"]]
    targets = tools["hatch"]["build"]["targets"]
    named += [*targets["wheel"]["packages"], *targets["sdist"]["include"], CONFIGURATION["project"]["readme"]]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_links_and_named_paths_of_the_pages_exist():
    broken = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        broken += [(page.name, link) for link in LINK.findall(text) if not (page.parent / link).exists()]
        broken += [
            (page.name, name)
            for name in NAMED.findall(text)
            if not re.search(r"[<>*]", name) and not (ROOT / name).exists()
        ]
    assert broken == []


def test_no_file_names_a_machine():
    # Absolute homes and working folders of somebody's machine have no place in a published text.
    pattern = re.compile(r"/(?:home|Users|root|work)/\w")
    found = []
    for path in tracked():
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".tsv", ".html", ".css", ".sh", ""}:
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [(path.name, hit) for hit in pattern.findall(text)]
    assert found == []
