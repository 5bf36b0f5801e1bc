"""Grades set by investigators beside the computed ones."""

import pytest

from cartrace.assess.concordance.comparison import compare, judged, names_another_scale, speaks_of
from cartrace.assess.result import Assessment, Grade
from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown

CLOCK = Clock(start_minute=0)
AT_6 = CLOCK.from_elapsed_hours(6)


def grade(low, high=None, **fields):
    high = low if high is None else high
    return Grade("crs.astct2019@1", "graded" if low == high else "range", low, high, **fields)


def assessed(overall, rule="crs.astct2019@1", **fields):
    return Assessment(rule, "CRS", (), overall, **fields)


def course(toxicity="CRS", scale="ASTCT 2019", value=2, moment=None, **fields):
    builder = CourseBuilder("one", clock=CLOCK)
    builder.grade(toxicity=toxicity, scale=scale, grade=value, moment=moment or unknown(), **fields)
    return builder.course()


@pytest.mark.parametrize(
    ("investigator", "low", "high", "verdict", "distance"),
    [
        (2, 2, 2, "agrees", 0),
        (1, 2, 2, "computed higher", 1),
        (4, 2, 2, "computed lower", -2),
        (2, 2, 4, "within range", 0),
        (3, 2, 4, "within range", 0),
        (4, 2, 4, "within range", 0),
        (1, 2, 4, "computed higher", 1),
        (5, 2, 4, "computed lower", -1),
    ],
)
def test_an_investigator_beside_a_range(investigator, low, high, verdict, distance):
    assert judged(investigator, low, high) == (verdict, distance)
    (one,) = compare(course(value=investigator), [assessed(grade(low, high))])
    assert (one.verdict, one.distance, one.reason) == (verdict, distance, "")
    assert one.disagrees is (distance != 0)


@pytest.mark.parametrize(
    ("toxicity", "scale", "rule", "speaks"),
    [
        ("CRS", "", "crs.astct2019@1", True),
        ("crs", "Lee 2014", "crs.astct2019", True),
        ("ICANS", "", "crs.astct2019", False),
        ("ICAHT early", "", "icaht.early", True),
        ("ICAHT early", "", "icaht.late", False),
        ("ICAHT", "", "icaht.late", True),
        ("Early ICAHT", "EHA/EBMT", "icaht.early@1", True),
        ("IEC-HS", "Hines 2023", "iechs.hines2023@1", True),
        ("platelets", "CTCAE 5.0", "ctcae5.platelets@1", True),
        ("platelets", "CTCAE v5.0", "ctcae5.platelets@1", True),
        ("platelets", "CTCAE v6", "ctcae5.platelets@1", False),
        ("platelets", "", "ctcae5.platelets@1", False),
        ("PLT", "CTCAE version 5", "ctcae5.anc@1", False),
    ],
)
def test_which_rule_a_grade_speaks_of(toxicity, scale, rule, speaks):
    (one,) = course(toxicity, scale).grades
    assert speaks_of(one, rule) is speaks


@pytest.mark.parametrize(
    ("scale", "rule", "other"),
    [
        ("ASTCT 2019", "crs.astct2019@1", False),
        ("astct", "icans.astct2019", False),
        ("Lee 2014", "crs.astct2019", True),
        ("", "crs.astct2019", False),
        ("EHA/EBMT 2023", "icaht.early", False),
    ],
)
def test_another_scale_is_not_compared(scale, rule, other):
    (one,) = course(scale=scale).grades
    assert names_another_scale(one, rule) is other


def test_reasons_for_not_comparing():
    overall = assessed(grade(2))
    (other,) = compare(course(scale="Lee 2014"), [overall])
    assert (other.verdict, other.reason) == ("not compared", "set on another scale (Lee 2014)")
    (not_due,) = compare(course(attributed=False), [overall])
    assert not_due.reason == "the investigator attributed it to something else"
    (nothing,) = compare(course(), [assessed(Grade("crs.astct2019@1", "not graded"))])
    assert (nothing.verdict, nothing.reason) == ("not compared", "not graded by the rule")
    (when,) = compare(course(scope="moment"), [overall])
    assert when.reason == "the time of the investigator's grade is not recorded"
    assert compare(course("ICANS"), [overall]) == ()


def test_an_unstated_scale_is_compared_and_says_so():
    (one,) = compare(course(scale=""), [assessed(grade(3))])
    assert (one.verdict, one.reason) == ("computed higher", "the scale is not stated")
    (icaht,) = compare(course("ICAHT early", ""), [assessed(grade(2), rule="icaht.early@1")])
    assert icaht.reason == ""


def test_a_grade_of_a_moment_is_held_against_its_own_time():
    steps = (grade(1, at=0.1, until=0.2), grade(3, at=0.2, until=0.25), grade(2, at=0.25))
    days = (grade(3, day=0), grade(0, day=2))
    found = assessed(grade(3), steps=steps, days=days)
    (at_minute,) = compare(course(moment=AT_6, scope="moment"), [found])
    assert (at_minute.computed.low, at_minute.verdict) == (2, "agrees")
    (of_day,) = compare(course(moment=CLOCK.from_study_day(2), scope="moment"), [found])
    assert (of_day.computed.low, of_day.verdict, of_day.day) == (0, "computed lower", 2)
    (no_day,) = compare(course(moment=CLOCK.from_study_day(1), scope="moment"), [found])
    assert no_day.reason == "no computed grade for that time"
    (before,) = compare(course(moment=CLOCK.from_elapsed_hours(1), scope="moment"), [found])
    assert before.reason == "no computed grade for that time"
    (maximum,) = compare(course(moment=AT_6), [found])
    assert (maximum.computed.low, maximum.verdict) == (3, "computed higher")
