"""A second solver, for tests: a System as plain Python functions, integrated by scipy at tight tolerance.

It shares nothing with the engine but the grammar of expressions. Slow, and exact where the engine must be: a run stops at every
dose and every timed event and starts anew; any other trigger, and any condition in an equation that turns (a method of high order
does not see a kink), is found by halving on the dense output until the time is exact.
A value asked for at the time of a dose or of an event is the one before it. What happens at one time, and in which order: `Event`.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import LSODA

from cartrace.models.expression import PYTHON, evaluate, names, python_text
from cartrace.models.system import System

LOOKS_PER_STEP = 8
"""A trigger that turns true and false again between two looks is missed."""


@dataclass(frozen=True)
class Dose:
    """An amount into one state at a time of the model's clock, at once or over a duration."""

    time: float
    state: str
    amount: float
    duration: float = 0.0


CUTS = 50
"""After so many turned conditions a run takes no more notice of them: one that hovers at its edge would turn for ever."""


class Functions:
    """The equations of a system with values for its parameters, as functions of time and state."""

    def __init__(self, system: System, values: Mapping[str, float]) -> None:
        self.system = system
        known = {item.id: item.value for item in system.parameters}
        assert values.keys() <= known.keys(), sorted(values.keys() - known.keys())
        self.parameters = known | dict(values)
        self.states = [item.id for item in system.states]
        self.rate = self._function([item.rate for item in system.states], "[", "]")
        self.all = {item.id: n for n, item in enumerate((*system.states, *system.rules))}
        self.everything = self._function(list(self.all), "[", "]")
        self.triggers: list[Callable[[float, np.ndarray], bool]] = [
            self._function([event.trigger], "bool(", ")") for event in system.events
        ]
        self.switches = self._function(self._conditions(), "[", "]")
        self.has_switches = bool(self._conditions())
        self.assigned = [self._function([value for _, value in event.assignments], "[", "]") for event in system.events]
        self.fixed_times = [self._fixed_time(event.trigger) for event in system.events]
        for n, when in enumerate(self.fixed_times):
            if when is not None:
                # Also of `time > when`: a run stops at the time itself, not after it.
                self.triggers[n] = lambda t, _, when=when: t >= when

    def _function(self, texts: Sequence[str], opens: str, closes: str) -> Callable[[float, np.ndarray], list[float]]:
        lines = ["def function(time, y):"]
        lines += [f"    ({', '.join(self.states)},) = y.tolist()"] if self.states else []
        wanted = set().union(*(names(text) for text in texts)) if texts else set()
        rules = {rule.id: rule for rule in self.system.rules}
        waiting = list(wanted & rules.keys())
        needed = set()
        while waiting:
            name = waiting.pop()
            needed.add(name)
            waiting += [item for item in names(rules[name].value) & rules.keys() if item not in needed]
        lines += [f"    {rule.id} = {python_text(rule.value)}" for rule in self.system.rules if rule.id in needed]
        lines.append(f"    return {opens}{', '.join(python_text(text) for text in texts)}{closes}")
        space = {**PYTHON, **self.parameters}
        exec("\n".join(lines), space)
        return space["function"]

    def _conditions(self) -> list[str]:
        """Everything in the equations that turns at some time: comparisons, which of two is greater, whole parts."""
        found = []
        for text in (*(rule.value for rule in self.system.rules), *(state.rate for state in self.system.states)):
            for node in ast.walk(ast.parse(text, mode="eval")):
                match node:
                    case ast.Compare():
                        found.append(ast.unparse(node))
                    case ast.Call(func=ast.Name(id="max" | "min"), args=terms):
                        pairs = itertools.combinations(map(ast.unparse, terms), 2)
                        found += [f"({first}) >= ({second})" for first, second in pairs]
                    case ast.Call(func=ast.Name(id="abs"), args=[term]):
                        found.append(f"({ast.unparse(term)}) >= 0")
                    case ast.Call(func=ast.Name(id="floor" | "ceil")):
                        found.append(ast.unparse(node))
        return found

    def _fixed_time(self, trigger: str) -> float | None:
        """When a trigger `time >= expression over parameters` turns true."""
        tree = ast.parse(trigger, mode="eval").body
        match tree:
            case ast.Compare(left=ast.Name(id="time"), ops=[ast.GtE() | ast.Gt()], comparators=[when]):
                text = ast.unparse(when)
                if names(text) <= self.parameters.keys():
                    return evaluate(text, self.parameters)
        return None

    def start(self) -> np.ndarray:
        return np.array([evaluate(item.initial, self.parameters) for item in self.system.states])


def solve(
    system: System,
    times: Sequence[float],
    outputs: Sequence[str],
    *,
    parameters: Mapping[str, float] | None = None,
    doses: Sequence[Dose] = (),
    rtol: float = 1e-10,
    atol: float | np.ndarray = 1e-12,
) -> np.ndarray:
    """Values (T, O) of states or rules at ascending times."""
    return _Run(Functions(system, parameters or {}), doses, rtol, atol).values(np.asarray(times, dtype=float), outputs)


class _Run:
    def __init__(self, functions: Functions, doses: Sequence[Dose], rtol: float, atol: float | np.ndarray) -> None:
        self.f, self.doses, self.rtol, self.atol = functions, doses, rtol, atol
        self.thresholds = np.array([item.extinct_below for item in functions.system.states])
        self.time, self.y = 0.0, functions.start()
        self.truth = [event.initially for event in functions.system.events]
        self.found: dict[float, np.ndarray] = {}
        self.cuts = 0

    def values(self, times: np.ndarray, outputs: Sequence[str]) -> np.ndarray:
        if times[0] <= 0:
            self.found[0.0] = self.y.copy()
        stops = {dose.time for dose in self.doses} | {dose.time + dose.duration for dose in self.doses}
        stops |= {when for when in self.f.fixed_times if when is not None}
        self._give_doses()
        self._settle()
        for stop in sorted(when for when in {*stops, times[-1]} if 0 < when <= times[-1]):
            while self.time < stop:
                self._integrate(stop, times)
            self._give_doses()
            self._settle()
        places = [self.f.all[name] for name in outputs]
        rows = [self.f.everything(t, self.found[t]) for t in times.tolist()]
        return np.array(rows)[:, places]

    def _infusions(self) -> np.ndarray:
        rate = np.zeros(len(self.y))
        for dose in self.doses:
            if dose.duration and dose.time <= self.time < dose.time + dose.duration:
                rate[self.f.states.index(dose.state)] += dose.amount / dose.duration
        return rate

    def _give_doses(self) -> None:
        for dose in self.doses:
            if dose.time == self.time and not dose.duration:
                self.y[self.f.states.index(dose.state)] += dose.amount

    def _settle(self) -> None:
        """Let every event happen whose trigger has turned true, one by one, until none is left."""
        order = sorted(range(len(self.truth)), key=lambda n: self.f.fixed_times[n] is None)
        for _ in range(100):
            now = [trigger(self.time, self.y) for trigger in self.f.triggers]
            due = [n for n in order if now[n] and not self.truth[n]]
            if not due:
                self.truth = now
                return
            # The others stay due: they are looked at again with the values that this one leaves.
            self.truth = [holds and n not in due[1:] for n, holds in enumerate(now)]
            values = self.f.assigned[due[0]](self.time, self.y)
            for (target, _), value in zip(self.f.system.events[due[0]].assignments, values, strict=True):
                self.y[self.f.states.index(target)] = value
        raise RuntimeError("events that set off each other without end")

    def _integrate(self, stop: float, times: np.ndarray) -> None:
        """To the stop, or to the first trigger or extinction before it."""
        if not self.f.states:
            self._keep(lambda t: self.y, stop, times)
            return
        extra = self._infusions()
        waits = [n for n, when in enumerate(self.f.fixed_times) if when is None]
        solver = LSODA(
            lambda t, y: np.array(self.f.rate(t, y)) + extra, self.time, self.y, stop,
            rtol=self.rtol, atol=self.atol, first_step=min(1e-8, (stop - self.time) / 2),
        )  # fmt: skip
        while solver.status == "running":
            said = solver.step()
            if solver.status == "failed":
                raise RuntimeError(said)
            line = solver.dense_output()
            cut = self._first_change(line, solver.t_old, solver.t, waits)
            until = solver.t if cut is None else cut
            self._keep(line, until, times)
            self.y = (solver.y if cut is None else line(cut)).copy()
            if cut is not None:
                self._extinguish()
                self._settle()
                return
        self.time = stop

    def _keep(self, line: Callable[[float], np.ndarray], until: float, times: np.ndarray) -> None:
        for t in times[(times > self.time) & (times <= until)].tolist():
            self.found[t] = np.array(line(t))
        self.time = until

    def _first_change(self, line, begin: float, end: float, waits: list[int]) -> float | None:
        """The first time at which a waiting trigger turns true, or false, or a state falls below its threshold."""

        def seen(t: float) -> tuple[bool, ...]:
            y = line(t)
            gone = (y < self.thresholds) & (self.thresholds > 0) & (self.y > 0)
            turned = self.f.switches(t, y) if looks else ()
            return (*(self.f.triggers[n](t, y) for n in waits), *gone.tolist(), *turned)

        looks = self.f.has_switches and self.cuts < CUTS
        if not waits and not self.thresholds.any() and not looks:
            return None
        falling = (self.y < self.thresholds) & (self.y > 0) & (self.thresholds > 0)
        before = (
            *(self.truth[n] for n in waits),
            *falling.tolist(),
            *(self.f.switches(begin, self.y) if looks else ()),
        )
        low = begin
        for high in np.linspace(begin, end, LOOKS_PER_STEP + 1)[1:].tolist():
            if seen(high) != before:
                while math.nextafter(low, high) < high:
                    middle = low + (high - low) / 2
                    low, high = (middle, high) if seen(middle) == before else (low, middle)
                self.cuts += 1
                return high
            low = high
        return None

    def _extinguish(self) -> None:
        gone = (self.y < self.thresholds) & (self.thresholds > 0)
        self.y[gone] = 0.0
