"""Derivatives of the outputs by parameters: differences between patients that take the same steps.

In: a kernel, parameters, the ids to differentiate by. Out: a `Gradient`: values and their derivatives.
Decided here: how far a parameter is moved, and which parameters allow shared steps.

A group of lanes holds the patient as it is and, beside it, the patient with one parameter moved in each lane. The first lane rules the
steps of all, so that the differences are those of one smooth map and not of two different step sequences. Where a parameter moves the
time of an event, or triggers depend on the state, lanes cannot share steps: there each lane takes its own, at a tight tolerance, and the
differences are central ones. Both are compared with closed forms in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cartrace.engine import plain
from cartrace.engine.doses import Doses, doses_of
from cartrace.engine.kernel import Kernel
from cartrace.engine.solve import solve
from cartrace.engine.status import Status
from cartrace.errors import UnknownTerm

Floats = NDArray[np.float64]

RTOL = 1e-6
MOVED = 1e-6
"""Relative move of a parameter when steps are shared."""
MOVED_APART = 1e-4
RTOL_APART = 1e-10
"""The same and the tolerance when each lane takes its own steps."""
NUMBERS_AT_ONCE = 20_000_000


@dataclass(frozen=True, slots=True)
class Gradient:
    """Values of the outputs and their derivatives.

    values      (patients, times, outputs)
    by          (patients, times, outputs, parameters) derivative by each parameter of `of`, per unit of the parameter
    status      (patients,) codes of `Status`; not OK when the patient or one of its neighbours could not be solved
    """

    values: Floats
    by: Floats
    status: NDArray[np.int64]
    of: tuple[str, ...]
    outputs: tuple[str, ...]
    times: Floats


def gradient(
    kernel: Kernel,
    parameters: ArrayLike,
    times: ArrayLike,
    of: Sequence[str],
    doses: Doses | None = None,
    rtol: float = RTOL,
    atol: float | None = None,
    max_steps: int = 100_000,
    threads: int = 1,
) -> Gradient:
    """Values and derivatives by the parameters `of`; arguments as for `solve`.

    Raises `UnknownTerm` for an id that is no parameter, and what `solve` raises. Needs a kernel in double precision.
    """
    for name in of:
        if name not in kernel.parameter_ids:
            raise UnknownTerm("parameter", name, nearest=kernel.parameter_ids)
    if kernel.lanes.single or kernel.width < 2:
        raise ValueError("gradient needs a kernel in double precision with at least 2 lanes")
    table = np.atleast_2d(np.asarray(parameters, dtype=np.float64))
    moments = np.atleast_1d(np.asarray(times, dtype=np.float64))
    columns = [kernel.parameter_ids.index(name) for name in of]
    shape = (len(table), len(moments), len(kernel.outputs))
    result = Gradient(
        np.empty(shape), np.empty((*shape, len(of))), np.zeros(len(table), np.int64), tuple(of), kernel.outputs, moments
    )
    settings = {"atol": atol, "max_steps": max_steps, "threads": threads}
    apart = _moving(kernel, table, columns)
    together = [k for k in range(len(of)) if columns[k] not in apart]
    if together or not of:
        chosen = [columns[k] for k in together]
        groups = max(1, -(-len(chosen) // (kernel.width - 1)))
        for rows in _portions(len(table), groups * kernel.width * shape[1] * shape[2]):
            _together(kernel, table, rows, chosen, together, doses, result, settings | {"rtol": rtol})
    for k in sorted(set(range(len(of))) - set(together)):
        for rows in _portions(len(table), 3 * shape[1] * shape[2]):
            _apart(kernel, table, rows, columns[k], k, doses, result, settings | {"rtol": min(rtol, RTOL_APART)})
    bad = (result.status == Status.OK) & ~(
        np.isfinite(result.by).all((1, 2, 3)) & np.isfinite(result.values).all((1, 2))
    )
    result.status[bad] = Status.NOT_FINITE
    result.values[result.status != Status.OK] = np.nan
    result.by[result.status != Status.OK] = np.nan
    return result


def _moving(kernel: Kernel, table: Floats, columns: Sequence[int]) -> set[int]:
    """Columns that move the time of an event, or all of them when an event has a trigger of the state."""
    program = kernel.program
    if program.n_triggers:
        return set(columns)
    if not program.n_timed or not len(table):
        return set()
    functions = plain.load(program.text)
    place, first = program.layout.offset("P"), program.layout.offset("EVT")
    w = np.zeros((program.layout.size, len(table) * (1 + len(columns))))
    moved = np.concatenate([table, *(_moved(table, column, MOVED) for column in columns)])
    w[place : place + table.shape[1]] = moved.T
    functions["hoist"](w)
    functions["init"](w)
    events = w[first : first + program.n_timed].reshape(program.n_timed, 1 + len(columns), len(table))
    return {
        column for k, column in enumerate(columns) if not np.array_equal(events[:, 0], events[:, k + 1], equal_nan=True)
    }


def _moved(table: Floats, column: int, relative: float) -> Floats:
    """The table with one parameter moved; one that is 0 is moved by the step itself."""
    moved = table.copy()
    moved[:, column] += np.where(table[:, column] == 0.0, relative, relative * table[:, column])
    return moved


def _portions(patients: int, numbers: int) -> list[NDArray[np.int64]]:
    """Rows that are solved at once, so that memory stays bounded."""
    size = max(1, NUMBERS_AT_ONCE // max(1, numbers))
    return [np.arange(first, min(first + size, patients)) for first in range(0, patients, size)]


def _together(
    kernel: Kernel,
    table: Floats,
    rows: NDArray[np.int64],
    columns: Sequence[int],
    places: Sequence[int],
    doses: Doses | None,
    result: Gradient,
    settings: dict[str, Any],
) -> None:
    """Derivatives by differences of lanes that share their steps."""
    width = kernel.width
    groups = max(1, -(-len(columns) // (width - 1)))
    lanes = np.repeat(table[rows], groups * width, axis=0).reshape(len(rows), groups, width, -1)
    for k, column in enumerate(columns):
        group, lane = divmod(k, width - 1)
        lanes[:, group, lane + 1] = _moved(table[rows], column, MOVED)
    copies = doses_of(doses, rows, groups * width)
    solution = solve(kernel, lanes.reshape(-1, table.shape[1]), result.times, copies, shared=True, **settings)
    values = solution.values.reshape(len(rows), groups, width, *result.values.shape[1:])
    result.values[rows] = values[:, 0, 0]
    result.status[rows] = solution.status.reshape(len(rows), -1).max(axis=1)
    for k, column in enumerate(columns):
        group, lane = divmod(k, width - 1)
        step = lanes[:, group, lane + 1, column] - table[rows, column]
        result.by[rows, :, :, places[k]] = (values[:, group, lane + 1] - values[:, group, 0]) / step[:, None, None]


def _apart(
    kernel: Kernel,
    table: Floats,
    rows: NDArray[np.int64],
    column: int,
    place: int,
    doses: Doses | None,
    result: Gradient,
    settings: dict[str, Any],
) -> None:
    """The derivative by one parameter, from a central difference of patients that take their own steps."""
    here = table[rows]
    triples = np.stack([here, _moved(here, column, -MOVED_APART), _moved(here, column, MOVED_APART)], axis=1)
    copies = doses_of(doses, rows, 3)
    solution = solve(kernel, triples.reshape(-1, table.shape[1]), result.times, copies, **settings)
    values = solution.values.reshape(len(rows), 3, *result.values.shape[1:])
    step = triples[:, 2, column] - triples[:, 1, column]
    result.values[rows] = values[:, 0]
    result.status[rows] = np.maximum(result.status[rows], solution.status.reshape(len(rows), 3).max(axis=1))
    result.by[rows, :, :, place] = (values[:, 2] - values[:, 1]) / step[:, None, None]
