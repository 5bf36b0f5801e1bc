"""Imports point one way: the contracts of pyproject.toml hold, and every room stands in them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def test_the_contracts_hold():
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_every_room_has_a_layer():
    layers = next(contract for contract in CONTRACTS if contract["type"] == "layers")
    named = {room.strip() for layer in layers["layers"] for room in layer.split("|")}
    rooms = {
        path.stem
        for path in (ROOT / "src" / "cartrace").iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or path.suffix == ".py"
    }
    assert layers["exhaustive"]
    assert rooms - {"__init__"} <= named


def test_drawing_and_page_libraries_stay_above():
    forbidden = next(contract for contract in CONTRACTS if contract["type"] == "forbidden")
    below = {"simulate", "engine", "ingest", "assess", "kinetics", "models", "course", "vocabulary", "errors"}
    assert {module.removeprefix("cartrace.") for module in forbidden["source_modules"]} == below
    assert {"matplotlib", "plotly", "jinja2", "weasyprint", "click"} <= set(forbidden["forbidden_modules"])
