"""Events of SBML as events of a system.

In: the quantities of a model and its rules. Out: events in the order in which they happen at one time, and the states that hold
values between a trigger and a delayed assignment.
Decided here: a timed event with a delay happens later by that delay; a delay behind any other trigger is refused, because such an
event can be waiting more than once. What events at one moment do to each other: `sbml_moments`.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from cartrace.models.expression import TIME, names, parse
from cartrace.models.order import reach
from cartrace.models.sbml_moments import Act, fixed_time, settled
from cartrace.models.sbml_quantities import Quantities
from cartrace.models.system import Event, Rule, State


def read_events(quantities: Quantities, rules: list[Rule], moving: set[str]) -> tuple[tuple[State, ...], list[Event]]:
    """States that hold values while an event waits, and the events, those of higher priority first.

    `moving`: the names of states that change between events.
    """
    latches: list[State] = []
    acts: list[Act] = []
    priorities = [(event, _priority(quantities, event)) for event in quantities.model.getListOfEvents()]
    ordered = sorted(priorities, key=lambda pair: -pair[1])
    for number, (event, priority) in enumerate(ordered, start=1):
        name = event.getId() or f"event{number}"
        trigger = event.getTrigger()
        if trigger is None:
            quantities.refuse(event, f'event "{name}" without a trigger')
            continue
        read = Event(
            id=name,
            trigger=quantities.condition(trigger),
            assignments=tuple(
                (quantities.names[item.getVariable()], quantities.text(item))
                for item in event.getListOfEventAssignments()
            ),
            initially=not trigger.isSetInitialValue() or trigger.getInitialValue(),
        )
        _refuse_equality(quantities, event, read, rules, moving)
        delay = quantities.text(event.getDelay()) if event.isSetDelay() else "0"
        at_trigger = not event.isSetUseValuesFromTriggerTime() or event.getUseValuesFromTriggerTime()
        if _is_nothing(delay):
            persistent = not trigger.isSetPersistent() or trigger.getPersistent()
            acts.append(Act(event, read, priority, at_trigger, persistent))
        else:
            held, parts = _delayed(quantities, event, read, delay, at_trigger=at_trigger)
            latches += held
            acts += [Act(event, part, priority, at_trigger, persistent=True) for part in parts]
    _refuse_size_with_content(quantities, acts)
    events = settled(acts, rules, quantities.refuse)
    return tuple(latches), [
        replace(event, assignments=tuple(quantities.assignment(*item) for item in event.assignments))
        for event in events
    ]


def _priority(quantities: Quantities, event: Any) -> float:
    """The priority as a number; events without one come last."""
    if not event.isSetPriority():
        return float("-inf")
    tree = parse(quantities.text(event.getPriority()))
    try:
        return float(ast.literal_eval(tree))
    except ValueError:
        quantities.refuse(event, f'event "{event.getId()}" with a priority that is no plain number')
        return 0.0


def _refuse_equality(quantities: Quantities, event: Any, read: Event, rules: list[Rule], moving: set[str]) -> None:
    """Of what moves continuously, a solver cannot see that for one instant it equals something."""
    for node in ast.walk(parse(read.trigger)):
        match node:
            case ast.Compare(ops=[ast.Eq() | ast.NotEq()]) if reach(ast.unparse(node), rules) & (moving | {TIME}):
                said = f'event "{read.id}" that waits for "{ast.unparse(node)}", which holds for one instant'
                quantities.refuse(event, said, "write the trigger with >= or <=")


def _refuse_size_with_content(quantities: Quantities, acts: list[Act]) -> None:
    """A compartment and a concentration in it, assigned at one moment: SBML does not say which of the two comes first."""
    for act in acts:
        together = set[str]().union(*(other.targets for other in acts if other.moment == act.moment))
        for symbol in quantities.amounts:
            if quantities.names[symbol] in act.targets and quantities.size(symbol) in together:
                said = f'event "{act.event.id}" that sets the concentration "{symbol}" while its compartment changes'
                quantities.refuse(act.element, said, "let the two happen at different times")


def _is_nothing(delay: str) -> bool:
    tree = parse(delay)
    return isinstance(tree, ast.Constant) and tree.value == 0


def _delayed(
    quantities: Quantities, event: Any, read: Event, delay: str, *, at_trigger: bool
) -> tuple[list[State], list[Event]]:
    """The event later by its delay; with values of the trigger's time, an event that holds them and one that assigns them."""
    constants = {quantities.names[symbol] for symbol in quantities.constants()}
    begins = fixed_time(read.trigger)
    if begins is None or begins <= 0 or not names(delay) <= constants:
        quantities.refuse(event, f'event "{read.id}" with a delay behind a trigger that is no fixed time after 0')
        return [], []
    wait = fixed_time(f"{TIME} >= {delay}")
    if wait is not None and wait < 0:
        quantities.refuse(event, f'event "{read.id}" with a delay below 0', "give a delay of 0 or more")
        return [], []
    later = f"{TIME} >= {begins!r} + {delay}"
    moving = any(not names(value) <= constants for _, value in read.assignments)
    if not at_trigger or not moving:
        return [], [Event(read.id, later, read.assignments, read.initially)]
    held = [quantities.free_name(f"{target}_at_{read.id}") for target, _ in read.assignments]
    now = tuple((name, value) for name, (_, value) in zip(held, read.assignments, strict=True))
    then = tuple((target, name) for name, (target, _) in zip(held, read.assignments, strict=True))
    states = [State(name, "0", "0") for name in held]
    return states, [Event(f"{read.id}_holds", read.trigger, now, read.initially), Event(read.id, later, then, True)]
