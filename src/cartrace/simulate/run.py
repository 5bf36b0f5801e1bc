"""A scenario run over its patients, piece by piece: bounded memory, resumable, the same for any number of workers.

In: a scenario, a folder or none, a way of sharing the work. Out: `Results`; with a folder: Parquet and manifest.json.
Decided here: a piece is CHUNK patients of one hypothesis; its file is written whole or not at all. A folder belongs to one run, told
by its manifest: a second start goes on where the first one stopped, another run is refused; a file that cannot be read is made
again. No digit depends on pieces or workers.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

import cartrace
from cartrace.course import Course
from cartrace.errors import CartraceError
from cartrace.simulate import interface
from cartrace.simulate.course import simulated_course
from cartrace.simulate.outcomes import OUTCOMES, outcomes
from cartrace.simulate.outside import outside_the_data
from cartrace.simulate.scenario import Hypothesis, Scenario
from cartrace.simulate.therapy import TherapyModel, load_therapy
from cartrace.simulate.trajectory import RTOL, Prepared, Trajectories, prepare
from cartrace.simulate.trajectory import run as run_patients

Floats = NDArray[np.float64]

CHUNK = 64
COMPILED_FROM = 2000
"""Patients of a run from which compiling the rule of CRS pays; the grades are the same."""

GRADES = ("crs", "icaht_early", "icaht_late")
KEPT_PARAMETERS = (interface.KNOCK_DOWN, interface.MARROW, interface.SKIN, interface.TESTIS, interface.CD19_NEGATIVE)
MANIFEST = "manifest.json"
LOOKED_AFTER = 2.0
"""[s] between two looks of a worker whether the process that wants its work is still there."""


class AnotherRun(CartraceError):
    """The folder holds the files of another run."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some patients of one hypothesis. `curves`: whether their trajectories are wanted, too; `compiled`: see `outcomes`."""

    scenario: Scenario
    hypothesis: Hypothesis
    start: int
    count: int
    curves: bool
    compiled: bool

    @property
    def name(self) -> str:
        """Stem of its files; in order of hypothesis and patients."""
        return f"{self.hypothesis}-{self.start:08d}"


Mapped = Callable[[Callable[[Piece], tuple[pa.Table, pa.Table | None]], Sequence[Piece]], Iterator[tuple[Piece, Any]]]
"""A way of sharing pieces among workers: gives each piece with its result, in any order."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a run found, patients in order: `table` has a row per hypothesis and patient; `said`: what is outside the data."""

    scenario: Scenario
    table: pa.Table
    said: tuple[str, ...]

    def of(self, hypothesis: Hypothesis) -> dict[str, Floats]:
        """Column to values of the patients of one hypothesis."""
        rows = self.table.filter(pc.equal(self.table["hypothesis"], hypothesis))
        names = (*GRADES, *(outcome.id for outcome in OUTCOMES), *KEPT_PARAMETERS)
        return {name: rows[name].to_numpy() for name in names}

    def failures(self, hypothesis: Hypothesis) -> tuple[str, ...]:
        """Why patients could not be solved, one sentence each."""
        rows = self.table.filter(pc.equal(self.table["hypothesis"], hypothesis))
        return tuple(reason for reason in rows["failure"].to_pylist() if reason)


def one_after_another(
    work: Callable[[Piece], tuple[pa.Table, pa.Table | None]], pieces: Sequence[Piece]
) -> Iterator[tuple[Piece, Any]]:
    """Pieces in this process."""
    for piece in pieces:
        yield piece, work(piece)


def in_processes(workers: int) -> Mapped:
    """Pieces in processes of this machine."""

    def mapped(work: Callable[[Piece], Any], pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Any]]:
        from concurrent.futures import ProcessPoolExecutor, as_completed
        from multiprocessing import get_context

        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_serve, initargs=(os.getpid(),))
        try:
            waiting = {pool.submit(work, piece): piece for piece in pieces}
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return mapped


def _serve(master: int) -> None:
    """Begin of a worker: Ctrl-C is for the process that writes the files; the others end with it, also when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(master,), daemon=True).start()


def _end_with(master: int) -> None:
    while os.getppid() == master:
        time.sleep(LOOKED_AFTER)
    os._exit(1)


def simulate(
    scenario: Scenario,
    folder: Path | None = None,
    *,
    mapped: Mapped = one_after_another,
    chunk: int = CHUNK,
    curves: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Run a scenario under each of its hypotheses.

    folder    where patients/ and curves/ (Parquet) and manifest.json go; None: nothing is written
    progress  called with pieces done and pieces in all
    Raises `AnotherRun`, `NotTreatable`, `UnknownTerm`.
    """
    model = load_therapy(scenario.model)
    prepared(scenario)
    pieces = _pieces(scenario, chunk, curves)
    found: dict[str, pa.Table] = {}
    if folder is not None:
        _claim(folder, manifest(scenario, model, chunk))
        found = {piece.name: rows for piece in pieces if (rows := _kept(folder, piece)) is not None}
    missing = [piece for piece in pieces if piece.name not in found]
    tell = progress or (lambda done, of: None)
    tell(len(found), len(pieces))
    for piece, (rows, lines) in mapped(run_piece, missing):
        if folder is not None:
            if lines is not None:
                _write(_path(folder, piece, "curves"), lines)
            _write(_path(folder, piece, "patients"), rows)
        found[piece.name] = rows
        tell(len(found), len(pieces))
    table = pa.concat_tables([found[piece.name] for piece in pieces])
    half = model.nominal[interface.HALF_MARROW]
    return Results(scenario, table, outside_the_data(scenario, model.ranges, half))


def trajectories(scenario: Scenario, hypothesis: Hypothesis, start: int = 0, count: int = 1) -> Trajectories:
    """The curves of patients start .. start + count, for figures and bands."""
    return run_patients(prepared(scenario), hypothesis, start, count)


def courses(scenario: Scenario, hypothesis: Hypothesis, start: int = 0, count: int = 1) -> tuple[Course, ...]:
    """The courses of patients start .. start + count, those left out that could not be solved."""
    found = trajectories(scenario, hypothesis, start, count)
    looks = found.prepared.looks
    solved = [position for position in range(count) if position not in found.reasons]
    return tuple(simulated_course(found.patient(position), scenario, looks) for position in solved)


@lru_cache(maxsize=8)
def prepared(scenario: Scenario) -> Prepared:
    """A scenario compiled, once in a process."""
    return prepare(load_therapy(scenario.model), scenario)


def run_piece(piece: Piece) -> tuple[pa.Table, pa.Table | None]:
    """(a row per patient, a row per patient and look) of one piece; the second when curves are wanted."""
    found = trajectories(piece.scenario, piece.hypothesis, piece.start, piece.count)
    return _rows(found, piece.compiled), _curves(found) if piece.curves else None


def _rows(found: Trajectories, compiled: bool) -> pa.Table:
    count = found.patients.count
    columns: dict[str, Any] = {
        "hypothesis": [found.hypothesis] * count,
        "patient": np.arange(found.patients.start + 1, found.patients.start + count + 1),
        "failure": [found.reasons.get(position, "") for position in range(count)],
    }
    columns |= {name: found.parameter(name) for name in KEPT_PARAMETERS}
    # NaN, which is no answer, is a null of the table.
    columns |= {name: pa.array(values, from_pandas=True) for name, values in outcomes(found, compiled=compiled).items()}
    return pa.table(columns)


def _curves(found: Trajectories) -> pa.Table:
    count, looks, _ = found.values.shape
    outputs = [name for name in found.prepared.kernel.outputs if not name.startswith("rx_")]
    columns: dict[str, Any] = {
        "hypothesis": np.repeat([found.hypothesis], count * looks),
        "patient": np.repeat(np.arange(found.patients.start + 1, found.patients.start + count + 1), looks),
        "day": np.tile(found.prepared.looks.times, count),
    }
    columns |= {name: found.of(name).astype(np.float32).ravel() for name in outputs}
    return pa.table(columns)


def _pieces(scenario: Scenario, chunk: int, curves: bool) -> list[Piece]:
    starts = range(0, scenario.patients, chunk)
    compiled = scenario.patients * len(scenario.hypotheses) >= COMPILED_FROM
    return [
        Piece(scenario, hypothesis, start, min(chunk, scenario.patients - start), curves, compiled)
        for hypothesis in scenario.hypotheses
        for start in starts
    ]


def manifest(scenario: Scenario, model: TherapyModel, chunk: int) -> dict[str, Any]:
    """What makes a run what it is, as it stands in manifest.json."""
    kernel = prepared(scenario).kernel
    return {
        "simulated": True,
        "versions": {"cartrace": cartrace.__version__}
        | {name: version(name) for name in ("llvmlite", "numpy", "scipy")},
        "scenario": json.loads(json.dumps(dataclasses.asdict(scenario))),
        "model": {"id": model.id, "digest": model.system.digest, "values": model.digest_of_values},
        "seed": scenario.virtual_patients.seed,
        "engine": {"lanes": kernel.width, "precision": kernel.precision, "rtol": RTOL},
        "chunk": chunk,
        "outside_the_data": list(outside_the_data(scenario, model.ranges, model.nominal[interface.HALF_MARROW])),
    }


def _claim(folder: Path, ours: dict[str, Any]) -> None:
    """Write the manifest, or go on with a run whose manifest is the same."""
    path = folder / MANIFEST
    if path.is_file():
        try:
            theirs = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise AnotherRun(f"{folder.name}/{MANIFEST} cannot be read: choose another folder") from None
        other = sorted(key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key))
        if other:
            raise AnotherRun(f"{folder.name} holds another run (differs in {', '.join(other)}): choose another folder")
        return
    folder.mkdir(parents=True, exist_ok=True)
    _replace(path, lambda beside: beside.write_text(json.dumps(ours, ensure_ascii=False, indent=1) + "\n", "utf-8"))


def _path(folder: Path, piece: Piece, kind: str) -> Path:
    return folder / kind / f"{piece.name}.parquet"


def _kept(folder: Path, piece: Piece) -> pa.Table | None:
    """The rows of a piece that was done before, with its curves where they are wanted; None: it is to be done."""
    try:
        if piece.curves:
            pq.read_metadata(_path(folder, piece, "curves"))
        return pq.read_table(_path(folder, piece, "patients"))
    except (FileNotFoundError, pa.ArrowInvalid):
        return None


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, lambda beside: pq.write_table(table, beside))


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    """A file written beside its place and then moved: it is there whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    try:
        write(beside)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        # Arrow names no file.
        raise OSError(error.errno, os.strerror(error.errno) if error.errno else str(error), str(path)) from error
