"""Rules in an order in which each uses only earlier ones, and what an expression uses by way of them.

In: rules in any order. Out: the same rules, ordered; those that may stay where they are stay.
Decided here: nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace.models.expression import names
from cartrace.models.system import Rule


def in_order(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules ordered by use. Raises ValueError naming the rules of a loop."""
    by_id = {rule.id: rule for rule in rules}
    placed: dict[str, Rule] = {}
    for rule in rules:
        _place(rule, by_id, placed, ())
    return tuple(placed.values())


def _place(rule: Rule, by_id: dict[str, Rule], placed: dict[str, Rule], above: tuple[str, ...]) -> None:
    if rule.id in placed:
        return
    if rule.id in above:
        raise ValueError(f"rules that use each other: {', '.join(above[above.index(rule.id) :])}")
    for name in sorted(names(rule.value) & by_id.keys(), key=list(by_id).index):
        _place(by_id[name], by_id, placed, (*above, rule.id))
    placed[rule.id] = rule


def reach(text: str, rules: Sequence[Rule]) -> frozenset[str]:
    """The names that an expression uses, and those that the rules among them use, and so on."""
    values = {rule.id: rule.value for rule in rules}
    found: set[str] = set()
    waiting = list(names(text))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += names(values[name]) if name in values else ()
    return frozenset(found)
