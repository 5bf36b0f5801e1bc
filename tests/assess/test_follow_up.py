"""How far a record reaches."""

from cartrace.assess.case_notation import read_given
from cartrace.assess.follow_up import death, last_day, last_entry
from cartrace.course import CourseBuilder
from cartrace.course.record import Outcome


def test_the_last_entry_counts_ends_of_drugs():
    assert last_day(read_given("d3 anc 1; d2-9 drug filgrastim 300 ug")) == 9
    assert last_entry(read_given("h30 temperature 37")).day == 1


def test_stated_follow_up_reaches_farther_than_the_entries():
    builder = CourseBuilder("one")
    builder.observe("anc", 1.0, moment=builder.clock.from_study_day(3))
    assert last_day(builder.course(outcome=Outcome(last_day=28))) == 28
    assert last_day(builder.course(outcome=Outcome(last_day=1))) == 3


def test_death_ends_the_record():
    course = read_given("d5 death infection; d9 anc 1")
    assert death(course).day == 5
    assert last_day(course) == 5
    assert death(read_given("d9 anc 1")) is None


def test_of_two_entries_of_death_the_first_counts():
    builder = CourseBuilder("one")
    for day in (9, 5):
        builder.observe("death", "infection", moment=builder.clock.from_study_day(day))
    assert last_day(builder.course()) == 5


def test_an_empty_record_has_no_last_day():
    course = CourseBuilder("empty").course()
    assert last_day(course) is None
    assert last_entry(course) is None
