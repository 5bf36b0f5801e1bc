"""Single precision, where it is good enough: compared with double precision before it is used.

In: a system, its outputs, the patients to come. Out: a kernel and what the comparison found.
Decided here: 256 patients spread over the table are compared; the limit is 1e-3 of the largest value of each output in each patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cartrace.engine.doses import Doses, doses_of
from cartrace.engine.kernel import Kernel, compile_system
from cartrace.engine.solve import RTOL, solve
from cartrace.models.system import System

PATIENTS = 256
LIMIT = 1e-3


@dataclass(frozen=True, slots=True)
class PrecisionCheck:
    """Differences of single from double precision, relative to the largest value of each output in each patient.

    patients    how many were compared
    median      of the largest difference per patient
    worst       the largest difference
    lost        patients that only double precision could solve
    limit       what `worst` may be
    """

    patients: int
    median: float
    worst: float
    lost: int
    limit: float

    @property
    def passed(self) -> bool:
        """Whether single precision may be used."""
        return self.lost == 0 and self.worst <= self.limit

    @property
    def sentence(self) -> str:
        """The outcome for a person."""
        what = f"{self.patients} patients: median difference {self.median:.1e}, largest {self.worst:.1e}, {self.lost} not solved"
        return f"single precision {'may be used' if self.passed else 'is not used'} ({what}; limit {self.limit:.0e})"


def choose_precision(
    system: System,
    outputs: Sequence[str],
    parameters: ArrayLike,
    times: ArrayLike,
    doses: Doses | None = None,
    rtol: float = RTOL,
    infused: Sequence[str] = (),
    limit: float = LIMIT,
) -> tuple[Kernel, PrecisionCheck]:
    """The kernel in single precision when it passes the comparison on some of these patients, else the one in double precision."""
    table = np.atleast_2d(np.asarray(parameters, dtype=np.float64))
    rows = np.unique(np.linspace(0, len(table) - 1, min(PATIENTS, len(table))).astype(np.int64))
    some = doses_of(doses, rows)
    double, single = (compile_system(system, outputs, precision, infused=infused) for precision in ("double", "single"))
    exact, quick = (solve(kernel, table[rows], times, some, rtol=rtol) for kernel in (double, single))
    both = exact.ok & quick.ok
    largest = np.abs(exact.values[both]).max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(largest > 0.0, np.abs(quick.values[both] - exact.values[both]) / largest, 0.0)
    worst = relative.max(axis=(1, 2)) if both.any() else np.zeros(1)
    check = PrecisionCheck(
        len(rows), float(np.median(worst)), float(worst.max()), int((exact.ok & ~quick.ok).sum()), limit
    )
    return (single if check.passed else double), check
