"""The clock of a profile: which infusion it starts with, when it ends, and how that is said.

In: a course and the number of the infusion asked for. Out: an `InfusionClock`.
Decided here: parts of a split dose share the clock of the first part; a re-infusion has its own, and ends the profile of
the infusions before it. A later infusion is a part of a split dose when its fraction of the planned dose is recorded or
when it follows the one before within a week (cartrace). The record keeps the start of an infusion, not its end: times
count from the start.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cartrace.course import Course
from cartrace.course.record import Infusion

SPLIT_DAYS_UP_TO = 7.0
"""[d] from one infusion to the next one up to which they are parts of a split dose; cartrace."""


@dataclass(frozen=True, slots=True)
class InfusionClock:
    """A profile's time 0 and end [d since the start of the first infusion], in numbers and in words.

    end      the re-infusion that ends the profile; infinite when there is none. A sample at that very time belongs to
             both profiles: it is taken before the re-infusion
    refusal  a sentence: why there is no clock; empty when there is one
    """

    start: float
    end: float
    words: str
    refusal: str = ""


def clock_of(course: Course, number: int) -> InfusionClock:
    """The clock of infusion `number`. Without any recorded infusion the times of the record are those of infusion 1."""
    asked = next((infusion for infusion in course.infusions if infusion.number == number), None)
    if asked is None and (number > 1 or course.infusions):
        return _refused(f"Infusion {number} is not recorded.")
    # The course clock counts from the start of the first infusion, whether or not its date is recorded.
    start = 0.0 if number == 1 else math.nan
    if asked is not None and asked.moment.known:
        start = asked.moment.time
    if math.isnan(start):
        return _refused(f"The time of infusion {number} is not recorded.")
    later = sorted(
        (i for i in course.infusions if i.moment.known and i.moment.time > start), key=lambda i: i.moment.time
    )
    parts, end = _split(start, later)
    words = f"elapsed days since the start of infusion {number}"
    if parts:
        words += f", the first part of a split dose; the next on {_days(parts, start)}"
    if end < math.inf:
        words += f"; ends with the re-infusion on day {end - start:g}"
    return InfusionClock(start, end, words)


def clocks_of(course: Course) -> tuple[int, ...]:
    """Numbers of the infusions that start a clock: the first one and every re-infusion, in order of time."""
    numbers = [1]
    end = clock_of(course, 1).end
    while end < math.inf:
        numbers.append(next(i.number for i in course.infusions if i.moment.known and i.moment.time == end))
        end = clock_of(course, numbers[-1]).end
    return tuple(numbers)


def _split(start: float, later: list[Infusion]) -> tuple[list[Infusion], float]:
    """The further parts of the dose, and when the first re-infusion comes."""
    parts: list[Infusion] = []
    before = start
    for infusion in later:
        if infusion.fraction is None and infusion.moment.time - before > SPLIT_DAYS_UP_TO:
            return parts, infusion.moment.time
        parts.append(infusion)
        before = infusion.moment.time
    return parts, math.inf


def _days(parts: list[Infusion], start: float) -> str:
    named = [f"{infusion.moment.time - start:.3g}" for infusion in parts]
    return f"day {named[0]}" if len(named) == 1 else f"days {', '.join(named)}"


def _refused(reason: str) -> InfusionClock:
    return InfusionClock(math.nan, math.nan, "none", reason)
