"""Patients per second at equal achieved error: every way of solving, in turn, on the same patients.

In: a `Problem`, a level of error. Out: `Row`s. Decided here: each way runs at the loosest tolerance of a ladder (four per decade) at
which the median error of the patients is at most the level and no more than a tenth of the patients are lost; processor seconds of
this process, ways in turn, median and least of the rounds; the truth is Rodas5P at 1e-11, compared with LSODA at 1e-11.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from engine_c import limit
from engine_peers import Candidate, Floats, peers, scipy_lsoda
from engine_problems import Problem

from cartrace import engine
from cartrace.errors import InputRefused

CHECKED = 32
"""Patients whose error is known; peers solve these, or fewer."""
MANY = 2048
TIGHT = 1e-11
LADDER = 4
FINEST = 1e-11
MOST_LOST = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """One way at one level. Times in processor seconds per patient; `rtol` 0 and no times when the level was not reached."""

    problem: str
    level: float
    way: str
    rtol: float
    median: float
    least: float
    error: float
    worst: float
    lost: int
    of: int


def truth(problem: Problem) -> tuple[Floats, float]:
    """Values of the checked patients, and the worst difference between two methods at the tight tolerance."""
    table = problem.patients(MANY)[:CHECKED]
    kernel = engine.compile_system(problem.system, problem.outputs)
    found = engine.solve(kernel, table, problem.times, rtol=TIGHT, atol=TIGHT * 1e-3, max_steps=10**6)
    if not found.ok.all():
        raise SystemExit(f"{problem.name}: {found.reason(int(np.flatnonzero(~found.ok)[0]))}")
    other = scipy_lsoda(problem, table).solve(TIGHT)
    return found.values, float(problem.errors(other, found.values).max())


def own(problem: Problem, table: Floats, lanes: int, precision: str = "double") -> Candidate:
    """The engine of cartrace."""
    kernel = engine.compile_system(problem.system, problem.outputs, precision, lanes=lanes)
    name = f"**cartrace, {precision}, {lanes} lanes**"

    def solve(rtol: float) -> Floats:
        return engine.solve(kernel, table, problem.times, rtol=rtol).values

    return Candidate(name, len(table), solve)


def candidates(problem: Problem) -> tuple[list[Candidate], list[str]]:
    """All ways, and what is not installed."""
    table = problem.patients(MANY)
    found = [own(problem, table, lanes) for lanes in (4, 8)] + [own(problem, table, 16, "single")]
    others, missing = peers(problem, table[:CHECKED])
    if find_spec("ziglang"):
        found += [limit(problem, table, lanes, pairs) for lanes, pairs in ((4, True), (8, False), (8, True))]
    else:
        missing.append("ziglang")
    return found + others, missing


def errors(problem: Problem, values: Floats, true: Floats) -> tuple[float, float, int]:
    """Median and worst error of the patients that were solved, and the number of the others."""
    count = min(len(values), len(true))
    each = problem.errors(values[:count], true[:count])
    good = each[np.isfinite(each)]
    if not len(good):
        return np.inf, np.inf, count
    return float(np.median(good)), float(good.max()), count - len(good)


def tolerance(problem: Problem, way: Candidate, true: Floats, level: float) -> float | None:
    """The loosest tolerance of the ladder at which the level is reached; None when it never is."""

    def reached(rtol: float) -> bool:
        try:
            middle, _, lost = errors(problem, way.solve(rtol), true)
        except InputRefused:
            return False
        return middle <= level and lost <= MOST_LOST * min(way.count, len(true))

    decade = way.loosest
    while not reached(decade):
        decade /= 10.0
        if decade < FINEST:
            return None
    if decade == way.loosest:
        return decade
    finer = [decade * 10.0 ** (1.0 - k / LADDER) for k in range(1, LADDER)]
    return next((rtol for rtol in finer if reached(rtol)), decade)


def speed(problem: Problem, level: float, ways: Sequence[Candidate], true: Floats, rounds: int) -> list[Row]:
    """Rows of one problem at one level."""
    chosen = [(way, tolerance(problem, way, true, level)) for way in ways]
    taken: dict[str, list[float]] = {way.name: [] for way in ways}
    found: dict[str, tuple[float, float, int]] = {}
    for turn in range(rounds):
        for way, rtol in chosen:
            if rtol is None:
                continue
            start = time.process_time()
            values = way.solve(rtol)
            seconds = time.process_time() - start
            solved = way.count - int(np.isnan(values[:, 0, 0]).sum())
            taken[way.name].append(seconds / max(solved, 1))
            if turn == 0:
                found[way.name] = errors(problem, values, true)
    rows = []
    for way, rtol in chosen:
        of = min(way.count, len(true))
        if rtol is None:
            rows.append(Row(problem.name, level, way.name, 0.0, np.nan, np.nan, np.nan, np.nan, 0, of))
        else:
            own_times = taken[way.name]
            middle, worst, lost = found[way.name]
            rows.append(
                Row(
                    problem.name,
                    level,
                    way.name,
                    rtol,
                    float(np.median(own_times)),
                    min(own_times),
                    middle,
                    worst,
                    lost,
                    of,
                )
            )
    return rows
