"""Doses: what each patient is given, as data beside the model.

In: patient, time, state, amount, duration of each dose. Out: for the driver, what happens to each patient in order of time.
Decided here: a bolus adds its amount to the state at its time. An infusion adds amount/duration to the rate of its state from its time
on for its duration; running infusions add up, and the rate is exactly 0 when none runs. Doses at one time act in the order of the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
    state = doses.state if isinstance(doses.state, str) else [doses.state[int(i)] for i in index]
    return Doses(who.ravel(), time, state, amount, duration)


@dataclass(frozen=True, slots=True)
class Queue:
    """What the driver reads: entries of patient i from `first[i]` to before `first[i + 1]`, in order of time."""

    first: Ints
    time: Floats
    slot: Ints
    amount: Floats


def no_doses(patients: int) -> Queue:
    """The queue of patients that are given nothing."""
    return Queue(np.zeros(patients + 1, np.int64), np.zeros(1), np.zeros(1, np.int64), np.zeros(1))


def queue(doses: Doses, patients: int, states: Sequence[str], infused: Sequence[str]) -> tuple[Queue, list[Finding]]:
    """The queue of these doses and everything that is wrong with them (then the queue is empty)."""
    patient = np.atleast_1d(np.asarray(doses.patient, dtype=np.int64))
    count = len(patient)
    time, amount, duration = (
        np.broadcast_to(np.asarray(item, dtype=np.float64), count)
        for item in (doses.time, doses.amount, doses.duration)
    )
    names = [doses.state] * count if isinstance(doses.state, str) else list(doses.state)
    findings = _findings(patient, time, names, amount, duration, patients, states, infused)
    if findings:
        return no_doses(patients), findings
    boluses = duration == 0.0
    number = {name: i for i, name in enumerate(states)}
    slots = np.array([number[name] for name in names], dtype=np.int64)
    rates = _rates(np.flatnonzero(~boluses), patient, time, names, amount, duration, infused)
    order_in_table = np.concatenate([np.flatnonzero(boluses), [row[4] for row in rates]]).astype(np.int64)
    who = np.concatenate([patient[boluses], [row[0] for row in rates]]).astype(np.int64)
    when = np.concatenate([time[boluses], [row[1] for row in rates]])
    where = np.concatenate([slots[boluses], [row[2] for row in rates]]).astype(np.int64)
    what = np.concatenate([amount[boluses], [row[3] for row in rates]])
    order = np.lexsort((order_in_table, when, who))
    first = np.searchsorted(who[order], np.arange(patients + 1)).astype(np.int64)
    return Queue(first, *(np.ascontiguousarray(item[order]) for item in (when, where, what))), []


def _rates(
    rows: Ints, patient: Ints, time: Floats, names: list[str], amount: Floats, duration: Floats, infused: Sequence[str]
) -> list[tuple[int, float, int, float, int]]:
    """Changes of the rate of infusion: patient, time, slot (-1 for the first infused state), new rate, row of the table."""
    courses: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in rows:
        courses[int(patient[row]), names[row]].append(int(row))
    changes = []
    for (who, name), members in courses.items():
        slot = -1 - list(infused).index(name)
        ends = {row: time[row] + duration[row] for row in members}
        for moment in sorted({*(time[row] for row in members), *ends.values()}):
            running = [row for row in members if time[row] <= moment < ends[row]]
            rate = sum(float(amount[row] / duration[row]) for row in running)
            changes.append((who, float(moment), slot, rate, members[0]))
    return changes


def _findings(
    patient: Ints,
    time: Floats,
    names: list[str],
    amount: Floats,
    duration: Floats,
    patients: int,
    states: Sequence[str],
    infused: Sequence[str],
) -> list[Finding]:
    found: list[Finding] = []

    def refuse(check: str, row: Any, column: str, what: object, expected: str, action: str) -> None:
        found.append(Finding("error", f"doses.{check}", "doses", int(row) + 1, column, str(what), expected, action))

    for row in np.flatnonzero((patient < 0) | (patient >= patients)):
        refuse("patient", row, "patient", patient[row], f"0 to {patients - 1}", "give the row of the patient")
    for row in np.flatnonzero(~(time >= 0.0) | ~np.isfinite(time)):
        refuse("time", row, "time", time[row], "a time from 0 on", "shift the clock, or make it an initial value")
    for row in np.flatnonzero(~np.isfinite(amount)):
        refuse("amount", row, "amount", amount[row], "a number", "give the amount")
    for row in np.flatnonzero(~(duration >= 0.0) | ~np.isfinite(duration)):
        refuse("duration", row, "duration", duration[row], "0 for a bolus, or a positive number", "give the duration")
    if len(names) != len(patient):
        refuse("length", 0, "state", len(names), f"{len(patient)} states", "give one state per dose")
    for place, name in enumerate(names):
        if name not in states:
            refuse("state", place, "state", name, ", ".join(states), "name a state of the model")
        elif place < len(duration) and duration[place] > 0.0 and name not in infused:
            expected = ", ".join(infused) or "no infusion"
            refuse("infused", place, "state", name, expected, "name the state in `infused` when the system is compiled")
    return found
