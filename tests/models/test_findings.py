"""Findings of a model are collected, not raised one by one."""

from __future__ import annotations

import pytest

from cartrace.errors import InputRefused
from cartrace.models.findings import EVIDENCE, Findings, Said


def checks(said: Said) -> list[str]:
    found = Findings("folder/")
    found.evidence("parameters.tsv", said, row=3, column="evidence")
    return [item.check for item in found.items]


def test_nothing_found_nothing_refused():
    Findings().refuse_errors()


def test_everything_found_is_refused_together():
    found = Findings("folder/")
    found.error("a.b", "one.tsv", "x", "y", "z")
    found.unknown("a state", "two.tsv", "IL7", ["IL6", "CRP"], row=2)
    with pytest.raises(InputRefused, match="2 errors") as refused:
        found.refuse_errors()
    assert [item.file for item in refused.value.findings] == ["folder/one.tsv", "folder/two.tsv"]
    assert "did you mean IL6" in refused.value.findings[1].expected


@pytest.mark.parametrize("word", EVIDENCE)
def test_each_word_of_evidence_passes_with_a_source_and_a_note(word):
    assert checks(Said(word, "stein2019tisagenlecleucel", "Table 1", "why")) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said("guessed", "", "", "why"), ["evidence.word"]),
        (Said("measured", "", "", "why"), ["name.unknown", "source.locator"]),
        (Said("measured", "nobody1900", "Table 1", ""), ["name.unknown"]),
        (Said("measured", "stein2019tisagenlecleucel", "", ""), ["source.locator"]),
        (Said("assumed", "", "", ""), ["evidence.note"]),
        (Said("assumed", "nobody1900", "Table 1", ""), ["name.unknown"]),
        (Said("assumed", "", "", "why"), []),
    ],
)
def test_evidence_has_a_source_with_a_place_or_a_note(said, expected):
    assert checks(said) == expected
