"""Answers: words or a reason."""

import pytest

from cartrace.assess.forms.found import Found, number, silence


def test_an_answer_is_words_or_a_reason():
    assert number(2.958333, "d").text == "2.95833"
    assert number(3.0, "d", lower_bound=True).text == ">= 3"
    assert silence("why").reason == "why"
    for text, reason in (("", ""), ("yes", "why")):
        with pytest.raises(ValueError, match="words or a reason"):
            Found(text, reason=reason)


def test_an_answer_is_a_bound_only_where_it_says_so():
    assert [found.lower_bound for found in (Found("yes"), silence("why"), number(3.0, "d"))] == [False, False, False]
    assert number(3.0, "d", lower_bound=True).lower_bound
