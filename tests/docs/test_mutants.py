"""The mutants of the mutation run: each is one change of the text, no two are the same, nothing else changes."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
ASSESS = Path(__file__).parents[2] / "src" / "cartrace" / "assess"
_spec = importlib.util.spec_from_file_location("mutants", BENCH / "mutants.py")
mutants = importlib.util.module_from_spec(_spec)
sys.modules["mutants"] = mutants
_spec.loader.exec_module(mutants)


def changes(text: str) -> list[str]:
    """Every mutant of a text, as the text it becomes."""
    return [ast.unparse(mutants.changed(text, mutant)) for mutant in mutants.mutants(text)]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a < b", ["a <= b"]),
        ("a >= b", ["a > b"]),
        ("a == b != c", ["a != b != c", "a == b == c"]),
        ("a not in b", ["a in b"]),
        ("x = 3", ["x = 4", "x = 2"]),
        ("x = 0.5", ["x = 1.5", "x = -0.5"]),
        ("x = True", ["x = False"]),
        ("a and b or c", ["(a and b) and c", "(a or b) or c"]),
        ("if not a:\n    b()", ["if a:\n    b()", "if not a:\n    pass"]),
        ("x = min(a, b)", ["x = max(a, b)"]),
        ("x = a + b", ["x = a - b"]),
        ("x = a | b", ["x = a & b"]),
        ("x |= a", ["x &= a", "pass"]),
        ("x[i] = a", ["pass"]),
        ("while a:\n    break", ["while a:\n    pass"]),
        ("x = a", []),
        ('"""Grade 3 and more."""', []),
        ("x: Literal[3] = a", []),
    ],
)
def test_what_can_go_wrong(text, wrong):
    assert sorted(changes(text)) == sorted(wrong)


def test_a_mutant_says_where_it_is():
    text = "def f(x):\n    return x > 3\n"
    assert [mutant.key for mutant in mutants.mutants(text)] == [
        "f | return x > 3 | > becomes >= | 1",
        "f | return x > 3 | 3 becomes 4 | 1",
        "f | return x > 3 | 3 becomes 2 | 1",
    ]


@pytest.mark.parametrize("name", ["icaht/runs.py", "labs/bounds.py"])
def test_every_mutant_of_a_module_is_another_module(name):
    text = (ASSESS / name).read_text(encoding="utf-8")
    found = mutants.mutants(text)
    assert len({mutant.key for mutant in found}) == len(found) > 10
    texts = changes(text)
    assert ast.unparse(ast.parse(text)) not in texts
    assert len(set(texts)) == len(texts)
