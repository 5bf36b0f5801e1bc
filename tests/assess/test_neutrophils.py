"""Derived neutrophil counts: which pairs give one, and that they never lower a grade."""

from __future__ import annotations

import pytest

from cartrace.assess import RULES, rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.neutrophils import (
    ANC,
    DERIVED,
    higher,
    is_derived,
    reads_neutrophils,
    with_derived,
    without_derived,
)
from cartrace.assess.result import Assessment, Grade


def counts(given: str) -> list[tuple[float, float | None, str]]:
    course = with_derived(read_given(given))
    return [(o.moment.time, o.value, o.method) for o in course.observations if o.code == "anc"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("h6 wbc 2.0; h6 neutrophil_percent 40", [(0.25, 0.8, DERIVED)]),
        ("h6 wbc 2.0; h6 segmented_percent 30; h6 band_percent 10", [(0.25, 0.8, DERIVED)]),
        ("h6 wbc 2.0; h6 neutrophil_percent 40; h6 segmented_percent 30; h6 band_percent 5", [(0.25, 0.8, DERIVED)]),
        ("h6 wbc 2.0; h6 segmented_percent 30", []),
        ("h6 wbc 2.0; h6 band_percent 10", []),
        ("h6 wbc 2.0; h7 neutrophil_percent 40", []),
        ("h6 wbc 2.0; h6 neutrophil_percent 40 status=not_recorded", []),
        ("h6 wbc status=below lloq=0.1; h6 neutrophil_percent 40", []),
        ("h6 wbc 2.0; h6 wbc 3.0 site=blood; h6 neutrophil_percent 40", []),
        ("h6 wbc 2.0; h6 segmented_percent 60; h6 band_percent 41", []),
        ("h6 wbc 2.0; h6 segmented_percent 60; h6 band_percent 40", [(0.25, 2.0, DERIVED)]),
        ("h6 wbc 2.0 site=csf; h6 neutrophil_percent 40", []),
        ("h6 wbc 0; h6 neutrophil_percent 0", [(0.25, 0.0, DERIVED)]),
    ],
)
def test_which_pairs_give_a_count(given, found):
    assert counts(given) == [(time, pytest.approx(value), method) for time, value, method in found]


@pytest.mark.parametrize("state", ["0.5", "status=not_recorded", "status=below lloq=0.1", "status=not_done"])
def test_a_count_of_any_state_at_that_time_is_left_alone(state):
    given = f"h6 wbc 2.0; h6 neutrophil_percent 40; h6 anc {state}"
    assert all(method != DERIVED for *_, method in counts(given))


def test_a_course_without_such_a_pair_stays_itself():
    course = read_given("h6 wbc 2.0; h7 anc 1")
    assert with_derived(course) is course


def test_what_was_recorded_is_neither_moved_nor_renumbered():
    course = read_given("d1 wbc 2.0; d1 neutrophil_percent 40; d2 drug filgrastim; d3 wbc 1; d3 neutrophil_percent 10")
    wider = with_derived(course)
    assert wider.observations[: len(course.observations)] == course.observations
    uids = [record.uid for group in wider.groups() for record in group]
    assert len(uids) == len(set(uids))
    assert [o.source.text for o in wider.observations if o.method == DERIVED] == [
        "white cells 2, neutrophils 40 %",
        "white cells 1, neutrophils 10 %",
    ]


def test_reference_limits_of_the_white_cells_are_not_those_of_the_neutrophils():
    course = with_derived(read_given("d1 wbc 2.0 low=4 high=10; d1 neutrophil_percent 40"))
    assert course.observations[-1].reference_low is None


def test_the_rules_that_read_neutrophils():
    found = {one.id for one in RULES if reads_neutrophils(one)}
    assert {"icaht.early", "ctcae5.anc", "hematotox.rejeski2021", "response.ball", "recovery.neutrophils"} <= found
    assert not found & {"crs.astct2019", "ticaht.early", "ctcae5.wbc"}


def test_derived_counts_fill_a_grade_that_nothing_was_recorded_for():
    ctcae, course = rule("ctcae5.anc"), read_given("d5 wbc 1.0; d5 neutrophil_percent 40")
    assert ctcae.run(course).overall.low is None
    assert ctcae.run(with_derived(course)).overall.value == 4


def test_a_derived_count_between_recorded_ones_does_not_break_a_run_of_neutropenia():
    early = rule("icaht.early")
    recorded = "; ".join(f"d{day} anc {0.3 if 2 <= day <= 15 else 2}" for day in range(31) if day not in (8, 9, 10))
    course = read_given(f"{recorded}; d8-10 wbc 4; d8-10 neutrophil_percent 50")
    without, including = early.run(course), early.run(with_derived(course))
    assert including.overall.low < without.overall.low, "the example shows nothing"
    assert higher(without, including) is without


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [((2, 2), (3, 3), "after"), ((2, 2), (1, 1), "before"), ((0, 4), (0, 0), "after"), (None, (0, 0), "after"),
     ((2, 2), None, "before"), ((2, 4), (2, 2), "after")],
)  # fmt: skip
def test_the_lower_bound_never_falls(before, after, kept):
    def assessment(bounds):
        low, high = bounds or (None, None)
        grade = Grade("x@1", "not graded" if low is None else "graded" if low == high else "range", low, high)
        return Assessment("x@1", "x", (), grade)

    one, other = assessment(before), assessment(after)
    assert higher(one, other) is (one if kept == "before" else other)


def test_the_recorded_counts_alone_are_the_course_before():
    course = read_given("d1 anc 1; d2 wbc 2.0; d2 neutrophil_percent 40")
    assert without_derived(with_derived(course)) == course
    assert without_derived(course) is course
    assert [is_derived(one) for one in with_derived(course).observations] == [False, False, False, True]


def test_neutrophils_as_recorded_are_the_default():
    assert ANC.number("recorded") == ANC.number("0") == ANC.default == 0
    assert ANC.number(DERIVED) == ANC.number("1") == 1
    assert not with_derived(read_given("")).observations
