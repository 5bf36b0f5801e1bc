"""A scenario's treatment on a model: doses known beforehand, and rules that wait for fever or a CRS grade.

In: a model's system, a scenario. Out: `Treatment`: the system with its events, the doses of a patient, names of what was added.
Decided here:

- What is known beforehand is a dose, as data: cells, drugs on a given day, lymphodepletion. What waits is an event.
- `hold_on_fever`: from the first moment since the first infusion at which the temperature is at the limit, no further part is given.
- "fever" is a temperature of at least 38 Cel at or after the first infusion (lee2019astct).
- "CRS grade N": fever, or a drug given at or after the onset that lifts the demand for fever (lee2019astct, see `crs.astct2019`)
  until the patient was without fever, hypotension and hypoxia for the hours after which that rule ends an episode; and the margin of
  hypotension or hypoxia has reached level N (`crs_signal`). Both at the same moment.
- A waiting drug is given at that moment, up to the last look at temperature and pressure (`schedule`): what nobody sees is not
  treated, and a later fever is graded nowhere either. A reason that comes and goes between two steps of the solver is not seen.
  A further dose "while it lasts" needs the same reason again once the interval is over; "anyway" follows on the interval alone.
- Days on the model's clock: day + t_inf.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from cartrace.assess.crs.astct2019 import FEVER_FROM, RULE
from cartrace.course.clock import HOURS_PER_DAY
from cartrace.models.system import Event, State, System
from cartrace.simulate import interface as model
from cartrace.simulate.crs_signal import thresholds
from cartrace.simulate.scenario import RescueDrug, Scenario
from cartrace.simulate.schedule import VITALS_UNTIL

RESOLVED_AFTER = next(option.default for option in RULE.options if option.name == "resolution_hours") / HOURS_PER_DAY
"""[d] without fever and hypotension after which an episode is over, as `crs.astct2019` has it."""

NEVER = -1.0
"""Time of a dose that was not given, on the model's clock, which starts at 0."""

LONG_AGO = -1e6
"""[d] before any dose: no interval is running."""

HELD, FEVER_SEEN, WAIVED, CLEAR_SINCE = "rx_held", "rx_fever", "rx_waived", "rx_clear_since"
NOT_CLEAR = 1e6
"""[d] in place of a time: the patient has not been clear since a fever."""
DRUGS = {"tocilizumab": model.TOCILIZUMAB, "steroid": model.STEROID}


@dataclass(frozen=True, slots=True)
class PlannedDose:
    """One dose known beforehand: [d] on the model's clock, state, amount in the state's unit."""

    time: float
    state: str
    amount: float


@dataclass(frozen=True, slots=True)
class KeptDose:
    """States that keep when a waiting dose was given (`NEVER`: it was not), and the readings on which it was given."""

    time: str
    temperature: str
    hypotension: str
    hypoxia: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """A treated system.

    system     the model with events and discrete states of the treatment
    planned    doses known beforehand, the same for every patient of the scenario
    waiting    drug ("tocilizumab", "steroid") to what is kept of each of its doses
    held_parts states that keep whether each part after the first was given, when parts may be held
    """

    system: System
    planned: tuple[PlannedDose, ...]
    waiting: tuple[tuple[str, tuple[KeptDose, ...]], ...]
    held_parts: tuple[str, ...]

    @property
    def kept(self) -> tuple[str, ...]:
        """States that must be read at the end to know what was given."""
        doses = [dose for _, kept in self.waiting for dose in kept]
        return (*self.held_parts, *(name for dose in doses for name in astuple(dose)))


def treatment(system: System, scenario: Scenario) -> Treatment:
    """The system of a model under the scenario's treatment. Raises `NotTreatable`."""
    model.require(system)
    values = {item.id: item.value for item in system.parameters}
    zero, levels = values[model.FIRST_INFUSION], tuple(thresholds(values))
    drugs = {name: drug for name in DRUGS if (drug := getattr(scenario, name)) is not None}
    for drug in drugs.values():
        if drug.at.startswith("CRS") and _grade(drug) not in levels:
            raise model.NotTreatable(f"model {system.id} says nothing of {drug.at}: a drug cannot wait for it")
    waiting = {name: drug for name, drug in drugs.items() if drug.at}
    states, events = _parts_on_hold(scenario, zero)
    if any(drug.at for drug in drugs.values()):
        more_states, more_events = _memory_of_fever(drugs, zero, levels)
        states, events = states + more_states, events + more_events
    if len(waiting) > 1:
        more_states, more_events = _due_together(waiting, zero)
        states, events = states + more_states, events + more_events
    kept = {}
    for name, drug in waiting.items():
        due = f" or (rx_{name}_due > 0.5 and rx_{name} < 0.5)" if len(waiting) > 1 else ""
        drug_states, event, kept[name] = _waiting_drug(
            name, drug, scenario.patient.weight_kg, f"({_reason(drug, zero)}{due})"
        )
        states, events = (*states, *drug_states), (*events, event)
    treated = replace(system, states=(*system.states, *states), events=(*system.events, *events))
    return Treatment(
        system=treated,
        planned=tuple(sorted(_planned(scenario, drugs, zero), key=lambda dose: (dose.time, dose.state))),
        waiting=tuple(kept.items()),
        held_parts=tuple(state.id for state in states if state.id.startswith("rx_part_")),
    )


def _grade(drug: RescueDrug) -> int:
    return int(drug.at.rpartition(" ")[2])


def _planned(scenario: Scenario, drugs: dict[str, RescueDrug], zero: float) -> list[PlannedDose]:
    total = scenario.dose.total(scenario.patient.weight_kg)
    parts = list(zip(scenario.dose.fractions, scenario.dose.days, strict=True))
    at_once = parts if scenario.dose.hold_on_fever is None else parts[:1]
    doses = [PlannedDose(zero + day, model.CELLS, fraction * total) for fraction, day in at_once]
    if scenario.lymphodepletion is not None:
        depletion = scenario.lymphodepletion
        doses += [PlannedDose(zero + day, model.LYMPHODEPLETION, depletion.intensity) for day in depletion.days]
    for name, drug in drugs.items():
        if drug.day is not None:
            amount = drug.amount(scenario.patient.weight_kg)
            times = [zero + drug.day + n * drug.interval_h / HOURS_PER_DAY for n in range(drug.doses)]
            doses += [PlannedDose(time, DRUGS[name], amount) for time in times]
    return [dose for dose in doses if dose.amount > 0.0]


def _parts_on_hold(scenario: Scenario, zero: float) -> tuple[tuple[State, ...], tuple[Event, ...]]:
    limit = scenario.dose.hold_on_fever
    if limit is None or len(scenario.dose.fractions) == 1:
        return (), ()
    total = scenario.dose.total(scenario.patient.weight_kg)
    states = [State(HELD, "0", "0", "1")]
    events = [Event(HELD, f"{model.TEMPERATURE} >= {limit!r} and time >= {zero!r}", ((HELD, "1"),), initially=False)]
    parts = zip(scenario.dose.fractions[1:], scenario.dose.days[1:], strict=True)
    for number, (fraction, day) in enumerate(parts, start=2):
        name = f"rx_part_{number}"
        given = f"{model.CELLS} + piecewise({fraction * total!r}, {HELD} < 0.5, 0)"
        states.append(State(name, "0", "0", "1"))
        assignments = ((model.CELLS, given), (name, f"piecewise(1, {HELD} < 0.5, 0)"))
        events.append(Event(name, f"time >= {zero + day!r}", assignments))
    return tuple(states), tuple(events)


def _memory_of_fever(
    drugs: dict[str, RescueDrug], zero: float, levels: tuple[int, ...]
) -> tuple[tuple[State, ...], tuple[Event, ...]]:
    """Whether an episode is open, and whether a drug given in it lifts the demand for fever; both end with the episode."""
    states = (
        *(State(name, "0", "0", "1") for name in (FEVER_SEEN, WAIVED)),
        State(CLEAR_SINCE, repr(NOT_CLEAR), "0", "d"),
    )
    clear = f"{model.TEMPERATURE} < {FEVER_FROM!r}"
    clear += "".join(f" and {_worse_margin()} < {model.CRS_THRESHOLDS[level]}" for level in levels[:1])
    opened = ((FEVER_SEEN, "1"), (CLEAR_SINCE, repr(NOT_CLEAR)))
    closed = ((FEVER_SEEN, "0"), (WAIVED, "0"))
    events = [
        Event(FEVER_SEEN, f"{_fever()} and time >= {zero!r}", opened, initially=False),
        Event(CLEAR_SINCE, clear, ((CLEAR_SINCE, "time"),)),
        Event("rx_resolved", f"{clear} and time >= {CLEAR_SINCE} + {RESOLVED_AFTER!r}", closed),
    ]
    for name, drug in drugs.items():
        if drug.day is not None:
            for number in range(drug.doses):
                time = zero + drug.day + number * drug.interval_h / HOURS_PER_DAY
                lifted = f"piecewise(1, {FEVER_SEEN} > 0.5, {WAIVED})"
                events.append(Event(f"rx_waived_{name}_{number + 1}", f"time >= {time!r}", ((WAIVED, lifted),)))
    return states, tuple(events)


def _fever() -> str:
    return f"{model.TEMPERATURE} >= {FEVER_FROM!r}"


def _reason(drug: RescueDrug, zero: float) -> str:
    seen = f"time <= {zero + VITALS_UNTIL!r} and {FEVER_SEEN} > 0.5"
    if drug.at == "fever":
        return f"{seen} and {_fever()}"
    return f"{seen} and ({_fever()} or {WAIVED} > 0.5) and {_worse_margin()} >= {model.CRS_THRESHOLDS[_grade(drug)]}"


def _worse_margin() -> str:
    return f"max({model.HYPOTENSION}, {model.HYPOXIA})"


def _due_together(waiting: dict[str, RescueDrug], zero: float) -> tuple[tuple[State, ...], tuple[Event, ...]]:
    """Keeps that a drug has become due: one given at that very moment, which acts at once, does not take back the order of another."""
    states = tuple(State(f"rx_{name}_due", "0", "0", "1") for name in waiting)
    events = tuple(
        Event(f"rx_{name}_due", _reason(drug, zero), ((f"rx_{name}_due", "1"),), initially=False)
        for name, drug in waiting.items()
    )
    return states, events


def _waiting_drug(
    name: str, drug: RescueDrug, weight_kg: float, reason: str
) -> tuple[tuple[State, ...], Event, tuple[KeptDose, ...]]:
    """States that count the doses and keep them, and the event that gives one."""
    count, last = f"rx_{name}", f"rx_{name}_last"
    interval = drug.interval_h / HOURS_PER_DAY
    kept = tuple(
        KeptDose(*(f"{count}_{what}_{n + 1}" for what in ("time", "temperature", "hypotension", "hypoxia")))
        for n in range(drug.doses)
    )
    wanted = reason if drug.lasting else f"({reason} or {count} > 0.5)"
    trigger = f"{wanted} and {count} < {drug.doses - 0.5!r} and time >= {last} + {interval!r}"
    state = DRUGS[name]
    assignments = [
        (state, f"{state} + {drug.amount(weight_kg)!r}"),
        (count, f"{count} + 1"),
        (last, "time"),
        (WAIVED, "1"),
    ]
    for number, dose in enumerate(kept):
        here = f"{count} > {number - 0.5!r} and {count} < {number + 0.5!r}"
        read = zip(astuple(dose), ("time", model.TEMPERATURE, model.HYPOTENSION, model.HYPOXIA), strict=True)
        assignments += [(target, f"piecewise({value}, {here}, {target})") for target, value in read]
    states = (
        State(count, "0", "0", "1"),
        State(last, repr(LONG_AGO), "0", "d"),
        *(State(dose.time, repr(NEVER), "0", "d") for dose in kept),
        *(State(name, "0", "0") for dose in kept for name in astuple(dose)[1:]),
    )
    return states, Event(count, trigger, tuple(assignments)), kept
