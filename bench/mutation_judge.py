"""One mutant, judged: made in a process of its own, shown to the cases, compared with the right rule, shown to the tests.

In: a task, the trace of the right rules. Out: its outcome as the exit code of the process.
Decided here: a mutant of a function is made by exchanging the code of the function that stands in memory, so nothing is imported
again; a mutant of what runs while the rules are imported (constants, options, classes, tables read once) is made by importing
the rules anew with the changed text of one module. Who may find a mutant: first the cases that run through it, then the tests
that do, the quickest first. One that changes no result on any course compared is shown to tests of few seconds only.
"""

from __future__ import annotations

import ast
import gc
import os
import resource
import signal
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import differences
from mutants import Mutant, changed
from mutation_trace import ASSESS, ROOT, TESTS, Item, Place, Trace, caches, passes

# Exit codes of the process that judges one mutant. The last ones survived and change a result: which part of it.
OUTCOMES = ("same", "cases", "tests", "time", *differences.PARTS)
SAME, BY_CASES, BY_TESTS, BY_TIME = range(4)
FOUND = ("cases", "tests", "time")
# The mutant runs while the rules are imported: it is to be made by importing them.
AT_IMPORT = 99
# [s] of tests for a mutant that changes no result, and for one that does.
SECONDS_SAME, SECONDS_CHANGING = 0.2, 2.0
# What the right rules take, times this, before a mutant has taken too long; and the least time [s].
PATIENCE, AT_LEAST = 4.0, 3.0
# Time by the clock for each second of processor time: the machine may be busy.
WAITING = 20.0
# Courses compared in one judgement: many subjects share them.
COMPARED = 300


class Task(NamedTuple):
    """A mutant of a module."""

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
        self.name = dotted(task.module)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        file = str(ASSESS / self.task.module)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, self.task.mutant))


def dotted(module: str) -> str:
    """The name by which a module is imported."""
    return "cartrace.assess." + module.removesuffix(".py").replace("/", ".")


def functions_in(code: CodeType) -> dict[tuple[str, int], list[CodeType]]:
    """The outermost functions of a module's code, methods included, by name and first line."""
    found: dict[tuple[str, int], list[CodeType]] = {}
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_flags & 2 or one.co_name == "<lambda>":  # CO_NEWLOCALS: a function, not the body of a class
                found.setdefault((one.co_qualname, one.co_firstlineno), []).append(one)
            else:
                for key, codes in functions_in(one).items():
                    found.setdefault(key, []).extend(codes)
    return found


def at_import(code: CodeType) -> list[object]:
    """What of a module's code runs while it is imported: everything but the inside of functions."""
    inner: list[object] = []
    for one in code.co_consts:
        if not isinstance(one, CodeType):
            inner.append(repr(one))
        elif not (one.co_flags & 2):
            inner.append(at_import(one))
    return [code.co_code, code.co_names, inner]


@cache
def text_of(module: str) -> str:
    """The text of a module."""
    return (ASSESS / module).read_text(encoding="utf-8")


@cache
def right_code(module: str) -> CodeType:
    """A module as it stands, compiled."""
    code: CodeType = compile(ast.parse(text_of(module)), str(ASSESS / module), "exec")
    return code


@cache
def standing_caches() -> list[Any]:
    """The caches to empty when a function has been exchanged."""
    return caches()


def prepare(modules: Iterable[str]) -> None:
    """Before forking: what every process would work out again."""
    living()
    standing_caches()
    for module in modules:
        right_code(module)
    for subject in differences.subjects():
        differences.courses(subject)
    gc.collect()
    gc.freeze()


def exchange(task: Task) -> bool:
    """Put the wrong code into the function that stands in memory; False when the mutant is not in one function alone."""
    path = ASSESS / task.module
    right = right_code(task.module)
    wrong = compile(changed(text_of(task.module), task.mutant), str(path), "exec")
    if at_import(right) != at_import(wrong):
        return False
    before, after = functions_in(right), functions_in(wrong)
    differing = [key for key, codes in after.items() if before.get(key) != codes]
    if before.keys() != after.keys() or len(differing) != 1 or len(after[differing[0]]) != 1:
        return False
    standing = living().get((str(path), *differing[0]), [])
    for function in standing:
        function.__code__ = after[differing[0]][0]
    return bool(standing)


@cache
def living() -> dict[tuple[str, str, int], list[FunctionType]]:
    """The functions of the rules in memory, by file, name and first line."""
    found: dict[tuple[str, str, int], list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(ASSESS)):
            code = one.__code__
            found.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(one)
    return found


def patience(seconds: float) -> None:
    """From now on this much processor time, then the mutant counts as found by time."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE * seconds + AT_LEAST)
    # One that waits uses no processor time.
    signal.setitimer(signal.ITIMER_REAL, WAITING * (PATIENCE * seconds + AT_LEAST))


def cases_find(rules: Iterable[tuple[str, Sequence[int]]]) -> bool:
    """Whether a case comes out wrong, of (rule, numbers of its cases)."""
    from cartrace.assess import conformance, rule

    for name, numbers in rules:
        listed = conformance.cases(name)
        found = rule(name)
        if not all(conformance.run_case(found, listed[n]).passed for n in numbers):
            return True
    return False


def changes(trace: Trace, subjects: Sequence[str], *, any_part: bool) -> str:
    """Which part of any result a mutant changes; "" for none."""
    each = max(10, COMPARED // max(1, len(subjects)))
    parts = []
    for subject in subjects:
        items = differences.courses(subject)
        step = max(1, len(items) // each)
        right, items = trace.right[subject][::step], items[::step]
        part = differences.first_difference(right, differences.marks(subject, items), any_part=any_part)
        if part and (any_part or part == differences.PARTS[0]):
            return part
        parts += [part] if part else []
    return min(parts, key=differences.PARTS.index, default="")


class Witnesses(NamedTuple):
    """Who may find a mutant: cases by rule, compared subjects, tests (node ids, the quickest first)."""

    cases: tuple[tuple[str, tuple[int, ...]], ...]
    subjects: tuple[str, ...]
    tests: tuple[str, ...]


def witnesses(trace: Trace, places: frozenset[Place]) -> Witnesses:
    """Whatever runs through one of these places."""
    cases = [
        (rule, numbers)
        for rule, through in trace.cases.items()
        if (numbers := tuple(n for n, one in enumerate(through) if not places.isdisjoint(one)))
    ]
    subjects = [subject for subject, through in trace.subjects.items() if not places.isdisjoint(through)]
    tests = [name for name, item in trace.items.items() if not places.isdisjoint(item.places)]
    return Witnesses(tuple(cases), tuple(subjects), tuple(sorted(tests, key=lambda name: trace.items[name].seconds)))


def within(items: dict[str, Item], names: Iterable[str], seconds: float) -> list[str]:
    """The first tests that together take no more than this."""
    chosen = []
    for name in names:
        seconds -= items[name].seconds
        if seconds < 0:
            break
        chosen.append(name)
    return chosen


def judge_exchanged(task: Task, trace: Trace, who: Witnesses, tests: dict[str, Any]) -> int:
    """The outcome of a mutant of one function, in a process in which everything is imported."""
    gc.disable()
    if not exchange(task):
        return AT_IMPORT
    for one in standing_caches():
        one.cache_clear()

    def tests_find(names: Sequence[str]) -> bool:
        return not passes([tests[name] for name in names if name in tests])

    return judge(trace, who, tests_find)


def judge_imported(task: Task, trace: Trace, who: Witnesses) -> int:
    """The outcome of a mutant of a module, in a process that has not imported the rules yet."""
    sys.meta_path.insert(0, _Finder(task))

    def tests_find(names: Sequence[str]) -> bool:
        import pytest

        quiet = ["-x", "-n", "0", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider"]
        os.chdir(ROOT)
        return bool(names) and pytest.main([*quiet, *names]) != 0

    return judge(trace, who, tests_find)


def judge(trace: Trace, who: Witnesses, tests_find: Any) -> int:
    """Cases, comparison, tests."""
    patience(0.002 * sum(len(numbers) for _, numbers in who.cases))
    if cases_find(who.cases):
        return BY_CASES
    patience(10.0)
    part = changes(trace, who.subjects, any_part=True)
    names = within(trace.items, who.tests, SECONDS_CHANGING if part else SECONDS_SAME)
    patience(sum(trace.items[name].seconds for name in names) + 2.0)
    if tests_find(names):
        return BY_TESTS
    patience(30.0)
    return OUTCOMES.index(changes(trace, who.subjects, any_part=False)) if part else SAME


def start(work: Any) -> int:
    """Fork a process that works out an outcome; its exit code is the outcome, its process number is returned."""
    pid = os.fork()
    if pid:
        return pid
    try:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        signal.signal(signal.SIGPROF, lambda *_: os._exit(BY_TIME))
        signal.signal(signal.SIGALRM, lambda *_: os._exit(BY_TIME))
        os._exit(work())
    except BaseException:  # a mutant may fail in any way, and one that does is found
        os._exit(BY_CASES)
    finally:
        os._exit(BY_CASES)


def mirrors(module: str) -> tuple[str, ...]:
    """The test files of a module, by its name."""
    path = Path(module)
    found = sorted((TESTS / path.parent).glob(f"test_{path.stem}*.py"))
    return tuple(str(one.relative_to(ROOT)) for one in found)
