"""Findings as they are met: ordered, counted, quoted."""

from __future__ import annotations

from cartrace.ingest.collector import Collector, one_of, quoted


def add(collector: Collector, severity: str = "error", check: str = "x", **place: object) -> None:
    fields = {"file": "a.csv", "row": 1, "column": "c", "found": "f", "expected": "e", "action": "do", **place}
    collector.add(severity, check, **fields)


def test_errors_come_first_then_file_and_row():
    collector = Collector()
    add(collector, "info", row=1)
    add(collector, "warning", file="b.csv")
    add(collector, "warning", file="a.csv", row=9)
    add(collector, "error", row=7)
    add(collector, "error", row=3)
    assert [(f.severity, f.file, f.row) for f in collector.findings()] == [
        ("error", "a.csv", 3),
        ("error", "a.csv", 7),
        ("warning", "a.csv", 9),
        ("warning", "b.csv", 1),
        ("info", "a.csv", 1),
    ]
    assert collector.has_errors


def test_repeats_are_counted_for_each_check_and_column():
    collector = Collector()
    for row in range(25):
        add(collector, row=row)
        add(collector, row=row, column="d")
    add(collector, check="y")
    findings = collector.findings()
    assert len(findings) == 20 + 20 + 1 + 2
    assert {(f.severity, f.column, f.found) for f in findings if "more rows" in f.found} == {
        ("info", "c", "5 more rows with the same problem (x)"),
        ("info", "d", "5 more rows with the same problem (x)"),
    }


def test_a_slow_answer_is_worked_out_for_kept_findings_only():
    collector, asked = Collector(), []
    for row in range(100):
        add(collector, row=row, expected=lambda: asked.append(1) or "e")
    assert len(asked) == Collector.LIMIT
    assert collector.findings()[0].expected == "e"


def test_words_of_a_finding():
    assert quoted("mg/l") == '"mg/l"'
    assert len(quoted("x" * 500)) == 62
    assert one_of(("a", "b")) == "one of a, b"
    assert one_of(("a",)) == "a"
    assert one_of(("aa", "b"), ("aa",)) == "one of aa, b; did you mean aa?"
    assert one_of((), ()) == ""
