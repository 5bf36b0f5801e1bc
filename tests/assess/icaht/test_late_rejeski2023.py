"""Late ICAHT: case table, random series against an oracle that sorts pairs of days."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.icaht import late_rejeski2023
from cartrace.assess.icaht.late_rejeski2023 import RULE
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Status

CLOCK = Clock(start_minute=None)
COUNTS = (0.0, 0.05, 0.1, 0.101, 0.5, 0.501, 1.0, 1.001, 1.5, 1.501, 2.0, 3.0)


@pytest.mark.parametrize("case", cases("icaht.late"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above():
    names = [n for n in vars(late_rejeski2023) if n.endswith(("_FROM", "_UP_TO", "_ABOVE", "_BELOW"))]
    covered = {(case.threshold, case.side) for case in cases("icaht.late")}
    assert len(names) >= 7
    assert {(name, side) for name in names for side in ("below", "at", "above")} <= covered


def test_every_option_changes_an_answer():
    changed = set()
    for case in cases("icaht.late"):
        course = read_given(case.given)
        for name, value in chosen_options(case.options).items():
            if RULE.run(course).overall != RULE.run(course, {name: value}).overall:
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


def random_late_course(seed):
    rng = random.Random(seed)
    builder = CourseBuilder("random", clock=CLOCK)
    rows, pool = [], rng.choice((COUNTS, COUNTS[6:], COUNTS[:8]))
    for _ in range(rng.choice((0, 1, 2, 2, 3, 6, 15))):
        day, value = rng.randrange(20, 120), rng.choice(pool)
        status = rng.choice((Status.DONE,) * 8 + (Status.BELOW, Status.NOT_DONE, Status.NOT_RECORDED))
        rows.append((day, value, status))
        given = value if status <= Status.BELOW else None
        builder.observe("anc", given, moment=CLOCK.from_study_day(day), status=status)
    end = 100
    if rng.random() < 0.25:
        end = rng.randrange(25, 110)
        builder.observe("death", "other", moment=CLOCK.from_study_day(end))
    options = {
        "deciding": rng.choice(("lowest", "two_timepoints")),
        "last_day": rng.choice((100, 100, 60, 180)),
        "interval_days": rng.choice((0, 0, 7, 30)),
    }
    return builder.course(), rows, min(end, options["last_day"]) if end != 100 else options["last_day"], options


def grade(value):
    return sum(value <= limit for limit in (1.5, 1.0, 0.5, 0.1))


def confirmed(counts, options):
    """The worst grade that some count reaches together with the lowest of the counts near it, or alone."""
    grades = []
    for day, value in counts.items():
        near = [v for d, v in counts.items() if d != day and abs(d - day) <= (options["interval_days"] or 1000)]
        if not near:
            grades.append(grade(value))
        elif options["deciding"] == "lowest":
            grades.append(grade(value) if any(v <= 1.5 for v in near) else 0)
        else:
            grades.append(max(grade(max(value, v)) for v in near))
    return max(grades)


def oracle(rows, end, options):
    if end < 31:
        return "not applicable"
    inside = [(d, v, s) for d, v, s in rows if 31 <= d <= end and s is not Status.NOT_DONE]
    if not any(s <= Status.BELOW for _, _, s in inside):
        return "not graded"
    days = {}
    for day, group in itertools.groupby(sorted(inside, key=lambda row: row[0]), key=lambda row: row[0]):
        at_day = list(group)
        known = [row for row in at_day if row[2] is not Status.NOT_RECORDED] or [(day, 99.0, Status.BELOW)]
        days[day] = min(0.0 if s is Status.BELOW else v for _, v, s in known), min(v for _, v, _ in known)
    return tuple(confirmed({day: pair[k] for day, pair in days.items()}, options) for k in (1, 0))


def compare(seed):
    course, rows, end, options = random_late_course(seed)
    overall = RULE.run(course, options).overall
    expected = oracle(rows, end, options)
    found = overall.state if isinstance(expected, str) else (overall.low, overall.high)
    assert found == expected, seed
    return expected


@pytest.mark.parametrize("block", range(4))
def test_random_series_against_the_oracle(block):
    found = {compare(500 * block + k) for k in range(500)}
    assert {(g, g) for g in range(5)} | {"not graded", "not applicable"} <= found
    assert any(pair[0] != pair[1] for pair in found if not isinstance(pair, str))


@pytest.mark.slow
def test_many_random_series_against_the_oracle():
    for seed in range(10_000, 20_000):
        compare(seed)


def test_evidence_is_the_deciding_and_the_confirming_count():
    course = read_given("d40 anc 0.9; d47 anc 1.4; d54 anc 2; d60 anc 1.45")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert days == [40, 47]


def test_evidence_of_one_grade_is_its_lowest_count():
    course = read_given("d40 anc 0.9; d47 anc 0.6; d54 anc 0.8; d60 anc 3")
    evidence = RULE.run(course).overall.evidence
    assert [course.record(uid).moment.day for uid in evidence] == [47, 54]


def test_facts_name_their_own_counts():
    course = read_given("d40 anc 0.9; d47 anc 0.6; d54 anc 0.8; d60 anc 3")
    days = [[course.record(uid).moment.day for uid in fact.used] for fact in RULE.run(course).facts]
    assert days == [[47], [47], [54], [54], [], []]


def test_the_footnote_never_grades_higher_than_the_lowest_count():
    for seed in range(300):
        course, *_ = random_late_course(seed)
        literal, lowest = RULE.run(course, {"deciding": "two_timepoints"}), RULE.run(course)
        if lowest.overall.low is not None:
            assert literal.overall.low <= lowest.overall.low


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [(read_given(case.given), chosen_options(case.options)) for case in cases("icaht.late")]
    for seed in range(300):
        course, _, _, options = random_late_course(seed)
        courses.append((course, options))
    for course, options in courses:
        events, option = RULE.events(course), RULE.settings(options)
        fast, plain = allocate(1), RULE.calculate(events, option)
        assert compiled(events, option, fast) == 1
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one, other)


def evidence_days(text):
    course = read_given(text)
    overall = RULE.run(course).overall
    return overall, [course.record(uid).moment.day for uid in overall.evidence]


def test_a_count_that_was_taken_and_is_not_recorded_is_named_where_it_could_be_the_worst():
    overall, days = evidence_days("d40 anc 0.9; d47 anc 1.4; d50 anc status=not_recorded")
    assert (overall.text, days) == ("2 to 4", [40, 47, 50])


def test_two_such_counts_would_confirm_each_other_and_both_are_named():
    overall, days = evidence_days("d40 anc 0.9; d47 anc 1.4; d50 anc status=not_recorded; d55 anc status=not_recorded")
    assert (overall.text, days) == ("2 to 4", [40, 47, 50, 55])


def test_a_count_of_day_31_confirms_as_any_other():
    given = "d31 anc 1.4; d40 anc 0.9"
    overall, days = evidence_days(given)
    assert (overall.text, days) == ("2", [40, 31])
    facts = {fact.id: fact.value for fact in RULE.run(read_given(given)).facts}
    assert (facts["second_lowest"], facts["second_lowest_day"]) == (1.4, 31)


def test_a_single_count_names_itself_alone_and_is_flagged_from_grade_1_on():
    overall, days = evidence_days("d30 anc 0.08; d50 anc 1.2")
    assert (overall.text, days) == ("1", [50])
    assert "single_value" in overall.reasons
    overall, days = evidence_days("d30 anc 2; d50 anc 0.6 status=below")
    assert (overall.text, days) == ("2 to 4", [50])


def test_one_count_on_the_last_day_of_the_window_is_no_second_one():
    facts = {fact.id: fact.value for fact in RULE.run(read_given("d100 anc 0.08")).facts}
    assert (facts["lowest_day"], facts["second_lowest"], facts["second_lowest_day"]) == (100, None, None)


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        ("d31 anc status=below lloq=0.1; d40 anc 0.3; d47 anc 0.3", {"lowest"}),
        ("d40 anc 0.05; d60 anc status=below lloq=0.1; d70 anc 2", {"lowest", "second_lowest"}),
        ("d40 anc 0.05; d60 anc 0.1; d70 anc 2", set()),
    ],
)
def test_the_lowest_counts_are_bounds_where_a_count_may_lie_below_them(given, bounds):
    facts = {fact.id: fact.flags for fact in RULE.run(read_given(given)).facts}
    assert {name for name in ("lowest", "second_lowest") if "upper_bound" in facts[name]} == bounds


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("d45 anc 0.9", "single_value"),
        ("d31 anc 0.9; d32-35 anc 2; d60 death other", "censored"),
        ("d20 death other", "window_never_began"),
        ("d40 anc status=not_done", "no_anc"),
    ],
)
def test_one_thing_to_remark_is_the_only_flag(given, reason):
    assert RULE.run(read_given(given), {"last_day": 65}).overall.reasons == (reason,)


def test_a_month_without_counts_is_the_only_thing_to_remark():
    assert RULE.run(read_given("d31-60 anc 0.9; d93-100 anc 0.9")).overall.reasons == ("sparse",)
    assert RULE.run(read_given("d31-60 anc 0.9; d92-100 anc 0.9")).overall.reasons == ()
