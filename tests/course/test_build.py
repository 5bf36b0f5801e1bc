"""The builder: numbers records, converts units, refuses words that are not in the vocabulary."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.course import Clock, CourseBuilder, Status
from cartrace.errors import UnknownTerm, UnknownUnit

DAY = Clock(start_minute=0).from_study_day


def test_uids_count_through_all_groups_and_infusions_are_numbered():
    builder = CourseBuilder("c1")
    uids = [
        builder.infusion(moment=DAY(0)),
        builder.drug("tocilizumab", start=DAY(3)),
        builder.observe("crp", 12.0, moment=DAY(3), unit="mg/L"),
        builder.infusion(moment=DAY(90)),
        builder.procedure(kind="biopsy", moment=DAY(5)),
    ]
    course = builder.course(title="t")
    assert uids == [0, 1, 2, 3, 4]
    assert [infusion.number for infusion in course.infusions] == [1, 2]
    assert all(course.record(uid).uid == uid for uid in uids)
    assert course.title == "t"
    with pytest.raises(KeyError):
        course.record(5)


def test_units_become_canonical():
    builder = CourseBuilder("c1")
    builder.observe("anc", 480, moment=DAY(9), unit="/uL")
    builder.observe("temp", 100.4, moment=DAY(1), unit="degF")
    anc, fever = builder.course().observations
    assert (anc.code, anc.value, anc.unit) == ("anc", 0.48, "10*9/L")
    assert (fever.code, fever.value, fever.unit) == ("temperature", 38.0, "Cel")


def test_coded_words_are_stored_with_their_position():
    builder = CourseBuilder("c1")
    builder.observe("oxygen_device", "Nasal cannula", moment=DAY(4))
    seen = builder.course().observations[0]
    assert (seen.text, seen.value, seen.unit) == ("nasal_cannula", 2.0, "")


def test_no_value_is_not_recorded_unless_said_otherwise():
    builder = CourseBuilder("c1")
    builder.observe("crp", None, moment=DAY(1))
    builder.observe("ice", None, moment=DAY(1), status=Status.NOT_DONE)
    builder.observe("crp", 0.0, moment=DAY(2))
    assert [o.status for o in builder.course().observations] == [Status.NOT_RECORDED, Status.NOT_DONE, Status.DONE]


def test_what_is_not_in_the_vocabulary_is_refused_with_the_nearest():
    builder = CourseBuilder("c1")
    with pytest.raises(UnknownTerm, match="did you mean platelets"):
        builder.observe("platlets", 3, moment=DAY(1))
    with pytest.raises(UnknownTerm, match="did you mean tocilizumab"):
        builder.drug("tocilizumb", start=DAY(1))
    with pytest.raises(UnknownTerm, match="did you mean nasal_cannula"):
        builder.observe("oxygen_device", "nasal canula", moment=DAY(1))
    with pytest.raises(UnknownUnit):
        builder.observe("crp", 3, moment=DAY(1), unit="mg")
    assert builder.course().observations == ()


def test_a_course_cannot_be_changed():
    course = CourseBuilder("c1").course()
    with pytest.raises(dataclasses.FrozenInstanceError):
        course.id = "c2"
