"""States from measured days: patterns written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.assess.bcell.loss import first_loss, first_of, states


def held(text, needed=2, *, trust=False):
    return "".join("A" if x else "." for x in states(np.array([c == "A" for c in text], dtype=np.bool_), needed, trust))


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ("..A.A..A", "..AAA..A"),
        ("A...A", "A...A"),
        ("A.", "AA"),
        ("A..", "A.."),
        ("....", "...."),
        ("", ""),
    ],
)
def test_a_loss_needs_two_days(measured, expected):
    assert held(measured) == expected


def test_one_day_is_enough_when_asked_or_trusted():
    assert held("A.A.", needed=1) == "A.A."
    assert held("A.A.", trust=True) == "AAA."
    assert held("A..A", needed=3) == "AAAA"


def test_first_days():
    days = np.array([False, True, True, False], dtype=np.bool_)
    assert (first_of(days), first_of(~days), first_of(days[:1])) == (1, 0, -1)
    assert (first_loss(days, 1), first_loss(days[:3], 1)) == (3, -1)


@given(st.lists(st.booleans(), max_size=12), st.integers(0, 11), st.integers(1, 3), st.booleans())
def test_one_more_day_of_aplasia_never_ends_it_elsewhere(days, place, needed, trust):
    pattern = np.array(days, dtype=np.bool_)
    more = pattern.copy()
    if place < len(more):
        more[place] = True
    assert np.all(states(pattern, needed, trust) <= states(more, needed, trust))
    assert np.all(pattern <= states(pattern, needed, trust))
