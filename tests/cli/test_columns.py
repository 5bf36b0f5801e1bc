"""Aligned text and CSV."""

from __future__ import annotations

import csv

from cartrace.cli.columns import PAGE, aligned, comma_separated


def test_columns_are_aligned_and_empty_ones_left_out():
    text = aligned(("a", "none", "b"), [("long word", "", "1"), ("x", "", "2")])
    assert text.splitlines() == ["a          b", "long word  1", "x          2"]


def test_the_last_column_is_wrapped_under_itself():
    lines = aligned(("k", "words"), [("key", "word " * 60)]).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= PAGE
    assert all(line.startswith("     word") for line in lines[2:])


def test_csv_reads_back():
    text = comma_separated(("a", "b"), [("x, y", 'he said "z"')])
    assert list(csv.DictReader(text.splitlines())) == [{"a": "x, y", "b": 'he said "z"'}]
