"""Elimination of a sparse matrix whose pattern is known: the order of the pivots and the operations, all before the run.

In: the pattern of the matrix. Out: the order, the entries of the decomposed matrix, the operations that compute them and solve with them.
Decided here: the order of Markowitz (the pivot with the least product of row and column counts; among equals the first); pivots stand on
the diagonal. That is safe for the matrix of a Rosenbrock step, 1/(gamma h) on the diagonal minus the Jacobian: when a pivot fails, a
smaller step makes the diagonal dominant.

Source of the order: markowitz1957.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Entry = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Elimination:
    """`order`: pivots. `entries`: all entries (row, column) of the decomposed matrix, fill-in among them.

    `operations`, in their order: ("invert", k, k, k): a_kk becomes 1/a_kk; ("scale", i, k, k): a_ik becomes a_ik a_kk;
    ("subtract", i, j, k): a_ij becomes a_ij - a_ik a_kj; ("fill", i, j, k): a_ij becomes -a_ik a_kj.
    `forward`: pairs (i, k), b_i becomes b_i - a_ik b_k; `backward`: (i, columns), b_i becomes (b_i - sum_j a_ij b_j) a_ii.
    """

    order: tuple[int, ...]
    entries: tuple[Entry, ...]
    operations: tuple[tuple[str, int, int, int], ...]
    forward: tuple[Entry, ...]
    backward: tuple[tuple[int, tuple[int, ...]], ...]


def eliminate(size: int, pattern: Iterable[Entry]) -> Elimination:
    """The elimination of a matrix of this size; `pattern` holds its entries, those of the diagonal are always there."""
    present = set(pattern) | {(i, i) for i in range(size)}
    order = pivots(size, present)
    place = {pivot: position for position, pivot in enumerate(order)}
    operations: list[tuple[str, int, int, int]] = []
    for position, k in enumerate(order):
        operations.append(("invert", k, k, k))
        later = order[position + 1 :]
        columns = [j for j in later if (k, j) in present]
        for i in later:
            if (i, k) in present:
                operations.append(("scale", i, k, k))
                for j in columns:
                    operations.append(("subtract" if (i, j) in present else "fill", i, j, k))
                    present.add((i, j))
    entries = sorted(present, key=lambda entry: (place[entry[0]], place[entry[1]]))
    forward = [(i, k) for position, k in enumerate(order) for i in order[position + 1 :] if (i, k) in present]
    backward = [(i, tuple(j for j in order[place[i] + 1 :] if (i, j) in present)) for i in reversed(order)]
    return Elimination(tuple(order), tuple(entries), tuple(operations), tuple(forward), tuple(backward))


def pivots(size: int, pattern: Iterable[Entry]) -> list[int]:
    """The order of the pivots by Markowitz."""
    rows: dict[int, set[int]] = {i: {i} for i in range(size)}
    columns: dict[int, set[int]] = {j: {j} for j in range(size)}
    for i, j in pattern:
        rows[i].add(j)
        columns[j].add(i)
    left, order = set(range(size)), []
    while left:
        best = min(left, key=lambda k: ((len(rows[k]) - 1) * (len(columns[k]) - 1), k))
        order.append(best)
        left.remove(best)
        row, column = rows.pop(best) - {best}, columns.pop(best) - {best}
        for i in column:
            rows[i].remove(best)
            rows[i] |= row
        for j in row:
            columns[j].remove(best)
            columns[j] |= column
    return order
