"""How far the record of a course reaches.

In: a course. Out: the last moment anybody wrote something about it, and the death.
Decided here: the record ends with its last entry or with the stated last day of follow-up, whichever is later, and with death.
"""

from __future__ import annotations

from cartrace.course import Course, Moment


def day_of(moment: Moment) -> int | None:
    """Study day of a moment; None when it is not known."""
    return moment.day if moment.known else None


def death(course: Course) -> Moment | None:
    """The first recorded death with a known day."""
    deaths = [o.moment for o in course.observations if o.code == "death" and o.value is not None and o.moment.known]
    return min(deaths, key=lambda moment: moment.time, default=None)


def last_entry(course: Course) -> Moment | None:
    """The latest moment that any record has; None when no time is known."""
    moments = [record.moment for group in course.groups() for record in group if hasattr(record, "moment")]
    for drug in course.drugs:
        moments += [drug.start, *([drug.end] if drug.end is not None else [])]
    return max((m for m in moments if m.known), key=lambda moment: moment.time, default=None)


def last_day(course: Course) -> int | None:
    """Study day on which the record ends: death, else the later of last entry and stated follow-up. None when unknown."""
    died = death(course)
    if died is not None:
        return died.day
    entry = last_entry(course)
    days = [d for d in (entry.day if entry else None, course.outcome.last_day) if d is not None]
    return int(max(days)) if days else None
