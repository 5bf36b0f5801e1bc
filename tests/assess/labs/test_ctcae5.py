"""Every laboratory term of CTCAE 5 against ladders typed by hand from the published table, in decimal numbers.

The ladders know nothing of intervals: what is not recorded is tried out, value by value, at and around every number at
which some grade could change, and the mildest and the worst of these worlds is what the rule must say.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, chosen_options, run_case
from cartrace.assess.labs import ctcae5
from cartrace.assess.rule import Rule, allocate
from cartrace.course import Clock, Course, CourseBuilder, Status
from cartrace.vocabulary import units

RULES = {rule.id.removeprefix("ctcae5."): rule for rule in ctcae5.RULES}
TERMS = {term.analyte: term for term in ctcae5.TERMS}
BY_RULE = [(rule, case) for rule in ctcae5.RULES for case in cases(rule.id)]

# --- the published table as ladders: canonical units, everything known ------------------------------------------------

Options = dict[str, str]


def count(value: Decimal, lln: Decimal, two: str, three: str, four: str) -> int:
    if value < Decimal(four):
        return 4
    if value < Decimal(three):
        return 3
    if value < Decimal(two):
        return 2
    return 1 if value < lln else 0


def anc(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return count(value, lln, "1.5", "1.0", "0.5")


def lymphocytes(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return count(value, lln, "0.8", "0.5", "0.2")


def cd4_cells(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return count(value, lln, "500", "200", "50")


def wbc(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return count(value, lln, "3", "2", "1")


def platelets(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return count(value, lln, "75", "50", "25")


def haemoglobin(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return min(3, count(value, lln, "100", "80", "0"))


def albumin(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return min(3, count(value, lln, "30", "20", "0"))


def calcium(value: Decimal, lln: Decimal, _: Decimal, __: Options) -> int:
    return count(value, lln, "1.996", "1.7465", "1.497")


def folds(value: Decimal, reference: Decimal, *multiples: str) -> int:
    """How many of the rising multiples the value exceeds."""
    grade = 0
    while grade < len(multiples) and value > Decimal(multiples[grade]) * reference:
        grade += 1
    return grade


def transaminase(value: Decimal, uln: Decimal, baseline: Decimal, options: Options) -> int:
    if baseline <= uln:
        return folds(value, uln, "1", "3", "5", "20")
    edge = value > Decimal("1.5") * baseline or (
        value == Decimal("1.5") * baseline and options.get("lower_edge") != "above"
    )
    return max(int(edge), folds(value, baseline, "3", "3", "5", "20") if value > 3 * baseline else 0)


def cholestasis(value: Decimal, uln: Decimal, baseline: Decimal, options: Options) -> int:
    if baseline <= uln:
        return folds(value, uln, "1", "2.5", "5", "20")
    if value <= Decimal("2.5") * baseline:
        return int(value > 2 * baseline or (value == 2 * baseline and options.get("lower_edge") != "above"))
    return folds(value, baseline, "2.5", "2.5", "5", "20")


def bilirubin(value: Decimal, uln: Decimal, baseline: Decimal, _: Options) -> int:
    return folds(value, uln if baseline <= uln else baseline, "1", "1.5", "3", "10")


def creatinine(value: Decimal, uln: Decimal, baseline: Decimal, options: Options) -> int:
    by_limit = folds(value, uln, "1", "1.5", "3", "6")
    if options.get("baseline_clause") == "ignored":
        return by_limit
    by_baseline = 3 if value > 3 * baseline else 2 if value > Decimal("1.5") * baseline else 0
    return max(by_limit, by_baseline)


def ldh(value: Decimal, uln: Decimal, _: Decimal, __: Options) -> int:
    return folds(value, uln, "1")


def cpk(value: Decimal, uln: Decimal, _: Decimal, __: Options) -> int:
    return folds(value, uln, "1", "2.5", "5", "10")


def aptt(value: Decimal, uln: Decimal, _: Decimal, __: Options) -> int:
    return folds(value, uln, "1", "1.5", "2.5")


def fibrinogen(value: Decimal, lln: Decimal, baseline: Decimal, options: Options) -> int:
    by_limit = (
        4
        if value < lln / 4
        else 3
        if value < lln / 2
        else 2
        if value < Decimal("0.75") * lln
        else 1
        if value < lln
        else 0
    )
    fall = 100 * (baseline - value) / baseline
    by_fall = 4 if fall >= 75 else 3 if fall >= 50 else 2 if fall >= 25 else 1 if fall > 0 else 0
    if value < 50:
        return 4
    if options.get("fall") == "value_abnormal":
        return max(by_limit, by_fall if value < lln else 0)
    return by_fall if baseline < lln else by_limit


def inr(value: Decimal, _: Decimal, __: Decimal, ___: Options) -> int:
    return folds(value, Decimal(1), "1.2", "1.5", "2.5")


def triglycerides(value: Decimal, _: Decimal, __: Decimal, ___: Options) -> int:
    if value < Decimal("1.6935"):
        return 0
    return 1 + folds(value, Decimal("0.01129"), "300", "500", "1000")


def potassium(value: Decimal, uln: Decimal, _: Decimal, __: Options) -> int:
    absolute = folds(value, Decimal(1), "5.5", "6", "7")
    return absolute + 1 if absolute else int(value > uln)


def urate(value: Decimal, uln: Decimal, _: Decimal, options: Options) -> int:
    return (3 if options.get("consequences") == "documented" else 1) if value > uln else 0


Ladder = Callable[[Decimal, Decimal, Decimal, Options], int]
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


def around(*numbers: Decimal) -> list[Decimal]:
    """The numbers, their neighbours, and something far below and far above all of them."""
    near = [number * factor for number in numbers for factor in (Decimal(1), Decimal("0.999999"), Decimal("1.000001"))]
    return [*near, min(numbers) / 10**6, max(numbers) * 10**6]


def worlds(
    analyte: str, value: Decimal | None, bound: str, limit: Decimal | None, baseline: Decimal | None
) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """(value, limit, baseline) of every world; None = not recorded. `bound`: "", "below" or "above" for the value."""
    absolute = [units_of(row) for row in TERMS[analyte].rows if row.times == "1"]
    edges = [Decimal(edge) for edge in EDGES]
    known = [number for number in (limit, baseline) if number is not None] or [Decimal(USUAL[analyte][0])]
    critical = around(*absolute, *(edge * number for edge in edges for number in known))
    if value is None:
        values = [Decimal(0), *critical]
    elif bound == "below":
        values = [Decimal(0), *(v for v in (*critical, value * Decimal("0.9999999")) if v < value)]
    elif bound == "above":
        values = [v for v in (*critical, value * Decimal("1.0000001"), value * 10**6) if v > value]
    else:
        values = [value]
    for v in values:
        scale = v if v > 0 else Decimal(1)
        limits = [limit] if limit is not None else around(*(scale / edge for edge in edges), *known)
        for x in limits:
            baselines = [baseline] if baseline is not None else around(x, *(scale / edge for edge in edges))
            yield from product([v], [x], baselines if analyte in WITH_BASELINE else [Decimal(1)])


def units_of(row: Any) -> Decimal:
    return Decimal(repr(row.canonical_bound))


def expected(
    analyte: str, value: Decimal | None, bound: str, limit: Decimal | None, baseline: Decimal | None, options: Options
) -> tuple[int, int]:
    """The mildest and the worst grade of all worlds."""
    ladder = LADDERS[analyte]
    choices = [options]
    if options.get("consequences") == "not_recorded":
        choices = [{"consequences": "none"}, {"consequences": "documented"}]
    grades = [ladder(*world, choice) for world in worlds(analyte, value, bound, limit, baseline) for choice in choices]
    return min(grades), max(grades)


def record(
    analyte: str, value: Decimal | None, bound: str = "", limit: Decimal | None = None, baseline: Decimal | None = None
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


def some_number(rng: random.Random, analyte: str, limit: Decimal) -> Decimal:
    """A number in the term's range; every third one lies exactly at a bound."""
    low, high = (float(end) for end in USUAL[analyte][1:])
    if rng.random() < 1 / 3:
        absolute = [units_of(row) for row in TERMS[analyte].rows if row.times == "1"]
        return rng.choice([*absolute, *(Decimal(edge) * limit for edge in EDGES)])
    return Decimal(f"{rng.uniform(low, high):.4g}")


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
        limit = Decimal(USUAL[analyte][0])
        value, baseline = some_number(rng, analyte, limit), some_number(rng, analyte, limit)
        baseline = max(baseline, Decimal("0.01"))
        if rng.random() < 0.3:
            value = Decimal(rng.choice(EDGES)) * baseline
        grade = LADDERS[analyte](value, limit, baseline, options)
        course = record(analyte, value, "", limit, baseline)
        assert found(analyte, course, options) == (grade, grade), (value, limit, baseline, options)


@pytest.mark.slow
@pytest.mark.parametrize("analyte", LADDERS)
def test_thousands_of_complete_records(analyte: str) -> None:
    rng = random.Random(f"thousands {analyte}")
    for _ in range(4000):
        limit = Decimal(USUAL[analyte][0]) * Decimal(rng.choice(("0.9", "1", "1.1")))
        value, baseline = some_number(rng, analyte, limit), max(some_number(rng, analyte, limit), Decimal("0.01"))
        grade = LADDERS[analyte](value, limit, baseline, {})
        assert found(analyte, record(analyte, value, "", limit, baseline), {}) == (grade, grade)


def incomplete(rng: random.Random, analyte: str) -> tuple[Decimal | None, str, Decimal | None, Decimal | None]:
    """(value, bound, limit, baseline), some of them not recorded or known on one side only."""
    usual = Decimal(USUAL[analyte][0])
    value: Decimal | None = some_number(rng, analyte, usual)
    bound = rng.choice(("", "", "", "below", "above"))
    if value == 0:
        bound = ""
    if rng.random() < 0.1:
        value, bound = None, ""
    limit = usual if rng.random() < 0.6 else None
    baseline = max(some_number(rng, analyte, usual), Decimal("0.01")) if rng.random() < 0.6 else None
    return value, bound, limit, baseline


@pytest.mark.parametrize("analyte", LADDERS)
def test_an_incomplete_record_leaves_exactly_the_grades_of_its_worlds(analyte: str) -> None:
    rng = random.Random(f"incomplete {analyte}")
    for _ in range(25):
        options = some_options(rng, RULES[analyte])
        known = incomplete(rng, analyte)
        assert found(analyte, record(analyte, *known), options) == expected(analyte, *known, options), (known, options)


@pytest.mark.slow
@pytest.mark.parametrize("analyte", LADDERS)
def test_hundreds_of_incomplete_records(analyte: str) -> None:
    rng = random.Random(f"hundreds {analyte}")
    for _ in range(500):
        options = some_options(rng, RULES[analyte])
        known = incomplete(rng, analyte)
        assert found(analyte, record(analyte, *known), options) == expected(analyte, *known, options), (known, options)


@pytest.mark.parametrize("analyte", LADDERS)
def test_knowing_more_never_widens_and_knowing_less_never_narrows(analyte: str) -> None:
    rng = random.Random(f"information {analyte}")
    limit = Decimal(USUAL[analyte][0])
    for _ in range(12):
        value = max(some_number(rng, analyte, limit), Decimal("0.01"))
        baseline = max(some_number(rng, analyte, limit), Decimal("0.01"))
        bound = rng.choice(("below", "above"))
        edge = value * Decimal("1.2") if bound == "below" else value * Decimal("0.8")
        nested = [
            [found(analyte, record(analyte, v, b, x, y), {}) for v, b in ((value, ""), (edge, bound), (None, ""))]
            for x, y in product((limit, None), (baseline, None))
        ]
        full = found(analyte, record(analyte, value, "", limit, baseline), {})
        assert full[0] == full[1]
        for exact, bounded, unknown in nested:
            for inner, outer in ((exact, bounded), (bounded, unknown), (full, exact)):
                assert outer[0] <= inner[0]
                assert inner[1] <= outer[1]


@pytest.mark.parametrize("analyte", LADDERS)
def test_a_worse_value_is_never_a_milder_grade(analyte: str) -> None:
    rng = random.Random(f"monotone {analyte}")
    limit = Decimal(USUAL[analyte][0])
    for x, y in product((limit, None), (limit * Decimal("0.8"), limit * Decimal("1.7"), None)):
        values = sorted((some_number(rng, analyte, limit) for _ in range(25)), reverse=analyte not in RISING)
        grades = [found(analyte, record(analyte, value, "", x, y), {}) for value in values]
        assert [low for low, _ in grades] == sorted(low for low, _ in grades)
        assert [high for _, high in grades] == sorted(high for _, high in grades)


def test_every_term_has_its_rule_and_its_ladder() -> None:
    assert set(RULES) == set(LADDERS)
    assert [rule.id for rule in ctcae5.RULES if rule.provisional] == ["ctcae5.ldh", "ctcae5.calcium"]
    assert RULES["anc"].title == "Neutrophil count decreased, CTCAE 5"
    assert all(rule.module == ctcae5.__name__ for rule in ctcae5.RULES)


def test_the_text_of_the_rules_prints_the_table_once() -> None:
    text = ctcae5.__doc__ or ""
    assert "{published}" not in text
    for term in ctcae5.TERMS:
        for row in (*term.rows, *term.events, *term.clinical):
            assert row.published_wording in text
    assert text.count("Neutrophil count decreased") == 1


CONSTANTS = {
    "haemoglobin": {"RED_CELL_SUPPORT_UP_TO"},
    "platelets": {"PLATELET_SUPPORT_UP_TO"},
    "calcium": {"albumin_hours"},
    **{analyte: {"LYMPHODEPLETION_UP_TO"} for analyte in WITH_BASELINE},
}


@pytest.mark.parametrize("analyte", LADDERS)
def test_every_bound_of_the_table_has_a_case_below_at_and_above(analyte: str) -> None:
    covered = {(case.threshold, case.side) for case in cases(f"ctcae5.{analyte}") if case.threshold}
    names = {row.threshold for row in TERMS[analyte].rows} | CONSTANTS.get(analyte, set())
    assert covered == set(product(names, ("below", "at", "above")))


@pytest.mark.parametrize("analyte", LADDERS)
def test_a_bound_is_where_the_grade_changes(analyte: str) -> None:
    # In the three cases of one bound exactly one neighbouring pair differs, unless another bound lies there too.
    by_name: dict[str, dict[str, str]] = {}
    for case in cases(f"ctcae5.{analyte}"):
        if case.threshold in {row.threshold for row in TERMS[analyte].rows}:
            by_name.setdefault(case.threshold, {})[case.side] = case.expect
    for row in TERMS[analyte].rows:
        sides = by_name[row.threshold]
        counts_at = row.operator in ("<=", ">=")
        crossed, kept = ("below", "above") if row.operator.startswith("<") else ("above", "below")
        assert sides[crossed] == str(row.grade)
        assert (sides["at"] == sides[crossed]) == counts_at
        assert int(sides[kept]) < row.grade


@pytest.mark.parametrize("rule", ctcae5.RULES, ids=lambda rule: rule.id)
def test_every_option_has_a_case_in_which_it_changes_the_answer(rule: Rule) -> None:
    for option in rule.options:
        deciding = [case for case in cases(rule.id) if option.name in chosen_options(case.options)]
        without = [
            " ".join(f"{k}={v}" for k, v in chosen_options(case.options).items() if k != option.name)
            for case in deciding
        ]
        fields = [{name: getattr(case, name) for name in Case.__slots__} for case in deciding]
        plain = [run_case(rule, Case(**{**f, "options": o})) for f, o in zip(fields, without, strict=True)]
        assert any(not outcome.passed for outcome in plain), option.name


@pytest.mark.parametrize("rule", ctcae5.RULES, ids=lambda rule: rule.id)
def test_every_input_has_a_case_that_leaves_it_out(rule: Rule) -> None:
    missing = [case for case in cases(rule.id) if case.locator == "missing input"]
    named = {item.split()[1] for case in missing for item in case.expect.split(";") if "settles" in item}
    # What never changes a grade, or only says where the baseline lies, cannot settle one.
    assert {channel.name for channel in rule.channels} - {"growth_factor", "lymphodepletion"} - named <= (
        {"transfusion"} if rule.id == "ctcae5.platelets" else set()
    )


@pytest.mark.slow
@pytest.mark.parametrize("analyte", LADDERS)
def test_every_compiled_kernel_answers_like_the_plain_one(analyte: str) -> None:
    rule = RULES[analyte]
    compiled = compile_kernel(rule.kernel)
    for case in cases(rule.id):
        events = rule.events(read_given(case.given))
        option = rule.settings(chosen_options(case.options))
        plain, fast = allocate(rule.rows(len(events.time))), allocate(rule.rows(len(events.time)))
        assert rule.kernel(events, option, plain) == compiled(events, option, fast)
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_formula_of_calcium_is_the_one_of_the_specification() -> None:
    # Ca + 0.8 x (4.0 - albumin g/dL) in mg/dL: 7.6 with albumin 2.5 is 8.8.
    for total, albumin_g_dl, low, grade in (
        ("7.6", "2.5", "2.1", 0),
        ("7.19", "3.0", "2.1", 2),
        ("7.21", "3.0", "2.1", 1),
    ):
        corrected = Decimal(total) + Decimal("0.8") * (Decimal("4.0") - Decimal(albumin_g_dl))
        canonical = units.to_canonical(float(corrected), unit="mg/dL", family="calcium")
        assert calcium(Decimal(repr(canonical)), Decimal(low), Decimal(1), {}) == grade
        given = f"d5 calcium {total} mg/dL low={low}; d5 albumin {albumin_g_dl} g/dL"
        overall = RULES["calcium"].run(read_given(given)).overall
        assert (overall.low, overall.high) == (grade, grade)
