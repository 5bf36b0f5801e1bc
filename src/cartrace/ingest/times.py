"""Times as files write them, handed to the course's clock.

In: the texts of time keys or time columns. Out: a `Moment`, or a sentence that says why there is none.
Decided here: which key wins (datetime, date with time, date, hour, day with time, day); a date must be written year first,
because 03/04/2024 is two different days, and in this or the last century; nothing at all is a moment that was not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cartrace.course import Clock, Moment
from cartrace.course import clock as clock_room
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.ingest import numbers

_TIME = re.compile(r"^(\d{1,2}):(\d{2})(:\d{2}(\.\d+)?)?$", re.ASCII)
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_DATETIME = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$", re.ASCII)
TIME_KEYS = ("day", "time", "hour", "date", "datetime")
YEARS = range(1900, 2200)
DATE_EXPECTED = "YYYY-MM-DD, year first (03/04/2024 can be two days)"
DATETIME_EXPECTED = "local YYYY-MM-DD HH:MM, year first, without a zone"
SERIAL_EXPECTED = "YYYY-MM-DD (this looks like a spreadsheet's serial number of a day: format the column as a date)"
MOST_DAYS = 40000.0
"""About 110 years: more than any course, and far inside what integers of days can hold."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a time cannot be read: the key, what stood there, what is expected."""

    key: str
    found: str
    expected: str


def minute_of_day(text: str) -> int | None:
    """Minutes after midnight for HH:MM, or None."""
    match = _TIME.match(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return int(match[1]) * 60 + int(match[2])


def local(text: str) -> datetime | None:
    """The local date and time written as YYYY-MM-DD HH:MM, or None."""
    match = _DATETIME.match(text.strip())
    if match is None:
        return None
    minute = minute_of_day(match[2])
    day = calendar_day(match[1])
    if minute is None or day is None:
        return None
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60)


def calendar_day(text: str) -> date | None:
    """The date written as YYYY-MM-DD, or None."""
    if not _DATE.match(text.strip()):
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None


def moment(
    texts: Mapping[str, str], *, clock: Clock, decimal: str = ".", elapsed_time: bool = False
) -> Moment | Problem:
    """The moment that time keys say. `elapsed_time`: a lone numeric `time` is elapsed days (plain long tables)."""
    given = {key: texts[key].strip() for key in TIME_KEYS if texts.get(key, "").strip()}
    given = {key: text for key, text in given.items() if text.lower() not in ("not recorded", "unknown")}
    label, assumption = texts.get("label", ""), texts.get("assumption", "")
    if not given:
        return clock_room.unknown(label)
    found = _read(given, clock, decimal, elapsed_time)
    if isinstance(found, Problem):
        return found
    return Moment(found.time, found.day, found.precision, label, assumption or found.assumption)


def _read(given: Mapping[str, str], clock: Clock, decimal: str, elapsed_time: bool) -> Moment | Problem:
    if "datetime" in given:
        when = local(given["datetime"])
        if when is not None:
            return _dated("datetime", given["datetime"], clock, when)
        if calendar_day(given["datetime"]) is not None:
            return _from_date({"date": given["datetime"]}, clock)
        return Problem("datetime", given["datetime"], _serial(given["datetime"]) or DATETIME_EXPECTED)
    if given.get("date"):
        return _from_date(given, clock)
    if "hour" in given:
        hours = numbers.number(given["hour"], decimal=decimal)
        if hours is None or abs(hours) > clock_room.hours(MOST_DAYS):
            return Problem("hour", given["hour"], "elapsed hours since the first infusion, as a number")
        return clock.from_elapsed_hours(hours)
    if "day" in given:
        return _from_day(given, clock, decimal)
    if "time" in given:
        elapsed = numbers.number(given["time"], decimal=decimal)
        if elapsed_time and elapsed is not None and abs(elapsed) <= MOST_DAYS:
            return clock.from_elapsed_days(elapsed)
        wanted = "elapsed days as a number, or a day beside a time of day (day 3, time 14:20)"
        return Problem("time", given["time"], wanted if elapsed_time else "a day beside it (day: 3, time: 14:20)")
    return Problem("datetime", "", "a time")


def _serial(text: str) -> str:
    """What to say when a date is a spreadsheet's day number (1950 to 2079), else nothing."""
    day = numbers.number(text)
    return SERIAL_EXPECTED if day is not None and 18000 < day < 66000 else ""


def _dated(key: str, text: str, clock: Clock, when: datetime | date) -> Moment | Problem:
    if clock.origin is None:
        return Problem(
            key, text, "a study day, or the first infusion under clock: first_infusion, from which dates are counted"
        )
    try:
        found = clock.from_datetime(when) if isinstance(when, datetime) else clock.from_date(when)
    except ValueError:
        return Problem(
            key, text, f"a time that occurs once; the clocks of {clock.zone} change then: give the elapsed hour instead"
        )
    if abs(found.time) > MOST_DAYS:
        return Problem(key, text, "a date within a lifetime of the first infusion")
    return found


def _from_date(given: Mapping[str, str], clock: Clock) -> Moment | Problem:
    day = calendar_day(given["date"])
    if day is None:
        when = local(given["date"])
        if when is not None:
            return _dated("date", given["date"], clock, when)
        return Problem("date", given["date"], _serial(given["date"]) or DATE_EXPECTED)
    if "time" not in given:
        return _dated("date", given["date"], clock, day)
    minute = minute_of_day(given["time"])
    if minute is None:
        return Problem("time", given["time"], "HH:MM")
    when = datetime(day.year, day.month, day.day, minute // 60, minute % 60)
    return _dated("date", given["date"], clock, when)


def _from_day(given: Mapping[str, str], clock: Clock, decimal: str) -> Moment | Problem:
    day = numbers.number(given["day"], decimal=decimal)
    if day is None or abs(day) > MOST_DAYS:
        return Problem("day", given["day"], "a study day as a whole number")
    if day == 0 and clock.convention == "day1":
        return Problem("day", given["day"], "a day other than 0: the day-1 convention counts from day -1 to day 1")
    minute = None
    if "time" in given:
        minute = minute_of_day(given["time"])
        if minute is None:
            return Problem("time", given["time"], "HH:MM")
    if day != int(day):
        if minute is not None or clock.convention == "day1":
            return Problem("day", given["day"], "a whole study day (or hour: elapsed hours)")
        return clock.from_elapsed_days(day)
    if minute is None:
        return clock.from_study_day(int(day))
    return clock.from_day_and_time(int(day), minute_of_day=minute)


def clock_of(*, first_infusion: str, infusion_time: str, zone: str, convention: str) -> Clock | Problem:
    """The clock that the `clock` section of course.yaml describes."""
    from zoneinfo import ZoneInfo

    origin = None
    start = None
    if first_infusion:
        origin = local(first_infusion)
        if origin is None:
            return Problem("first_infusion", first_infusion, "YYYY-MM-DD HH:MM")
        start = (origin.hour * 60 + origin.minute) % MINUTES_PER_DAY
    if infusion_time:
        start = minute_of_day(infusion_time)
        if start is None:
            return Problem("infusion_time", infusion_time, "HH:MM")
        if origin is not None and start != origin.hour * 60 + origin.minute:
            return Problem("infusion_time", infusion_time, "the time of day of first_infusion, or one of the two only")
    if zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            return Problem("zone", zone, "an IANA zone such as Europe/Berlin")
    clock = Clock(origin, zone, "day1" if convention == "day1" else "day0", start)
    if origin is not None:
        try:
            clock.from_datetime(origin)
        except ValueError:
            wanted = f"a time that occurs once; the clocks of {zone} change then: leave zone out, or check the time"
            return Problem("first_infusion", first_infusion, wanted)
    return clock
