"""What a system, and a system with its tables, must hold to.

In: a `System`; the rows of a folder. Out: findings.
Decided here: names that stand in one place must stand in the other; the value of the table and that of the equations' text agree.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Iterable, Sequence

from cartrace.models.expression import TIME, evaluate, names, parse
from cartrace.models.findings import Findings
from cartrace.models.model import Model, ObservableRow, ParameterRow, Setting, StateRow
from cartrace.models.published import Published, Reading, Run, RunDose
from cartrace.models.system import Event, System


def check_system(system: System, file: str, findings: Findings) -> None:
    """Every name is defined once and before its use, every expression is one, events assign to states."""
    ids = [*system.parameter_ids, *system.shown_ids]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        findings.error("system.twice", file, f'"{name}" twice', "each name once", "rename one of them")
    parameters = system.parameter_ids
    known = [*parameters, *system.state_ids, TIME]
    for state in system.states:
        check_expression(state.initial, parameters, file, f"initial value of {state.id}", findings)
    for rule in system.rules:
        check_expression(rule.value, known, file, f"rule {rule.id}", findings)
        known.append(rule.id)
    for state in system.states:
        check_expression(state.rate, known, file, f"rate of {state.id}", findings)
    for event in system.events:
        check_event(event, system, file, findings)


def check_event(event: Event, system: System, file: str, findings: Findings) -> None:
    """Its trigger and values are expressions over the system, its targets are states."""
    states = system.state_ids
    known = [*system.parameter_ids, *system.shown_ids, TIME]
    check_expression(event.trigger, known, file, f"trigger of {event.id}", findings)
    for target, value in event.assignments:
        check_expression(value, known, file, f"event {event.id}", findings)
        if target not in states:
            findings.unknown("a state", file, target, states, column=f"event {event.id}")


def check_expression(text: str, known: Collection[str], file: str, place: str, findings: Findings) -> None:
    """The text is an expression over known names."""
    try:
        parse(text)
    except ValueError as error:
        findings.error("expression.invalid", file, str(error), "an expression", "correct it", column=place)
        return
    for name in sorted(names(text) - set(known)):
        findings.unknown("a name of the model that may stand here", file, name, known, column=place)


def check_rows(
    kind: str, file: str, rows: Sequence[ParameterRow] | Sequence[StateRow], ids: Sequence[str], findings: Findings
) -> None:
    """Every id of the system has a row and every row an id of the system. `kind`: parameter or state."""
    listed = {row.id for row in rows}
    for name in ids:
        if name not in listed:
            findings.error("row.missing", file, f'no row for "{name}"', f"a row for every {kind}", "add the row")
    for row in rows:
        if row.id not in ids:
            findings.unknown(f"a {kind} of the model", file, row.id, ids)


def check_values(system: System, rows: Sequence[ParameterRow], file: str, findings: Findings) -> None:
    """The number that stands in the text of the equations is the one of the table."""
    table = {row.id: row.value for row in rows}
    for item in system.parameters:
        value = table.get(item.id, item.value)
        if abs(value - item.value) > 1e-12 * max(abs(value), abs(item.value)):
            findings.error(
                "value.differs", file, f"{item.id} = {value:g}", f"{item.value:g} as in model.ant", "make the two agree"
            )


def check_observables(rows: Sequence[ObservableRow], system: System, file: str, findings: Findings) -> None:
    """The formula of each is a state or rule, its noise a number or a parameter."""
    shown, parameters = system.shown_ids, system.parameter_ids
    for row in rows:
        if row.formula and row.formula not in shown:
            findings.unknown("a state or rule of the model", file, row.formula, shown, column=row.id)
        if row.noise.isidentifier() and row.noise not in parameters:
            findings.unknown("a number or a parameter", file, row.noise, parameters, column=row.id)


def check_settings(settings: Iterable[Setting], parameters: Sequence[str], file: str, findings: Findings) -> None:
    """Settings set parameters of the model."""
    for setting in settings:
        for name in setting.parameters:
            if name not in parameters:
                findings.unknown("a parameter of the model", file, name, parameters, column=setting.id)


def check_published(model: Model, file: str, findings: Findings) -> None:
    """Runs and numbers name what the model has."""
    for run in model.runs.values():
        _check_run(run, model, file, findings)
    for entry in model.reproduce:
        findings.source(file, entry.source, entry.locator, column=f"published {entry.id}")
        for reading in (entry.reading, entry.over, entry.minus):
            if reading is not None:
                _check_reading(entry, reading, model, file, findings)


def _check_run(run: Run, model: Model, file: str, findings: Findings) -> None:
    place = f"run.{run.id}"
    parameters, states = model.system.parameter_ids, model.system.state_ids
    for name in run.settings:
        if name not in model.settings:
            findings.unknown("a setting", file, name, model.settings, column=place)
    for name in run.parameters:
        if name not in parameters:
            findings.unknown("a parameter of the model", file, name, parameters, column=place)
    for dose in run.doses:
        if dose.state not in states:
            findings.unknown("a state", file, dose.state, states, column=place)
        _check_dose(dose, run, model, file, findings)
    for event in run.events:
        check_event(event, model.system, file, findings)


def _check_dose(dose: RunDose, run: Run, model: Model, file: str, findings: Findings) -> None:
    """Its numbers can be worked out, it is given within the run and does not end before it begins."""
    place, before = f"run.{run.id}, dose", len(findings.items)
    for text in (dose.time, dose.amount, dose.duration):
        check_expression(text, model.system.parameter_ids, file, place, findings)
    chosen = [model.settings[name].parameters for name in run.settings if name in model.settings]
    values = functools.reduce(lambda known, more: known | dict(more), [*chosen, run.parameters], model.values)
    if len(findings.items) > before or not values.keys() >= set(model.system.parameter_ids):
        return
    least = {"time": (dose.time, 0.0 - run.zero), "amount": (dose.amount, -math.inf), "duration": (dose.duration, 0.0)}
    for name, (text, lowest) in least.items():
        try:
            value = evaluate(text, values)
        except (ArithmeticError, ValueError) as error:
            findings.error("reproduce.dose", file, f"{name} = {text}: {error}", "a number", "correct it", column=place)
            continue
        if value < lowest or (name == "time" and value > run.until):
            allowed = f"{lowest:g} to {run.until:g}" if name == "time" else f"{lowest:g} or more"
            findings.error("reproduce.dose", file, f"{name} = {value:g}", allowed, "correct it", column=place)


def _check_reading(entry: Published, reading: Reading, model: Model, file: str, findings: Findings) -> None:
    place = f"published {entry.id}"
    shown = model.system.shown_ids
    if reading.of not in shown:
        findings.unknown("a state or rule of the model", file, reading.of, shown, column=place)
    run = model.runs.get(reading.run)
    if run is None:
        findings.unknown("a run of this file", file, reading.run, model.runs, column=place)
        return
    for name, time in (("at", reading.at), ("from", reading.start), ("to", reading.end)):
        if time is not None and not -run.zero <= time <= run.until:
            findings.error(
                "reproduce.time",
                file,
                f"{name} = {time:g}",
                f"{-run.zero:g} to {run.until:g}",
                "stay within the run",
                column=place,
            )
