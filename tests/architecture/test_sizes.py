"""Files up to 400 lines, functions up to 60 without their docstring, study.py up to 150."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_UP_TO = 400
FUNCTION_UP_TO = 60
STUDY_UP_TO = 150


def sources() -> Iterator[Path]:
    for room in ("src", "docs", "bench"):
        yield from (ROOT / room).rglob("*.py")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            described = ast.get_docstring(node) is not None and len(node.body) > 1
            first = node.body[1].lineno if described else node.body[0].lineno
            yield node.name, (node.end_lineno or first) - first + 1


def test_files_fit_in_one_reading():
    long = {str(path.relative_to(ROOT)): lines(path) for path in sources() if lines(path) > FILE_UP_TO}
    assert not long


def test_functions_fit_on_one_screen():
    long = [
        (str(path.relative_to(ROOT)), name, length)
        for path in sources()
        for name, length in functions(path)
        if length > FUNCTION_UP_TO
    ]
    assert not long


def test_study_stays_on_one_screen():
    assert lines(ROOT / "src" / "cartrace" / "study.py") <= STUDY_UP_TO
