"""Doses and durations of vasopressors: the published table, hand-worked equivalents, and a count minute by minute."""

import dataclasses
import math
import random

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import vasopressor_course as courses
from cartrace.assess.sweep import NO, UNKNOWN, YES
from cartrace.course.record import Patient


def at(given, hour):
    """(on a high dose, on any for a day) at `hour`."""
    state = (NO, NO)
    for minute, high, long in courses.step_function(read_given(given)):
        if minute <= hour * 60:
            state = high, long
    return state


@pytest.mark.parametrize(
    ("agents", "high"),
    [
        ({"norepinephrine": 20}, True),
        ({"norepinephrine": 19.9}, False),
        ({"epinephrine": 10}, True),
        ({"epinephrine": 9.9}, False),
        ({"dopamine": 10}, True),
        ({"dopamine": 9.9}, False),
        ({"phenylephrine": 200}, True),
        ({"phenylephrine": 199}, False),
        ({"vasopressin": 1}, False),
        ({"norepinephrine": 10, "vasopressin": 0}, True),
        ({"norepinephrine": 9.9, "vasopressin": 0}, False),
        ({"norepinephrine": 10, "phenylephrine": 100}, True),
        ({"norepinephrine": 10, "phenylephrine": 99}, False),
        ({"norepinephrine": 16, "dopamine": 8}, True),
        ({"norepinephrine": 15.9, "dopamine": 8}, False),
        ({"norepinephrine": 1, "epinephrine": 12}, True),
        ({}, False),
    ],
)
def test_the_table_of_high_doses(agents, high):
    assert courses.is_high(agents) is high


@pytest.mark.parametrize(
    ("drug", "weight", "rate"),
    [
        ("norepinephrine 5 ug/min", None, 5),
        ("norepinephrine 0.3 ug/kg/min", 70, 21),
        ("norepinephrine 0.3 ug/kg/min", None, None),
        ("dopamine 5 ug/kg/min", None, 5),
        ("dopamine 350 ug/min", 70, 5),
        ("dopamine 350 ug/min", None, None),
        ("epinephrine 0.6 mg/h", None, 10),
        ("norepinephrine 5", None, None),
        ("norepinephrine 5 mg", 70, None),
        ("norepinephrine", 70, None),
        ("vasopressin 0.03 U/min", 70, None),
    ],
)
def test_rates_in_the_unit_of_the_table(drug, weight, rate):
    (course,) = read_given(f"h6-12 drug {drug}").drugs
    assert courses.dose(course, weight) == rate


def test_which_weight_counts():
    course = read_given("d-5 weight 60; d0 weight 62; d3 weight 70; d1-2 drug norepinephrine 1 ug/kg/min")
    start = course.drugs[0].start
    assert courses.weight_at(course, start) == 62
    assert courses.weight_at(dataclasses.replace(course, patient=Patient(weight_kg=80)), start) == 80
    later = read_given("d3 weight 70; d1-2 drug norepinephrine 1 ug/kg/min")
    assert courses.weight_at(later, later.drugs[0].start) == 70


@pytest.mark.parametrize(
    ("given", "hour", "state"),
    [
        ("h0-9 drug norepinephrine 25 ug/min", 2.9, (NO, NO)),
        ("h0-9 drug norepinephrine 25 ug/min", 3, (YES, NO)),
        ("h0-9 drug norepinephrine 25 ug/min", 9, (NO, NO)),
        ("h0- drug norepinephrine 2 ug/min", 23.9, (NO, NO)),
        ("h0- drug norepinephrine 2 ug/min", 24, (NO, YES)),
        ("h0-? drug norepinephrine 25 ug/min", 2, (NO, NO)),
        ("h0-? drug norepinephrine 25 ug/min", 30, (UNKNOWN, UNKNOWN)),
        ("h0-9 drug norepinephrine", 4, (UNKNOWN, NO)),
        ("d0-1 drug norepinephrine 25 ug/min", 20, (UNKNOWN, NO)),
        ("d0-3 drug norepinephrine 25 ug/min", 30, (YES, UNKNOWN)),
        ("d0-3 drug norepinephrine 25 ug/min", 50, (YES, YES)),
        ("d0-3 drug norepinephrine 25 ug/min", 80, (UNKNOWN, UNKNOWN)),
        ("d0-3 drug norepinephrine 25 ug/min", 97, (NO, NO)),
    ],
)
def test_durations_and_what_times_leave_open(given, hour, state):
    assert at(given, hour) == state


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("h0-9 drug norepinephrine", [(0, 540, False), (0, 540, True)]),
        ("h0- drug norepinephrine", [(0, math.inf, False), (0, math.inf, True)]),
        ("h0-? drug norepinephrine", [(0, math.inf, False), (0, 1, True)]),
        ("d1-2 drug norepinephrine", [(1440, 4320, False)]),
        ("d1-3 drug norepinephrine", [(1440, 5760, False), (2880, 4320, True)]),
        ("h0-9 drug fibrinogen_concentrate; h1-2 drug tocilizumab", []),
    ],
)
def test_from_which_minute_to_which_a_vasopressor_ran_at_most_and_for_certain(given, found):
    assert [(run.start, run.end, run.certain) for run in courses.runs(read_given(given))] == found


def counted(given, end):
    """State at each minute, counted one minute after the other from the entries in words."""
    found, high, long = [], 0, 0
    for minute in range(end):
        rates = {}
        for item in given:
            name, rate, start, stop = item
            if start <= minute < stop:
                rates[name] = max(rate, rates.get(name, 0))
        equivalent = sum(r * {"phenylephrine": 0.1, "dopamine": 0.5}.get(n, 1) for n, r in rates.items() if n[0] != "v")
        alone = {"norepinephrine": 20, "epinephrine": 10, "dopamine": 10, "phenylephrine": 200, "vasopressin": math.inf}
        needed = 10 if "vasopressin" in rates else 20
        much = any(r >= alone[n] for n, r in rates.items()) or (len(rates) > 1 and equivalent >= needed)
        high, long = high + 1 if much else 0, long + 1 if rates else 0
        found.append((YES if high >= 180 else NO, YES if long >= 1440 else NO))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_minute_by_minute(seed):
    rng = random.Random(seed)
    given = []
    for _ in range(rng.randrange(1, 7)):
        name, most = rng.choice(
            [("norepinephrine", 30), ("epinephrine", 12), ("dopamine", 12), ("phenylephrine", 220), ("vasopressin", 0)]
        )
        start = rng.randrange(0, 30)
        given.append((name, rng.randrange(0, most + 1), start * 60, (start + rng.randrange(1, 30)) * 60))
    unit = {"dopamine": "ug/kg/min", "vasopressin": "U/min"}
    text = "; ".join(f"h{a // 60}-{b // 60} drug {n} {r} {unit.get(n, 'ug/min')}" for n, r, a, b in given)
    expected = counted(given, 3700)
    found = []
    steps = {minute: (high, long) for minute, high, long in courses.step_function(read_given(text))}
    state = (NO, NO)
    for minute in range(3700):
        state = steps.get(minute, state)
        found.append(state)
    # A duration is complete in its last minute, which both count in.
    assert found == expected
