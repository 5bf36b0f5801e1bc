"""Events of SBML as events of a system.

In: the quantities of a model. Out: events in the order in which they happen at one time, and the states that hold values
between a trigger and a delayed assignment.
Decided here: a timed event with a delay happens later by that delay; a delay behind any other trigger is refused, because such an
event can be waiting more than once. `persistent` makes no difference without a delay.
"""

from __future__ import annotations

import ast
from typing import Any

from cartrace.models.expression import TIME, names, parse
from cartrace.models.sbml_quantities import Quantities
from cartrace.models.system import Event, State


def read_events(quantities: Quantities) -> tuple[tuple[State, ...], tuple[Event, ...]]:
    """States that hold values while an event waits, and the events, those of higher priority first."""
    latches: list[State] = []
    events: list[Event] = []
    ordered = sorted(quantities.model.getListOfEvents(), key=lambda event: -_priority(quantities, event))
    for number, event in enumerate(ordered, start=1):
        name = event.getId() or f"event{number}"
        trigger = event.getTrigger()
        read = Event(
            id=name,
            trigger=quantities.condition(trigger),
            assignments=tuple(
                (quantities.names[item.getVariable()], quantities.text(item))
                for item in event.getListOfEventAssignments()
            ),
            initially=not trigger.isSetInitialValue() or trigger.getInitialValue(),
        )
        delay = quantities.text(event.getDelay()) if event.isSetDelay() else "0"
        if _is_nothing(delay):
            events.append(read)
        else:
            held, parts = _delayed(quantities, event, read, delay)
            latches += held
            events += parts
    return tuple(latches), tuple(events)


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


def _is_nothing(delay: str) -> bool:
    tree = parse(delay)
    return isinstance(tree, ast.Constant) and tree.value == 0


def _delayed(quantities: Quantities, event: Any, read: Event, delay: str) -> tuple[list[State], list[Event]]:
    """The event later by its delay; with values of the trigger's time, an event that holds them and one that assigns them."""
    constants = {quantities.names[symbol] for symbol in quantities.constants()}
    begins = _starting_time(read.trigger)
    if begins is None or not names(delay) <= constants:
        quantities.refuse(event, f'event "{read.id}" with a delay behind a trigger that is no fixed time after 0')
        return [], []
    later = f"{TIME} >= {begins!r} + {delay}"
    moving = any(not names(value) <= constants for _, value in read.assignments)
    if not event.getUseValuesFromTriggerTime() or not moving:
        return [], [Event(read.id, later, read.assignments, read.initially)]
    held = [quantities.free_name(f"{target}_at_{read.id}") for target, _ in read.assignments]
    now = tuple((name, value) for name, (_, value) in zip(held, read.assignments, strict=True))
    then = tuple((target, name) for name, (target, _) in zip(held, read.assignments, strict=True))
    states = [State(name, "0", "0") for name in held]
    return states, [Event(f"{read.id}_holds", read.trigger, now, read.initially), Event(read.id, later, then, True)]


def _starting_time(trigger: str) -> float | None:
    """t of a trigger `time >= t` or `time > t` with a number t above 0; None for any other."""
    match parse(trigger):
        case ast.Compare(
            left=ast.Name(id="time"),
            ops=[ast.GtE() | ast.Gt()],
            comparators=[ast.Constant(value=int() | float() as value)],
        ):
            return float(value) if value > 0 else None
    return None
