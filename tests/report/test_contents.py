"""What a report is made from."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.report import ReportContents


def test_contents_are_frozen(silent):
    with pytest.raises(dataclasses.FrozenInstanceError):
        silent.command = "another"


def test_a_course_alone_is_enough(silent):
    alone = ReportContents(silent.course)
    assert alone.assessments == alone.profiles == alone.findings == alone.inputs == ()
    assert alone.folder is None
