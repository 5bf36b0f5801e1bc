"""The shared time axis: which days are drawn, where they are compressed, which are labelled.

In: the days at which something was recorded. Out: a `TimeAxis`.
Decided here: the dense window runs from the first record of the last two weeks before infusion to day 35 or, later, to
the last day before a gap of more than a week. Records outside it are reached over a compressed stretch ("auto"), left
out and counted in a note ("clip"), or drawn to scale ("full").
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from cartrace.course import Course
from cartrace.figures import wording
from cartrace.figures.description import TimeAxis

Pace = Literal["auto", "clip", "full"]

BEFORE = -14.0
"""[d] Earliest day of the dense window."""
AFTER = 35.0
"""[d] The dense window reaches at least to here when anything was recorded after it."""
GAP = 7.5
"""[d] A longer gap than this ends the dense window."""
WORTH_IT = 0.3
"""A tail longer than this share of the dense window is compressed instead of drawn to scale."""
LATE_SHARE = 0.24
EARLY_SHARE = 0.12
"""Width of a compressed stretch as a share of the dense window."""
STEPS = (1.0, 2.0, 7.0, 14.0, 28.0, 56.0, 91.0, 182.0, 364.0, 728.0, 1456.0)
MOST_TICKS = 8
LABEL_ROOM = 0.065
"""Least distance of two tick labels, as a share of the axis."""


def recorded_days(course: Course) -> tuple[float, ...]:
    """Every day at which the course has a record that a figure shows, rising."""
    found: set[float] = set()
    for group in course.groups():
        for record in group:
            moment = getattr(record, "moment", None) or getattr(record, "start", None)
            if moment is not None and moment.known:
                found.add(moment.time)
            end = getattr(record, "end", None)
            if end is not None and end.known:
                found.add(end.time)
    return tuple(sorted(day for day in found if math.isfinite(day)))


def time_axis(days: Iterable[float], *, window: tuple[float, float] | None = None, pace: Pace = "auto") -> TimeAxis:
    """The axis for these days. `window` fixes the dense part."""
    known = sorted(days)
    dense = window or _dense(known)
    first = min(known[0] if known else dense[0], dense[0])
    last = max(known[-1] if known else dense[1], dense[1])
    if pace == "clip":
        first, last = dense
    length = dense[1] - dense[0]
    knots = [(dense[0], dense[0]), (dense[1], dense[1])]
    if last - dense[1] > WORTH_IT * length and pace == "auto":
        knots.append((last * 1.01, dense[1] + LATE_SHARE * length))
    elif last > dense[1]:
        knots[1] = (last + 0.01 * length, last + 0.01 * length)
    if dense[0] - first > WORTH_IT * length and pace == "auto":
        knots.insert(0, (first - 1.0, dense[0] - EARLY_SHARE * length))
    elif first < dense[0]:
        knots[0] = (first - 0.01 * length, first - 0.01 * length)
    bare = TimeAxis("Time since first infusion", "days", knots[0][0], knots[-1][0], tuple(knots), ())
    return TimeAxis(bare.label, bare.unit, bare.start, bare.end, bare.knots, _ticks(bare, dense))


def _dense(known: list[float]) -> tuple[float, float]:
    before = [day for day in known if BEFORE <= day < 0.0]
    start = math.floor(min(before, default=-1.0)) - 1.0
    end = AFTER
    for day in known:
        if end < day <= end + GAP:
            end = day
    if end > AFTER:
        return start, math.floor(end) + 1.0
    late = [day for day in known if day >= 0.0]
    # A record that ends early is not stretched to day 35: a third more than it has is enough.
    shown = max(late, default=0.0) * 1.34
    return start, min(AFTER, max(14.0, math.ceil(shown))) + 1.0


def _ticks(axis: TimeAxis, dense: tuple[float, float]) -> tuple[tuple[float, str], ...]:
    dense_low, dense_high = max(axis.start, dense[0]), dense[1] if axis.kinks else axis.end
    if not axis.kinks:
        dense_low = axis.start
    step = next((s for s in STEPS if (dense_high - dense_low) / s <= MOST_TICKS), STEPS[-1])
    days = [step * n for n in range(math.ceil(dense_low / step), math.floor(dense_high / step) + 1)]
    low, high = axis.span
    room = LABEL_ROOM * (high - low)
    for start, end in ((dense_high, axis.end), (axis.start, dense_low)):
        if end - start <= 0:
            continue
        step = next((s for s in STEPS if (end - start) / s <= 4.0 and s > 2.0), STEPS[-1])
        inside = [step * n for n in range(math.ceil(start / step), math.floor(end / step) + 1)]
        for day in inside:
            if all(abs(axis.place(day) - axis.place(other)) >= room for other in days):
                days.append(day)
    return tuple((day, wording.day(day)) for day in sorted(days))
