"""Events of SBML that happen at one moment.

In: events as they are read. Out: events of a system, which act one after the other, with the same outcome.
Decided here: SBML computes the values of all events of a moment before any acts, unless an event says otherwise, and one that has
come true acts even when another has made it untrue. Where that makes a difference, events with one trigger become one event;
where it makes a difference and that is not possible, they are refused.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cartrace.models.expression import evaluate, names, parse
from cartrace.models.order import reach
from cartrace.models.system import Event, Rule

APART = "let them happen at different times, or write one event"


@dataclass(frozen=True, slots=True)
class Act:
    """An event with what a system does not say of it: `element` of the file, whether its values are those before any event
    of the moment, and whether it acts when another event of the moment has made its trigger untrue."""

    element: Any
    event: Event
    priority: float
    at_trigger: bool
    persistent: bool

    @property
    def targets(self) -> frozenset[str]:
        """What it assigns."""
        return frozenset(target for target, _ in self.event.assignments)

    @property
    def moment(self) -> tuple[object, bool]:
        """Equal for events that always happen together."""
        when = fixed_time(self.event.trigger)
        return (self.event.trigger if when is None else when), self.event.initially


Refuse = Callable[[Any, str, str], None]


def fixed_time(trigger: str) -> float | None:
    """t of a trigger `time >= t` or `time > t` with t a number or a sum of numbers; None for any other."""
    match parse(trigger):
        case ast.Compare(left=ast.Name(id="time"), ops=[ast.GtE() | ast.Gt()], comparators=[when]):
            text = ast.unparse(when)
            return None if names(text) else evaluate(text, {})
    return None


def settled(acts: Sequence[Act], rules: Sequence[Rule], refuse: Refuse) -> list[Event]:
    """The events of a system; `refuse` is told of those that cannot be."""
    left = list(acts)
    events: list[Event] = []
    while left:
        first = left.pop(0)
        same = [act for act in left if act.moment == first.moment]
        group = [first, *same]
        if same and not _in_turn(group, rules):
            left = [act for act in left if act not in same]
            _refuse_what_cannot_be_one(group, rules, refuse)
            events.append(_one(group))
        else:
            events.append(first.event)
        _refuse_open_order(group, refuse)
    _refuse_shared_conditions(acts, rules, refuse)
    return events


def _values(act: Act, rules: Sequence[Rule]) -> frozenset[str]:
    return frozenset[str]().union(*(reach(value, rules) for _, value in act.event.assignments))


def _touched(group: Sequence[Act], rules: Sequence[Rule]) -> Iterator[tuple[Act, bool, bool]]:
    """Each act with whether those before it assign what its values, and what its trigger, depend on."""
    assigned: frozenset[str] = frozenset()
    for act in group:
        yield act, bool(assigned & _values(act, rules)), bool(assigned & reach(act.event.trigger, rules))
        assigned |= act.targets


def _in_turn(group: Sequence[Act], rules: Sequence[Rule]) -> bool:
    """Whether acting one after the other, as the events of a system do, is what SBML means."""
    return not any(
        (values and act.at_trigger) or (trigger and act.persistent) for act, values, trigger in _touched(group, rules)
    )


def _refuse_open_order(group: Sequence[Act], refuse: Refuse) -> None:
    """Two values for one target at one moment, and no priority that says which comes last."""
    for act, other in itertools.combinations(group, 2):
        given, again = dict(act.event.assignments), dict(other.event.assignments)
        both = [target for target in given if target in again and given[target] != again[target]]
        if both and act.priority == other.priority:
            said = f'events "{act.event.id}" and "{other.event.id}", which both set "{both[0]}" at one moment'
            refuse(other.element, said, "give the two events different priorities")


def _refuse_what_cannot_be_one(group: Sequence[Act], rules: Sequence[Rule], refuse: Refuse) -> None:
    for act, values, trigger in _touched(group, rules):
        if (values and not act.at_trigger) or (trigger and not act.persistent):
            refuse(act.element, f'event "{act.event.id}", which waits for what another event does at its moment', APART)


def _one(group: Sequence[Act]) -> Event:
    """One event: of what several assign, the last counts."""
    assigned = {target: value for act in group for target, value in act.event.assignments}
    return replace(group[0].event, assignments=tuple(assigned.items()))


def _refuse_shared_conditions(acts: Sequence[Act], rules: Sequence[Rule], refuse: Refuse) -> None:
    """Different triggers with a condition in common may turn true together; nothing is known then of their order."""
    for n, act in enumerate(acts):
        for other in acts[:n]:
            if act.moment == other.moment or not _conditions(act) & _conditions(other):
                continue
            touched = (
                act.targets & (other.targets | _values(other, rules) | reach(other.event.trigger, rules))
                | other.targets & (_values(act, rules) | reach(act.event.trigger, rules))
            )  # fmt: skip
            if touched:
                said = (
                    f'events "{other.event.id}" and "{act.event.id}", which may happen together and share '
                    f'"{min(touched)}"'
                )
                refuse(act.element, said, APART)


def _conditions(act: Act) -> frozenset[object]:
    """The comparisons of its trigger; a fixed time as a number."""
    parts = [ast.unparse(node) for node in ast.walk(parse(act.event.trigger)) if isinstance(node, ast.Compare)]
    return frozenset(part if fixed_time(part) is None else fixed_time(part) for part in parts)
