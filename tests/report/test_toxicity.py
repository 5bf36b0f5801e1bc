"""Toxicity: both conventions of duration, calm lines where nothing is known."""

from __future__ import annotations

from cartrace.report import toxicity
from cartrace.report.layout import Paragraph, Table


def test_the_section_shows_both_conventions_of_duration(full):
    section = toxicity.section(full)
    said = {row[0].text for block in section.blocks if isinstance(block, Table) for row in block.rows}
    assert any("end minus onset" in name for name in said)
    assert any("both ends counted" in name for name in said)


def test_a_silent_record_is_one_calm_line_per_toxicity_with_the_recorded_grade(silent):
    section = toxicity.section(silent)
    lines = ["".join(c.text for c in b.pieces) for b in section.blocks if isinstance(b, Paragraph)]
    assert lines[0] == (
        "No body temperature is recorded since the first infusion: CRS cannot be graded from the record. "
        "The investigators recorded grade 1 (maximum)."
    )
    assert lines[1].startswith("No grade on other scales: CRS, Lee 2014")
    assert [line for line in lines if line.startswith("No ICE score")]
    # CRS and ICANS, each with one line for all its other scales.
    assert len(lines) <= 4
    assert [b.caption for b in section.blocks if isinstance(b, Table)] == ["Grades set by the investigators"]


def test_without_any_rule_the_section_says_so(silent):
    from cartrace.report import ReportContents

    lines = [
        b.pieces[0].text for b in toxicity.section(ReportContents(silent.course)).blocks if isinstance(b, Paragraph)
    ]
    assert lines == ["CRS was not assessed in this run.", "ICANS was not assessed in this run."]
