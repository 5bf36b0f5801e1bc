"""Corticosteroids as dexamethasone, by hand."""

import pytest

from cartrace.assess.ledger.factors import factors
from cartrace.assess.ledger.steroids import steroids
from cartrace.assess.ledger.totals import Days


def found(course, days=None, **changed):
    table = factors({f"dexamethasone.{name}": value for name, value in changed.items()})
    totals, by_day = steroids(course, table, days or Days())
    return {quantity.id: quantity for quantity in totals}, {one.day: one.equivalent for one in by_day}


def test_a_course_worked_by_hand(record):
    # Dexamethasone 10 mg every 6 h from 08:00 on day 7 for three days: 3, 4, 4, 1 doses; then prednisone 40 mg daily on days
    # 10 and 11: 6 mg of dexamethasone each.
    totals, days = found(
        record(
            ("dexamethasone", 166, 238, 10, "mg", "every 6 h"),
            ("prednisone", "d10", "d11", 40, "mg", "daily"),
        )
    )
    assert {day: round(q.value, 9) for day, q in days.items()} == {7: 30, 8: 40, 9: 40, 10: 16, 11: 6}
    assert totals["dexamethasone_equivalent"].value == pytest.approx(132.0)
    assert totals["dexamethasone_equivalent_peak_day"].value == 40.0
    assert totals["corticosteroid_days"].value == 5.0
    assert totals["dexamethasone_equivalent"].used == (1, 2)
    assert not totals["dexamethasone_equivalent"].censored


@pytest.mark.parametrize(
    ("drug", "mg", "equivalent"),
    [
        ("methylprednisolone", 1000, 187.5),
        ("hydrocortisone", 200, 7.5),
        ("prednisolone", 50, 7.5),
        ("dexamethasone", 20, 20.0),
    ],
)
def test_one_dose_of_each(record, drug, mg, equivalent):
    totals, _ = found(record((drug, "d2", None, mg, "mg")))
    assert totals["dexamethasone_equivalent"].value == pytest.approx(equivalent)


def test_a_changed_factor_changes_the_total(record):
    totals, _ = found(record(("prednisone", "d2", None, 50, "mg")), prednisone=0.16)
    assert totals["dexamethasone_equivalent"].value == pytest.approx(8.0)


def test_a_steroid_without_a_name_is_left_out_and_bounds_the_total(record):
    totals, days = found(record(("steroids", "d2", None, 50, "mg"), ("dexamethasone", "d2", None, 8, "mg")))
    total = totals["dexamethasone_equivalent"]
    assert (total.value, total.censored, total.left_out, total.flags) == (8.0, True, (1,), ("no_factor",))
    assert (days[2].value, days[2].censored, days[2].left_out) == (8.0, True, (1,))
    assert (totals["corticosteroid_days"].value, totals["corticosteroid_days"].censored) == (1.0, False)


def test_only_unknown_amounts_are_a_reason(record):
    totals, days = found(record(("dexamethasone", "d2", None, None, "")))
    assert totals["dexamethasone_equivalent"].reason == "no dose that can be given as dexamethasone"
    assert totals["dexamethasone_equivalent_peak_day"].value is None
    assert totals["corticosteroid_days"].value == 1.0
    assert days[2].value is None


@pytest.mark.parametrize(("route", "counts"), [("i.v.", True), ("", True), ("topical", False), ("intrathecal", False)])
def test_only_systemic_routes_count(record, route, counts):
    totals, _ = found(record(("hydrocortisone", "d2", None, 20, "mg", "", route)))
    assert totals["dexamethasone_equivalent"].value == (0.75 if counts else 0.0)
    assert ("not_systemic" in totals["dexamethasone_equivalent"].flags) is not counts
    assert totals["dexamethasone_equivalent"].left_out == (() if counts else (1,))


def test_bridging_before_the_infusion_counts_only_when_asked_for(record):
    course = record(("prednisone", "d-30", "d-16", 60, "mg", "daily"))
    assert found(course)[0]["dexamethasone_equivalent"].value == 0.0
    assert found(course, Days(-30, -1))[0]["dexamethasone_equivalent"].value == pytest.approx(15 * 9.0)


def test_an_open_chart_bounds_every_day(record):
    totals, days = found(record(("dexamethasone", "d2", None, 8, "mg"), complete=frozenset()))
    assert (days[2].value, days[2].censored, days[2].flags) == (8.0, True, ("chart_open",))
    assert totals["dexamethasone_equivalent"].censored


def test_a_day_names_its_own_records(record):
    _, days = found(record(("dexamethasone", "d2", None, 8, "mg"), ("prednisone", "d3", None, 40, "mg")))
    assert (days[2].used, days[3].used) == ((1,), (2,))


def test_a_complete_chart_without_steroids_has_no_peak(record):
    assert found(record())[0]["dexamethasone_equivalent_peak_day"].value == 0.0


def test_days_before_an_open_end_are_known(record):
    totals, days = found(
        record(("dexamethasone", "d2", "ongoing", 8, "mg", "daily"), seen=((24 * 4, "temperature", 37.0),))
    )
    assert totals["dexamethasone_equivalent"].censored
    assert [days[day].censored for day in (2, 3, 4)] == [False, False, False]


def test_silence_is_a_reason_unless_the_chart_is_complete(record):
    assert found(record())[0]["dexamethasone_equivalent"].value == 0.0
    silent = found(record(complete=frozenset()))[0]
    assert "not declared complete" in silent["dexamethasone_equivalent"].reason
    undated = found(record(("dexamethasone", None, None, 8, "mg")))[0]
    assert undated["dexamethasone_equivalent"].reason == "recorded without a known start"
