"""What else the engine costs: a start, memory, a million patients, two threads, derivatives.

In: the problems. Out: rows of the page. Decided here: starts and memory are those of fresh processes, told by the operating system; what a
process spends on preparing a problem for a peer is taken off, so that a start is the tool's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from engine_problems import THERAPY, Problem

from cartrace import engine

HERE = Path(__file__).parent
CHUNK = 20_000
FITTED = (
    *("rho", "k_kill", "del_E", "k_EM", "k_eng", "f_eng"),
    *("k_6M", "K_loc", "k_IFN", "ktr", "S_LD", "L_M0"),
)
"""Twelve parameters of the therapy model that a fit would move."""

PEAK = """
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
"""
"""Peak memory of a process [MB] from Linux; `getrusage` would tell that of its parent when that was larger."""
OWN_START = f"""{PEAK}
from cartrace import engine
from cartrace.models import load
system = load({THERAPY!r}).system
kernel = engine.compile_system(system, ("CAR_uL", "TEMP", "IL6", "ANC"))
doses = engine.Doses([0, 0], [2.0, 7.0], ["LD", "C_D"], [1.0, 186.0])
assert engine.solve(kernel, engine.parameter_table(system, 8), [0.0, 35.0, 180.0], doses).ok.all()
print(peak())
"""
PEER_START = f"""{PEAK}
import sys, time
sys.path.insert(0, {str(HERE)!r})
import engine_peers, engine_text
from engine_problems import problems
problem = problems()[{THERAPY!r}]
table = problem.patients(8)
problem.sbml, engine_text.parts(problem, table)
print(time.process_time(), peak())
getattr(engine_peers, sys.argv[1])(problem, table, *sys.argv[2:3], *map(int, sys.argv[3:])).solve(1e-5)
print(peak())
"""
MANY = f"""{PEAK}
import json, sys, time
sys.path.insert(0, {str(HERE)!r})
import numpy as np
from engine_cost import CHUNK
from engine_problems import problems
from cartrace import engine
problem, patients = problems()[{THERAPY!r}], int(sys.argv[1])
kernel = engine.compile_system(problem.system, problem.outputs)
engine.solve(kernel, problem.patients(64), problem.times)
before, spent, sums = peak(), 0.0, 0.0
for first in range(0, patients, CHUNK):
    table = problem.patients(min(CHUNK, patients - first), seed=first)
    start = time.process_time()
    solution = engine.solve(kernel, table, problem.times)
    spent += time.process_time() - start
    assert solution.ok.all()
    sums = sums + np.quantile(solution.values, [0.05, 0.5, 0.95], axis=0)
print(json.dumps([spent, peak(), peak() - before]))
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A fresh process up to its first result: processor seconds, wall seconds, peak memory, and memory before it began [MB]."""

    way: str
    processor: float
    wall: float
    memory: float
    before: float = 0.0


def fresh(code: str, arguments: list[str], folder: str) -> tuple[float, float, str]:
    """Processor and wall seconds and output of a process of its own."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, *arguments],
            stdout=said, stderr=subprocess.DEVNULL, env=os.environ | {"CARTRACE_CACHE": folder, "NUMBA_CACHE_DIR": folder},
        )  # fmt: skip
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        if status:
            raise SystemExit(f"a process of its own ended with {status}: {' '.join(arguments)}")
        said.seek(0)
        return used.ru_utime + used.ru_stime, wall, said.read()


def starts(rounds: int) -> list[Start]:
    """The engine with an empty and with a filled cache, then the peers that are installed. The least of the rounds."""
    rows = []
    cold: list[tuple[float, float, float]] = []
    warm: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for taken in (cold, warm):
                processor, wall, said = fresh(OWN_START, [], folder)
                taken.append((processor, wall, float(said)))
    rows.append(Start("**cartrace, empty cache**", *map(min, zip(*cold, strict=True))))
    rows.append(Start("**cartrace, filled cache**", *map(min, zip(*warm, strict=True))))
    peers = {
        "libRoadRunner": ["roadrunner"], "numbalsoda": ["numbalsoda"], "scipy LSODA, compiled right-hand side": ["scipy_lsoda"],
        "COPASI": ["copasi"], "diffrax Tsit5": ["diffrax", "Tsit5", "8"], "diffrax Kvaerno5": ["diffrax", "Kvaerno5", "8"],
    }  # fmt: skip
    for name, arguments in peers.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                processor, wall, said = fresh(PEER_START, arguments, folder)
            except SystemExit:
                continue
            prepared, held, memory = map(float, said.split())
            rows.append(Start(name, processor - prepared, wall - prepared, memory, held))
    return rows


def many(sizes: tuple[int, ...]) -> list[tuple[int, float, float, float]]:
    """Patients, microseconds of processor time per patient, peak memory and what solving added to it [MB]."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            *_, said = fresh(MANY, [str(size)], folder)
            spent, peak, added = json.loads(said.splitlines()[-1])
            rows.append((size, spent / size * 1e6, peak, added))
    return rows


def threads(problem: Problem, patients: int, rounds: int) -> list[tuple[int, float, float]]:
    """Threads, processor microseconds and wall microseconds per patient; the least of the rounds, one and two threads in turn."""
    kernel = engine.compile_system(problem.system, problem.outputs)
    table = problem.patients(patients)
    best = {1: [np.inf, np.inf], 2: [np.inf, np.inf]}
    values = {}
    for _ in range(rounds):
        for count, least in best.items():
            wall, spent = time.perf_counter(), time.process_time()
            values[count] = engine.solve(kernel, table, problem.times, threads=count).values
            taken = (time.process_time() - spent, time.perf_counter() - wall)
            least[:] = [min(old, new) for old, new in zip(least, taken, strict=True)]
    if values[1].tobytes() != values[2].tobytes():
        raise SystemExit("two threads gave other digits than one")
    return [(count, *(item / patients * 1e6 for item in least)) for count, least in best.items()]


def derivatives(problem: Problem, patients: int, rounds: int) -> list[tuple[float, float, float, float, float]]:
    """rtol, milliseconds per patient, times a plain solve, median and 99 % error of the derivatives.

    Truth: central differences of runs at 1e-12, each patient on its own. Errors of output by logarithm of parameter, the worst over time,
    relative to the largest over time plus the floor of the output.
    """
    kernel = engine.compile_system(problem.system, problem.outputs)
    table, few = problem.patients(patients), 16
    true = []
    for name in FITTED:
        column = kernel.parameter_ids.index(name)
        pair = []
        for sign in (-1.0, 1.0):
            moved = table[:few].copy()
            moved[:, column] *= 1.0 + sign * 1e-4
            pair.append(engine.solve(kernel, moved, problem.times, rtol=1e-12, atol=1e-16).values)
        true.append((pair[1] - pair[0]) / (2e-4 * table[:few, column])[:, None, None])
    exact = np.stack(true, axis=-1)
    columns = [kernel.parameter_ids.index(name) for name in FITTED]
    by_log = table[:few, columns][:, None, None, :]
    floors = np.array(list(problem.floors.values()))[None, :, None]
    scale = np.abs(exact * by_log).max(axis=1) + floors
    rows = []
    for rtol in (1e-4, 1e-6):
        plain, whole = [], []
        for _ in range(rounds):
            start = time.process_time()
            engine.solve(kernel, table, problem.times, rtol=rtol)
            plain.append((time.process_time() - start) / patients)
            start = time.process_time()
            found = engine.gradient(kernel, table, problem.times, FITTED, rtol=rtol)
            whole.append((time.process_time() - start) / patients)
        each = np.abs((found.by[:few] - exact) * by_log).max(axis=1) / scale
        rows.append(
            (rtol, min(whole) * 1e3, min(whole) / min(plain), float(np.median(each)), float(np.quantile(each, 0.99)))
        )
    return rows
