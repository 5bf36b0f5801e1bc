"""Whether a model returns the numbers published for it.

In: a `Model` and a solver. Out: one `Outcome` per published number.
Decided here: how a peak, an area, a half-life are read from a run; a number that cannot be read is a failure with its reason.
The solver is handed in, because the engine stands above this room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.integrate import trapezoid

from cartrace.models.expression import evaluate
from cartrace.models.model import Model
from cartrace.models.published import Published, Reading, Run
from cartrace.models.system import System

FloatArray = npt.NDArray[np.float64]
STEPS = 2000
"""Times looked at in a run that does not say how many."""


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount into one state at a time of the model's clock; at once when the duration is 0."""

    time: float
    state: str
    amount: float
    duration: float = 0.0


Solver = Callable[[System, Mapping[str, float], FloatArray, Sequence[str], Sequence[Dose]], FloatArray]
"""System, all parameter values, ascending times (T,), ids of O outputs, doses -> values (T, O); NaN where it failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One published number and what the model gives for it. A known miss passes as long as it is one."""

    published: Published
    got: float
    passed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One quantity over the times of a run, counted from the run's zero."""

    times: FloatArray
    values: FloatArray

    def window(self, start: float | None, end: float | None) -> Curve:
        """The part from `start` to `end`, both included."""
        inside = np.ones(len(self.times), dtype=bool)
        if start is not None:
            inside &= self.times >= start
        if end is not None:
            inside &= self.times <= end
        return Curve(self.times[inside], self.values[inside])

    def at(self, time: float) -> float:
        """The value at one of the times."""
        return float(self.values[np.searchsorted(self.times, time)])


def reproduce(model: Model, solver: Solver) -> tuple[Outcome, ...]:
    """Every published number of the model with what the model gives."""
    readings = [r for entry in model.reproduce for r in (entry.reading, entry.over, entry.minus) if r is not None]
    curves: dict[str, dict[str, Curve]] = {}
    for name in dict.fromkeys(reading.run for reading in readings):
        mine = [reading for reading in readings if reading.run == name]
        curves[name] = run_curves(model, model.runs[name], mine, solver)
    return tuple(_outcome(entry, curves) for entry in model.reproduce)


def run_values(model: Model, run: Run) -> dict[str, float]:
    """The parameter values of a run: those of the table, of its settings in turn, its own."""
    values = model.values
    for name in run.settings:
        values.update(model.settings[name].parameters)
    values.update(run.parameters)
    return values


def run_doses(run: Run, values: Mapping[str, float]) -> tuple[Dose, ...]:
    """The doses of a run on the model's clock."""
    return tuple(
        Dose(
            time=evaluate(dose.time, values) + run.zero,
            state=dose.state,
            amount=evaluate(dose.amount, values),
            duration=evaluate(dose.duration, values),
        )
        for dose in run.doses
    )


def run_curves(model: Model, run: Run, readings: Sequence[Reading], solver: Solver) -> dict[str, Curve]:
    """What the readings of one run need, by id of state or rule."""
    step = run.every or (run.until + run.zero) / STEPS
    grid = np.linspace(-run.zero, run.until, round((run.until + run.zero) / step) + 1)
    asked = [time for reading in readings for time in (reading.at, reading.start, reading.end) if time is not None]
    times = np.unique(np.concatenate([grid, asked]))
    outputs = tuple(dict.fromkeys(reading.of for reading in readings))
    values = run_values(model, run)
    system = replace(model.system, events=(*model.system.events, *run.events))
    clock = np.maximum(times + run.zero, 0.0)
    found = solver(system, values, clock, outputs, run_doses(run, values))
    return {name: Curve(times, found[:, n]) for n, name in enumerate(outputs)}


def _outcome(entry: Published, curves: Mapping[str, Mapping[str, Curve]]) -> Outcome:
    def read(reading: Reading) -> float:
        return read_number(curves[reading.run][reading.of], reading)

    got = read(entry.reading)
    if entry.over is not None:
        below = read(entry.over)
        got = got / below if below else math.nan
    if entry.minus is not None:
        got -= read(entry.minus)
    if not math.isfinite(got):
        return Outcome(entry, got, False, "the run gives no such number")
    inside = entry.low <= got <= entry.high
    if entry.miss:
        return Outcome(
            entry, got, not inside, "returned now: take the miss away" if inside else f"known miss: {entry.miss}"
        )
    return Outcome(entry, got, inside, "" if inside else f"outside {entry.low:g} to {entry.high:g}")


def read_number(curve: Curve, reading: Reading) -> float:
    """The number that a reading asks of a curve; NaN when the curve does not have it."""
    if reading.what == "value":
        return curve.at(reading.at) if reading.at is not None else math.nan
    part = curve.window(reading.start, reading.end)
    if not np.isfinite(part.values).all() or len(part.times) < 2:
        return math.nan
    return READ[reading.what](part, reading.level if reading.level is not None else math.nan)


def _area(curve: Curve, _: float) -> float:
    return float(trapezoid(curve.values, curve.times))


def _log_slope(curve: Curve) -> float:
    first, last = curve.values[0], curve.values[-1]
    if first <= 0 or last <= 0:
        return math.nan
    return float(np.log(last / first) / (curve.times[-1] - curve.times[0]))


def _time_per_slope(slope: float) -> float:
    return math.log(2) / slope if slope else math.nan


def _first_above(curve: Curve, level: float) -> float:
    there = np.flatnonzero(curve.values >= level)
    if not len(there):
        return math.nan
    n = int(there[0])
    if n == 0:
        return float(curve.times[0])
    (t0, t1), (y0, y1) = curve.times[n - 1 : n + 1], curve.values[n - 1 : n + 1]
    return float(t0 + (level - y0) / (y1 - y0) * (t1 - t0))


def _time_above(curve: Curve, level: float) -> float:
    """Time at or above the level, with straight lines between the times looked at."""
    y0, y1 = curve.values[:-1] - level, curve.values[1:] - level
    rise = np.where(y1 == y0, 1.0, y1 - y0)
    share = np.clip(np.maximum(y0, y1) / np.abs(rise), 0.0, 1.0)
    share = np.where(y1 == y0, (y0 >= 0).astype(float), share)
    return float(np.sum(share * np.diff(curve.times)))


def _turned(curve: Curve) -> Curve:
    return Curve(curve.times, -curve.values)


def _drift(curve: Curve, _: float) -> float:
    first = curve.values[0]
    return float(np.max(np.abs(curve.values - first)) / abs(first)) if first else math.nan


READ: dict[str, Callable[[Curve, float], float]] = {
    "peak": lambda curve, _: float(curve.values.max()),
    "time_of_peak": lambda curve, _: float(curve.times[curve.values.argmax()]),
    "nadir": lambda curve, _: float(curve.values.min()),
    "time_of_nadir": lambda curve, _: float(curve.times[curve.values.argmin()]),
    "area": _area,
    "mean": lambda curve, _: _area(curve, 0.0) / float(curve.times[-1] - curve.times[0]),
    "doubling_time": lambda curve, _: _time_per_slope(_log_slope(curve)),
    "half_life": lambda curve, _: _time_per_slope(-_log_slope(curve)),
    "first_above": _first_above,
    "first_below": lambda curve, level: _first_above(_turned(curve), -level),
    "time_above": _time_above,
    "time_below": lambda curve, level: _time_above(_turned(curve), -level),
    "drift": _drift,
}
"""How each number but `value` is read from the window of a curve, given a level."""
