"""Early ICAHT: case table, random series against an oracle on written-out days, what unknown days can do.

The oracle writes each day of the window as a letter and lets regular expressions find the runs; its numbers are fractions.
"""

from __future__ import annotations

import random
import re
from fractions import Fraction

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.icaht import early_rejeski2023
from cartrace.assess.icaht.early_rejeski2023 import RULE
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder, Status

CLOCK = Clock(start_minute=600)
LOW = ("0", "0.05", "0.1", "0.101", "0.3", "0.499", "0.5")
HIGH = ("0.501", "0.502", "0.6", "1.5", "2.25")


@pytest.mark.parametrize("case", cases("icaht.early"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above():
    names = [n for n in vars(early_rejeski2023) if n.endswith(("_FROM", "_UP_TO", "_ABOVE", "_BELOW"))]
    covered = {(case.threshold, case.side) for case in cases("icaht.early")}
    assert len(names) >= 12
    assert {(name, side) for name in names for side in ("below", "at", "above")} <= covered


def test_every_option_changes_an_answer():
    changed = set()
    for case in cases("icaht.early"):
        course = read_given(case.given)
        for name, value in chosen_options(case.options).items():
            if RULE.run(course).overall != RULE.run(course, {name: value}).overall:
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


def random_series(rng):
    """(day, code, status, text) of every count, in stretches that look like courses; and what ends the window."""
    rows, level, density = [], HIGH, rng.choice((1.0, 1.0, 0.6, 0.35, 0.12))
    for day in range(-3, 36):
        if rng.random() < 0.2:
            level = rng.choice((LOW, LOW, HIGH, LOW[:3]))
        silent = rng.random() > density
        for _ in range(0 if silent else rng.choice((1, 1, 1, 2))):
            kind = rng.random()
            if kind < 0.92:
                rows.append((day, "anc", Status.DONE, rng.choice(level)))
            elif kind < 0.95:
                rows.append((day, "anc", Status.BELOW, rng.choice(("0.1", "0.2", "0.5", "1.0", None))))
            elif kind < 0.97:
                rows.append((day, "anc", rng.choice((Status.NOT_DONE, Status.NOT_RECORDED)), None))
            else:
                rows.append((day, "wbc", Status.DONE, rng.choice(("0.05", "0.4", "0.499", "0.5", "3"))))
    for code in ("death", "progression", "next_therapy", "last_follow_up"):
        if rng.random() < 0.07:
            rows.append((rng.randrange(1, 40), code, Status.DONE, "other" if code == "death" else "yes"))
    return rows


def random_options(rng):
    return {
        "counting": rng.choice(("longest_run", "longest_run", "cumulative", "cumulative_joined")),
        "gap_days": rng.choice((7, 7, 5, 0, 12)),
        "join_days": rng.choice((2, 2, 0, 1, 4)),
        "early_and_lasting": rng.choice(("on", "on", "off")),
        "unknown_days": rng.choice(("range", "never_neutropenic")),
    }


def course_of(rows):
    builder = CourseBuilder("random", clock=CLOCK)
    for day, code, status, text in rows:
        number = float(text) if code in ("anc", "wbc") and text is not None else text
        builder.observe(code, number, moment=CLOCK.from_study_day(day), status=status)
    return builder.course()


def last_of_window(rows):
    ends = {day for day, code, _, _ in rows if code in ("death", "progression", "next_therapy")}
    followed = [day for day, code, _, _ in rows if code == "last_follow_up"]
    seen = [day for day, code, status, _ in rows if code in ("anc", "wbc") and status <= Status.ABOVE]
    if followed:
        ends.add(max(followed + seen))
    return min(ends | {30})


def known_days(rows, last):
    """{day: (least, most)} of the days with a count; most None = no upper bound."""
    known = {}
    for day in range(last + 1):
        pairs = []
        for _, _, status, text in (row for row in rows if row[:2] == (day, "anc")):
            if status is Status.DONE:
                pairs.append((Fraction(text), Fraction(text)))
            elif status is Status.BELOW:
                pairs.append((Fraction(0), Fraction(text) if text else None))
        white = [Fraction(text) for d, code, _, text in rows if (d, code) == (day, "wbc")]
        if not pairs and any(value < Fraction(1, 2) for value in white):
            pairs = [(Fraction(0), Fraction(1, 2))]
        if pairs:
            upper = [most for _, most in pairs if most is not None]
            known[day] = (min(least for least, _ in pairs), min(upper) if upper else None)
    return known


def filled(known, last, gap):
    """`known` with every day of a gap of at most `gap` days on the line between its neighbours."""
    days = dict(known)
    for day in set(range(last + 1)) - set(known):
        before = max((d for d in known if d < day), default=None)
        after = min((d for d in known if d > day), default=None)
        left, right = (-1 if before is None else before), (last + 1 if after is None else after)
        if right - left - 1 > gap:
            continue
        near, far = known[after if before is None else before], known[before if after is None else after]
        share = Fraction(day - left, right - left)
        days[day] = tuple(None if None in (a, b) else a + (b - a) * share for a, b in zip(near, far, strict=True))
    return days


def letters(days, last, limit, bound, unknown):
    """One letter a day: x at or below `limit`, . above, by the least (0) or the most (1) that it can have been."""
    text = ""
    for day in range(last + 1):
        if day not in days:
            text += unknown
        else:
            value = days[day][bound]
            text += "." if value is None or value > limit else "x"
    return text


def runs(text, join):
    """Lengths of the runs of x, across stretches of at most `join` points."""
    joined = re.sub(rf"(?<=x)\.{{0,{join}}}(?=x)", lambda m: "o" * len(m[0]), text)
    return [len(run) for run in re.findall("[xo]+", joined)], re.search("[xo]+$", joined)


def oracle_grade(text, severe, options):
    def duration(days):
        if options["counting"] == "cumulative":
            return days.count("x")
        lengths, _ = runs(days, options["join_days"])
        return sum(lengths) if options["counting"] == "cumulative_joined" else max(lengths, default=0)

    spans = ([0], range(1, 7), range(7, 14), range(14, 31), [31])
    grade = next(g for g, span in enumerate(spans) if duration(text) in span)
    grade = max(grade, 4 if duration(severe) >= 14 else 3 if duration(severe) >= 7 else 0)
    _, tail = runs(text, options["join_days"])
    return 4 if options["early_and_lasting"] == "on" and tail is not None and tail.start() <= 3 else grade


def oracle(rows, options):
    """(low, high, longest run, total, unknown days), None when there is no count."""
    last = last_of_window(rows)
    known = known_days(rows, last)
    if not known:
        return None
    days = filled(known, last, options["gap_days"])
    half, tenth = Fraction(1, 2), Fraction(1, 10)
    best = [letters(days, last, limit, 1, ".") for limit in (half, tenth)]
    worst = [letters(days, last, limit, 0, "x") for limit in (half, tenth)]
    low = oracle_grade(*best, options)
    high = low if options["unknown_days"] == "never_neutropenic" else oracle_grade(*worst, options)
    longest = max(runs(best[0], options["join_days"])[0], default=0)
    return low, high, longest, best[0].count("x"), last + 1 - len(days)


def compare(seed):
    rng = random.Random(seed)
    rows, options = random_series(rng), random_options(rng)
    result = RULE.run(course_of(rows), options)
    expected = oracle(rows, options)
    if expected is None:
        assert result.overall.state == "not graded", seed
        return None
    facts = {fact.id: fact.value for fact in result.facts}
    found = (result.overall.low, result.overall.high, facts["longest_500"], facts["total_500"], facts["days_unknown"])
    assert found == expected, seed
    return expected[:2]


@pytest.mark.parametrize("block", range(5))
def test_random_series_against_the_oracle(block):
    found = {compare(400 * block + k) for k in range(400)}
    assert {grade for pair in found if pair for grade in pair} == set(range(5))
    assert any(pair and pair[0] < pair[1] for pair in found)


@pytest.mark.slow
def test_many_random_series_against_the_oracle():
    for seed in range(10_000, 20_000):
        compare(seed)


def test_whatever_the_unknown_days_were_the_grade_lies_in_the_range():
    """Days of long gaps filled in with counts: the settled grade never leaves the range, and both ends are reached."""
    rng, ranges = random.Random(7), 0
    while ranges < 60:
        rows = [row for row in random_series(rng) if row[1] == "anc" and row[2] is Status.DONE]
        result = RULE.run(course_of(rows)).overall
        if result.state != "range":
            continue
        ranges += 1
        known = known_days(rows, 30)
        unknown = sorted(set(range(31)) - set(filled(known, 30, 7)))
        grades = []
        for counts in (("0",), ("9",), LOW + HIGH, LOW + HIGH, ("0.05", "9"), ("0.4", "0.6")):
            added = [(day, "anc", Status.DONE, rng.choice(counts)) for day in unknown]
            settled = RULE.run(course_of(rows + added)).overall
            assert settled.state == "graded"
            grades.append(settled.low)
        assert grades[:2] == [result.high, result.low]
        assert min(grades) == result.low
        assert max(grades) == result.high


def test_a_lower_count_never_lowers_the_grade():
    rng = random.Random(11)
    for _ in range(150):
        rows = [row for row in random_series(rng) if row[2] is Status.DONE and row[1] != "wbc"]
        options = random_options(rng)
        before = RULE.run(course_of(rows), options).overall
        lowered = [(d, code, s, "0" if code == "anc" and rng.random() < 0.3 else text) for d, code, s, text in rows]
        after = RULE.run(course_of(lowered), options).overall
        if before.state != "not graded":
            assert after.low >= before.low
            assert after.high >= before.high


def test_evidence_names_the_counts_of_the_run_and_its_neighbours():
    course = read_given("d0-30 anc 1.5; d5-9 anc 0.4; d7 anc 0.2")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert days[0] == 7
    assert set(days) == {4, 5, 6, 7, 8, 9, 10}


def test_evidence_of_the_longest_run_leaves_the_other_run_out():
    course = read_given("d0-30 anc 1.5; d3-5 anc 0.2; d20-23 anc 0.4")
    days = [course.record(uid).moment.day for uid in RULE.run(course).overall.evidence]
    assert set(days) == {19, 20, 21, 22, 23, 24}
    cumulative = RULE.run(course, {"counting": "cumulative"}).overall.evidence
    assert {3, 23} <= {course.record(uid).moment.day for uid in cumulative}


def test_the_grade_holds_over_the_window():
    grade = RULE.run(read_given("d0-16 anc 0.2; d16 death other")).overall
    assert (grade.at, grade.until) == (0.0, 16.0)


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [(read_given(case.given), chosen_options(case.options)) for case in cases("icaht.early")]
    for seed in range(300):
        rng = random.Random(seed)
        courses.append((course_of(random_series(rng)), random_options(rng)))
    for course, options in courses:
        events, option = RULE.events(course), RULE.settings(options)
        fast, plain = allocate(1), RULE.calculate(events, option)
        assert compiled(events, option, fast) == 1
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ("d0-30 anc 1.5; d5-9 anc 0.4; d5-9 drug filgrastim", ("gcsf",)),
        ("d0-30 anc 1.5; d5-9 anc 0.4; d12 drug granulocytes", ("granulocytes",)),
        ("d0-3 anc 1.5; d4-5 wbc 0.3; d6-30 anc 1.5", ("imputed",)),
        ("d0-30 anc 1.5; d5-9 anc 0.4 attributed=no", ("other_cause",)),
        ("d0-4 anc 0.4; d5-30 anc 1.5", ("pre_existing",)),
        ("d0-1 anc 1.5; d2-30 anc 0.3", ("early_and_lasting",)),
        ("d0-20 anc 1.5; d20 death other", ("censored", "partial")),
        ("d0-3 anc 1.5; d20-30 anc 1.5", ("partial",)),
        ("d40 anc 0.4", ("no_anc",)),
    ],
)
def test_only_what_there_is_to_remark_is_flagged(given, reasons):
    assert RULE.run(read_given(given)).overall.reasons == reasons
