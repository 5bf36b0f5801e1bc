"""What a rule is: its published text, its inputs, options and reasons, and one kernel.

The kernel is the rule: a pure function over `Events`, written in the subset that numba compiles. One course runs it as
plain Python; `registry.py` compiles the same function and runs it over many courses in parallel.
The wrapper (`assess`) gathers the events, calls the kernel and turns its arrays into `Grade` records.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Channel, Course, Events
from cartrace.course.events import gather
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms

DECIDING = 8
"""How many deciding events a step can name."""

NOT_GRADED = -1
"""`low` of a step that cannot be graded; its reasons say why."""

NOT_APPLICABLE = -2
"""`low` of a step to which the rule does not apply."""


class Steps(NamedTuple):
    """Arrays a kernel fills, preallocated; it returns how many rows it wrote.

    Row 0 is the overall result (of a time-resolved rule: the worst of the course, `at` NaN, `fact` = the facts);
    the rows after it are the steps of a time-resolved rule, in order of time.

    at       [d] float64: when the step begins (or the time of the one result)
    low      int8: grade with missing inputs at best; NOT_GRADED or NOT_APPLICABLE
    high     int8: grade with missing inputs at worst
    reason   int64: bit i = `Rule.reasons[i]`
    missing  int64: bit i = `Rule.channels[i]` would settle the range
    decided  int32 (rows, DECIDING): indices into the events; -1 = none
    fact     float64 (rows, n): numbers the rule wants to hand out (durations ...); NaN = none
    """

    at: NDArray[np.float64]
    low: NDArray[np.int8]
    high: NDArray[np.int8]
    reason: NDArray[np.int64]
    missing: NDArray[np.int64]
    decided: NDArray[np.int32]
    fact: NDArray[np.float64]


FACTS = 16
"""Columns of `Steps.fact`."""


def allocate(rows: int) -> Steps:
    """Empty output arrays for `rows` results."""
    return Steps(
        np.full(rows, np.nan),
        np.full(rows, NOT_GRADED, dtype=np.int8),
        np.full(rows, NOT_GRADED, dtype=np.int8),
        np.zeros(rows, dtype=np.int64),
        np.zeros(rows, dtype=np.int64),
        np.full((rows, DECIDING), -1, dtype=np.int32),
        np.full((rows, FACTS), np.nan),
    )


@dataclass(frozen=True, slots=True)
class Option:
    """One choice the source leaves open. `values` maps words to numbers for choices; empty for plain numbers."""

    name: str
    default: float
    meaning: str
    unit: str = ""
    values: tuple[tuple[str, float], ...] = ()

    def number(self, text: str) -> float:
        """The option's number for a word or a number as text. Raises `UnknownTerm`."""
        words = dict(self.values)
        if text in words:
            return words[text]
        try:
            number = float(text)
        except ValueError:
            raise UnknownTerm(f"value of option {self.name}", text, nearest=tuple(words)) from None
        if words and number not in words.values():
            raise UnknownTerm(f"value of option {self.name}", text, nearest=tuple(words))
        return number


@dataclass(frozen=True, slots=True)
class Reason:
    """A flag or a cause of "not graded", as a code and a sentence for a reader."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One edition of one published rule.

    id, version   e.g. "crs.astct2019", "1": written id@version in every result
    title         what a reader calls it
    module        dotted name of the module whose docstring is the published text and whose constants are the thresholds
    channels      inputs, in the order the kernel numbers them
    options       choices, in the order of the kernel's `option` array
    reasons       codes, in the order of the bits of `Steps.reason`
    sources       bibliography keys
    provisional   sentences: which parts were written from memory and await the primary source; empty = none
    kernel        (events, option, steps) -> number of rows written
    rows          how many output rows `n` events can need at most
    assess        the wrapper: (rule, course, settings) -> Assessment
    categories    words for grades that have names, by grade number; empty for plain grades
    until         column of `Steps.fact` that says on row 0 until when the overall grade holds [d]; -1 = no such column
    gather        (course, channels) -> events; a rule that needs standing facts (age, complete charts) brings its own
    """

    id: str
    version: str
    title: str
    module: str
    channels: tuple[Channel, ...]
    options: tuple[Option, ...]
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    provisional: tuple[str, ...]
    kernel: Callable[[Events, NDArray[np.float64], Steps], int]
    rows: Callable[[int], int]
    assess: Callable[[Rule, Course, NDArray[np.float64]], Assessment]
    categories: tuple[str, ...] = ()
    until: int = -1
    gather: Callable[[Course, tuple[Channel, ...]], Events] = gather

    @property
    def name(self) -> str:
        """id@version"""
        return f"{self.id}@{self.version}"

    def settings(self, chosen: Mapping[str, float | str] | None = None) -> NDArray[np.float64]:
        """Option array with `chosen` in place of defaults. Raises `UnknownTerm` for an unknown option or value."""
        chosen = dict(chosen or {})
        numbers = []
        for option in self.options:
            value = chosen.pop(option.name, option.default)
            numbers.append(option.number(str(value)))
        for name in chosen:
            names = tuple(option.name for option in self.options)
            raise UnknownTerm(f"option of {self.id}", name, nearest=terms.nearest(name, names) or names)
        return np.array(numbers, dtype=np.float64)

    def settings_used(self, option: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
        """(name, number) pairs for an option array."""
        return tuple((o.name, float(v)) for o, v in zip(self.options, option, strict=True))

    def run(self, course: Course, chosen: Mapping[str, float | str] | None = None) -> Assessment:
        """The rule on one course, as plain Python."""
        return self.assess(self, course, self.settings(chosen))

    def events(self, course: Course) -> Events:
        """The arrays the kernel reads for this course."""
        return self.gather(course, self.channels)

    def calculate(self, events: Events, option: NDArray[np.float64]) -> Steps:
        """The kernel on one course's events: output arrays cut to the rows written."""
        steps = allocate(self.rows(len(events.time)))
        count = self.kernel(events, option, steps)
        return Steps._make(array[:count] for array in steps)

    def overall(self, steps: Steps, events: Events) -> Grade:
        """The course's grade, row 0, as a record."""
        end = float(steps.fact[0, self.until]) if self.until >= 0 else math.nan
        return self.grade(steps, 0, events, until=None if math.isnan(end) else end)

    def grade(self, steps: Steps, row: int, events: Events, *, until: float | None = None) -> Grade:
        """One output row as a record."""
        low, high = int(steps.low[row]), int(steps.high[row])
        indices = [int(i) for i in steps.decided[row] if i >= 0]
        reasons = tuple(r.code for i, r in enumerate(self.reasons) if steps.reason[row] >> i & 1)
        common = {
            "rule": self.name,
            "at": float(steps.at[row]) if np.isfinite(steps.at[row]) else None,
            "until": until,
            "reasons": reasons,
            "settles": tuple(c.name for i, c in enumerate(self.channels) if steps.missing[row] >> i & 1),
            "evidence": tuple(dict.fromkeys(int(events.uid[i]) for i in indices if events.uid[i] >= 0)),
            "provisional": bool(self.provisional),
        }
        if low == NOT_APPLICABLE:
            return Grade(state="not applicable", **common)  # type: ignore[arg-type]
        if low == NOT_GRADED:
            return Grade(state="not graded", **common)  # type: ignore[arg-type]
        words = ""
        if self.categories:
            names = self.categories[low], self.categories[high]
            words = names[0] if low == high else " to ".join(names)
        state = "graded" if low == high else "range"
        # Only observations carry an attribution; a drug course follows the finding it was given for.
        judged = [i for i in indices if self.channels[events.channel[i]].codes]
        candidate = high > 0 and any(events.attributed[i] == 0 for i in judged)
        return Grade(state=state, low=low, high=high, words=words, candidate=candidate, **common)  # type: ignore[arg-type]
