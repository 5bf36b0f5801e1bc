"""B-cell aplasia: case table, random courses against an oracle that lists everything the record leaves open."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cartrace.assess.bcell import aplasia
from cartrace.assess.bcell.aplasia import RULE
from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.rule import allocate


@pytest.mark.parametrize("case", cases("aplasia.bcell"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def test_every_threshold_has_rows_below_at_and_above():
    names = [n for n in vars(aplasia) if n.endswith(("_FROM", "_UP_TO", "_ABOVE", "_BELOW"))]
    covered = {(case.threshold, case.side) for case in cases("aplasia.bcell")}
    assert len(names) == 4
    assert {(name, side) for name in names for side in ("below", "at", "above")} <= covered


def test_every_option_changes_an_answer():
    changed = set()
    for case in cases("aplasia.bcell"):
        course = read_given(case.given)
        for name, value in chosen_options(case.options).items():
            plain, chosen = RULE.run(course), RULE.run(course, {name: value})
            if (plain.overall, plain.steps) != (chosen.overall, chosen.steps):
                changed.add(name)
    assert changed == {option.name for option in RULE.options}


def random_days(rng):
    """Per day: CD19+ cells, percent, lymphocytes; None when not recorded."""
    days = {}
    for _ in range(rng.randrange(0, 7)):
        cells = rng.choice((None, 0, 10, 49.9, 50, 50, 60, 400, 400))
        percent = rng.choice((None, 0, 0.5, 0.99, 1, 1, 5, 5, 5))
        days[rng.randrange(-10, 400)] = cells, percent, rng.choice((None, None, 0, 0.5, 5, 6, 8))
    return days


def in_words(days):
    items = []
    for day, values in days.items():
        items += [f"d{day} cd19_percent status=not_recorded"] if values[:2] == (None, None) else []
        named = zip(("cd19_cells", "cd19_percent", "lymphocytes"), values, strict=True)
        items += [f"d{day} {code} {value}" for code, value in named if value is not None]
    return "; ".join(items)


def possible(cells, percent, lymphocytes, criterion):
    """What the day may have been: {True}, {False} or both."""
    if lymphocytes and (cells, percent) != (None, None):
        percent = cells / (lymphocytes * 10) if percent is None else percent
        cells = percent * lymphocytes * 10 if cells is None else cells
    few = {True, False} if cells is None else {cells < 50}
    small = {True, False} if percent is None else {percent < 1}
    if criterion == "cells":
        return few
    return small if criterion == "percent" else {a or b for a in few for b in small}


def history(days, needed):
    """(the state of each day, first day of aplasia, day of its loss) of one settled series; the loss as a set of ends."""
    states, text = [], "".join("A" if low else "." for low in days)
    for k, letter in enumerate(text):
        run = len(text[: k + 1]) - len(text[: k + 1].rstrip("."))
        ahead = len(text[k:]) - len(text[k:].lstrip("."))
        whole = run + ahead - 1
        if letter == "A":
            states.append({True})
        elif "A" not in text[:k] or whole >= needed:
            states.append({False})
        else:
            states.append({True, False} if k + ahead == len(text) else {True})
    onset = text.find("A")
    loss = text.find("." * needed, onset) if onset >= 0 else -1
    return states, onset, loss


def compare(seed):
    rng = random.Random(seed)
    days, criterion, needed = (
        random_days(rng),
        rng.choice(("either", "either", "cells", "percent")),
        rng.choice((1, 2, 3)),
    )
    result = RULE.run(read_given(in_words(days)), {"criterion": criterion, "loss_values": needed})
    open_days = {day: possible(*values, criterion) for day, values in sorted(days.items()) if day > 0}
    if not any(values[:2] != (None, None) for day, values in days.items() if day > 0):
        assert result.overall.state == "not graded", seed
        return "not graded"
    stories = [history(story, needed) for story in itertools.product(*open_days.values())]
    number = list(open_days)
    for k, step in enumerate(result.steps):
        states = set().union(*(story[0][k] for story in stories))
        assert (step.low, step.high) == (min(states), max(states)), seed
    worst = {any(story[0][k] == {True} for k in range(len(number))) for story in stories}
    assert (result.overall.low, result.overall.high) == (min(worst), max(worst)), seed
    facts = {fact.id: fact.value for fact in result.facts}
    onsets, losses = {story[1] for story in stories}, {story[1:] for story in stories}
    assert facts["onset_day"] == (number[onsets.pop()] if len(onsets) == 1 and -1 not in onsets else None), seed
    if len(losses) == 1 and losses != {(-1, -1)}:
        onset, loss = losses.pop()
        assert facts["loss_day"] == (number[loss] if loss >= 0 else None), seed
        assert facts["aplasia_days"] == number[loss] - number[onset], seed
    else:
        assert facts["loss_day"] is None, seed
    return result.overall.text


@pytest.mark.parametrize("block", range(3))
def test_random_courses_against_the_oracle(block):
    found = {compare(700 * block + k) for k in range(700)}
    assert found == {"not graded", "no aplasia", "aplasia", "no aplasia to aplasia"}


def test_evidence_is_the_first_aplasia():
    course = read_given(
        "d28 cd19_cells 60; d28 cd19_percent 2; d56 cd19_cells 9; d56 cd19_percent 0.4; d90 cd19_cells 1"
    )
    assert {course.record(uid).moment.day for uid in RULE.run(course).overall.evidence} == {56}


def test_evidence_is_the_first_settled_aplasia():
    course = read_given("d28 cd19_cells 60; d56 cd19_cells 9; d90 cd19_cells 1")
    assert {course.record(uid).moment.day for uid in RULE.run(course).overall.evidence} == {56}


def test_facts_name_their_own_values():
    course = read_given(
        "d28 cd19_cells 9; d56 cd19_cells 90; d56 cd19_percent 4; d90 cd19_cells 90; d90 cd19_percent 4"
    )
    days = [{course.record(uid).moment.day for uid in fact.used} for fact in RULE.run(course).facts]
    assert days == [{28}, {56}, {28, 56}]


BACK = "d{0} cd19_cells 400; d{0} cd19_percent 5"
OPEN_ONSET = "not settled: an earlier value may have been aplasia"
OPEN_LOSS = "not settled: some values may or may not have been aplasia"


@pytest.mark.parametrize(
    ("given", "onset", "loss", "length", "lasts", "flags"),
    [
        ("d10 cd19_cells 0; d40 cd19_cells 0", 10, "not lost by the last value", 30, True, ()),
        (f"d10 cd19_cells 0; {BACK.format(100)}; {BACK.format(130)}", 10, 100, 90, False, ("lost", "early_loss")),
        (f"d10 cd19_cells 0; {BACK.format(200)}; {BACK.format(230)}", 10, 200, 190, False, ("lost",)),
        (f"d-3 cd19_cells 0; {BACK.format(10)}", "no aplasia", "no aplasia", "no aplasia", False, ("pre_existing",)),
        (f"d10 cd19_cells 0; {BACK.format(40)}", 10, "not lost by the last value", 30, True, ("unconfirmed",)),
        (
            "d10 cd19_percent status=not_recorded",
            *["no CD19+ value after the infusion"] * 3,
            False,
            ("never_measured",),
        ),
        ("d10 cd19_cells 60; d20 cd19_cells 0", OPEN_ONSET, OPEN_ONSET, OPEN_ONSET, False, ()),
        ("d10 cd19_cells 0; d100 cd19_cells 60; d130 cd19_cells 60", 10, OPEN_LOSS, OPEN_LOSS, False, ()),
    ],
    ids=("still", "early loss", "late loss", "never", "one value back", "no value", "onset open", "loss open"),
)
def test_onset_loss_and_length_are_numbers_or_say_why_not(given, onset, loss, length, lasts, flags):
    result = RULE.run(read_given(given))
    found = [fact.reason if fact.value is None else fact.value for fact in result.facts]
    assert found == [onset, loss, length]
    assert [fact.censored for fact in result.facts] == [False, False, lasts]
    assert result.overall.reasons == flags


def test_a_day_with_both_values_is_decided_by_both():
    course = read_given("d28 cd19_cells 9; d28 cd19_percent 0.4; d56 cd19_percent 0.2")
    codes = [{course.record(uid).code for uid in step.evidence} for step in RULE.run(course).steps]
    assert codes == [{"cd19_cells", "cd19_percent"}, {"cd19_percent"}]


def test_each_day_names_what_would_settle_it():
    result = RULE.run(read_given("d28 cd19_cells 60; d56 cd19_percent 1.2"))
    assert [step.settles for step in result.steps] == [("cd19_percent",), ("cd19_cells",)]
    assert result.overall.settles == ("cd19_cells", "cd19_percent")


def test_a_last_value_without_aplasia_waits_for_a_second_count():
    steps = RULE.run(read_given(f"d28 cd19_cells 0; {BACK.format(120)}")).steps
    assert [step.settles for step in steps] == [(), ("cd19_cells",)]


def test_a_loss_that_hangs_on_the_next_day_is_settled_by_what_that_day_lacks():
    # Day 120 is above both limits; whether it is the first of two such days the percent of day 150 says.
    steps = RULE.run(read_given(f"d28 cd19_cells 0; {BACK.format(120)}; d150 cd19_cells 60")).steps
    assert (steps[1].low, steps[1].high, steps[1].settles) == (0, 1, ("cd19_percent",))


@pytest.mark.parametrize("given", ["d28 lymphocytes 0.4", "d28 cd19_cells status=not_recorded"])
def test_a_course_that_is_not_graded_has_no_steps(given):
    assert RULE.run(read_given(given)).steps == ()


def test_states_hold_until_the_next_measured_day():
    steps = RULE.run(read_given("d28 cd19_cells 9; d56 cd19_cells 9; d90 cd19_cells 1")).steps
    assert [(step.at, step.until) for step in steps] == [(28.0, 56.0), (56.0, 90.0), (90.0, None)]


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    courses = [(read_given(case.given), chosen_options(case.options)) for case in cases("aplasia.bcell")]
    courses += [(read_given(in_words(random_days(random.Random(seed)))), {}) for seed in range(200)]
    for course, options in courses:
        events, option = RULE.events(course), RULE.settings(options)
        fast, plain = allocate(RULE.rows(len(events.time))), RULE.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_array_equal(one[:count], other)
