"""Data quality: every finding in its four parts, and what the record says is missing."""

from __future__ import annotations

from cartrace.report import quality
from cartrace.report.layout import Listing, Paragraph, Table


def test_every_finding_is_shown_whole(full):
    (table,) = [b for b in quality.section(full).blocks if isinstance(b, Table)]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["warning", "labs.csv, row 4, column CRP", "mg", "mg/L or mg/dL", "write the unit"],
        ["info", "labs.csv", "no time of day", "", ""],
    ]


def test_what_is_not_recorded_and_notes_are_listed(full):
    lists = [[cell.text for cell in b.items] for b in quality.section(full).blocks if isinstance(b, Listing)]
    assert lists == [["Ferritin"], ["weight taken at apheresis"]]


def test_no_finding_is_said(silent):
    first = quality.section(silent).blocks[0]
    assert isinstance(first, Paragraph)
    assert first.pieces[0].text.startswith("No finding")
