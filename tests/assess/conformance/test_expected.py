"""What an `expect` cell says, item by item."""

import pytest

from cartrace.assess import RULES
from cartrace.assess.conformance import Expected, cases, expectations
from cartrace.assess.conformance.judge import number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("3", Expected("overall", "3", grade="3")),
        ("not graded", Expected("overall", "not graded", grade="not graded")),
        ("at h6 2", Expected("at", "at h6 2", time=0.25, grade="2")),
        ("at d5 1..4", Expected("at", "at d5 1..4", time=5.0, grade="1..4")),
        ("at h6 not graded", Expected("at", "at h6 not graded", time=0.25, grade="not graded")),
        ("day d5 1", Expected("day", "day d5 1", time=5.0, grade="1")),
        ("fact onset_day 0", Expected("fact", "fact onset_day 0", name="onset_day", grade="0")),
        ("flag lost", Expected("flag", "flag lost", name="lost")),
        ("no flag lost", Expected("no flag", "no flag lost", name="lost")),
        ("part testis not CR..PR", Expected("part", "part testis not CR..PR", name="testis", grade="not CR..PR")),
        ("settles anc", Expected("settles", "settles anc", name="anc")),
        ("no settles anc", Expected("no settles", "no settles anc", name="anc")),
        ("no evidence h6 ice", Expected("no evidence", "no evidence h6 ice", name="ice", time=0.25)),
        ("evidence h6 ice", Expected("evidence", "evidence h6 ice", name="ice", time=0.25)),
    ],
)
def test_an_item(cell, expected):
    assert expectations(cell) == (expected,)


def test_items_keep_their_order():
    assert [item.kind for item in expectations("2; at h6 1;no flag x ; flag y")] == ["overall", "at", "no flag", "flag"]


@pytest.mark.parametrize(
    ("grade", "bounds"), [("2", ("2", "2")), ("1..4", ("1", "4")), ("not CR..CR", ("not CR", "CR"))]
)
def test_bounds_of_a_grade(grade, bounds):
    assert Expected("overall", grade, grade=grade).bounds == bounds


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_grade_of_every_table_can_be_read(rule):
    for case in cases(rule.id):
        for item in expectations(case.expect):
            if item.kind in ("overall", "at", "day", "part") and item.grade not in ("not graded", "not applicable"):
                low, high = (number(rule, word) for word in item.bounds)
                assert low <= high, case.case
