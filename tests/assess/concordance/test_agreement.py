"""Agreement per rule over many courses."""

import pytest

from cartrace.assess.concordance.agreement import agreement
from cartrace.assess.concordance.comparison import Comparison, judged
from cartrace.assess.concordance.kappa import weighted_kappa
from cartrace.assess.result import Grade


def pair(course, investigator, low, high=None, rule="crs.astct2019@1", scope="maximum", reason=""):
    high = low if high is None else high
    computed = Grade(rule, "graded" if low == high else "range", low, high)
    verdict, distance = judged(investigator, low, high)
    return Comparison(
        course, rule, 0, "CRS", "ASTCT", scope, None, investigator, computed, verdict, distance, reason
    )  # fmt: skip


def not_compared(course):
    return Comparison(course, "crs.astct2019@1", 0, "CRS", "Lee", "maximum", None, 2, None, "not compared", None, "why")


def test_counts_and_kappas_of_settled_grades():
    (found,) = agreement([pair("a", 1, 1), pair("b", 2, 3), pair("c", 3, 3), pair("d", 2, 1, 4), not_compared("e")])
    assert (found.agree, found.within, found.disagree, found.not_compared) == (2, 1, 1, 1)
    assert found.kappas[0] == weighted_kappa([(1, 1), (2, 3), (3, 3)], "linear")
    assert found.kappas[1] == weighted_kappa([(1, 1), (2, 3), (3, 3)], "quadratic")


def test_ranges_move_kappa_between_nearest_and_farthest():
    pairs = [pair("a", 0, 0), pair("b", 1, 1), pair("c", 3, 3), pair("d", 2, 1, 4), pair("e", 4, 0, 2)]
    (found,) = agreement(pairs)
    assert found.nearest[0] == weighted_kappa([(0, 0), (1, 1), (3, 3), (2, 2), (4, 2)], "linear")
    assert found.farthest[0] == weighted_kappa([(0, 0), (1, 1), (3, 3), (2, 4), (4, 0)], "linear")
    assert found.farthest[0].value < found.nearest[0].value


@pytest.mark.parametrize(("investigator", "low", "high", "farthest"), [(2, 1, 4, 4), (3, 1, 4, 1), (2, 1, 3, 3)])
def test_the_farthest_grade_of_a_range(investigator, low, high, farthest):
    (found,) = agreement([pair("a", 0, 0), pair("b", investigator, low, high)])
    assert found.farthest[0] == weighted_kappa([(0, 0), (investigator, farthest)], "linear")


def test_one_pair_per_course_and_rule():
    maxima = [pair("a", 1, 1), pair("a", 3, 1), pair("b", 2, 2), pair("a", 0, 0, rule="icans.astct2019@1")]
    crs, icans = agreement([*maxima, pair("b", 4, 0, scope="moment")])
    assert (crs.rule, crs.agree, crs.disagree) == ("crs.astct2019@1", 1, 1)
    assert (icans.rule, icans.agree) == ("icans.astct2019@1", 1)


def test_of_two_maxima_alike_the_first_stands():
    (found,) = agreement([pair("a", 3, 1), pair("a", 3, 3), pair("b", 2, 2)])
    assert (found.agree, found.disagree) == (1, 1)


def test_an_unstated_scale_enters_no_kappa():
    (found,) = agreement([pair("a", 1, 1, reason="the scale is not stated"), pair("b", 2, 2)])
    assert (found.agree, found.not_compared, found.kappas[0].pairs) == (1, 1, 1)


def test_nothing_to_compare():
    assert agreement([]) == ()
