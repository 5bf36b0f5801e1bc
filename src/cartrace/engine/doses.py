"""Doses: what each patient is given, as data beside the model.

In: patient, time, state, amount, duration of each dose. Out: the same as checked columns, or everything that is wrong with them.
Decided here: a bolus adds its amount to the state at its time. An infusion adds amount/duration to the rate of its state from its time
on for its duration. Doses at one time act in the order of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cartrace.course import Finding

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Doses:
    """Doses of all patients, one entry each.

    patient     (M,) row of the patient in the table of parameters
    time        (M,) on the clock of the model, 0 or later
    state       (M,) id of the state that receives the dose, or one id for all
    amount      (M,) in the unit of the state
    duration    (M,) in the time unit of the model, 0 for a bolus; or one number for all
    """

    patient: ArrayLike
    time: ArrayLike
    state: Sequence[str] | str
    amount: ArrayLike
    duration: ArrayLike = field(default=0.0)


def doses_of(doses: Doses | None, rows: Ints, copies: int = 1) -> Doses | None:
    """The doses of these patients (ascending rows), who become rows 0, 1, ...; with copies of each patient side by side."""
    if doses is None:
        return None
    patient = np.atleast_1d(np.asarray(doses.patient, dtype=np.int64))
    chosen = np.flatnonzero(np.isin(patient, rows))
    index = np.repeat(chosen, copies)
    who = np.searchsorted(rows, patient[chosen])[:, None] * copies + np.arange(copies)
    time, amount, duration = (
        np.broadcast_to(np.asarray(item, dtype=np.float64), len(patient))[index]
        for item in (doses.time, doses.amount, doses.duration)
    )
    if isinstance(doses.state, str) or len(doses.state) == 1:
        return Doses(who.ravel(), time, doses.state, amount, duration)
    return Doses(who.ravel(), time, [doses.state[int(i)] for i in index], amount, duration)


@dataclass(frozen=True, slots=True)
class DoseColumns:
    """Doses as arrays of one length. `state` is the number of the state, `infusion` that of its slot of INF or -1 without one."""

    patient: Ints
    time: Floats
    state: Ints
    infusion: Ints
    amount: Floats
    duration: Floats


def columns(
    doses: Doses, patients: int, states: Sequence[str], infused: Sequence[str]
) -> tuple[DoseColumns | None, list[Finding]]:
    """The doses as columns, and every finding; no columns where there is one."""
    patient = np.atleast_1d(np.asarray(doses.patient, dtype=np.int64))
    count = len(patient)
    found: list[Finding] = []
    numbers = []
    for name, item in (("time", doses.time), ("amount", doses.amount), ("duration", doses.duration)):
        array = np.atleast_1d(np.asarray(item, dtype=np.float64))
        if array.shape not in ((1,), (count,)):
            found.append(
                _finding("length", 0, name, f"{len(array)} values", f"{count} or one for all", "give one per dose")
            )
        numbers.append(array)
    names = [doses.state] if isinstance(doses.state, str) else list(doses.state)
    if len(names) not in (1, count):
        found.append(
            _finding("length", 0, "state", f"{len(names)} states", f"{count} or one for all", "give one per dose")
        )
    if found:
        return None, found
    number, slot = ({name: i for i, name in enumerate(ids)} for ids in (states, infused))
    places = [np.array([known.get(name, -1) for name in names], dtype=np.int64) for known in (number, slot)]
    time, amount, duration = (np.broadcast_to(array, count) for array in numbers)
    state, infusion = (np.broadcast_to(array, count) for array in places)
    table = DoseColumns(patient, time, state, infusion, amount, duration)
    found = _findings(table, names, patients, states, infused)
    return (None if found else table), found


def _finding(check: str, row: int, column: str, what: object, expected: str, action: str) -> Finding:
    return Finding("error", f"doses.{check}", "doses", int(row) + 1, column, str(what), expected, action)


def _findings(
    table: DoseColumns, names: list[str], patients: int, states: Sequence[str], infused: Sequence[str]
) -> list[Finding]:
    """Every row that cannot be given."""
    known = table.state >= 0
    infusing = known & (table.duration > 0.0) & (table.infusion < 0)
    slots = ", ".join(infused) or "no infusion"
    strangers = (table.patient < 0) | (table.patient >= patients)
    early, backwards = (~(item >= 0.0) | ~np.isfinite(item) for item in (table.time, table.duration))
    problems = (
        ("patient", strangers, table.patient, f"0 to {patients - 1}", "give the row of the patient"),
        ("time", early, table.time, "a time from 0 on", "shift the clock, or make it an initial value"),
        ("amount", ~np.isfinite(table.amount), table.amount, "a number", "give the amount"),
        ("duration", backwards, table.duration, "0 for a bolus, or more", "give the duration"),
        ("state", ~known, names, ", ".join(states), "name a state of the model"),
        ("infused", infusing, names, slots, "name the state in `infused` when the system is compiled"),
    )  # fmt: skip
    found = []
    for check, bad, shown, expected, action in problems:
        column = "state" if check == "infused" else check
        for row in np.flatnonzero(bad):
            what = shown[int(row) if len(shown) > 1 else 0]
            found.append(_finding(check, int(row), column, what, expected, action))
    return found
