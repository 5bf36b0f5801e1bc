"""Conditions by the clock inside rates, such as piecewise(5, time >= t1, 0): each becomes a state that a timed event switches.

In: a `System`. Out: the same system with such conditions replaced; one without them is returned as it is.
Decided here: which conditions: comparisons of the clock with a value made of parameters, in rates and in the rules that rates use.

Without this, a step could jump over a short pulse and never see it, and every edge would cost many rejected steps. With it, a step ends
at the edge. A switch is 1 from its time on (or was so at the start), and 0 before.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from cartrace.engine.expression import Expressions
from cartrace.engine.reading import Reader
from cartrace.engine.trigger import passing_time
from cartrace.models.expression import names, parse, substituted
from cartrace.models.system import Event, State, System

OPPOSITE: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.GtE(),
    ast.LtE: ast.Gt(),
    ast.Gt: ast.LtE(),
    ast.GtE: ast.Lt(),
}


def with_switches(system: System) -> System:
    """The system with a state and an event for each condition by the clock that its rates depend on. The events stand first."""
    rules = {rule.id: rule.value for rule in system.rules}
    try:
        needed = _needed(system, rules)
    except ValueError:  # an expression that cannot be read: the composition tells
        return system
    switches = _Switches(system)
    states = tuple(replace(state, rate=switches.replaced(state.rate)) for state in system.states)
    changed = tuple(
        replace(rule, value=switches.replaced(rule.value)) if rule.id in needed else rule for rule in system.rules
    )
    if not switches.ids:
        return system
    new_states: list[State] = []
    new_events: list[Event] = []
    for trigger, id_ in switches.ids.items():
        new_states.append(State(id_, f"piecewise(1, {_at_the_start(trigger, rules)}, 0)", "0"))
        new_events.append(Event(id_, trigger, ((id_, "1"),)))
    return replace(system, states=(*states, *new_states), rules=changed, events=(*new_events, *system.events))


def _needed(system: System, rules: dict[str, str]) -> set[str]:
    """Rules that the rates use, directly or through other rules."""
    found: set[str] = set()
    waiting = [state.rate for state in system.states]
    while waiting:
        fresh = (names(waiting.pop()) & set(rules)) - found
        found |= fresh
        waiting += [rules[name] for name in fresh]
    return found


def _at_the_start(trigger: str, rules: dict[str, str]) -> str:
    """The condition at time 0, over parameters alone."""
    while used := sorted(names(trigger) & set(rules)):
        trigger = substituted(trigger, {name: rules[name] for name in used})
    return substituted(trigger, {"time": "0"})


class _Switches(ast.NodeTransformer):
    """Replaces conditions by the clock; `ids` says which condition, in the form that turns true, became which state."""

    def __init__(self, system: System) -> None:
        self.ids: dict[str, str] = {}
        self._reader = Reader(system, Expressions())
        self._taken = {item.id for items in (system.parameters, system.states, system.rules) for item in items}

    def replaced(self, text: str) -> str:
        """An expression with its conditions by the clock replaced; the same text when there is none."""
        if not any(isinstance(node, ast.Compare) for node in ast.walk(parse(text))):
            return text
        before = ast.parse(text.strip(), mode="eval").body
        after = ast.unparse(self.visit(before))
        return after if after != ast.unparse(parse(text)) else text

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if passing_time(self._reader, node, "") is not None:
            return self._switch(node, ast.Gt())
        opposite = OPPOSITE.get(type(node.ops[0]))
        if opposite is not None:
            turned = ast.Compare(left=node.left, ops=[opposite], comparators=node.comparators)
            if passing_time(self._reader, turned, "") is not None:
                return self._switch(turned, ast.Lt())
        return self.generic_visit(node)

    def _switch(self, rising: ast.Compare, operator: ast.cmpop) -> ast.Compare:
        trigger = ast.unparse(rising)
        if trigger not in self.ids:
            number = len(self.ids) + 1
            while f"clock_{number}" in self._taken:
                number += 1
            self.ids[trigger] = f"clock_{number}"
            self._taken.add(f"clock_{number}")
        return ast.Compare(left=ast.Name(id=self.ids[trigger]), ops=[operator], comparators=[ast.Constant(value=0.5)])
