"""A finding as a sentence: place, found, expected, what to do."""

from __future__ import annotations

from cartrace.course import Finding


def test_the_sentence_has_its_four_parts():
    finding = Finding(
        "error", "unit.unknown", "labs.csv", 17, "unit", '"mg/l"', "one of mg/L, mg/dL", "correct the unit"
    )
    assert finding.sentence == (
        'error: labs.csv, row 17, column unit: found "mg/l"; expected one of mg/L, mg/dL; correct the unit'
    )


def test_a_place_says_only_what_is_known():
    def place(row: int | None, column: str) -> str:
        return Finding("info", "x", "labs.csv", row, column, "", "", "").place

    assert place(None, "") == "labs.csv"
    assert place(1, "") == "labs.csv, row 1"
    assert place(None, "unit") == "labs.csv, column unit"
