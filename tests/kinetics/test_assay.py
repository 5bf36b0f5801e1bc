"""Conversions between assay kinds: only with the second input, and back again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.course import CourseBuilder
from cartrace.errors import NotConvertible, UnknownUnit
from cartrace.kinetics import assay


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
