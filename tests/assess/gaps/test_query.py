"""Queries: order and wording."""

from cartrace.assess.gaps.query import Query, elapsed, said
from cartrace.course import Moment
from cartrace.course.clock import unknown


def query(check, severity, at=None):
    return Query(check, severity, "what", "why", "where", at=at)


def test_the_weightiest_first_then_by_time():
    queries = [query("a", "low", 0.0), query("b", "high"), query("c", "high", 3.0), query("d", "medium", 1.0)]
    assert [one.check for one in sorted(queries, key=lambda one: one.rank)] == ["c", "b", "d", "a"]


def test_values_and_times_in_words():
    assert said("heart_rate", 720.0, "/min") == "Heart rate 720 /min"
    assert said("ice", None, "{score}") == "ICE score not recorded"
    assert elapsed(Moment(2.5, 2, "minute")) == 2.5
    assert elapsed(unknown()) is None
