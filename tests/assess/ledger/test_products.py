"""Transfusions counted once."""

from cartrace.assess.ledger.products import transfusions
from cartrace.assess.ledger.totals import Days


def found(course, days=None):
    return {q.id.removesuffix("_transfusions"): q for q in transfusions(course, days or Days())}


def test_drug_courses_and_observations_are_counted_once_per_day(record):
    course = record(
        ("rbc", "d2", None, None, ""),
        ("rbc", "d2", None, None, ""),
        ("rbc", "d5", None, None, ""),
        seen=(("d2", "rbc_transfusion", "yes"), ("d8", "rbc_transfusion", "yes"), ("d9", "rbc_transfusion", "no")),
    )
    red_cells = found(course)["red_cells"]
    assert red_cells.value == 4.0
    assert red_cells.flags == ("counted_twice",)
    assert not red_cells.censored


def test_each_product_has_its_own_count(record):
    quantities = found(record(("granulocytes", "d2", None, None, ""), seen=(("d3", "platelet_transfusion", "yes"),)))
    assert {key: q.value for key, q in quantities.items()} == {
        "red_cells": 0.0,
        "platelet_concentrate": 1.0,
        "granulocytes": 1.0,
    }


def test_a_count_that_nobody_ended(record):
    red_cells = found(record(("rbc", "d2", "?", None, "", "daily")))["red_cells"]
    assert (red_cells.value, red_cells.censored, red_cells.flags) == (1.0, True, ("end_not_recorded",))
    by_days = found(record(("rbc", "d2", "d3", None, "", "daily")))["red_cells"]
    assert (by_days.value, by_days.censored, by_days.flags) == (2.0, False, ("whole_days",))


def test_different_days_are_counted_apart_without_a_flag(record):
    both = found(record(("rbc", "d2", None, None, ""), seen=(("d3", "rbc_transfusion", "yes"),)))["red_cells"]
    assert (both.value, both.flags, both.used) == (2.0, (), (1, 2))


def test_an_open_chart(record):
    silent = found(record(complete=frozenset({"drugs"})))
    assert "transfusion chart" in silent["red_cells"].reason
    some = found(record(seen=(("d3", "rbc_transfusion", "yes"),), complete=frozenset({"drugs"})))["red_cells"]
    assert (some.value, some.censored) == (1.0, True)
    undated = found(record(("rbc", None, None, None, "")))["red_cells"]
    assert (undated.value, undated.left_out) == (None, (1,))


def test_only_the_days_asked_for(record):
    course = record(seen=tuple((f"d{day}", "platelet_transfusion", "yes") for day in range(5)))
    assert found(course, Days(1, 3))["platelet_concentrate"].value == 3.0
