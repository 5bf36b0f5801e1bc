"""Wrong rules, made one at a time: how many of them do the case tables and the tests of a rule find?

In: the rule modules of `src/cartrace/assess` as they stand beside this file. Out: `docs/mutation.md`, and with --keep a file
of outcomes from which a later run goes on.
Decided here: what counts as a mutant (`mutants`), and who may find it: first the case tables of the module's rules, then
the test files of its room, nothing else. A mutant that runs more than three times as long as the right rule is found as well.
The engines that exist put a trampoline around each function, which a numba kernel cannot hold; this one compiles the
changed text of one module in a forked process, so a mutant costs one import.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import random
import resource
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from mutants import Mutant, changed, mutants

ROOT = Path(__file__).parents[1]
ASSESS = ROOT / "src" / "cartrace" / "assess"
SEED = 20190401
# Exit codes of the process that judges one mutant. The last ones survived and change a result: which part of it.
OUTCOMES = ("same", "cases", "tests", "time", "grade", "fact", "flag", "settles", "evidence")
SAME, BY_CASES, BY_TESTS, BY_TIME = range(4)
FOUND = ("cases", "tests", "time")
AT_A_TIME = 2


class Room(NamedTuple):
    """Modules that are held by the same rules and the same test files."""

    modules: tuple[str, ...]
    rules: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "crs": Room(("crs/*.py",), ("crs.", "severe_crs."), ("crs",)),
    "icans": Room(("icans/*.py",), ("icans.",), ("icans",)),
    "icaht": Room(("icaht/*.py",), ("icaht.", "ticaht.", "recovery."), ("icaht",)),
    "response": Room(("response/*.py",), ("response.",), ("response",)),
    "labs": Room(("labs/*.py",), ("ctcae5.", "ctcae6."), ("labs",)),
    "bcell": Room(("bcell/*.py",), ("aplasia.", "hypogamma"), ("bcell",)),
    "sweep": Room(
        ("sweep.py", "episodes.py"), ("crs.astct2019", "icans.astct2019"),
        ("test_sweep.py", "test_episodes.py", "crs/test_astct2019*.py", "icans/test_astct2019*.py"),
    ),
}  # fmt: skip


Limits = tuple[float, ...]
"""Seconds of processor time for the cases, for the comparison of results and for the tests; 0 leaves one out."""


class Task(NamedTuple):
    room: str
    module: str
    mutant: Mutant


class _Loader(SourceFileLoader):
    """One module, compiled from its changed text."""

    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType | None:
        code: CodeType = compile(changed(self.get_data(self.path).decode(), self.mutant), self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    def __init__(self, task: Task) -> None:
        self.task = task
        self.name = "cartrace.assess." + task.module.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        file = str(ASSESS / self.task.module)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, self.task.mutant))


def warm() -> None:
    """Import once, before forking, what every child needs and no mutant touches; run at low priority."""
    import hypothesis
    import numpy
    import pyarrow
    import pytest

    import cartrace.course

    assert "cartrace.assess" not in sys.modules
    assert Path(cartrace.course.__file__).is_relative_to(ROOT), "another cartrace is installed; set PYTHONPATH=src"
    assert all((numpy, pyarrow, pytest))
    quick = hypothesis.settings(
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate), derandomize=True, database=None, deadline=None
    )
    hypothesis.settings.register_profile("mutation", quick)
    hypothesis.settings.load_profile("mutation")
    os.nice(3)


def cases_find(prefixes: tuple[str, ...]) -> bool:
    """Whether a row of the case tables comes out wrong."""
    from cartrace.assess import RULES, conformance

    for rule in RULES:
        if not rule.id.startswith(prefixes):
            continue
        for case in conformance.cases(rule.id):
            if not conformance.run_case(rule, case).passed:
                return True
    return False


def tests_find(room: Room) -> bool:
    """Whether a test of the room fails, or one of what every grade of its case tables must carry."""
    import pytest

    tests = ROOT / "tests" / "assess"
    files = [str(path) for pattern in room.tests for path in sorted(tests.glob(pattern))]
    families = " or ".join(dict.fromkeys(prefix.partition(".")[0] for prefix in room.rules))
    quiet = ["-x", "-n", "0", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider"]
    if pytest.main([*quiet, "-k", families, str(tests / "conformance" / "test_tables_grades.py")]) != 0:
        return True
    return pytest.main([*quiet, *files]) != 0


def changes(room: Room, right: Path, *, any_part: bool) -> str:
    """Which part of any result a mutant changes, against the marks in `right`; written there when there are none yet."""
    from differences import first_difference, marks

    from cartrace.assess import RULES

    found = marks([rule for rule in RULES if rule.id.startswith(room.rules)], SEED)
    if not right.is_file():
        right.write_bytes(pickle.dumps(list(found)))
        return ""
    try:
        return first_difference(pickle.loads(right.read_bytes()), found, any_part=any_part)
    except Exception:  # no grade at all where the right rule has one
        return "grade"


def judge(task: Task | None, room: Room, limits: Limits, right: Path) -> int:
    """The outcome of one mutant (None: the right rule), in a process of its own."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    signal.signal(signal.SIGPROF, lambda *_: os._exit(BY_TIME))
    if task is not None:
        sys.meta_path.insert(0, _Finder(task))
    try:
        signal.setitimer(signal.ITIMER_PROF, limits[0])
        if limits[0] and cases_find(room.rules):
            return BY_CASES
        signal.setitimer(signal.ITIMER_PROF, limits[1])
        if limits[1] and not changes(room, right, any_part=True) and task is not None:
            return SAME
        signal.setitimer(signal.ITIMER_PROF, limits[2])
        if limits[2] and tests_find(room):
            return BY_TESTS
        signal.setitimer(signal.ITIMER_PROF, limits[1])
        return SAME if task is None else OUTCOMES.index(changes(room, right, any_part=False))
    except BaseException:  # a mutant may fail in any way, and one that does is found
        return BY_TESTS


def start(task: Task | None, room: Room, limits: Limits, right: Path) -> int:
    """Fork a process that judges; its exit code is the outcome."""
    pid = os.fork()
    if pid:
        return pid
    try:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        os._exit(judge(task, room, limits, right))
    finally:
        os._exit(BY_CASES)


def baseline(name: str, folder: Path) -> Limits:
    """Limits for a room: three times what the right rule takes, and a little. Raises when it fails itself."""
    taken = []
    for stage in range(3):
        limits = (*(1e6 if n == stage else 0.0 for n in range(3)),)
        _, status, usage = os.wait4(start(None, ROOMS[name], limits, folder / name), 0)
        if os.waitstatus_to_exitcode(status) != SAME:
            raise SystemExit(f"{name}: the right rules fail their own {('cases', 'comparison', 'tests')[stage]}")
        taken.append(3 * (usage.ru_utime + usage.ru_stime) + 5)
    return (*taken,)


def run(tasks: list[Task]) -> Iterator[tuple[Task, str]]:
    """Outcomes as they come, a few processes at a time."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        limits = {name: baseline(name, folder) for name in dict.fromkeys(task.room for task in tasks)}
        waiting, running = list(reversed(tasks)), {}
        while waiting or running:
            while waiting and len(running) < AT_A_TIME:
                task = waiting.pop()
                running[start(task, ROOMS[task.room], limits[task.room], folder / task.room)] = task
            pid, status = os.wait()
            code = os.waitstatus_to_exitcode(status)
            yield running.pop(pid), OUTCOMES[code] if 0 <= code < len(OUTCOMES) else "tests"


def chosen(rooms: Iterable[str], fraction: float) -> Iterator[Task]:
    """Every mutant of these rooms, or a sample of each module's, the same for the same seed."""
    for name in rooms:
        files = sorted({path for pattern in ROOMS[name].modules for path in ASSESS.glob(pattern)})
        for path in files:
            module = str(path.relative_to(ASSESS))
            found = mutants(path.read_text(encoding="utf-8"))
            # Shuffled and cut, so that a larger sample holds the smaller one.
            random.Random(f"{SEED}:{module}").shuffle(found)
            yield from (Task(name, module, mutant) for mutant in sorted(found[: math.ceil(len(found) * fraction)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True, help="File of outcomes: read first, what is new is added.")
    parser.add_argument("--fraction", type=float, default=1.0, help="Part of each module's mutants.")
    parser.add_argument(
        "--again", action="store_true", help="Instead: judge again what changed a result and was not found."
    )
    parser.add_argument("rooms", nargs="*", default=list(ROOMS), help=f"Of {', '.join(ROOMS)}.")
    arguments = parser.parse_args()
    kept = read_kept(arguments.keep)
    if arguments.again:
        tasks = [
            t
            for t in chosen(arguments.rooms, 1.0)
            if kept.get((t.module, t.mutant.key), "same") not in (*FOUND, "same")
        ]
    else:
        tasks = [t for t in chosen(arguments.rooms, arguments.fraction) if (t.module, t.mutant.key) not in kept]
    sys.stderr.write(f"{len(tasks)} mutants\n")
    warm()
    with arguments.keep.open("a", encoding="utf-8") as keep:
        for task, outcome in run(tasks):
            keep.write(json.dumps([task.module, task.mutant.key, outcome], ensure_ascii=False) + "\n")
            keep.flush()


def read_kept(path: Path) -> dict[tuple[str, str], str]:
    """(module, key of the mutant) to outcome; the last line counts."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {(module, key): outcome for module, key, outcome in map(json.loads, lines)}


if __name__ == "__main__":
    main()
