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


NAMES = (
    "mutants",
    "differences",
    "mutation_trace",
    "mutation_judge",
    "mutation_outcomes",
    "mutation_kinds",
    "mutation",
    "mutation_page",
)
mutants, differences, _, judging, outcomes, kinds, mutation, mutation_page = (load(name) for name in NAMES)


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
        ("x[0] = a", ["x[1] = a", "pass"]),
        ("x[0, i] = 2", ["x[1, i] = 2", "x[0, i] = 3", "x[0, i] = 1", "pass"]),
        ("i = -1", ["i = -0"]),
        ("x[-1]", ["x[-2]", "x[-0]"]),
        ("i == -1", ["i != -1", "i == -2", "i == -0"]),
        ("i < 0", ["i <= 0", "i < -1"]),
        ("i > 0", ["i >= 0", "i > 1"]),
        ("x > 0.0", ["x >= 0.0", "x > 1.0", "x > -1.0"]),
        ("x = Rule(rows=lambda n: n + 2)", []),
        ("x = zip(a, b, strict=True)", []),
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


def test_a_mark_changes_with_what_a_function_does_and_with_nothing_else():
    text = 'X = 1\ndef f(a):\n    """Words."""\n    return a < X\nclass C:\n    y = 2\n    def g(self):\n        return 3\n'
    right = mutants.digests(text)
    assert set(right) == {"", "f", "C", "C.g"}
    for old, new, changing in (
        ("Words.", "Other words.", set()),
        ("a < X", "a < X  # why", set()),
        ("a < X", "a > X", {"f"}),
        ("X = 1", "X = 2", {""}),
        ("y = 2", "y = 4", {"C"}),
        ("return 3", "return 4", {"C.g"}),
    ):
        found = mutants.digests(text.replace(old, new))
        assert {name for name in right if found[name] != right[name]} == changing, new


def test_outcomes_come_back_until_the_text_changes(tmp_path):
    keys = [mutant.key for mutant in mutants.mutants(judging.text_of("icaht/runs.py"))]
    found = ["cases", "tests", "time", "same", *differences.PARTS]
    kept = {("icaht/runs.py", key): one for key, one in zip(keys, found, strict=False)}
    outcomes.write(["icaht/runs.py"], kept, tmp_path / "outcomes.tsv")
    assert outcomes.read(file=tmp_path / "outcomes.tsv") == kept
    text = (tmp_path / "outcomes.tsv").read_text()
    mark = outcomes.mark_of("icaht/runs.py", "")
    (tmp_path / "outcomes.tsv").write_text(text.replace(mark, "00000000"))
    again = outcomes.read(file=tmp_path / "outcomes.tsv")
    assert again == {(module, key): one for (module, key), one in kept.items() if not key.startswith(" | ")}


def test_the_page_counts_what_is_found_and_lists_the_rest():
    found = mutants.mutants(judging.text_of("icaht/runs.py"))
    said = ["cases"] * 5 + ["tests"] * 2 + ["time", "same", "grade"]
    kept = {("icaht/runs.py", mutant.key): outcome for mutant, outcome in zip(found, said, strict=False)}
    kept["icaht/runs.py", "a line that is gone"] = "grade"
    page = mutation_page.page(kept, {("icaht/runs.py", found[9].key): "because"})
    assert f"| icaht/runs.py | {len(found)} | 10 | 5 | 2 | 1 | 1 | 1 | 80.0% | 88.8% |" in page
    every = sum(len(mutants.mutants(judging.text_of(module))) for module in mutation.modules())
    assert f"| all | {every} | 10 | 5 | 2 | 1 | 1 | 1 | 80.0% | 88.8% |" in page
    assert f"10 of {every} mutants were judged" in page
    same, changing = page.index("## Change no result"), page.index("## Not found")
    assert changing < page.index("| grade | because |") < same
    assert kinds.kind_of(found[8]).name in page[same:]
    assert "labs/bounds.py" in page.partition("Not judged yet: ")[2]


def test_a_function_is_exchanged_in_memory_and_a_constant_is_not():
    found = [judging.Task("icaht/runs.py", one) for one in mutants.mutants(judging.text_of("icaht/runs.py"))]
    constant = next(task for task in found if not task.mutant.where)
    assert not judging.exchange(constant)
    from cartrace.assess.icaht import runs

    wrong = next(task for task in found if task.mutant.where == "longest")
    function = runs.longest
    before = function.__code__
    try:
        assert judging.exchange(wrong)
        assert function.__code__ != before
    finally:
        function.__code__ = before
