"""Solving: many patients, some threads, one result.

In: a kernel, parameters, times, doses, tolerances. Out: a `Solution`.
Decided here: default tolerances, the first step and the step after a dose (0.001 and 0.01 d), the size of a share of work. No choice of
threads or shares changes a digit: patients do not know of each other.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cartrace.course import Finding
from cartrace.engine import machine
from cartrace.engine.dose_queue import Queue, no_doses, queue
from cartrace.engine.doses import Doses, columns
from cartrace.engine.job import BITS
from cartrace.engine.kernel import Kernel, driver_source
from cartrace.engine.scalar_source import record_memory
from cartrace.engine.solution import Solution
from cartrace.engine.step_control import control_slots, workspace_size
from cartrace.errors import InputRefused

Floats = NDArray[np.float64]

RTOL = 1e-4
ATOL_OF_RTOL = 1e-3
LEAST_RTOL = {"double": 1e-13, "single": 3e-6}
"""Below it rounding is larger than the tolerance: in single precision errors stay at some 1e-5 whatever is asked."""
AFTER_EVENT = {"d": 0.01, "h": 0.24, "min": 14.4, "s": 864.0}
"""Largest step after a dose or an event, by time unit: 0.01 d. Other units: a ten-thousandth of the time solved for."""
FIRST_OF_AFTER = 0.1
SHARE = 2048
FUNCTIONS = (
    "hoist", "init", "domain", "step", "dense", "dense_all", "observe", "triggers",
    "inverse", "control", "present", "proposed", "begin", "shorten", "extinguish", "keep", "sound",
)  # fmt: skip


def solve(
    kernel: Kernel,
    parameters: ArrayLike,
    times: ArrayLike,
    doses: Doses | None = None,
    rtol: float = RTOL,
    atol: float | Mapping[str, float] | None = None,
    max_steps: int = 100_000,
    threads: int = 1,
    *,
    shared: bool = False,
) -> Solution:
    """The outputs of every patient at every time.

    parameters  (patients, parameters), columns in the order of `kernel.parameter_ids`; see `parameter_table`
    times       (times,) from 0 on, ascending, in the time unit of the system
    atol        absolute tolerance of all states, or by state (others: the default); None: a thousandth of rtol
    shared      patients in groups of `kernel.width` whose first member rules the steps; for differences of solutions

    A value asked for at the time of a dose or an event is the value before it. A patient that cannot be solved has NaN values and a
    status; it does not change another patient. Raises `InputRefused` with everything that is wrong with times, doses or shapes.
    """
    table = np.ascontiguousarray(np.atleast_2d(np.asarray(parameters, dtype=np.float64)))
    moments = np.ascontiguousarray(np.atleast_1d(np.asarray(times, dtype=np.float64)))
    findings = _findings(kernel, table, moments, rtol)
    given = no_doses(len(table))
    if doses is not None:
        checked, wrong = columns(doses, len(table), kernel.program.states, kernel.program.infused)
        findings += wrong
        given = queue(checked, len(table)) if checked else given
    tolerances = _tolerances(kernel, rtol, atol, findings)
    if findings:
        raise InputRefused(findings)
    arrays = Arrays(kernel, table, moments, given, max_steps, shared)
    shares = list(_shares(len(table), kernel.width, threads))
    if threads == 1 or len(shares) < 2:
        arrays.run(iter(shares), tolerances)
    else:
        waiting = iter(shares)
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(arrays.run, waiting, tolerances) for _ in range(threads)]:
                done.result()
    return arrays.solution(rtol)


def _shares(patients: int, width: int, threads: int) -> Iterator[tuple[int, int]]:
    """First and last of each share: several for each thread, whole groups of lanes, no more than `SHARE`."""
    size = min(SHARE, -(-patients // (4 * threads))) if threads > 1 else SHARE
    size = max(width, -(-size // width) * width)
    for first in range(0, patients, size):
        yield first, min(first + size, patients)


def _tolerances(
    kernel: Kernel, rtol: float, atol: float | Mapping[str, float] | None, findings: list[Finding]
) -> Floats:
    """The slots TOL: relative, then absolute by continuous state."""
    states = kernel.program.states[: kernel.program.n_continuous]
    default = rtol * ATOL_OF_RTOL
    by_state = atol if isinstance(atol, Mapping) else {}
    for name in by_state:
        if name not in states:
            expected = ", ".join(states)
            findings.append(_error("solve.atol", "atol", None, name, name, expected, "name a state with a rate"))
    common = default if atol is None or isinstance(atol, Mapping) else float(atol)
    return np.array([rtol, *(by_state.get(name, common) for name in states)])


def _error(check: str, file: str, row: int | None, column: str, found: object, expected: str, action: str) -> Finding:
    return Finding("error", check, file, row, column, str(found), expected, action)


def _findings(kernel: Kernel, table: Floats, moments: Floats, rtol: float) -> list[Finding]:
    found = []
    wanted = len(kernel.parameter_ids)
    if table.ndim != 2 or table.shape[1] != wanted:
        shape, action = f"an array of {table.shape}", "build it with parameter_table"
        found.append(_error("solve.parameters", "parameters", None, "", shape, f"(patients, {wanted})", action))
    if moments.ndim != 1 or len(moments) == 0 or not np.isfinite(moments).all() or moments[0] < 0.0:
        found.append(_error("solve.times", "times", None, "", moments, "finite times from 0 on", "correct the times"))
    elif (np.diff(moments) < 0.0).any():
        row = int(np.flatnonzero(np.diff(moments) < 0.0)[0]) + 1
        found.append(_error("solve.times", "times", row + 1, "", moments[row], "ascending times", "sort the times"))
    least = LEAST_RTOL[kernel.precision]
    if not least <= rtol < 1.0:
        action = "choose a tolerance that this precision can reach"
        found.append(_error("solve.rtol", "rtol", None, "", rtol, f"{least} to below 1", action))
    return found


class Arrays:
    """The arrays that all shares of a run write to, each its own rows."""

    def __init__(
        self, kernel: Kernel, table: Floats, moments: Floats, given: Queue, max_steps: int, shared: bool
    ) -> None:
        program = kernel.program
        patients = len(table)
        number = np.float32 if kernel.lanes.single else np.float64
        self.kernel, self.table, self.moments, self.given = kernel, table, moments, given
        self.max_steps, self.shared = max_steps, shared
        self.values = np.empty((patients, len(moments), len(program.outputs)), number)
        self.status = np.zeros(patients, np.int64)
        self.steps = np.zeros(patients, np.int64)
        self.failed = np.zeros((patients, max(1, -(-len(program.checks) // BITS))), np.int64)
        unit = kernel.system.time_unit
        self.restart = AFTER_EVENT.get(unit, float(moments[-1]) * 1e-4) or 1.0
        timed = [(k, event) for k, event in enumerate(program.events) if event.timed]
        triggered = [(k, event) for k, event in enumerate(program.events) if not event.timed]
        self.events = np.array([kernel.code.address[f"event_{k}"] for k in range(len(program.events))] or [0], np.int64)
        self.lists = {
            "timed_event": np.array([k for k, _ in timed] or [0], np.int64),
            "timed_initially": np.array([int(event.initially) for _, event in timed] or [0], np.int64),
            "trigger_event": np.array([k for k, _ in triggered] or [0], np.int64),
            "trigger_initially": np.array([int(event.initially) for _, event in triggered] or [0], np.int64),
        }

    def run(self, shares: Iterator[tuple[int, int]], tolerances: Floats) -> None:
        """Solves shares until none is left; several threads may take from one iterator."""
        fields = self.fields(tolerances)
        fields |= {name: self.kernel.code.address[name] for name in FUNCTIONS}
        drive = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.kernel.driver.address["drive"])
        for first, last in shares:
            memory = record_memory(driver_source(), fields | {"first": first, "last": last})
            drive(ctypes.addressof(memory))

    def fields(self, tolerances: Floats) -> dict[str, Any]:
        """Values of the fields of a `Job` with a workspace of its own, functions and share left out."""
        kernel, program, width = self.kernel, self.kernel.program, self.kernel.width
        workspace = aligned(workspace_size(program) * width, self.values.dtype, max(64, kernel.lanes.bytes))
        place = program.layout.offset("TOL") * width
        workspace[place : place + len(tolerances) * width] = np.repeat(tolerances, width)
        given = self.given
        return {
            "w": workspace, "events": self.events, "parameters": self.table.reshape(-1), "times": self.moments,
            "values": self.values.reshape(-1), "status": self.status, "steps": self.steps, "failed": self.failed.reshape(-1),
            "dose_range": given.first, "dose_time": given.time, "dose_slot": given.slot, "dose_amount": given.amount,
            "shared": int(self.shared), "max_steps": self.max_steps, "restart": self.restart,
            "first_step": self.restart * FIRST_OF_AFTER,
            **self.lists, **lane_arrays(width, program.n_timed, program.n_triggers), **sizes(kernel, len(self.moments)),
        }  # fmt: skip

    def solution(self, rtol: float) -> Solution:
        """What came out."""
        program = self.kernel.program
        checks = np.arange(len(program.checks))
        failed = (self.failed[:, checks // BITS] >> (checks % BITS)) & 1
        return Solution(
            values=self.values,
            status=self.status,
            steps=self.steps,
            failed=failed.astype(bool),
            checks=program.checks,
            times=self.moments,
            outputs=program.outputs,
            width=self.kernel.width,
            precision=self.kernel.precision,
            processor=machine.processor(),
            rtol=rtol,
        )


def aligned(count: int, number: Any, alignment: int) -> NDArray[Any]:
    """Zeros that begin at a multiple of so many bytes."""
    kind = np.dtype(number)
    memory = np.zeros(count * kind.itemsize + alignment, np.uint8)
    start = -memory.ctypes.data % alignment
    return memory[start : start + count * kind.itemsize].view(kind)


def lane_arrays(width: int, n_timed: int, n_triggers: int) -> dict[str, NDArray[Any]]:
    """What the driver keeps per lane, by the name of the field."""
    integers = ("patient", "sample", "count", "dose_next", "timed_next", "due", "asked")
    numbers = ("clock", "size", "tried", "stop", "reach", "ahead", "low", "high")
    arrays: dict[str, NDArray[Any]] = {name: np.zeros(width, np.int64) for name in integers}
    arrays |= {name: np.zeros(width) for name in numbers}
    arrays["counters"] = np.zeros(2, np.int64)
    arrays["timed_order"] = np.zeros(width * n_timed + 1, np.int64)
    arrays["timed_time"] = np.zeros(width * n_timed + 1)
    arrays["before"] = np.zeros(width * n_triggers + 1)
    return arrays


def sizes(kernel: Kernel, n_times: int) -> dict[str, int]:
    """Counts and places of a program for its lanes, by the name of the field."""
    program, width = kernel.program, kernel.width
    fields = {
        "width": width,
        "stride": width,
        "n_states": len(program.states),
        "n_parameters": len(program.parameters),
        "n_outputs": len(program.outputs),
        "n_times": n_times,
        "n_timed": program.n_timed,
        "n_triggers": program.n_triggers,
        "n_checks": len(program.checks),
        "n_infused": len(program.infused),
        "extinction": int(any(bound > 0.0 for bound in program.extinct_below)),
    }
    places = ("P", "Y", "YN", "HS", "IH", "IHG", "T0", "TT", "TH", "ERR", "INF", "EVT", "G", "O", "BAD")
    fields |= {f"at_{name.lower()}": program.layout.offset(name) * width for name in places}
    return fields | {f"at_{name.lower()}": slot * width for name, slot in control_slots(program).items()}
