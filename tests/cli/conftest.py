"""A command line to type into, and small inputs to type about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cartrace.cli import main

ANC = """subject,time,code,value,unit
p1,0,anc,2.0,10^9/L
p1,3,anc,0.4,10^9/L
p1,6,anc,0.4,10^9/L
p1,9,anc,0.9,10^9/L
p1,16,anc,1.5,10^9/L
p1,23,anc,2.0,10^9/L
p1,30,anc,2.0,10^9/L
"""
PROFILE = """subject,time,value,unit
p1,0,<50,copies/ug
p1,1,200,copies/ug
p1,2,150,copies/ug
p1,4,90,copies/ug
p1,7,60,copies/ug
p1,14,55,copies/ug
"""
COURSE = """cartrace: 1
id: small
title: A small course
clock: {infusion_time: "00:00"}
infusions: [{day: 0, time: "00:00", dose: 2, unit: 10^6/kg}]
complete: [drugs, vasopressors]
observations:
  - {hour: 6, code: temperature, value: 38.6, unit: Cel}
  - {hour: 6, code: hypotension, value: "no"}
  - {hour: 6, code: oxygen_device, value: nasal_cannula}
  - {hour: 6, code: oxygen_flow, value: 2, unit: L/min}
"""


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with anc.csv, profiles.csv, small/ (a course), bad/ (a course with errors), two/ (two courses)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "anc.csv").write_text(ANC)
    (tmp_path / "profiles.csv").write_text(PROFILE)
    for folder, text in (
        ("small", COURSE),
        ("bad", COURSE.replace("38.6, unit: Cel", "hot, unit: Cel").replace("L/min", "gallons")),
        ("two/a", COURSE.replace("id: small", "id: a")),
        ("two/b", COURSE.replace("id: small", "id: b").replace("38.6", "37.0")),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "course.yaml").write_text(text)
    return tmp_path


@pytest.fixture
def run(inputs: Path) -> Callable[..., Result]:
    """Type `cartrace WORDS` in the working folder."""

    def typed(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    return typed


@pytest.fixture
def data(run: Callable[..., Result]) -> Callable[..., Any]:
    """Type `cartrace WORDS --json` and read what stands on standard output."""

    def typed(*words: str) -> Any:
        result = run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return typed
