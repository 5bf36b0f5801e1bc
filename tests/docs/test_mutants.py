"""The mutants of the mutation run: each is one change of the text, no two are the same, nothing else changes."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
ASSESS = Path(__file__).parents[2] / "src" / "cartrace" / "assess"


def load(name: str):
    """A script of bench/, by its path."""
    spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


mutants, mutation, mutation_page = (load(name) for name in ("mutants", "mutation", "mutation_page"))


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


def test_a_larger_sample_holds_the_smaller_one():
    tenth, fifth = (set(mutation.chosen(["icaht"], fraction)) for fraction in (0.1, 0.2))
    assert tenth < fifth
    assert {task.module for task in tenth} == {task.module for task in fifth}


def test_the_page_counts_what_is_found_and_lists_the_rest():
    keys = [mutant.key for mutant in mutants.mutants((ASSESS / "icaht" / "runs.py").read_text(encoding="utf-8"))]
    outcomes = ["cases"] * 5 + ["tests"] * 2 + ["time", "same", "grade"]
    kept = {("icaht/runs.py", key): outcome for key, outcome in zip(keys, outcomes, strict=False)}
    kept["icaht/runs.py", "a line that is gone"] = "grade"
    page = mutation_page.page(kept, {("icaht/runs.py", keys[9]): "because"})
    assert f"| all | {len(keys)} | 10 | 5 | 2 | 1 | 1 | 1 | 80% | 89% |" in page
    assert f"10 of {len(keys)} mutants were judged" in page
    same, changing = page.index("## Change no result"), page.index("## Not found")
    assert changing < page.index("| grade | because |") < same
    assert "labs/bounds.py" in page.partition("Not judged yet: ")[2]
