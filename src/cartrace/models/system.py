"""The intermediate form of a model: ordinary differential equations, rules and events, every expression as text.

An expression is a Python expression over numbers, names, `time`, + - * / **, comparisons, `and`, `or`, `not` and the calls
`exp log log10 sqrt abs min max sin cos tan tanh floor ceil` and `piecewise(value, condition, ..., otherwise)`.
Times are in `time_unit`; the model's own clock starts at 0.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

FUNCTIONS = (
    "abs", "ceil", "cos", "exp", "floor", "log", "log10", "max", "min", "piecewise", "sin", "sqrt", "tan", "tanh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that may differ from patient to patient and does not change during a run."""

    id: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A quantity with a rate. `initial` may use parameters only; a quantity that only events change has rate "0".

    Below `extinct_below` (0: never) the quantity is set to 0 at the end of a step in which it fell from above.
    With a bound it is never negative either: what a step leaves below 0 is set to 0.
    """

    id: str
    initial: str
    rate: str
    unit: str = ""
    extinct_below: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A quantity computed from time, parameters, states and the rules before it."""

    id: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happens when `trigger` turns from false to true.

    A trigger `time >= EXPRESSION over parameters` is a timed event: its time is known before the run.
    All values are computed from the quantities just before the event, then assigned together. `initially` is the truth of the
    trigger before time 0 (SBML's initialValue): a timed event at or before 0 fires at the start only when it is False.
    At one time doses come first, then the timed events in the order of the system, then the other events in that order. Each
    sees the values that the earlier ones left, and does not happen when they have made its trigger untrue.
    """

    id: str
    trigger: str
    assignments: tuple[tuple[str, str], ...]
    initially: bool = True


@dataclass(frozen=True, slots=True)
class System:
    """One model, ready to be compiled. Rules stand in an order in which each uses only earlier ones."""

    id: str
    time_unit: str
    parameters: tuple[Parameter, ...]
    states: tuple[State, ...]
    rules: tuple[Rule, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """Ids of the parameters, in order."""
        return tuple(item.id for item in self.parameters)

    @property
    def state_ids(self) -> tuple[str, ...]:
        """Ids of the states, in order."""
        return tuple(item.id for item in self.states)

    @property
    def shown_ids(self) -> tuple[str, ...]:
        """Ids of what a run can show: states, then rules."""
        return (*self.state_ids, *(item.id for item in self.rules))

    @property
    def flow(self) -> System:
        """The same system without events: what the symbolic work depends on."""
        return replace(self, events=())

    @property
    def digest(self) -> str:
        """A name for the equations: the same text gives the same digest; values of parameters take no part."""
        plain = replace(self, id="", parameters=tuple(replace(item, value=0.0) for item in self.parameters))
        return hashlib.sha256(plain.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The system as JSON text, byte for byte the same for the same system."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> System:
    """A system from the text that `System.to_json` wrote."""
    raw = json.loads(text)
    events = tuple(
        Event(**(item | {"assignments": tuple((target, value) for target, value in item["assignments"])}))
        for item in raw["events"]
    )
    return System(
        id=raw["id"],
        time_unit=raw["time_unit"],
        parameters=tuple(Parameter(**item) for item in raw["parameters"]),
        states=tuple(State(**item) for item in raw["states"]),
        rules=tuple(Rule(**item) for item in raw["rules"]),
        events=events,
    )
