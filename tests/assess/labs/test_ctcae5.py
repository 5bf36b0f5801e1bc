"""Every laboratory term of CTCAE 5 against ladders typed by hand from the published table, in decimal numbers.

The ladders know nothing of intervals: what is not recorded is tried out, value by value, at and around every number at
which some grade could change, and the mildest and the worst of these worlds is what the rule must say.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal as D
from itertools import product
from typing import Any

import numpy as np
import pytest

from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, chosen_options, run_case
from cartrace.assess.labs import ctcae5, inputs
from cartrace.assess.rule import Rule, allocate
from cartrace.course import Clock, Course, CourseBuilder, Status
from cartrace.vocabulary import units

RULES = {rule.id.removeprefix("ctcae5."): rule for rule in ctcae5.RULES}
TERMS = {term.analyte: term for term in ctcae5.TERMS}
BY_RULE = [(rule, case) for rule in ctcae5.RULES for case in cases(rule.id)]

# --- the published table as ladders: canonical units, everything known ------------------------------------------------

Options = dict[str, str]


def count(value: D, lln: D, two: str, three: str, four: str) -> int:
    if value < D(four):
        return 4
    if value < D(three):
        return 3
    if value < D(two):
        return 2
    return 1 if value < lln else 0


def anc(value: D, lln: D, _: D, __: Options) -> int:
    return count(value, lln, "1.5", "1.0", "0.5")


def lymphocytes(value: D, lln: D, _: D, __: Options) -> int:
    return count(value, lln, "0.8", "0.5", "0.2")


def cd4_cells(value: D, lln: D, _: D, __: Options) -> int:
    return count(value, lln, "500", "200", "50")


def wbc(value: D, lln: D, _: D, __: Options) -> int:
    return count(value, lln, "3", "2", "1")


def platelets(value: D, lln: D, _: D, __: Options) -> int:
    return count(value, lln, "75", "50", "25")


def haemoglobin(value: D, lln: D, _: D, __: Options) -> int:
    return min(3, count(value, lln, "100", "80", "0"))


def albumin(value: D, lln: D, _: D, __: Options) -> int:
    return min(3, count(value, lln, "30", "20", "0"))


def calcium(value: D, lln: D, _: D, __: Options) -> int:
    return count(value, lln, "1.996", "1.7465", "1.497")


def folds(value: D, reference: D, *multiples: str) -> int:
    """How many of the rising multiples the value exceeds."""
    grade = 0
    while grade < len(multiples) and value > D(multiples[grade]) * reference:
        grade += 1
    return grade


def transaminase(value: D, uln: D, baseline: D, options: Options) -> int:
    if baseline <= uln:
        return folds(value, uln, "1", "3", "5", "20")
    edge = value > D("1.5") * baseline or (value == D("1.5") * baseline and options.get("lower_edge") != "above")
    return max(int(edge), folds(value, baseline, "3", "3", "5", "20") if value > 3 * baseline else 0)


def cholestasis(value: D, uln: D, baseline: D, options: Options) -> int:
    if baseline <= uln:
        return folds(value, uln, "1", "2.5", "5", "20")
    if value <= D("2.5") * baseline:
        return int(value > 2 * baseline or (value == 2 * baseline and options.get("lower_edge") != "above"))
    return folds(value, baseline, "2.5", "2.5", "5", "20")


def bilirubin(value: D, uln: D, baseline: D, _: Options) -> int:
    return folds(value, uln if baseline <= uln else baseline, "1", "1.5", "3", "10")


def creatinine(value: D, uln: D, baseline: D, options: Options) -> int:
    by_limit = folds(value, uln, "1", "1.5", "3", "6")
    if options.get("baseline_clause") == "ignored":
        return by_limit
    by_baseline = 3 if value > 3 * baseline else 2 if value > D("1.5") * baseline else 0
    return max(by_limit, by_baseline)


def ldh(value: D, uln: D, _: D, __: Options) -> int:
    return folds(value, uln, "1")


def cpk(value: D, uln: D, _: D, __: Options) -> int:
    return folds(value, uln, "1", "2.5", "5", "10")


def aptt(value: D, uln: D, _: D, __: Options) -> int:
    return folds(value, uln, "1", "1.5", "2.5")


def fibrinogen(value: D, lln: D, baseline: D, options: Options) -> int:
    by_limit = (
        4 if value < lln / 4 else 3 if value < lln / 2 else 2 if value < D("0.75") * lln else 1 if value < lln else 0
    )
    fall = 100 * (baseline - value) / baseline
    by_fall = 4 if fall >= 75 else 3 if fall >= 50 else 2 if fall >= 25 else 1 if fall > 0 else 0
    if value < 50:
        return 4
    if options.get("fall") == "value_abnormal":
        return max(by_limit, by_fall if value < lln else 0)
    return by_fall if baseline < lln else by_limit


def inr(value: D, _: D, __: D, ___: Options) -> int:
    return folds(value, D(1), "1.2", "1.5", "2.5")


def triglycerides(value: D, _: D, __: D, ___: Options) -> int:
    if value < D("1.6935"):
        return 0
    return 1 + folds(value, D("0.01129"), "300", "500", "1000")


def potassium(value: D, uln: D, _: D, __: Options) -> int:
    absolute = folds(value, D(1), "5.5", "6", "7")
    return absolute + 1 if absolute else int(value > uln)


def urate(value: D, uln: D, _: D, options: Options) -> int:
    return (3 if options.get("consequences") == "documented" else 1) if value > uln else 0


Ladder = Callable[[D, D, D, Options], int]
LADDERS: dict[str, Ladder] = {
    **{"anc": anc, "lymphocytes": lymphocytes, "cd4_cells": cd4_cells, "wbc": wbc, "platelets": platelets},
    **{"haemoglobin": haemoglobin, "alt": transaminase, "ast": transaminase, "bilirubin": bilirubin},
    **{"alkaline_phosphatase": cholestasis, "ggt": cholestasis, "creatinine": creatinine, "ldh": ldh, "cpk": cpk},
    **{"fibrinogen": fibrinogen, "aptt": aptt, "inr": inr, "triglycerides": triglycerides, "potassium": potassium},
    **{"calcium": calcium, "albumin": albumin, "urate": urate},
}
# A reference limit, and numbers between which every grade of the term begins, in canonical units.
USUAL: dict[str, tuple[str, str, str]] = {
    **{"anc": ("1.8", "0", "4"), "lymphocytes": ("1.0", "0", "2"), "cd4_cells": ("600", "0", "1000")},
    **{"wbc": ("4", "0", "6"), "platelets": ("150", "0", "200"), "haemoglobin": ("120", "40", "140")},
    **{"alt": ("40", "5", "1500"), "ast": ("40", "5", "1500"), "bilirubin": ("1.2", "0.2", "20")},
    **{"alkaline_phosphatase": ("120", "30", "4000"), "ggt": ("60", "10", "2000"), "creatinine": ("1.2", "0.3", "9")},
    **{"ldh": ("250", "100", "900"), "cpk": ("200", "20", "3000"), "fibrinogen": ("200", "20", "400")},
    **{"aptt": ("36", "20", "120"), "inr": ("1.1", "0.8", "4"), "triglycerides": ("1.7", "0.5", "15")},
    **{"potassium": ("5.1", "3", "8"), "calcium": ("2.1", "1.2", "2.6"), "albumin": ("35", "10", "50")},
    "urate": ("7", "2", "20"),
}
RISING = {"alt", "ast", "bilirubin", "alkaline_phosphatase", "ggt", "creatinine", "ldh", "cpk", "aptt", "inr"} | {
    "triglycerides",
    "potassium",
    "urate",
}
WITH_BASELINE = {"alt", "ast", "bilirubin", "alkaline_phosphatase", "ggt", "creatinine", "fibrinogen"}
EDGES = ("0.25", "0.5", "0.75", "1", "1.5", "2", "2.5", "3", "5", "6", "10", "20")
"""Every multiple that any ladder asks for."""


# --- worlds that a record leaves open ---------------------------------------------------------------------------------


def around(*numbers: D) -> list[D]:
    """The numbers, their neighbours, and something far below and far above all of them."""
    near = [number * factor for number in numbers for factor in (D(1), D("0.999999"), D("1.000001"))]
    return [*near, min(numbers) / 10**6, max(numbers) * 10**6]


def worlds(analyte: str, value: D | None, bound: str, limit: D | None, baseline: D | None) -> Iterator[tuple[D, D, D]]:
    """(value, limit, baseline) of every world; None = not recorded. `bound`: "", "below" or "above" for the value."""
    absolute = [units_of(row) for row in TERMS[analyte].rows if row.times == "1"]
    edges = [D(edge) for edge in EDGES]
    known = [number for number in (limit, baseline) if number is not None] or [D(USUAL[analyte][0])]
    critical = around(*absolute, *(edge * number for edge in edges for number in known))
    if value is None:
        values = [D(0), *critical]
    elif bound == "below":
        values = [D(0), *(v for v in (*critical, value * D("0.9999999")) if v < value)]
    elif bound == "above":
        values = [v for v in (*critical, value * D("1.0000001"), value * 10**6) if v > value]
    else:
        values = [value]
    for v in values:
        scale = v if v > 0 else D(1)
        limits = [limit] if limit is not None else around(*(scale / edge for edge in edges), *known)
        for x in limits:
            baselines = [baseline] if baseline is not None else around(x, *(scale / edge for edge in edges))
            yield from product([v], [x], baselines if analyte in WITH_BASELINE else [D(1)])


def units_of(row: Any) -> D:
    return D(repr(row.canonical_bound))


def expected(
    analyte: str, value: D | None, bound: str, limit: D | None, baseline: D | None, options: Options
) -> tuple[int, int]:
    """The mildest and the worst grade of all worlds."""
    ladder = LADDERS[analyte]
    choices = [options]
    if options.get("consequences") == "not_recorded":
        choices = [{"consequences": "none"}, {"consequences": "documented"}]
    grades = [ladder(*world, choice) for world in worlds(analyte, value, bound, limit, baseline) for choice in choices]
    return min(grades), max(grades)


def record(
    analyte: str, value: D | None, bound: str = "", limit: D | None = None, baseline: D | None = None
) -> Course:
    """A course with one value on day 5, and the baseline on day -1 if there is one; both with the limit if there is one."""
    clock = Clock(start_minute=0)
    builder = CourseBuilder("c", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    side = "reference_high" if analyte in RISING else "reference_low"
    printed = {side: float(limit)} if limit is not None else {}
    if baseline is not None:
        builder.observe(analyte, float(baseline), moment=clock.from_study_day(-1), **printed)
    status = {"": Status.DONE, "below": Status.BELOW, "above": Status.ABOVE}[bound]
    if value is None:
        status = Status.NOT_RECORDED
    number = None if value is None else float(value)
    builder.observe(analyte, number, moment=clock.from_study_day(5), status=status, **printed)
    if analyte == "calcium":
        builder.observe("albumin", 40.0, moment=clock.from_study_day(5))
    return builder.course()


def found(analyte: str, course: Course, options: Options) -> tuple[int | None, int | None]:
    overall = RULES[analyte].run(course, options).overall
    return overall.low, overall.high


def some_number(rng: random.Random, analyte: str, limit: D) -> D:
    """A number in the term's range; every third one lies exactly at a bound."""
    low, high = (float(end) for end in USUAL[analyte][1:])
    if rng.random() < 1 / 3:
        absolute = [units_of(row) for row in TERMS[analyte].rows if row.times == "1"]
        return rng.choice([*absolute, *(D(edge) * limit for edge in EDGES)])
    return D(f"{rng.uniform(low, high):.4g}")


def some_options(rng: random.Random, rule: Rule) -> Options:
    """Choices of the options that a ladder knows."""
    known = {"lower_edge", "baseline_clause", "fall", "consequences"}
    return {o.name: rng.choice(o.values)[0] for o in rule.options if o.name in known and rng.random() < 0.5}


# --- tests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "case"), BY_RULE, ids=lambda item: item.id if isinstance(item, Rule) else item.case)
def test_case_table(rule: Rule, case: Case) -> None:
    assert run_case(rule, case).wrong == ()


@pytest.mark.parametrize("analyte", LADDERS)
def test_a_complete_record_is_graded_as_the_ladder_says(analyte: str) -> None:
    rng = random.Random(f"complete {analyte}")
    for _ in range(150):
        options = some_options(rng, RULES[analyte])
        if options.get("consequences") == "not_recorded":
            continue
        limit = D(USUAL[analyte][0])
        value, baseline = some_number(rng, analyte, limit), some_number(rng, analyte, limit)
        baseline = max(baseline, D("0.01"))
        if rng.random() < 0.3:
            value = D(rng.choice(EDGES)) * baseline
        grade = LADDERS[analyte](value, limit, baseline, options)
        course = record(analyte, value, "", limit, baseline)
        assert found(analyte, course, options) == (grade, grade), (value, limit, baseline, options)


@pytest.mark.slow
@pytest.mark.parametrize("analyte", LADDERS)
def test_thousands_of_complete_records(analyte: str) -> None:
    rng = random.Random(f"thousands {analyte}")
    for _ in range(4000):
        limit = D(USUAL[analyte][0]) * D(rng.choice(("0.9", "1", "1.1")))
        value, baseline = some_number(rng, analyte, limit), max(some_number(rng, analyte, limit), D("0.01"))
        grade = LADDERS[analyte](value, limit, baseline, {})
        assert found(analyte, record(analyte, value, "", limit, baseline), {}) == (grade, grade)


def incomplete(rng: random.Random, analyte: str) -> tuple[D | None, str, D | None, D | None]:
    """(value, bound, limit, baseline), some of them not recorded or known on one side only."""
    usual = D(USUAL[analyte][0])
    value: D | None = some_number(rng, analyte, usual)
    bound = rng.choice(("", "", "", "below", "above"))
    if value == 0:
        bound = ""
    if rng.random() < 0.1:
        value, bound = None, ""
    limit = usual if rng.random() < 0.6 else None
    baseline = max(some_number(rng, analyte, usual), D("0.01")) if rng.random() < 0.6 else None
    return value, bound, limit, baseline


@pytest.mark.parametrize("analyte", LADDERS)
def test_an_incomplete_record_leaves_exactly_the_grades_of_its_worlds(analyte: str) -> None:
    rng = random.Random(f"incomplete {analyte}")
    for _ in range(25):
        options = some_options(rng, RULES[analyte])
        known = incomplete(rng, analyte)
        assert found(analyte, record(analyte, *known), options) == expected(analyte, *known, options), (known, options)
