"""Many simulated patients at a glance: percentiles over time, and the CRS grade of each without a chart.

In: `Trajectories`. Out: `Band`s, grades.
Decided here: the percentiles. The grade is read off the curves with the bounds that a chart would be written with. This is the rule
`crs.astct2019` for a patient without tocilizumab and steroid, in whom no fever means no CRS; a test compares the two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.crs.astct2019 import FEVER_FROM
from cartrace.simulate import interface
from cartrace.simulate.crs_signal import CHARTED_FROM
from cartrace.simulate.trajectory import Trajectories

Floats = NDArray[np.float64]

PERCENTILES = (5.0, 25.0, 50.0, 75.0, 95.0)
FIGURES = 4
"""Figures kept: fewer than differ between machines, more than an eye sees."""


@dataclass(frozen=True, slots=True)
class Band:
    """`rows`: the day [d], then a value for each of `PERCENTILES`."""

    rows: tuple[tuple[float, ...], ...]


def band(of: Trajectories, curves: Floats, days: NDArray[np.int64]) -> Band:
    """Percentiles of `curves` (patients, times) over the solved patients, at the positions `days` among the times."""
    solved = [position for position in range(of.patients.count) if position not in of.reasons]
    found = np.maximum(np.percentile(curves[solved][:, days], PERCENTILES, axis=0), 0.0)
    times = of.prepared.looks.times[days]
    return Band(tuple((float(day), *map(rounded, column)) for day, column in zip(times, found.T, strict=True)))


def rounded(value: float) -> float:
    """The value to `FIGURES` figures."""
    return float(f"{value:.{FIGURES}g}")


def crs_grades(of: Trajectories) -> Floats:
    """Worst CRS grade of each patient, (patients,); NaN for one not solved. Raises ValueError when a drug could lift the gate."""
    scenario = of.prepared.scenario
    if scenario.tocilizumab is not None or scenario.steroid is not None:
        raise ValueError("with tocilizumab or a steroid the grade depends on when it was given: grade the course")
    looks = of.prepared.looks
    where = looks.where("vitals")[looks.vitals >= 0.0]
    fever = of.of(interface.TEMPERATURE)[:, where] >= FEVER_FROM
    margin = np.maximum(of.of(interface.HYPOTENSION), of.of(interface.HYPOXIA))[:, where]
    grade = fever.astype(np.float64)
    for level, name in sorted(interface.CRS_THRESHOLDS.items()):
        if level >= CHARTED_FROM and name in of.prepared.kernel.parameter_ids:
            grade[fever & (margin >= of.parameter(name)[:, None])] = level
    worst: Floats = grade.max(axis=1)
    worst[list(of.reasons)] = math.nan
    return worst
