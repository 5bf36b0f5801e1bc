"""What each case, each compared course and each test runs through: which of them can find a mutant, and which lines nobody reaches.

In: the rules and the tests of `tests/assess` as they stand. Out: `Trace`.
Decided here: what runs through a function is noted by the outermost function of a module, so a mutant of a function is shown to
all that call it and to nobody else; caches are emptied before each test, so that one test does not live on another's work.
"""

from __future__ import annotations

import functools
import gc
import importlib
import os
import pickle
import pkgutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
ASSESS = ROOT / "src" / "cartrace" / "assess"
TESTS = ROOT / "tests" / "assess"
# A test that takes longer is not asked.
SECONDS = 30.0
# Tests that say nothing of one mutant: they make mutants themselves, or compare a rule with its own compiled text.
LEFT_OUT = ("test_rule_mutations.py", "test_registry.py")

Place = tuple[str, str]
"""(module, outermost function) e.g. ("crs/lee2014.py", "levels") or ("rule.py", "Rule.grade")."""


class Item(NamedTuple):
    """A test as it passed: processor seconds and what it ran through."""

    seconds: float
    places: frozenset[Place]


class Trace(NamedTuple):
    """What runs through what.

    imported  functions that run while the rules are imported
    cases     of each rule, what each of its cases runs through, in the order of the table
    subjects  what the compared courses of a subject run through, all together
    items     each test that passes, by its node id
    right     the marks of each subject
    lines     lines reached by cases or compared courses, by module
    """

    imported: frozenset[Place]
    cases: dict[str, tuple[frozenset[Place], ...]]
    subjects: dict[str, frozenset[Place]]
    items: dict[str, Item]
    right: dict[str, list[tuple[int, ...]]]
    lines: dict[str, frozenset[int]]


class Tracer:
    """Notes functions as they are called, and while `by_line` each line once."""

    def __init__(self) -> None:
        self.by_line = True
        self.places: set[Place] = set()
        self.lines: dict[str, set[int]] = {}
        # By the code's identity: the code (kept alive), its place, its lines not reached yet, all of its lines.
        self._codes: dict[int, tuple[CodeType, Place | None, set[int]]] = {}

    def __call__(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        known = self._codes.get(id(frame.f_code)) or self._meet(frame.f_code)
        if known[1] is None:
            return None
        self.places.add(known[1])
        return self._line if self.by_line and known[2] else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
        if event == "line":
            _, place, left = self._codes[id(frame.f_code)]
            if frame.f_lineno in left and place is not None:
                left.discard(frame.f_lineno)
                self.lines.setdefault(place[0], set()).add(frame.f_lineno)
        return self._line

    def _meet(self, code: CodeType) -> tuple[CodeType, Place | None, set[int]]:
        place = place_of(code)
        own = {line for _, _, line in code.co_lines() if line} if place else set()
        self._codes[id(code)] = (code, place, own)
        return self._codes[id(code)]

    def during(self, run: Callable[[], object]) -> frozenset[Place]:
        """What runs while `run` does."""
        self.places = set()
        threading.settrace(self)
        sys.settrace(self)
        try:
            run()
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
        return frozenset(self.places)


def place_of(code: CodeType) -> Place | None:
    """Where a function stands, None outside the rules."""
    path = Path(code.co_filename)
    if code.co_filename[0] == "<" or not path.is_relative_to(ASSESS):
        return None
    return str(path.relative_to(ASSESS)), code.co_qualname.partition(".<locals>")[0]


def caches() -> list[Any]:
    """Every cache of the rules and their tests. Compiled kernels stay: what they compile is a copy of its time."""
    found = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    own = [one for one in found if getattr(one, "__module__", "").startswith(("cartrace.assess", "tests", "test_"))]
    return [one for one in own if one.__name__ != "compile_kernel"]


def import_everything() -> None:
    """Every module of the rules."""
    import cartrace.assess

    for found in pkgutil.walk_packages(cartrace.assess.__path__, "cartrace.assess."):
        importlib.import_module(found.name)


class Loop:
    """A pytest plugin: instead of running the tests that were collected, hand them over."""

    def __init__(self, work: Callable[[list[Any]], None]) -> None:
        self.work = work
        self.ran = False

    def pytest_runtestloop(self, session: Any) -> bool:
        self.ran = True
        self.work(list(session.items))
        return True


def with_tests(work: Callable[[list[Any]], None]) -> None:
    """Collect the quick tests of the rules, and hand them over."""
    import pytest

    loop = Loop(work)
    left_out = [f"--ignore={TESTS / name}" for name in LEFT_OUT]
    quiet = ["-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys", "-n", "0"]
    quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    pytest.main([*quiet, *left_out, str(TESTS)], plugins=[loop])
    if not loop.ran:
        raise SystemExit("the tests cannot be collected")


def passes(items: Sequence[Any]) -> bool:
    """Run tests one after another; False at the first that fails."""
    from _pytest.runner import runtestprotocol

    for item, following in zip(items, [*items[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            return False
    return True


class _Late(BaseException):
    """A test that takes too long."""


def _late(*_: object) -> None:
    raise _Late


def trace(tests: list[Any], imported: frozenset[Place], known: Mapping[str, Item]) -> Trace:
    """Run everything once, but for tests that are known."""
    import differences

    from cartrace.assess import rule
    from cartrace.assess.conformance import cases, run_case

    tracer = Tracer()
    through: dict[str, tuple[frozenset[Place], ...]] = {}
    subjects, right = {}, {}
    for subject in differences.subjects():
        if subject not in differences.VIEWS:
            found, listed = rule(subject), cases(subject)
            through[subject] = tuple(tracer.during(lambda case=case: run_case(found, case)) for case in listed)  # noqa: B023
        items = differences.courses(subject)
        # Traced once over a part, marked without: what a subject runs through is soon complete.
        subjects[subject] = tracer.during(lambda: list(differences.marks(subject, items[:: max(1, len(items) // 80)])))  # noqa: B023
        right[subject] = list(differences.marks(subject, items))
    sys.stderr.write("cases and compared courses traced\n")
    # Line by line the tests would take an hour.
    tracer.by_line = False
    items_found = {**known, **dict(_items([test for test in tests if test.nodeid not in known], tracer))}
    return Trace(imported, through, subjects, items_found, right, _frozen(tracer.lines))


def _items(tests: list[Any], tracer: Tracer) -> Iterator[tuple[str, Item]]:
    signal.signal(signal.SIGPROF, _late)
    emptied = caches()
    for n, test in enumerate(tests):
        if n % 500 == 0:
            sys.stderr.write(f"{n} of {len(tests)} tests traced\n")
        for cache in emptied:
            cache.cache_clear()
        passed = False
        begin = time.process_time()

        def run(test: Any = test) -> None:
            nonlocal passed
            passed = passes([test])

        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            places = tracer.during(run)
        except _Late:
            places = frozenset()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if passed:
            yield test.nodeid, Item(time.process_time() - begin, places)
        else:
            sys.stderr.write(f"not asked: {test.nodeid}\n")


def _frozen(lines: dict[str, set[int]]) -> dict[str, frozenset[int]]:
    return {module: frozenset(found) for module, found in lines.items()}


def kept_trace(path: Path, *, renew: bool = False) -> Trace:
    """The trace in a file, made first when there is none. `renew`: cases and courses again, and tests that are new."""
    if renew or not path.is_file():
        pid = os.fork()
        if pid == 0:
            try:
                _write(path)
            except BaseException:  # said here: the process ends without a word
                traceback.print_exc()
            os._exit(0)
        os.waitpid(pid, 0)
    return Trace(*pickle.loads(path.read_bytes()))


def _write(path: Path) -> None:
    known = Trace(*pickle.loads(path.read_bytes())).items if path.is_file() else {}
    imported = Tracer().during(import_everything)

    def traced(tests: list[Any]) -> None:
        path.write_bytes(pickle.dumps(tuple(trace(tests, imported, known))))

    with_tests(traced)
