"""What happens to each patient in order of time: the doses as the driver reads them.

In: checked columns of doses. Out: a `Queue`.
Decided here: running infusions into one state add up, and their rate is exactly 0 when none runs. No patient's numbers depend on another's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartrace.engine.doses import DoseColumns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Queue:
    """Entries of patient i from `first[i]` to before `first[i + 1]`, in order of time.

    slot    a state that gets the amount at once; or -1, -2, ... for INF 0, 1, ..., whose rate becomes the amount
    """

    first: Ints
    time: Floats
    slot: Ints
    amount: Floats


def no_doses(patients: int) -> Queue:
    """The queue of patients that are given nothing."""
    return Queue(np.zeros(patients + 1, np.int64), np.zeros(1), np.zeros(1, np.int64), np.zeros(1))


def queue(table: DoseColumns, patients: int) -> Queue:
    """The queue of these doses."""
    at_once = np.flatnonzero(table.duration == 0.0)
    boluses = (table.patient[at_once], table.time[at_once], table.state[at_once], table.amount[at_once], at_once)
    parts = [boluses, *_rates(table, np.flatnonzero(table.duration > 0.0))]
    who, when, where, what, row = (np.concatenate([part[k] for part in parts]) for k in range(5))
    order = np.lexsort((row, when, who))
    first = np.searchsorted(who[order], np.arange(patients + 1)).astype(np.int64)
    if not len(order):
        return no_doses(patients)
    return Queue(
        first, np.ascontiguousarray(when[order]), np.ascontiguousarray(where[order]), np.ascontiguousarray(what[order])
    )


Changes = tuple[Ints, Floats, Ints, Floats, Ints]
"""Patients, times, slots, new rates, rows of the table."""


def _rates(table: DoseColumns, rows: Ints) -> list[Changes]:
    """Changes of the rates of infusion."""
    rows = rows[np.lexsort((table.time[rows], table.infusion[rows], table.patient[rows]))]
    who, slot, start = table.patient[rows], table.infusion[rows], table.time[rows]
    end, rate = start + table.duration[rows], table.amount[rows] / table.duration[rows]
    same = (who[1:] == who[:-1]) & (slot[1:] == slot[:-1])
    course = np.cumsum(np.concatenate([[True], ~same]) if len(rows) else np.zeros(0, bool))
    crowded = np.isin(course, course[1:][same & (start[1:] < end[:-1])])
    followed = np.concatenate([same & (start[1:] == end[:-1]), [False]]) if len(rows) else np.zeros(0, bool)
    alone, stops = np.flatnonzero(~crowded), np.flatnonzero(~crowded & ~followed)
    changes: list[Changes] = [
        (who[alone], start[alone], -1 - slot[alone], rate[alone], rows[alone]),
        (who[stops], end[stops], -1 - slot[stops], np.zeros(len(stops)), rows[stops]),
    ]
    for number in np.unique(course[crowded]):
        members = np.arange(*np.searchsorted(course, [number, number + 1]))
        moments = np.unique(np.concatenate([start[members], end[members]]))
        runs = (start[members] <= moments[:, None]) & (moments[:, None] < end[members])
        total = np.array([rate[members][running].sum() for running in runs])
        many = np.full(len(moments), members[0])
        changes.append((who[many], moments, -1 - slot[many], total, rows[many]))
    return changes
