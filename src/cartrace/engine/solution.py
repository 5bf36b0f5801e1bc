"""What solving gives: values, and for each patient how the run ended.

In: arrays of the driver. Out: `Solution`.
Decided here: what is stored with values so that they can be made again: outputs, times, lanes, precision, processor, tolerances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.engine.status import Status


@dataclass(frozen=True, slots=True)
class Solution:
    """Values of the outputs.

    values      (patients, times, outputs); NaN throughout for a patient that is not OK
    status      (patients,) codes of `Status`
    steps       (patients,) steps tried
    failed      (patients, checks) True for the checks of the domain that a patient did not pass
    checks      a sentence per check
    """

    values: NDArray[Any]
    status: NDArray[np.int64]
    steps: NDArray[np.int64]
    failed: NDArray[np.bool_]
    checks: tuple[str, ...]
    times: NDArray[np.float64]
    outputs: tuple[str, ...]
    width: int
    precision: str
    processor: str
    rtol: float

    def of(self, output: str) -> NDArray[Any]:
        """Values of one output, (patients, times)."""
        return self.values[:, :, self.outputs.index(output)]

    @property
    def ok(self) -> NDArray[np.bool_]:
        """Patients that were solved."""
        return np.asarray(self.status == Status.OK)

    def reason(self, patient: int) -> str:
        """How the run of a patient ended, in words; every check of the domain that failed is named."""
        sentence = Status(int(self.status[patient])).sentence
        failed = [check for check, bad in zip(self.checks, self.failed[patient], strict=True) if bad]
        return f"{sentence}: {'; '.join(failed)}" if failed else sentence
