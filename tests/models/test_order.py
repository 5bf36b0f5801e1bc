"""Rules stand in an order in which each uses only earlier ones; a loop is named."""

from __future__ import annotations

import pytest

from cartrace.models.order import in_order, reach
from cartrace.models.system import Rule


def test_rules_that_need_no_move_stay():
    rules = (Rule("a", "1"), Rule("b", "a"), Rule("c", "a + b"))
    assert in_order(rules) == rules


def test_a_rule_comes_after_what_it_uses():
    rules = (Rule("a", "b + c"), Rule("b", "c"), Rule("c", "time"))
    assert [rule.id for rule in in_order(rules)] == ["c", "b", "a"]


def test_a_loop_is_named():
    with pytest.raises(ValueError, match="b, c"):
        in_order((Rule("a", "b"), Rule("b", "c"), Rule("c", "b")))


def test_what_an_expression_uses_by_way_of_rules():
    rules = (Rule("c", "b + k"), Rule("b", "a * x"), Rule("other", "z"))
    assert reach("c - time", rules) == {"c", "b", "k", "a", "x", "time"}
    assert reach("2", rules) == set()
