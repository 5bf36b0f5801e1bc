"""Infection density: infections per 100 days at risk, of one course or of many, with an exact interval.

In: courses with entries of `infection` and with the end of their follow-up. Out: `Density`, a number or a reason.

**Published rule** (hill2018infections, abstract) Every infection counts, repeated ones as well; density = 100 x infections / days
at risk, for day 0 to 28 and day 29 to 90 after the infusion.

**Readings** (cartrace)

- Days at risk are study days from the first day of the window to its last, or to the day of death, of the last follow-up or of the
  next anticancer therapy, that day counted. Day 0 counts unless `include_day0` is False: the published denominator allows for
  28 days in the first window, not for 29.
- Two entries of the same kind of organism at the same site are one infection when the later one comes no more than 14 days
  after the one that was counted (`merge_days`).
- A course that names no end of follow-up is at risk to the end of the window only when it has an entry on or after that day.
- An infection whose result is not recorded in the window leaves the number open: there is none.
- A course without any entry of infection says nothing: it has no density. An entry "none" says that nothing was found so far.
- The interval is the exact one of a Poisson count (95 % unless asked otherwise): for 0 infections its upper end still stands.

**Ungradable** infections not recorded; follow-up not recorded; no day at risk in the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.special import gammaincinv

from cartrace.course import Course
from cartrace.course.record import Observation
from cartrace.course.status import Status

FIRST_WINDOW = (0, 28)
SECOND_WINDOW = (29, 90)
"""[study day] first and last; hill2018infections."""

SOURCES = ("hill2018infections", "cartrace")
METHOD = "infections@1"

MERGE_UP_TO = 14
"""[d] within which the same organism at the same site is one infection; cartrace."""

LEVEL = 0.95
DAYS = 100.0
ENDS_RISK = ("death", "last_follow_up", "next_therapy")

NOT_RECORDED = "infections are not recorded"
OPEN = "the result of an entry of infection is not recorded"
NO_FOLLOW_UP = "the end of follow-up is not recorded"
NOT_AT_RISK = "no day at risk in the window"


@dataclass(frozen=True, slots=True)
class Density:
    """Infections per 100 days at risk in a window of study days, or the reason why there is none.

    infections, days   None exactly when `reason` is set
    low, high          the exact interval of `per_100_days`
    used               uids of the infections that were counted, of one course; empty for many
    courses            how many courses took part
    """

    window: tuple[int, int]
    infections: int | None
    days: int | None
    low: float | None = None
    high: float | None = None
    used: tuple[int, ...] = ()
    courses: int = 1
    reason: str = ""

    @property
    def per_100_days(self) -> float | None:
        """The density."""
        if self.infections is None or self.days is None:
            return None
        return DAYS * self.infections / self.days


def density(
    course: Course,
    window: tuple[int, int] = FIRST_WINDOW,
    *,
    include_day0: bool = True,
    merge_days: int = MERGE_UP_TO,
    level: float = LEVEL,
) -> Density:
    """The density of one course. Raises ValueError for a window that ends before it begins."""
    days, reason = days_at_risk(course, window, include_day0=include_day0)
    if not any(_looked(entry) for entry in course.observations):
        reason = NOT_RECORDED
    first = _first_day(window, include_day0)
    last = first + days - 1
    if not reason and any(_open(entry) and first <= (entry.moment.day or 0) <= last for entry in course.observations):
        reason = OPEN
    if reason:
        return Density(window, None, None, reason=reason)
    counted = tuple(
        entry.uid for entry in infections(course, merge_days=merge_days) if first <= (entry.moment.day or 0) <= last
    )
    low, high = exact_interval(len(counted), level)
    return Density(window, len(counted), days, DAYS * low / days, DAYS * high / days, counted)


def pooled_density(
    courses: Iterable[Course],
    window: tuple[int, int] = FIRST_WINDOW,
    *,
    include_day0: bool = True,
    merge_days: int = MERGE_UP_TO,
    level: float = LEVEL,
) -> Density:
    """The density of many courses: all infections over all days at risk. Courses without a density of their own stay out."""
    each = [density(c, window, include_day0=include_day0, merge_days=merge_days) for c in courses]
    known = [one for one in each if not one.reason]
    if not known:
        reason = each[0].reason if each else "no course"
        return Density(window, None, None, courses=0, reason=reason)
    count = sum(one.infections or 0 for one in known)
    days = sum(one.days or 0 for one in known)
    low, high = exact_interval(count, level)
    return Density(window, count, days, DAYS * low / days, DAYS * high / days, courses=len(known))


def infections(course: Course, *, merge_days: int = MERGE_UP_TO) -> tuple[Observation, ...]:
    """The infections of a course in order of time, each once."""
    entries = [e for e in course.observations if _looked(e) and e.text not in ("", "none") and e.moment.known]
    counted: list[Observation] = []
    latest: dict[tuple[str, str], float] = {}
    for entry in sorted(entries, key=lambda e: (e.moment.time, e.uid)):
        kind = (entry.text, entry.site)
        if kind in latest and entry.moment.time - latest[kind] <= merge_days:
            continue
        latest[kind] = entry.moment.time
        counted.append(entry)
    return tuple(counted)


def days_at_risk(course: Course, window: tuple[int, int], *, include_day0: bool = True) -> tuple[int, str]:
    """(days, "") in a window, both ends counted, or (0, reason)."""
    first, last = _first_day(window, include_day0), window[1]
    if last < window[0]:
        raise ValueError(f"a window from day {window[0]} to day {last} has no day")
    ends = [e.moment.day for e in course.observations if e.code in ENDS_RISK and e.moment.day is not None]
    ends = [day for day in ends if day >= 0]
    if course.outcome.last_day is not None:
        ends.append(math.floor(course.outcome.last_day))
    if ends:
        last = min(last, *ends)
    elif not any(e.moment.day is not None and e.moment.day >= last for e in course.observations):
        return 0, NO_FOLLOW_UP
    return (last - first + 1, "") if last >= first else (0, NOT_AT_RISK)


def exact_interval(count: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of a Poisson mean (Garwood): the means at which the count just begins to be improbable."""
    tail = (1.0 - level) / 2.0
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1.0 - tail))


def _looked(entry: Observation) -> bool:
    return entry.code == "infection" and entry.status == Status.DONE


def _open(entry: Observation) -> bool:
    return entry.code == "infection" and entry.status == Status.NOT_RECORDED


def _first_day(window: tuple[int, int], include_day0: bool) -> int:
    return window[0] if include_day0 or window[0] > 0 else 1
