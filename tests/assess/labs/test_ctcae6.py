"""Every laboratory term of CTCAE 6 against ladders typed by hand from the published table, and against version 5.

What is not recorded is tried out value by value around every number at which some grade could change; the mildest and the
worst grade of these worlds is what the rule must say.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, chosen_options, run_case
from cartrace.assess.labs import ctcae5, ctcae6
from cartrace.assess.rule import Rule, allocate
from cartrace.course import Clock, Course, CourseBuilder, Status

RULES = {rule.id.removeprefix("ctcae6."): rule for rule in ctcae6.RULES}
FIVE = {rule.id.removeprefix("ctcae5."): rule for rule in ctcae5.RULES}
BY_RULE = [(rule, case) for rule in ctcae6.RULES for case in cases(rule.id)]
CHANGED = ("anc", "platelets", "alt", "ast", "bilirubin", "alkaline_phosphatase", "ggt", "creatinine")

D = Decimal
# value, lower limit, upper limit, baseline, lower edge counts
Ladder = Callable[[D, D, D, D, bool], int]


def below(value: D, *limits: str) -> int:
    return sum(value < D(limit) for limit in limits)


def above(value: D, reference: D, *multiples: str) -> int:
    return sum(value > D(multiple) * reference for multiple in multiples)


def from_baseline(value: D, uln: D, baseline: D, edge: bool, normal: tuple[str, ...], high: tuple[str, ...]) -> int:
    if baseline <= uln:
        return above(value, uln, *normal)
    return max(above(value, baseline, *high), int(edge and value == baseline))


def anc(v: D, _: D, __: D, ___: D, ____: bool) -> int:
    return below(v, "1.5", "1.0", "0.5", "0.1")


def platelets(v: D, lln: D, _: D, __: D, ___: bool) -> int:
    return max(int(v < lln), (0, 2, 3, 4)[below(v, "75", "50", "10")])


def transaminase(v: D, _: D, uln: D, baseline: D, edge: bool) -> int:
    return from_baseline(v, uln, baseline, edge, ("1", "3", "5", "20"), ("1", "1.5", "2", "4"))


def bilirubin(v: D, _: D, uln: D, baseline: D, edge: bool) -> int:
    return from_baseline(v, uln, baseline, edge, ("1", "1.5", "3", "10"), ("1", "1.5", "2.5", "10"))


def ggt(v: D, _: D, uln: D, baseline: D, edge: bool) -> int:
    return from_baseline(v, uln, baseline, edge, ("1", "2.5", "5", "20"), ("1", "1.5", "3", "10"))


def alkaline_phosphatase(v: D, _: D, uln: D, baseline: D, __: bool) -> int:
    return int(v > baseline and v > uln)


def creatinine(v: D, lln: D, uln: D, baseline: D, _: bool) -> int:
    by_limit = above(v, uln, "1", "1.5", "3", "6")
    by_baseline = (0, 2, 3)[above(v, baseline, "1.5", "3")] if baseline < lln else 0
    return max(by_limit, by_baseline)


LADDERS: dict[str, Ladder] = {
    **{"anc": anc, "platelets": platelets, "alt": transaminase, "ast": transaminase, "bilirubin": bilirubin},
    **{"ggt": ggt, "alkaline_phosphatase": alkaline_phosphatase, "creatinine": creatinine},
}
# Lower limit, upper limit, and the ends of what is tried out.
USUAL = {
    **{"anc": ("1.8", "7", "0", "3"), "platelets": ("150", "400", "0", "200"), "alt": ("5", "40", "5", "1500")},
    **{"ast": ("5", "40", "5", "1500"), "bilirubin": ("0.2", "1.2", "0.2", "20"), "ggt": ("5", "60", "10", "2000")},
    **{"alkaline_phosphatase": ("40", "120", "30", "900"), "creatinine": ("0.5", "1.2", "0.1", "9")},
}
EDGES = ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "10", "20")
ABSOLUTE = {"anc": ("1.5", "1", "0.5", "0.1"), "platelets": ("75", "50", "10")}
WITH_BASELINE = ("alt", "ast", "bilirubin", "ggt", "alkaline_phosphatase", "creatinine")


def record(analyte: str, value: D | None, bound: str, lln: D | None, uln: D | None, baseline: D | None) -> Course:
    clock = Clock(start_minute=0)
    builder = CourseBuilder("c", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    limits = {"reference_low": lln, "reference_high": uln}
    printed = {name: float(limit) for name, limit in limits.items() if limit is not None}
    if baseline is not None:
        builder.observe(analyte, float(baseline), moment=clock.from_study_day(-1), **printed)
    status = {"": Status.DONE, "below": Status.BELOW, "above": Status.ABOVE}[bound]
    if value is None:
        status = Status.NOT_RECORDED
    number = None if value is None else float(value)
    builder.observe(analyte, number, moment=clock.from_study_day(5), status=status, **printed)
    return builder.course()


def around(*numbers: D) -> list[D]:
    near = [number * factor for number in numbers for factor in (D(1), D("0.999999"), D("1.000001"))]
    return [*near, min(numbers) / 10**6, max(numbers) * 10**6]


def worlds(
    analyte: str, value: D | None, bound: str, lln: D | None, uln: D | None, baseline: D | None
) -> Iterator[tuple[D, D, D, D]]:
    known = [number for number in (lln, uln, baseline) if number is not None] or [D(1)]
    critical = around(*map(D, ABSOLUTE.get(analyte, ("1",))), *(D(edge) * number for edge in EDGES for number in known))
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
        near = around(*(scale / D(edge) for edge in EDGES), *known)
        uppers = [uln] if uln is not None else near
        for upper in uppers:
            baselines = [baseline] if baseline is not None else around(upper, *near)
            for base in baselines if analyte in WITH_BASELINE else [D(1)]:
                lowers = [lln] if lln is not None else [base * D("0.5"), base * 2, v * D("0.5") + 1, v * 2 + 1]
                yield from product([v], lowers, [upper], [base])


def expected(analyte: str, *known: object, edge: bool) -> tuple[int, int]:
    grades = [LADDERS[analyte](*world, edge) for world in worlds(analyte, *known)]  # type: ignore[arg-type]
    return min(grades), max(grades)


def some_number(rng: random.Random, analyte: str) -> D:
    low, high = (float(end) for end in USUAL[analyte][2:])
    if rng.random() < 1 / 3:
        limit = D(rng.choice(USUAL[analyte][:2]))
        return rng.choice([*map(D, ABSOLUTE.get(analyte, ("1",))), *(D(edge) * limit for edge in EDGES)])
    return max(D(f"{rng.uniform(low, high):.4g}"), D("0.01"))


def compare(rng: random.Random, analyte: str, complete: bool) -> None:
    lln, uln = (D(limit) for limit in USUAL[analyte][:2])
    value, baseline, bound = some_number(rng, analyte), some_number(rng, analyte), ""
    if rng.random() < 0.3:
        value = D(rng.choice(EDGES)) * baseline
    edge = "lower_edge" not in [o.name for o in RULES[analyte].options] or rng.random() < 0.7
    known: tuple[D | None, str, D | None, D | None, D | None] = (value, "", lln, uln, baseline)
    if not complete:
        bound = rng.choice(("", "", "below", "above"))
        hide = [rng.random() < chance for chance in (0.1, 0.4, 0.4, 0.4)]
        limits = (None if hide[1] else lln, None if hide[2] else uln)
        known = (None if hide[0] else value, "" if hide[0] else bound, *limits, None if hide[3] else baseline)
    options = {} if edge else {"lower_edge": "above"}
    overall = RULES[analyte].run(record(analyte, *known), options).overall
    assert (overall.low, overall.high) == expected(analyte, *known, edge=edge), (known, options)


@pytest.mark.parametrize(("rule", "case"), BY_RULE, ids=lambda item: item.id if isinstance(item, Rule) else item.case)
def test_case_table(rule: Rule, case: Case) -> None:
    assert run_case(rule, case).wrong == ()


@pytest.mark.parametrize("analyte", CHANGED)
def test_a_complete_record_is_graded_as_the_ladder_says(analyte: str) -> None:
    rng = random.Random(f"complete {analyte}")
    for _ in range(150):
        compare(rng, analyte, complete=True)


@pytest.mark.parametrize("analyte", CHANGED)
def test_an_incomplete_record_leaves_exactly_the_grades_of_its_worlds(analyte: str) -> None:
    rng = random.Random(f"incomplete {analyte}")
    for _ in range(40):
        compare(rng, analyte, complete=False)


@pytest.mark.slow
@pytest.mark.parametrize("analyte", CHANGED)
def test_hundreds_of_records(analyte: str) -> None:
    rng = random.Random(f"hundreds {analyte}")
    for number in range(600):
        compare(rng, analyte, complete=number % 3 > 0)


def test_the_terms_of_the_transcription() -> None:
    assert set(FIVE) - set(RULES) == {"lymphocytes", "cpk"}
    assert set(RULES) <= set(FIVE)


@pytest.mark.parametrize("analyte", sorted(set(RULES) - set(CHANGED)))
def test_an_unchanged_term_grades_every_case_of_version_5_alike(analyte: str) -> None:
    for case in cases(f"ctcae5.{analyte}"):
        course, options = read_given(case.given), chosen_options(case.options)
        six, five = (RULES[analyte].run(course, options), FIVE[analyte].run(course, options))
        assert [(g.low, g.high, g.settles) for g in (six.overall, *six.steps)] == [
            (g.low, g.high, g.settles) for g in (five.overall, *five.steps)
        ]


@pytest.mark.parametrize("analyte", ["anc", "platelets"])
def test_a_count_never_grades_higher_than_by_version_5(analyte: str) -> None:
    rng = random.Random(f"versions {analyte}")
    lower = 0
    for _ in range(200):
        known = (some_number(rng, analyte), "", *(D(limit) for limit in USUAL[analyte][:2]), None)
        six, five = (rules[analyte].run(record(analyte, *known)).overall for rules in (RULES, FIVE))
        assert six.low is not None
        assert five.low is not None
        assert six.low <= five.low
        lower += six.low < five.low
    assert lower > 10


@pytest.mark.slow
@pytest.mark.parametrize("analyte", CHANGED)
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
