"""Entries that contradict each other."""

import pytest

from cartrace.assess import rule
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


def test_a_conflict_in_words_with_its_records():
    (numbers,) = conflicts(read_given("h6 crp 20; h6 crp 25"))
    assert numbers.what == "CRP, two values at the same time: CRP 20 mg/L and CRP 25 mg/L"
    assert (numbers.evidence, numbers.at, numbers.day) == ((1, 2), 0.25, 0)
    (words,) = conflicts(read_given("d3 crp 20; h6 hypotension no; h6 hypotension yes"))
    assert words.what == "Hypotension, two values at the same time: no and yes"
    assert conflicts(read_given("h6 crp 20; h6 crp 25 status=above")) == []


def test_grades_in_words_with_the_first_of_them():
    (above,) = conflicts(graded(("CRS", "", 1, None), ("CRS", "", 2, None), ("CRS", "", 3, 4), ("CRS", "", 4, 6)))[1:]
    assert above.what == "CRS: grade 4 at a moment, maximum 2"
    assert (above.day, above.evidence) == (4, (2, 3, 0, 1))


def test_values_without_a_time_do_not_conflict():
    builder = CourseBuilder("undated", clock=CLOCK)
    for value in (13, 16):
        builder.observe("platelets", value, moment=unknown())
    assert conflicts(builder.course()) == []


def test_a_computed_grade_that_no_reading_reconciles():
    course = graded(("CRS", "ASTCT 2019", 2, None))
    three = Assessment("crs.astct2019@1", "CRS", (), Grade("crs.astct2019@1", "graded", 3, 3, evidence=(7, 8)))
    wide = Assessment("crs.astct2019@1", "CRS", (), Grade("crs.astct2019@1", "range", 1, 3))
    (one,) = conflicts(course, (three,))
    assert one.check == "grade.computed_differs"
    assert one.what == "CRS: grade 2 by the investigators, 3 by crs.astct2019@1"
    assert one.evidence == (0, 7, 8)
    assert conflicts(course, (wide,)) == []


FLUID = "d0 csf_blasts yes; d0 csf_rbc 0"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (f"{FLUID}; d0 csf_wbc 3; d0 cns_status cns1", ["CNS status cns1 in the record, CNS2a by cns.cog@1"]),
        (f"{FLUID}; d0 csf_wbc 3; d0 cns_status cns2a", []),
        (f"{FLUID}; d0 cns_status cns3a", []),
        (f"{FLUID}; d0 csf_wbc 3; d1 cns_status cns1", []),
        (f"{FLUID}; d0 csf_wbc 3; d0 cns_status status=not_recorded", []),
    ],
)
def test_a_cns_status_that_the_fluid_of_its_day_contradicts(given, found):
    course = read_given(given)
    queries = conflicts(course, (rule("cns.cog").run(course),))
    assert [query.what for query in queries] == found
    assert all((query.check, query.day) == ("cns.status_differs", 0) for query in queries)
