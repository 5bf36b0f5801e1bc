"""Entries that contradict each other."""

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.gaps.conflicts import conflicts
from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown

CLOCK = Clock(start_minute=0)


def graded(*grades):
    builder = CourseBuilder("one", clock=CLOCK)
    for toxicity, scale, value, day in grades:
        moment = unknown() if day is None else CLOCK.from_study_day(day)
        scope = "maximum" if day is None else "moment"
        builder.grade(toxicity=toxicity, scale=scale, grade=value, moment=moment, scope=scope)
    return builder.course()


def checks(course, *assessments):
    return [(query.check, query.severity) for query in conflicts(course, assessments)]


def test_two_values_of_one_minute_and_of_one_day():
    assert checks(read_given("h6 crp 20; h6 crp 25")) == [("value.conflict", "medium")]
    assert checks(read_given("h6 crp 20; h6 crp 20; h7 crp 25")) == []
    assert checks(read_given("h6 crp 20 site=blood; h6 crp 25 site=csf")) == []
    builder = CourseBuilder("day", clock=CLOCK)
    for value in (13, 16):
        builder.observe("platelets", value, moment=CLOCK.from_study_day(11))
    assert checks(builder.course()) == [("value.conflict", "low")]


@pytest.mark.parametrize(
    ("grades", "found"),
    [
        ([("CRS", "ASTCT 2019", 2, None), ("CRS", "ASTCT 2019", 2, None)], []),
        ([("CRS", "ASTCT 2019", 2, None), ("CRS", "ASTCT 2019", 3, None)], [("grade.conflict", "high")]),
        ([("CRS", "ASTCT 2019", 2, None), ("CRS", "Lee 2014", 3, None)], []),
        ([("CRS", "ASTCT 2019", 2, None), ("ICANS", "ASTCT 2019", 3, None)], []),
        ([("CRS", "ASTCT 2019", 2, None), ("CRS", "ASTCT 2019", 2, 4)], []),
        ([("CRS", "ASTCT 2019", 2, None), ("crs", "ASTCT 2019", 3, 4)], [("grade.above_maximum", "high")]),
        ([("CRS", "ASTCT 2019", 1, 3), ("CRS", "ASTCT 2019", 3, 4)], []),
    ],
)
def test_grades_of_investigators(grades, found):
    assert checks(graded(*grades)) == found


def test_a_computed_grade_that_no_reading_reconciles():
    course = graded(("CRS", "ASTCT 2019", 2, None))
    three = Assessment("crs.astct2019@1", "CRS", (), Grade("crs.astct2019@1", "graded", 3, 3, evidence=(7, 8)))
    wide = Assessment("crs.astct2019@1", "CRS", (), Grade("crs.astct2019@1", "range", 1, 3))
    (one,) = conflicts(course, (three,))
    assert one.check == "grade.computed_differs"
    assert one.what == "CRS: grade 2 by the investigators, 3 by crs.astct2019@1"
    assert one.evidence == (0, 7, 8)
    assert conflicts(course, (wide,)) == []
