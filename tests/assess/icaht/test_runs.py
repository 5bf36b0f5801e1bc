"""Runs of days: joining, lengths, and what holds for every pattern of days."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cartrace.assess.icaht.runs import days_in_runs, length, longest, runs_of

days = st.lists(st.booleans(), max_size=40).map(lambda pattern: np.array(pattern, dtype=np.bool_))


def runs(text, join):
    first, last = runs_of(np.array([letter == "x" for letter in text], dtype=np.bool_), join)
    return list(zip(first.tolist(), last.tolist(), strict=True))


def test_joined_across_two_days_but_not_three():
    assert runs("xx..x...x", 2) == [(0, 4), (8, 8)]
    assert runs("xx..x...x", 3) == [(0, 8)]
    assert runs("xx..x...x", 0) == [(0, 1), (4, 4), (8, 8)]
    assert runs("....", 2) == []
    assert runs("", 2) == []


def test_the_longest_run_is_the_first_of_equals_and_counts_both_ends():
    first, last = np.array([2, 10, 20]), np.array([5, 13, 21])
    assert longest(first, last) == 0
    assert length(first, last, 0) == 4
    assert days_in_runs(first, last) == 4 + 4 + 2
    assert longest(first[:0], last[:0]) == -1
    assert length(first, last, -1) == 0


@given(days, st.integers(0, 6))
def test_runs_cover_every_day_and_nothing_but_short_recoveries(pattern, join):
    first, last = runs_of(pattern, join)
    covered = {day for a, b in zip(first, last, strict=True) for day in range(a, b + 1)}
    assert set(np.flatnonzero(pattern)) <= covered
    assert all(pattern[a] and pattern[b] for a, b in zip(first, last, strict=True))
    assert all(b - a - 1 > join for a, b in zip(last[:-1], first[1:], strict=True))
    if join == 0:
        assert len(covered) == pattern.sum() == days_in_runs(first, last)


@given(days, st.integers(0, 5))
def test_joining_across_more_days_never_shortens_the_longest_run(pattern, join):
    narrow, wide = runs_of(pattern, join), runs_of(pattern, join + 1)
    assert length(*wide, longest(*wide)) >= length(*narrow, longest(*narrow))
