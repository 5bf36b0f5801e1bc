"""Five states and their words."""

from __future__ import annotations

import pytest

from cartrace.course import Status


@pytest.mark.parametrize("status", Status)
def test_a_word_reads_back(status):
    assert Status.from_word(status.word) is status
    assert Status.from_word(f" {status.word.upper()} ") is status


def test_the_words_and_numbers_are_fixed():
    """Kernels and files hold them; a change of order would change stored results."""
    assert {s.word: int(s) for s in Status} == {"done": 0, "below": 1, "above": 2, "not done": 3, "not recorded": 4}


def test_another_word_is_none():
    with pytest.raises(KeyError):
        Status.from_word("detected")
