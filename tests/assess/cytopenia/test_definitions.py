"""Definitions of cytopenia: case tables, random courses against definitions written once more as sentences in code."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import Case, cases, chosen_options, run_case
from cartrace.assess.cytopenia import definitions
from cartrace.assess.cytopenia.definitions import RULES, TERMS, options_of
from cartrace.assess.rule import Rule, allocate
from cartrace.course import Clock, Course, CourseBuilder

BY_ID = {rule.id.removeprefix("cytopenia."): rule for rule in RULES}
BY_RULE = [(rule, case) for rule in RULES for case in cases(rule.id)]
CLOCK = Clock(start_minute=None)
LEVELS = {
    "anc": (0.0, 0.09, 0.1, 0.3, 0.499, 0.5, 0.7, 0.999, 1.0, 1.001, 2.5),
    "platelets": (5.0, 49.9, 50.0, 120.0),
    "haemoglobin": (60.0, 79.9, 80.0, 110.0),
}
Values = dict[str, dict[int, float]]


@pytest.mark.parametrize(("rule", "case"), BY_RULE, ids=lambda item: item.id if isinstance(item, Rule) else item.case)
def test_case_table(rule: Rule, case: Case) -> None:
    assert run_case(rule, case).wrong == ()


# --- the definitions once more: True, False, or None for what nobody knows --------------------------------------------


def some(values: Values, line: str, low: Callable[[float], bool], first: int = 0, last: int = 999) -> bool | None:
    inside = [value for day, value in values[line].items() if first <= day <= last]
    return any(low(value) for value in inside) if inside else None


def on_day(values: Values, line: str, low: Callable[[float], bool], day: int) -> bool | None:
    before = [d for d in values[line] if day - 7 <= d <= day]
    if not before:
        return None
    return low(values[line][max(before)])


def grade_3(line: str, edition: str) -> Callable[[float], bool]:
    bound = {"anc": 1.0 if edition == "5" else 0.5, "platelets": 50.0, "haemoglobin": 80.0}[line]
    return lambda value: value < bound


def any_line(states: list[bool | None]) -> bool | None:
    if True in states:
        return True
    return None if None in states else False


def expected(name: str, values: Values, edition: str) -> bool | None:
    lines = ("anc", "platelets", "haemoglobin")
    if name == "severe_neutropenia":
        return some(values, "anc", lambda v: v <= 0.5)
    if name == "profound_neutropenia":
        return some(values, "anc", lambda v: v <= 0.1)
    if name == "prolonged_neutropenia":
        return some(values, "anc", lambda v: v <= 1.0, 21)
    if name == "severe_thrombocytopenia":
        return some(values, "platelets", lambda v: v < 50)
    if name == "anaemia":
        return some(values, "haemoglobin", lambda v: v < 80)
    if name == "marrow_failure":
        return on_day(values, "anc", lambda v: v < 0.5, 42)
    if name == "label_day28":
        return any_line([on_day(values, line, grade_3(line, edition), 28) for line in lines])
    first, last = {"day30": (30, 999), "early": (0, 29), "prolonged": (30, 90), "late": (91, 999)}[name]
    return any_line([some(values, line, grade_3(line, edition), first, last) for line in lines])


def course_of(values: Values) -> Course:
    builder = CourseBuilder("random", clock=CLOCK)
    for line, days in values.items():
        for day, value in days.items():
            builder.observe(line, value, moment=CLOCK.from_study_day(day))
    return builder.course()


def random_values(rng: random.Random) -> Values:
    pools = {line: levels if rng.random() < 0.3 else levels[-1:] for line, levels in LEVELS.items()}
    days = {line: sorted(rng.sample(range(120), rng.choice((0, 3, 8, 25, 60)))) for line in LEVELS}
    return {line: {day: rng.choice(pools[line]) for day in days[line]} for line in LEVELS}


@pytest.mark.parametrize("name", [name for name in BY_ID if not name.startswith("protracted")])
def test_random_courses_are_named_as_the_sentences_say(name: str) -> None:
    rng, seen = random.Random(name), set()
    for _ in range(120):
        values, edition = random_values(rng), rng.choice(("5", "6"))
        options = {"edition": edition} if "edition" in [o.name for o in BY_ID[name].options] else {}
        overall = BY_ID[name].run(course_of(values), options).overall
        truth = expected(name, values, edition)
        found = {(0, 0): False, (1, 1): True}.get((overall.low, overall.high))  # type: ignore[arg-type]
        assert found is truth, (values, options)
        seen.add(truth)
    assert seen == {True, False, None}


@pytest.mark.parametrize(
    ("name", "bound"), [("protracted_severe_neutropenia", 0.5), ("protracted_profound_neutropenia", 0.1)]
)
def test_random_daily_counts_run_as_their_letters_do(name: str, bound: float) -> None:
    rng, seen = random.Random(name), set()
    for _ in range(200):
        level, counts = 2.5, {}
        for day in range(35):
            level = rng.choice((*LEVELS["anc"][:6], 2.5)) if rng.random() < 0.15 else level
            counts[day] = level
        overall = BY_ID[name].run(course_of({"anc": counts})).overall
        letters = "".join("x" if value <= bound else "." for value in counts.values())
        assert (overall.low, overall.high) == (("x" * 7 in letters),) * 2
        seen.add(overall.low)
    assert seen == {0, 1}


def test_the_words_of_the_result() -> None:
    overall = BY_ID["day30"].run(read_given("d33 platelets 10")).overall
    assert overall.words == "present"
    assert BY_ID["day30"].run(read_given("d33 platelets 100")).overall.words == "absent to present"


def test_evidence_is_the_value_that_decided() -> None:
    course = read_given("d33 platelets 10; d33 anc 3; d34 anc 2; d33 haemoglobin 70; d35 haemoglobin 100")
    used = [course.record(uid) for uid in BY_ID["day30"].run(course).overall.evidence]
    assert [(record.code, record.value) for record in used] == [("platelets", 10.0), ("haemoglobin", 70.0)]  # type: ignore[union-attr]


def test_editions_and_sources() -> None:
    assert {term.name for term in TERMS if term.has_editions} == {"label_day28", "day30", "early", "prolonged", "late"}
    assert [rule.id for rule in RULES if rule.provisional] == ["cytopenia.marrow_failure"]
    assert [option.name for option in options_of(TERMS[0])] == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_compiled_kernel_fills_the_same_arrays(rule: Rule) -> None:
    compiled = compile_kernel(rule.kernel)
    for case in cases(rule.id):
        events = rule.events(read_given(case.given))
        option = rule.settings(chosen_options(case.options))
        plain, fast = allocate(1), allocate(1)
        assert rule.kernel(events, option, plain) == compiled(events, option, fast) == 1
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


def test_parts_stand_where_a_definition_has_several_lines() -> None:
    assert [name for name, _ in BY_ID["day30"].run(read_given("d33 platelets 10")).parts] == list(LEVELS)
    assert BY_ID["anaemia"].run(read_given("d5 haemoglobin 79")).parts == ()


def test_a_result_speaks_until_the_last_day_of_the_definition_if_it_has_one() -> None:
    early = BY_ID["early"].run(read_given("d5 platelets 10")).overall
    assert (early.at, early.until) == (0, 29)
    late = BY_ID["late"].run(read_given("d95 platelets 10")).overall
    assert (late.at, late.until) == (91, None)
    followed = BY_ID["late"].run(read_given("d95 platelets 10; d120 last_follow_up yes")).overall
    assert (followed.at, followed.until) == (91, 120)


def test_the_published_text_has_every_definition() -> None:
    text = definitions.__doc__ or ""
    assert all(term.name in text and term.locator in text for term in TERMS)
    assert "{published}" not in text
