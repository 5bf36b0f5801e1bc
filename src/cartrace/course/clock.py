"""Days since infusion: the only date arithmetic in cartrace.

In: what a file says about time (study day, hours, local date and time, a printed label).
Out: a `Moment`: elapsed days since the start of the first infusion, and the study day.
Decided here: day 0 is the calendar day of the first infusion (local date). Elapsed days and study days differ:
06:00 on the morning after a 14:00 infusion is study day 1 and 0.667 elapsed days. A date without a time
of day keeps the precision "day" and sits at the whole day; no minute is invented. Days before and after are
counted without gaps in the day-0 convention; the day-1 convention (CDISC --DY) has no day 0.
Calendar dates stay inside the clock; records carry relative time only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["minute", "day", "unknown"]
Convention = Literal["day0", "day1"]

MINUTES_PER_DAY = 1440
HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in time.

    time        [d] elapsed since the start of the first infusion; NaN when not recorded
    day         study day, day-0 convention; None when not recorded
    precision   "minute", "day" (time is then the whole day) or "unknown"
    label       what the source printed, e.g. "day 01"
    assumption  the offset assumed to place the label; empty when nothing was assumed
    """

    time: float
    day: int | None
    precision: Precision
    label: str = ""
    assumption: str = ""

    @property
    def known(self) -> bool:
        return self.precision != "unknown"


def unknown(label: str = "") -> Moment:
    """A moment that was not recorded."""
    return Moment(math.nan, None, "unknown", label)


def to_day0(day: int, *, convention: Convention) -> int:
    """Study day in the day-0 convention. The day-1 convention has no day 0: asking for it raises ValueError."""
    if convention == "day0":
        return day
    if day == 0:
        raise ValueError("the day-1 convention has no day 0")
    return day - 1 if day > 0 else day


def from_day0(day: int, *, convention: Convention) -> int:
    """Study day printed in another convention (CDISC: no day 0)."""
    if convention == "day0":
        return day
    return day + 1 if day >= 0 else day


@dataclass(frozen=True, slots=True)
class Clock:
    """How this course counts time.

    origin       local start of the first infusion; None when only relative times are known. Never exported.
    zone         IANA name of the zone in which local times are read; empty = no zone arithmetic
    convention   the convention of study days in the source files
    start_minute minute of the day at which the first infusion began; None when not recorded
    """

    origin: datetime | None = field(default=None, repr=False)
    zone: str = ""
    convention: Convention = "day0"
    start_minute: int | None = None

    def from_study_day(self, day: int, *, label: str = "", assumption: str = "") -> Moment:
        """A whole study day, in the convention of the source."""
        day0 = to_day0(day, convention=self.convention)
        return Moment(float(day0), day0, "day", label, assumption)

    def from_day_and_time(self, day: int, *, minute_of_day: int, label: str = "") -> Moment:
        """Study day and local time of day. Without the infusion's own time of day only the day is kept."""
        day0 = to_day0(day, convention=self.convention)
        if self.start_minute is None:
            note = "time of day not used: the infusion's own time of day is not recorded"
            return Moment(float(day0), day0, "day", label, note)
        minutes = day0 * MINUTES_PER_DAY + minute_of_day - self.start_minute
        return Moment(minutes / MINUTES_PER_DAY, day0, "minute", label)

    def from_elapsed_days(self, elapsed: float, *, label: str = "") -> Moment:
        """Elapsed days since the start of the first infusion, fractions included."""
        minutes = round(elapsed * MINUTES_PER_DAY)
        day = math.floor((minutes + (self.start_minute or 0)) / MINUTES_PER_DAY)
        note = "" if self.start_minute is not None else "study day counted in whole 24 h: infusion time not recorded"
        return Moment(minutes / MINUTES_PER_DAY, day, "minute", label, note)

    def from_elapsed_hours(self, hours: float, *, label: str = "") -> Moment:
        """Elapsed hours since the start of the first infusion."""
        return self.from_elapsed_days(hours / HOURS_PER_DAY, label=label)

    def from_date(self, when: date, *, label: str = "") -> Moment:
        """A calendar date without a time of day. Raises ValueError when the infusion date is not recorded."""
        day = (when - self._origin().date()).days
        return Moment(float(day), day, "day", label)

    def from_datetime(self, when: datetime, *, label: str = "") -> Moment:
        """A local date and time, or one with its own zone. Raises ValueError for a local time that the zone skips or has twice,
        and for a time with a zone on a clock without one."""
        origin = self._origin()
        elapsed = self._absolute(when) - self._absolute(origin)
        minutes = round(elapsed / timedelta(minutes=1))
        local_day = when.astimezone(ZoneInfo(self.zone)).date() if when.tzinfo is not None else when.date()
        return Moment(minutes / MINUTES_PER_DAY, (local_day - origin.date()).days, "minute", label)

    def _origin(self) -> datetime:
        if self.origin is None:
            raise ValueError("a calendar date needs the date and time of the first infusion")
        return self.origin

    def _absolute(self, when: datetime) -> datetime:
        if when.tzinfo is not None:
            if not self.zone:
                raise ValueError("a time with a zone needs the zone of the clock")
            return when.astimezone(ZoneInfo("UTC"))
        if not self.zone:
            return when
        zone = ZoneInfo(self.zone)
        first = when.replace(tzinfo=zone, fold=0)
        second = when.replace(tzinfo=zone, fold=1)
        if first.utcoffset() != second.utcoffset():
            raise ValueError(f"{when:%Y-%m-%d %H:%M} occurs twice or not at all in {self.zone} (clock change)")
        return first.astimezone(ZoneInfo("UTC"))


def since(moment: Moment, reference: Moment) -> float:
    """[d] from `reference` (say, the second infusion) to `moment`; NaN when either is not recorded."""
    return moment.time - reference.time


def hours(days: float) -> float:
    """[h] for days."""
    return days * HOURS_PER_DAY


def days(elapsed_hours: float) -> float:
    """[d] for hours."""
    return elapsed_hours / HOURS_PER_DAY
