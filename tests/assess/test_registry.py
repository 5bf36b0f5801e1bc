"""A registry gives what each course gives alone: same records, same order, whatever the number of threads."""

import dataclasses
import itertools
import sys

import pytest

from cartrace.assess import RULES
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, chosen_options
from cartrace.assess.registry import assess_many, run_many
from cartrace.assess.response import mrd
from cartrace.errors import MissingExtra, UnknownTerm

SMALLEST = mrd.RULE


def courses_by_settings(rule):
    """The courses of the case table, once for each set of options that the table uses."""
    rows = sorted(cases(rule.id), key=lambda case: case.options)
    for options, group in itertools.groupby(rows, key=lambda case: case.options):
        yield chosen_options(options), [read_given(case.given) for case in group]


def compare(rule, threads):
    for settings, courses in courses_by_settings(rule):
        plain = tuple(rule.run(course, settings).overall for course in courses)
        assert run_many(rule, courses, settings, threads) == plain


@pytest.mark.parametrize("threads", [1, 2, 7, None])
def test_same_records_as_one_course_at_a_time(threads):
    compare(SMALLEST, threads)


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_same_records_for_every_rule_on_the_shelf(rule):
    compare(rule, 1)
    compare(rule, 4)


def test_grades_come_back_in_the_order_of_the_courses_and_courses_may_come_one_by_one():
    given = ("d28 mrd marrow ngs negative lod=1e-6", "d28 mrd marrow ngs 0.01", "")
    texts = [grade.text for grade in run_many(SMALLEST, (read_given(given[i % 3]) for i in range(60)), threads=3)]
    assert texts == ["negative", "failure", "not graded"] * 20


def test_no_courses_no_grades():
    assert run_many(SMALLEST, (), threads=2) == ()


def test_what_cannot_be_run_is_refused():
    with pytest.raises(UnknownTerm, match="specimen"):
        run_many(SMALLEST, (), {"specimens": "any"})
    with pytest.raises(ValueError, match="at least one"):
        run_many(SMALLEST, (), threads=0)


def test_without_numba_the_missing_extra_is_named(monkeypatch):
    never_compiled = dataclasses.replace(SMALLEST, kernel=lambda events, option, steps: 1)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(MissingExtra, match="registry"):
        run_many(never_compiled, ())


def test_courses_that_make_different_choices_keep_their_own():
    courses = [read_given("d28 mrd marrow ngs negative lod=1e-6")] * 3
    chosen = [{}, {"specimen": "any"}, {}]
    found = assess_many(SMALLEST, courses, chosen)
    assert [a.settings for a in found] == [SMALLEST.run(c, o).settings for c, o in zip(courses, chosen, strict=True)]
    assert [a.overall for a in found] == [SMALLEST.run(c, o).overall for c, o in zip(courses, chosen, strict=True)]
