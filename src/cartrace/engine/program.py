"""A program: the text of a model with its layout and what a driver must know about it.

In: what `composition` found out. Out: JSON text for a cache, and back.
Decided here: what a driver may rely on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from cartrace.engine.layout import Layout


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One event: function `event_<its position>` carries it out. Switches of `clock` stand first, then the events of the system.

    `slot` is its place in EVT (timed) or in G (triggered). `initially` is the truth of the trigger before time 0:
    what is true then does not fire at the start.
    """

    id: str
    timed: bool
    slot: int
    initially: bool


@dataclass(frozen=True, slots=True)
class Program:
    """What a back end and a driver need; nothing of it depends on the values of parameters.

    `states`: ids in the order of Y, YN and U: first `n_continuous` with a rate, then the discrete ones. `parameters`: ids in the
    order of P (that of the system). `outputs`: ids in the order of O. `infused`: ids in the order of INF. `events`: all events in
    the order in which they act at one time. `extinct_below`: per state, 0 for never. `checks`: a sentence per slot of BAD.
    """

    text: str
    layout: Layout
    states: tuple[str, ...]
    n_continuous: int
    parameters: tuple[str, ...]
    outputs: tuple[str, ...]
    infused: tuple[str, ...]
    events: tuple[EventEntry, ...]
    extinct_below: tuple[float, ...]
    checks: tuple[str, ...]
    autonomous: bool

    @property
    def n_timed(self) -> int:
        """Number of timed events: slots of EVT."""
        return sum(event.timed for event in self.events)

    @property
    def n_triggers(self) -> int:
        """Number of triggered events: slots of G."""
        return len(self.events) - self.n_timed

    def to_json(self) -> str:
        """The program as JSON text, byte for byte the same for the same program."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Program:
    """A program from the text that `Program.to_json` wrote."""
    raw: dict[str, Any] = json.loads(text)
    layout = Layout(tuple((name, offset, count) for name, offset, count in raw.pop("layout")["sections"]))
    events = tuple(EventEntry(**item) for item in raw.pop("events"))
    lists = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
    return Program(layout=layout, events=events, **(raw | lists))
