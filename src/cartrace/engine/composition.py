"""From a system to its program: everything that is worked out before any machine code.

In: a `System` and the ids of the wanted outputs. Out: a `Program`; the same system gives the same bytes.
Decided here: the order of states (with a rate, then discrete), which function reads what, which states dense output needs.

The work is symbolic but small (tenths of a second) and needs no library beyond Python.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cartrace.engine import step, tableau
from cartrace.engine.clock import with_switches
from cartrace.engine.differentiate import Derivatives
from cartrace.engine.elimination import Elimination, eliminate
from cartrace.engine.expression import Expressions
from cartrace.engine.layout import Layout
from cartrace.engine.lowering import Lowering
from cartrace.engine.program import EventEntry, Program
from cartrace.engine.reading import Check, Reader
from cartrace.engine.trigger import event_time, root
from cartrace.engine.writing import FunctionText
from cartrace.models.system import State, System

OUTSIDE = 1.0  # value of a slot of BAD whose check has failed


def program(system: System, outputs: Sequence[str], *, infused: Sequence[str] = ()) -> Program:
    """The program of a system that gives the outputs (ids of states or rules).

    `infused`: states that may take an infusion over time; each gets a slot of INF that is added to its rate.
    Raises `SystemRefused` with every problem when expressions cannot be read or names are unknown.
    """
    return _Composition(with_switches(system), tuple(outputs), tuple(infused)).program()


@dataclass(frozen=True, slots=True)
class _Scenario:
    """Lowered nodes of what surrounds the flow: per event its assignments (state number -> node)."""

    times: tuple[int, ...]
    roots: tuple[int, ...]
    assignments: tuple[dict[int, int], ...]
    outputs: tuple[int, ...]
    entries: tuple[EventEntry, ...]


class _Composition:
    """One system on its way to a program."""

    def __init__(self, system: System, outputs: tuple[str, ...], infused: tuple[str, ...]) -> None:
        self.system, self.outputs, self.infused = system, outputs, infused
        self.expressions = Expressions()
        self.reader = Reader(system, self.expressions)
        self.lowering = Lowering(self.expressions)
        self.continuous = [state for state in system.states if not _is_discrete(state, infused)]
        self.states = [*self.continuous, *(state for state in system.states if _is_discrete(state, infused))]
        self.number = {state.id: i for i, state in enumerate(self.states)}

    def program(self) -> Program:
        flow, elimination = self._flow()
        initial = [self.reader.value(state.initial, f"initial value of {state.id}") for state in self.states]
        checks = list(self.reader.checks.values())
        self.reader.checking = False
        scenario = self._scenario()
        self.reader.finish()
        initial = [self.lowering.lower(node, hoist=False) for node in initial]
        conditions = [self._flag(check) for check in checks]
        layout = self._layout(flow, elimination, scenario, conditions)
        written = self._write(layout, flow, elimination, scenario, initial, conditions)
        return Program(
            text=written,
            layout=layout,
            states=tuple(state.id for state in self.states),
            n_continuous=len(self.continuous),
            parameters=tuple(item.id for item in self.system.parameters),
            outputs=self.outputs,
            infused=self.infused,
            events=scenario.entries,
            extinct_below=tuple(state.extinct_below for state in self.states),
            checks=tuple(check.sentence for check in checks),
            autonomous=not flow.by_time,
        )

    # ------------------------------------------------------------ what is computed
    def _flow(self) -> tuple[step.Flow, Elimination]:
        make = self.expressions
        rates = [self.reader.value(state.rate, f"rate of {state.id}") for state in self.continuous]
        for id_ in self.infused:
            if id_ in self.number:
                rates[self.number[id_]] = make.add([(rates[self.number[id_]], 1.0), (make.infusion(id_), 1.0)])
            else:
                self.reader.problems.append(f"infusion into {id_}: no such state")
        derivatives = Derivatives(make)
        leaves = {make.state(state.id): j for j, state in enumerate(self.continuous)}
        jacobian: dict[tuple[int, int], int] = {}
        by_time = []
        for i, rate in enumerate(rates):
            partials = derivatives.of(rate)
            jacobian |= {(i, leaves[leaf]): node for leaf, node in partials.items() if leaf in leaves}
            by_time.append(partials.get(make.time(), make.zero))
        lower = self.lowering.lower
        flow = step.Flow(
            rates=tuple(lower(rate) for rate in rates),
            minus_jacobian={entry: lower(make.add([(node, -1.0)])) for entry, node in sorted(jacobian.items())},
            by_time=tuple(lower(node) for node in by_time) if any(node != make.zero for node in by_time) else (),
        )
        return flow, eliminate(len(self.continuous), jacobian)

    def _scenario(self) -> _Scenario:
        lower = self.lowering.lower
        times: list[int] = []
        roots: list[int] = []
        assignments, entries = [], []
        for event in self.system.events:
            where = f"trigger of {event.id}"
            tree = self.reader.tree(event.trigger, where) or ast.Constant(value=False)
            time = event_time(self.reader, tree, where)
            if time is None:
                entries.append(EventEntry(event.id, False, len(roots), event.initially))
                roots.append(lower(root(self.reader, tree, where)))
            else:
                entries.append(EventEntry(event.id, True, len(times), event.initially))
                times.append(self.lowering.lower(time, hoist=False))
            values = {}
            for target, value in event.assignments:
                node = self.reader.value(value, f"event {event.id}, {target}")
                if target in self.number:
                    values[self.number[target]] = lower(node)
                else:
                    self.reader.problems.append(f"event {event.id}: {target} is no state")
            assignments.append(values)
        wanted = [lower(self.reader.at(f"output {id_}", ast.Name(id=id_))) for id_ in self.outputs]
        return _Scenario(tuple(times), tuple(roots), tuple(assignments), tuple(wanted), tuple(entries))

    def _flag(self, check: Check) -> int:
        make = self.expressions
        return self.lowering.lower(make.select(check.condition, make.number(OUTSIDE), make.zero))

    def _layout(self, flow: step.Flow, elimination: Elimination, scenario: _Scenario, conditions: list[int]) -> Layout:
        n, everything = len(self.continuous), len(self.states)
        sizes = dict.fromkeys(("HS", "IH", "IHG", "T0", "TT", "TH", "ERR"), 1)
        sizes |= {"P": len(self.system.parameters), "H": len(self.lowering.hoisted), "Y": everything, "YN": everything}
        sizes |= {"U": everything, "F": n, "S": n, "FT": len(flow.by_time), "K": tableau.STAGES * n}
        sizes |= {"A": len(elimination.entries), "TOL": 1 + n, "INF": len(self.infused), "EVT": len(scenario.times)}
        sizes |= {"G": len(scenario.roots), "O": len(scenario.outputs), "BAD": len(conditions)}
        return Layout.of(sizes)

    # ------------------------------------------------------------ what is written
    def _write(
        self,
        layout: Layout,
        flow: step.Flow,
        elimination: Elimination,
        scenario: _Scenario,
        initial: list[int],
        conditions: list[int],
    ) -> str:
        n, n_discrete = len(self.continuous), len(self.states) - len(self.continuous)

        def begun(states: str = "U", time: str = "TT") -> FunctionText:
            return FunctionText(self.expressions, self._slots(layout, states, time))

        def places(section: str, roots: Sequence[int]) -> list[str]:
            return [f"w[{layout.offset(section) + i}]" for i in range(len(roots))]

        def stored(targets: list[str], roots: Sequence[int], states: str = "U") -> list[str]:
            function = begun(states)
            function.store(targets, roots)
            return function.lines

        hoisted = [self.lowering.lower(node, hoist=False) for node in self.lowering.hoisted]
        started = [*places("YN", initial), *places("EVT", scenario.times)]
        bodies = {"hoist": stored(places("H", hoisted), hoisted), "init": stored(started, [*initial, *scenario.times])}
        bodies["domain"] = stored(places("BAD", conditions), conditions, "YN")
        bodies["rhs"] = stored(places("F", flow.rates), flow.rates)
        bodies["factor"] = step.factor(begun("Y", "T0"), flow, elimination, layout)
        bodies["solve"] = step.solve(elimination, layout)
        bodies["step"] = step.step(layout, n, n_discrete)
        needed = self._needed([*scenario.outputs, *scenario.roots])
        bodies["dense"] = step.dense(layout, n, [i for i in needed if i < n], [i for i in needed if i >= n])
        bodies["dense_all"] = step.dense_all(layout, n, n_discrete)
        bodies["observe"] = stored(places("O", scenario.outputs), scenario.outputs)
        bodies["triggers"] = stored(places("G", scenario.roots), scenario.roots)
        for k, values in enumerate(scenario.assignments):
            function = begun("YN")
            function.store([f"w[{layout.offset('YN') + i}]" for i in values], list(values.values()), after_all=True)
            bodies[f"event_{k}"] = function.lines
        functions = ["\n    ".join([f"def {name}(w):", *(lines or ["pass"])]) for name, lines in bodies.items()]
        return "\n\n".join(functions) + "\n"

    def _needed(self, roots: Sequence[int]) -> list[int]:
        """Numbers of the states that the roots read."""
        keys = [self.expressions.keys[node] for node in self.expressions.reachable(roots)]
        return sorted(self.number[key[1]] for key in keys if key[0] == "state")

    def _slots(self, layout: Layout, states: str, time: str) -> Callable[[tuple[object, ...]], str]:
        parameters = {item.id: layout.offset("P") + i for i, item in enumerate(self.system.parameters)}
        infused = {id_: layout.offset("INF") + i for i, id_ in enumerate(self.infused)}

        def slot(key: tuple[object, ...]) -> str:
            match key:
                case ("parameter", str(id_)):
                    return f"w[{parameters[id_]}]"
                case ("hoisted", int(index)):
                    return f"w[{layout.offset('H') + index}]"
                case ("state", str(id_)):
                    return f"w[{layout.offset(states) + self.number[id_]}]"
                case ("infusion", str(id_)):
                    return f"w[{infused[id_]}]"
            return f"w[{layout.offset(time)}]"

        return slot


def _is_discrete(state: State, infused: Sequence[str]) -> bool:
    """Whether only events change the state."""
    try:
        return float(state.rate) == 0.0 and state.id not in infused
    except ValueError:
        return False
