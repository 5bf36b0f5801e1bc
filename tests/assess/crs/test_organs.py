"""Organ toxicity by laboratory grades."""

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import lee2014, organs

BASE = "d0 creatinine 1.0 high=1.2"


def rows(given):
    return list(organs.grade_rows(read_given(given), 22))


def test_one_event_for_each_value_with_both_ends_of_its_grade():
    found = rows(f"{BASE}; h6 creatinine 2.0 high=1.2; h30 creatinine 4.0")
    assert [(row.channel, row.low, row.high) for row in found] == [(22, 0, 0), (22, 2, 2), (22, 3, 4)]
    assert found[1].time == 0.25
    assert all(row.uid >= 0 for row in found)


def test_each_analyte_has_its_channel():
    given = "h6 bilirubin 0.5 high=1.2; h6 ast 20 high=40; h6 alt 20 high=40; h6 creatinine 1 high=1.2; h6 ldh 200"
    assert [row.channel for row in rows(given)] == [22, 23, 24, 25]


@pytest.mark.parametrize(("word", "attributed"), [("yes", 1), ("no", -1)])
def test_a_value_of_another_cause_is_harmless(word, attributed):
    (_, row) = rows(f"{BASE}; h6 creatinine 4.0 high=1.2 attributed={word}")
    assert row.attributed == attributed
    assert (row.low, row.high) == ((3, 3) if attributed == 1 else (0, 0))


def test_a_test_not_done_says_nothing_and_a_result_not_recorded_leaves_all_open():
    assert rows("h6 creatinine status=not_done") == []
    (row,) = rows("h6 creatinine status=not_recorded")
    assert (row.low, row.high) == (0, 4)


@pytest.mark.parametrize(("silent", "most"), [(0.0, 4), (1.0, 0)])
def test_silence_is_anything_unless_it_is_told_to_be_normal(silent, most):
    nothing = np.full(32, -1, dtype=np.int64)
    assert organs.organ_grade(None, nothing, 22, silent) == (0, most)


@pytest.mark.parametrize(("judged", "candidate"), [("", True), (" attributed=yes", False)])
def test_a_creatinine_nobody_judged_waits_for_a_clinician(judged, candidate):
    """Everything else was judged to belong to CRS."""
    given = (
        "h6 temperature 39 attributed=yes; h6 hypotension no attributed=yes; h6 oxygen_device room_air attributed=yes"
    )
    labs = "d0 creatinine 1.0 high=1.2; d0 alt 20 high=40; d0 ast 20 high=40; d0 bilirubin 0.6 high=1.2"
    course = read_given(f"{given}; {labs}; h6 creatinine 4.0 high=1.2{judged}; complete drugs oxygen")
    found = lee2014.RULE.run(course).overall
    assert (found.low, found.high, found.candidate) == (3, 3, candidate)
