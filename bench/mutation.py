"""Wrong rules, made one at a time: how many of them do the case tables and the tests find?

In: the modules of `src/cartrace/assess` as they stand beside this file, and outcomes of earlier runs (`mutation_outcomes`). Out:
with --keep a file of outcomes, from which `mutation_page.py` writes `docs/mutation.md`.
Decided here: which mutants are judged, in which order, and how many at a time. What counts as a mutant is decided in `mutants`,
who may find one in `mutation_judge`, what runs through it in `mutation_trace`.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import mutation_judge
import mutation_outcomes
from mutants import mutants
from mutation_judge import AT_IMPORT, OUTCOMES, Task, Witnesses, start, text_of, witnesses
from mutation_trace import ASSESS, ROOT, Place, Trace, kept_trace, with_tests

SEED = 20190401
Report = Callable[[Task, str, float], None]
"""What to do with an outcome and the processor seconds it took."""


def modules(rooms: Iterable[str] = ()) -> list[str]:
    """Every module of the rules that has a mutant, or those of some rooms (beginnings of their paths)."""
    found = sorted(str(path.relative_to(ASSESS)) for path in ASSESS.rglob("*.py") if path.name != "__init__.py")
    wanted = tuple(rooms) or ("",)
    return [module for module in found if module.startswith(wanted) and mutants(text_of(module))]


def chosen(rooms: Iterable[str], fraction: float) -> Iterator[Task]:
    """Every mutant of these rooms, or a sample of each module's, the same for the same seed."""
    for module in modules(rooms):
        found = mutants(text_of(module))
        # Shuffled and cut, so that a larger sample holds the smaller one.
        random.Random(f"{SEED}:{module}").shuffle(found)
        yield from (Task(module, mutant) for mutant in sorted(found[: math.ceil(len(found) * fraction)]))


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


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of the rules that a module imports by name."""
    known = {
        mutation_judge.dotted(str(path.relative_to(ASSESS))): str(path.relative_to(ASSESS))
        for path in ASSESS.rglob("*.py")
    }
    found = set()
    for node in ast.walk(ast.parse(text_of(module))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            found |= {known[name] for name in names if name in known}
    return frozenset(found)


@cache
def importers(module: str) -> frozenset[str]:
    """The module and every one that imports it, directly or not."""
    every = [str(path.relative_to(ASSESS)) for path in ASSESS.rglob("*.py")]
    found = {module}
    while True:
        more = {one for one in every if one not in found and imports(one) & found}
        if not more:
            return frozenset(found)
        found |= more


def own_first(tests: Iterable[str], trace: Trace, module: str) -> tuple[str, ...]:
    """The tests of the module's own files, then the others, the quickest first."""
    own = mutation_judge.mirrors(module) or ("-",)
    return tuple(sorted(tests, key=lambda name: (not name.startswith(own), trace.items[name].seconds)))


def imported_witnesses(trace: Trace, task: Task) -> Witnesses:
    """Who may find a mutant that runs while the rules are imported: whatever runs through a module that imports it."""
    through = importers(task.module) - {"shelf.py"}
    near = {task.module} | {one for one in through if task.module in imports(one)}
    every = {place for one in trace.subjects.values() for place in one}
    who = witnesses(trace, frozenset(place for place in every if place[0] in through))
    close = witnesses(
        trace, frozenset(place for item in trace.items.values() for place in item.places if place[0] in near)
    )
    return who._replace(tests=own_first(close.tests, trace, task.module))


def at_a_time(tasks: Iterable[Task], most: int, begin: Callable[[Task], int], report: Report) -> None:
    """Outcomes as they come, a few processes at a time."""
    waiting, running = iter(tasks), dict[int, Task]()
    while True:
        while len(running) < most and (task := next(waiting, None)) is not None:
            running[begin(task)] = task
        if not running:
            return
        pid, status, usage = os.wait4(-1, 0)
        code = os.waitstatus_to_exitcode(status)
        outcome = "import" if code == AT_IMPORT else OUTCOMES[code] if 0 <= code < len(OUTCOMES) else "tests"
        report(running.pop(pid), outcome, usage.ru_utime + usage.ru_stime)


def run(tasks: list[Task], trace: Trace, most: int, report: Report) -> None:
    """Mutants of functions first, in a process in which everything is imported; then the others."""
    late: list[Task] = []
    exchanged = []
    for task in tasks:
        place: Place = task.module, task.mutant.place
        (late if not task.mutant.place or place in trace.imported else exchanged).append(task)

    def noted(task: Task, outcome: str, seconds: float) -> None:
        if outcome == "import":
            late.append(task)
        else:
            report(task, outcome, seconds)

    def exchanging(items: list[Any]) -> None:
        tests = {item.nodeid: item for item in items}
        mutation_judge.prepare(dict.fromkeys(task.module for task in exchanged))

        def begin(task: Task) -> int:
            who = witnesses(trace, frozenset({(task.module, task.mutant.place)}))
            who = who._replace(tests=own_first(who.tests, trace, task.module))
            return start(lambda: mutation_judge.judge_exchanged(task, trace, who, tests))

        at_a_time(exchanged, most, begin, noted)

    if exchanged:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            with os.fdopen(write, "w", encoding="utf-8") as out:
                late.clear()
                with_tests(exchanging)
                json.dump([tasks.index(task) for task in late], out)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as found:
            late += [tasks[n] for n in json.load(found)]
        os.waitpid(pid, 0)

    def begin_import(task: Task) -> int:
        who = imported_witnesses(trace, task)
        return start(lambda: mutation_judge.judge_imported(task, trace, who))

    at_a_time(late, most, begin_import, report)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True, help="File of outcomes: read first, what is new is added.")
    parser.add_argument("--trace", type=Path, required=True, help="File of what runs through what; made when missing.")
    parser.add_argument("--renew", action="store_true", help="Trace cases again, and tests that are new.")
    parser.add_argument("--fraction", type=float, default=1.0, help="Part of each module's mutants.")
    parser.add_argument("--at-a-time", type=int, default=1, help="Processes that judge.")
    parser.add_argument("--again", nargs="*", help="Instead: judge again what had these outcomes.", choices=OUTCOMES)
    parser.add_argument("rooms", nargs="*", help="Beginnings of module paths; none = all.")
    arguments = parser.parse_args()
    kept = mutation_outcomes.read(arguments.keep)
    tasks = list(chosen(arguments.rooms, arguments.fraction))
    if arguments.again:
        tasks = [task for task in tasks if kept.get((task.module, task.mutant.key)) in arguments.again]
    else:
        tasks = [task for task in tasks if (task.module, task.mutant.key) not in kept]
    os.nice(15)
    warm()
    trace = kept_trace(arguments.trace, renew=arguments.renew)
    sys.stderr.write(f"{len(tasks)} mutants\n")
    begun = time.monotonic()
    keep = arguments.keep.open("a", encoding="utf-8")

    def report(task: Task, outcome: str, seconds: float) -> None:
        keep.write(mutation_outcomes.line(task.module, task.mutant, outcome, seconds))
        keep.flush()

    # In no order: a run that is cut off leaves a sample.
    random.Random(SEED).shuffle(tasks)
    run(tasks, trace, arguments.at_a_time, report)
    taken = time.monotonic() - begun
    sys.stderr.write(f"{taken:.0f} s, {len(tasks) / taken:.1f} mutants a second\n")


if __name__ == "__main__":
    main()
