"""The whole list: seeded slips are found, a clean course raises no alarm."""

from pathlib import Path

import pytest

import cartrace
from cartrace import ingest
from cartrace.assess.case_notation import read_given
from cartrace.assess.crs.astct2019 import RULE as CRS
from cartrace.assess.gaps import gaps
from cartrace.assess.icans.astct2019 import RULE as ICANS

BUSY = Path(cartrace.__file__).parent / "examples" / "busy-course"


@pytest.fixture(scope="module")
def busy():
    return ingest.read(BUSY).courses[0]


def test_the_slips_left_in_the_made_up_course_are_found_and_nothing_else(busy):
    # README of the folder: a heart rate of 720 and two platelet counts of one day (the row printed twice is read once).
    assert [(query.check, query.day) for query in gaps(busy)] == [("value.implausible", 12), ("value.conflict", 11)]


def test_with_grades_the_icans_that_the_ward_entered_otherwise(busy):
    found = gaps(busy, assessments=(CRS.run(busy), ICANS.run(busy)))
    (differs,) = [query for query in found if query.check == "grade.computed_differs"]
    assert differs.what.startswith("ICANS: grade 2 by the investigators, 3 by icans.astct2019")


def test_a_value_that_a_slip_explains_is_asked_about_once():
    course = read_given("d0 platelets 150; d1 platelets 140000; d2 platelets 130")
    assert [query.check for query in gaps(course, ())] == ["value.unit_slip"]


def test_the_order_of_rows_changes_nothing():
    items = ["h2 drug tocilizumab 8 mg/kg", "h6 crp 20", "h6 crp 25", "h8 heart_rate 720", "d3 anc 2", "d3 wbc 1"]
    found = [(q.check, q.what, q.at) for q in gaps(read_given("; ".join(items)), ())]
    back = [(q.check, q.what, q.at) for q in gaps(read_given("; ".join(reversed(items))), ())]
    assert len(found) == 4
    assert {(check, at) for check, _, at in found} == {(check, at) for check, _, at in back}


def test_an_empty_schedule_asks_about_no_visit():
    assert gaps(read_given("d30 last_follow_up yes"), ()) == ()
    assert {query.check.split(".")[0] for query in gaps(read_given("d30 last_follow_up yes"))} == {"overdue"}
