"""The parts of a page: anchors, marks of grades, tables without empty columns, the walk over cells."""

from __future__ import annotations

import pytest

from cartrace.assess import Grade
from cartrace.report import addresses
from cartrace.report.layout import (
    Card,
    Cards,
    Cell,
    Listing,
    Pairs,
    Section,
    Table,
    anchor,
    cells,
    grade_cell,
    marks,
    plain,
    without_empty,
)


def test_anchors_are_ids_and_tell_addresses_apart(contents):
    listed = addresses(contents)
    anchors = [anchor(address) for address in listed]
    assert len(set(anchors)) == len(listed)
    assert not any(sign in name for name in anchors for sign in " /@#\"'<>&%")


@pytest.mark.parametrize(
    ("grade", "found"),
    [
        (Grade("r@1", "graded", 2, 2, candidate=True, provisional=True), ("attribution open", "provisional")),
        (Grade("r@1", "range", 0, 3, provisional=True), ("provisional",)),
        (Grade("r@1", "graded", 2, 2), ()),
        (Grade("r@1", "not graded", provisional=True), ()),
    ],
)
def test_a_grade_carries_its_marks_and_what_is_not_graded_has_none(grade, found):
    assert marks(grade) == found
    assert grade_cell(grade, "r").badge == ", ".join(found)
    assert grade_cell(grade, "r", badge=False).badge == ""


def test_grades_with_words_have_no_grade_colour():
    words = grade_cell(Grade("r@1", "graded", 1, 1, words="CRh"), "r")
    assert (words.text, words.graded, words.low) == ("CRh", False, None)
    number = grade_cell(Grade("r@1", "range", 1, 4), "r")
    assert (number.text, number.graded, number.low, number.high) == ("1 to 4", True, 1, 4)


def test_columns_in_which_nothing_stands_are_left_out():
    table = Table("t", ("A", "B", "C"), ((Cell("1"), Cell(""), Cell("2")), (Cell("3"), Cell(""), Cell(""))))
    slim = without_empty(table)
    assert slim.head == ("A", "C")
    assert [[cell.text for cell in row] for row in slim.rows] == [["1", "2"], ["3", ""]]


def test_a_table_that_does_not_fit_a_phone_is_wide():
    assert not Table("t", ("A", "B"), ((Cell("x" * 90), Cell("y")),)).wide
    assert Table("t", ("A", "B", "C", "D"), ()).wide
    assert Table("t", ("A", "B", "C"), ((Cell("a"), Cell("b"), Cell("x" * 41)),)).wide
    assert not Table("t", ("A", "B", "C"), ((Cell("a"), Cell("b"), Cell("x" * 40)),)).wide


def test_every_cell_is_found_in_reading_order():
    blocks = (
        plain("a"),
        Table("t", ("A", "B"), ((Cell("b"), Cell("c")),)),
        Pairs((("x", Cell("d")),)),
        Listing((Cell("e"),)),
        Cards((Card("f", (("g", Cell("h")),)),)),
    )
    assert [cell.text for cell in cells(blocks)] == ["a", "b", "c", "d", "e", "h"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [("crs.astct2019", True), ("crs", True), ("crs/x", True), ("crsx.y", False), ("icans.a", False)],
)
def test_a_section_keeps_the_drawers_of_its_own_rules(address, kept):
    assert Section("s", "S", (), ("crs",)).keeps(address) is kept
