"""Hyperinflammation: each family has its place, silent rules share a line, the section is there only when a rule was run."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.assess import Grade
from cartrace.report import ReportContents, hyperinflammation, scales
from cartrace.report.layout import Heading, Paragraph, cells


def test_without_such_a_rule_there_is_no_section(full):
    assert hyperinflammation.section(ReportContents(full.course)) is None


def test_every_rule_of_the_subject_is_linked_and_owned(contents):
    section = hyperinflammation.section(contents)
    assert section is not None
    rules = {a.rule.split("@")[0] for a in scales.of_subject(contents, "hyperinflammation")}
    assert rules <= {cell.address for cell in cells(section.blocks)}
    assert set(section.owns) == rules


@pytest.mark.parametrize("low", [0, 2])
def test_a_graded_rule_is_shown_in_full_and_a_silent_one_is_named(full, low):
    found = next(a for a in full.assessments if a.rule.startswith("iechs"))
    others = [a for a in full.assessments if a.rule != found.rule]
    graded = dataclasses.replace(found, overall=Grade(found.rule, "graded", low, low), days=(), facts=())
    silent = dataclasses.replace(found, overall=Grade(found.rule, "not graded"), days=(), facts=())
    for made, headed in ((graded, True), (silent, False)):
        section = hyperinflammation.section(dataclasses.replace(full, assessments=(*others, made)))
        assert section is not None
        headings = {b.text for b in section.blocks if isinstance(b, Heading)}
        assert (found.title in headings) is headed
        lines = ["".join(p.text for p in b.pieces) for b in section.blocks if isinstance(b, Paragraph)]
        assert any(line.startswith("Nothing recorded to grade") and found.title in line for line in lines) is not headed
