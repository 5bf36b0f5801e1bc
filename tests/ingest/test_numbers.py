"""Cells as numbers, limits and states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.course import Status
from cartrace.ingest import numbers


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("3", ".", 3.0),
        ("-0.5", ".", -0.5),
        (".5", ".", 0.5),
        ("−5", ".", -5.0),
        ("1e-4", ".", 1e-4),
        ("3,4", ",", 3.4),
        ("3,4", ".", None),
        ("3.4", ",", None),
        ("1,234", ",", 1.234),
        ("1 234", ".", None),
        ("1.234.567", ".", None),
        ("inf", ".", None),
        ("nan", ".", None),
        ("1e999", ".", None),
        ("0x10", ".", None),
        ("1_000", ".", None),
        ("٣", ".", None),
        ("", ".", None),
    ],
)
def test_a_number_is_read_or_it_is_none(text, decimal, expected):
    assert numbers.number(text, decimal=decimal) == expected


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.5", "2"], "."),
        (["1,5", "2"], ","),
        (["1,5", "2.5"], "mixed"),
        (["1,234", "2"], "ambiguous"),
        (["1,234", "1,5"], ","),
        (["<1,5"], ","),
        ([">= 2.5"], "."),
        (["3", "word", ""], ""),
    ],
)
def test_the_decimal_sign_is_settled_for_the_whole_table(cells, sign):
    assert numbers.decimal_of(cells) == sign


@pytest.mark.parametrize(
    ("text", "number", "status"),
    [
        ("12.5", 12.5, Status.DONE),
        ("0", 0.0, Status.DONE),
        ("<50", 50.0, Status.BELOW),
        ("< 50", 50.0, Status.BELOW),
        ("<=50", 50.0, Status.BELOW),
        ("≤50", 50.0, Status.BELOW),
        (">1000", 1000.0, Status.ABOVE),
        ("≥ 1000", 1000.0, Status.ABOVE),
        ("", None, Status.NOT_RECORDED),
        ("NA", None, Status.NOT_RECORDED),
        ("not recorded", None, Status.NOT_RECORDED),
        ("Not done", None, Status.NOT_DONE),
    ],
)
def test_limits_and_states_are_never_numbers_in_disguise(text, number, status):
    value = numbers.value(text)
    assert (value.number, value.status, value.problem) == (number, status, "")


@pytest.mark.parametrize(
    "text", ["ND", "n.d.", "BLQ", "<LLOQ", "NR", "neg", "12 mg", "<", "<x", "5-10", "1,234.5", "#N/A", "2024-04-03"]
)
def test_what_two_laboratories_read_in_two_ways_is_refused(text):
    value = numbers.value(text)
    assert value.problem
    assert value.number is None


def test_a_coded_cell_is_a_word_unless_it_says_nothing():
    assert numbers.value("none", coded=True).word == "none"
    assert numbers.value("unknown", coded=True).status is Status.NOT_RECORDED
    assert numbers.value("#REF!", coded=True).problem


@given(value=st.floats(-1e12, 1e12).map(lambda x: round(x, 6)))
def test_a_written_number_reads_back_with_either_sign(value):
    text = f"{value:.6f}"
    assert numbers.number(text) == value
    assert numbers.number(text.replace(".", ","), decimal=",") == value


@given(text=st.text(max_size=20))
def test_every_text_is_a_number_a_state_or_a_problem(text):
    value = numbers.value(text)
    assert value.problem or value.number is not None or value.status in (Status.NOT_RECORDED, Status.NOT_DONE)
