"""The second solver (`oracle.py` beside this file), models as text, and the folder of the worked model of the library's README."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIBRARY = HERE.parents[1] / "src" / "cartrace" / "models" / "library"


def load_oracle():
    name = "cartrace_test_oracle"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "oracle.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def oracle():
    """The module of the second solver."""
    return load_oracle()


@pytest.fixture(scope="session")
def solver(oracle):
    """The second solver in the form that `reproduce` takes."""

    def solve(system, values, times, outputs, doses):
        return oracle.solve(system, times, outputs, parameters=values, doses=doses, rtol=1e-9, atol=1e-11)

    return solve


def worked_files() -> dict[str, str]:
    """The files of the worked model in README.md of the library, by name."""
    text = (LIBRARY / "README.md").read_text(encoding="utf-8").split("## A worked model\n")[1]
    parts = text.split("\n`")[1:]
    files = {}
    for part in parts:
        name, _, body = part.partition("`\n")
        files[name] = "\n".join(line.removeprefix("    ") for line in body.strip("\n").split("\n")) + "\n"
    return files


@pytest.fixture
def worked(tmp_path):
    """The worked model as a folder that a test may spoil."""
    folder = tmp_path / "worked"
    folder.mkdir()
    for name, text in worked_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text("A worked model.\n", encoding="utf-8")
    return folder
