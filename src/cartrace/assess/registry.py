"""One rule over many courses: the compiled kernel, several courses at a time.

In: a rule, courses, its settings. Out: the overall grade of every course, in their order.
Decided here: how the work is shared. Gathering and the records are Python and wait for each other; the kernel lets go of
the interpreter lock, so kernels of different courses run side by side. Neither changes an answer: every grade is the one
that `Rule.run` gives for that course alone, whatever the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import compile_kernel
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule, Steps, allocate
from cartrace.course import Course, Events

Kernel = Callable[[Events, NDArray[np.float64], Steps], int]


def run_many(
    rule: Rule,
    courses: Iterable[Course],
    settings: Mapping[str, float | str] | None = None,
    threads: int | None = None,
) -> tuple[Grade, ...]:
    """The overall grade of every course by one rule.

    threads   kernels that may run at the same time; None = one for each processor
    Raises `MissingExtra` without numba, `UnknownTerm` for an unknown option or value, ValueError for less than one thread.
    """
    workers = threads if threads is not None else os.cpu_count() or 1
    if workers < 1:
        raise ValueError(f"threads is {threads}: at least one is needed")
    option = rule.settings(settings)
    kernel: Kernel = compile_kernel(rule.kernel)

    def overall(course: Course) -> Grade:
        return _overall(rule, kernel, option, course)

    if workers == 1:
        return tuple(map(overall, courses))
    with ThreadPoolExecutor(workers) as pool:
        return tuple(pool.map(overall, courses))


def assess_many(rule: Rule, courses: Sequence[Course], chosen: Sequence[Mapping[str, str]]) -> list[Assessment]:
    """`run_many` for courses that may make different choices: assessments without steps, days, facts and parts."""
    found: dict[int, Assessment] = {}
    for options in {tuple(sorted(one.items())): one for one in chosen}.values():
        same = [n for n, one in enumerate(chosen) if one == options]
        used = rule.settings_used(rule.settings(options))
        grades = run_many(rule, [courses[n] for n in same], options)
        found |= {n: Assessment(rule.name, rule.title, used, grade) for n, grade in zip(same, grades, strict=True)}
    return [found[n] for n in range(len(courses))]


def _overall(rule: Rule, kernel: Kernel, option: NDArray[np.float64], course: Course) -> Grade:
    """Row 0 of the kernel's output as a record."""
    events = rule.events(course)
    steps = allocate(rule.rows(len(events.time)))
    kernel(events, option, steps)
    return rule.overall(steps, events)
