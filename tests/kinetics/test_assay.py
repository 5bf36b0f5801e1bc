"""Conversions between assay kinds: only with the second input, and back again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.course import CourseBuilder, Status
from cartrace.errors import NotConvertible, UnknownUnit
from cartrace.kinetics import KineticsSettings, assay, measure


def test_by_hand():
    # 1000 copies/ug DNA, 0.03 ug DNA per uL blood: 30 copies/uL. 12 % of 250 CD3+ cells/uL: 30 cells/uL.
    assert assay.copies_per_ul(copies_per_ug=1000, dna_per_ul=0.03) == pytest.approx(30)
    assert assay.copies_per_ug(copies_per_ul=30, dna_per_ul=0.03) == pytest.approx(1000)
    assert assay.cells_per_ul(percent_of_cd3=12, cd3_per_ul=250) == pytest.approx(30)
    assert assay.cells_per_ul(percent_of_cd3=12, cd3_per_ul=0) == 0


@pytest.mark.parametrize("missing", [None, 0.0, -1.0, math.nan, math.inf])
def test_without_the_dna_yield_it_is_refused(missing):
    with pytest.raises(NotConvertible, match="dna_per_ul"):
        assay.copies_per_ul(copies_per_ug=1000, dna_per_ul=missing)
    with pytest.raises(NotConvertible, match="dna_per_ul"):
        assay.copies_per_ug(copies_per_ul=30, dna_per_ul=missing)


@pytest.mark.parametrize("missing", [None, -1.0, math.nan, math.inf])
def test_without_the_cell_count_it_is_refused(missing):
    with pytest.raises(NotConvertible, match="cd3_cells"):
        assay.cells_per_ul(percent_of_cd3=12, cd3_per_ul=missing)


def test_k12_copies_per_millilitre_are_not_taken_for_copies_per_microgram():
    build = CourseBuilder("k12")
    with pytest.raises(UnknownUnit):
        build.observe("car_copies_per_ug", 500, moment=build.clock.from_study_day(7), unit="copies/mL")


@given(st.floats(0, 1e7), st.floats(1e-4, 10))
def test_there_and_back(copies, dna):
    there = assay.copies_per_ul(copies_per_ug=copies, dna_per_ul=dna)
    assert assay.copies_per_ug(copies_per_ul=there, dna_per_ul=dna) == pytest.approx(copies, rel=1e-12)


def told(*observations):
    build = CourseBuilder("told")
    build.infusion(moment=build.clock.from_study_day(0))
    for day, code, value, *fields in observations:
        build.observe(code, value, moment=build.clock.from_study_day(day), **(fields[0] if fields else {}))
    return build.course()


def of(course, code):
    return [(o.moment.day, o.value, o.lloq, o.method) for o in assay.converted(course).observations if o.code == code]


def test_a_course_in_cells_per_microlitre():
    below = {"status": Status.BELOW, "lloq": 0.1, "method": "flow"}
    course = told(
        (7, "car_percent_of_cd3", 12.0, {"method": "flow"}),
        (7, "cd3_cells", 250.0),
        (9, "car_percent_of_cd3", 20.0),
        (14, "car_percent_of_cd3", None, below),
        (14, "cd3_cells", 1000.0),
    )
    assert of(course, "car_cells_per_ul") == [
        (7, pytest.approx(30.0), None, "flow, converted"),
        (14, None, pytest.approx(1.0), "flow, converted"),
    ]


@pytest.mark.parametrize(
    "second",
    [
        (),
        ((8, "cd3_cells", 250.0),),
        ((7, "cd3_cells", 250.0), (7, "cd3_cells", 260.0)),
        ((7, "cd3_cells", 250.0, {"site": "csf"}),),
        ((7, "cd3_cells", None, {"status": Status.NOT_RECORDED}),),
    ],
)
def test_without_one_second_input_of_the_same_sample_nothing_is_converted(second):
    course = told((7, "car_percent_of_cd3", 12.0), *second)
    assert assay.converted(course) is course


def test_a_course_in_copies_per_microlitre():
    course = told(
        (7, "car_copies_per_ug", 1000.0), (7, "dna_per_ul", 0.03), (9, "car_copies_per_ug", 9.0), (9, "dna_per_ul", 0.0)
    )
    assert of(course, "car_copies_per_ul") == [(7, pytest.approx(30.0), None, "converted")]


def test_converted_samples_are_a_profile_of_their_own_and_only_when_asked_for():
    course = told((7, "car_percent_of_cd3", 12.0), (7, "cd3_cells", 250.0), (7, "car_cells_per_ul", 28.0))
    plain = {(p.assay, p.method) for p in measure(course)}
    asked = {(p.assay, p.method): p for p in measure(course, KineticsSettings(convert=True))}
    assert plain == {("car_percent_of_cd3", ""), ("car_cells_per_ul", "")}
    assert set(asked) == {*plain, ("car_cells_per_ul", "converted")}
    assert next(m.value for m in asked["car_cells_per_ul", "converted"].metrics if m.id == "cmax") == pytest.approx(30)
    uids = [o.uid for o in assay.converted(course).observations]
    assert len(uids) == len(set(uids))
