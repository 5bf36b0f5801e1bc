"""YAML as a tree with lines; nothing is interpreted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartrace.ingest.collector import Collector
from cartrace.ingest.yaml_tree import NODES_UP_TO, Map, Scalar, Sequence, parse


def tree(text: str) -> tuple[object, list[str]]:
    collector = Collector()
    return parse(text, file="c.yaml", collector=collector), [f.check for f in collector.findings()]


def test_every_value_knows_its_line():
    found, checks = tree("a: 1\nb:\n  - x\n  - {c: y}\n")
    assert checks == []
    assert found.lines == {"a": 1, "b": 2}
    assert isinstance(found.entries["b"], Sequence)
    assert [item.line for item in found.entries["b"].items] == [3, 4]
    assert found.entries["b"].items[1] == Map({"c": Scalar("y", 4)}, {"c": 4}, 4)


def test_scalars_stay_as_they_were_written():
    """YAML would make minutes, dates, booleans and octal numbers of these."""
    found, _ = tree("{a: 14:00, b: 2024-01-01, c: no, d: 010, e: 1_000, f: 1e3, g: '5'}")
    assert [scalar.text for scalar in found.entries.values()] == [
        "14:00",
        "2024-01-01",
        "no",
        "010",
        "1_000",
        "1e3",
        "5",
    ]


def test_an_empty_value_says_nothing():
    found, _ = tree("a:\nb: null\nc: ''\n")
    assert [scalar.null for scalar in found.entries.values()] == [True, True, False]


def test_an_alias_is_written_out():
    found, checks = tree("a: &x {b: 1}\nc: *x\n")
    assert (found.entries["a"].entries["b"].text, found.entries["c"].entries["b"].text, checks) == ("1", "1", [])


def test_the_number_of_values_is_bounded():
    assert tree(f"[{'x, ' * (NODES_UP_TO // 100)}]")[1] == []
    nine = "".join(f"- &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 8))
    assert tree("- &a0 [x, x]\n" + nine) == (None, ["yaml.recursive"])


def test_deep_nesting_is_a_finding():
    assert tree("[" * 5000)[1] in (["yaml.syntax"], ["yaml.recursive"])


@given(text=st.text(max_size=60))
def test_any_text_is_a_tree_or_a_finding(text):
    found, checks = tree(text)
    assert (
        found is not None or checks or not text.strip() or text.strip().startswith(("#", "---", "...", "%", "\ufeff"))
    )
