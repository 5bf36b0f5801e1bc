"""Stretches in which something that the schedule asks for was not done.

In: a course and a schedule. Out: queries "overdue.<line of the schedule>".
Decided here: nothing is asked about days after the end of the record or after death. A value that was obtained, or a test
known not to have been made, answers; "not recorded" does not. A time without a time of day may lie anywhere on its day: only
a stretch that is too long in every case is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cartrace.assess import follow_up
from cartrace.assess.gaps.query import Query
from cartrace.assess.gaps.schedule import Visit
from cartrace.course import Course, Moment, Status
from cartrace.course.clock import MINUTES_PER_DAY, hours

MINUTES_PER_HOUR = 60.0
IN_DAYS_ABOVE = 72.0
"""[h] longer stretches are told in days."""


class _Look(NamedTuple):
    """[d] the earliest and the latest at which one reading can have been taken."""

    earliest: float
    latest: float
    uid: int


def overdue(course: Course, schedule: Sequence[Visit]) -> list[Query]:
    """One query for each stretch."""
    last = follow_up.last_day(course)
    return [] if last is None else [query for visit in schedule for query in _of_visit(course, visit, last)]


def _of_visit(course: Course, visit: Visit, last_day: int) -> list[Query]:
    origin = (course.clock.start_minute or 0) / MINUTES_PER_DAY
    if last_day < visit.from_day:
        return []
    # The day of the infusion is asked about from the infusion on.
    begin = 0.0 if visit.from_day == 0 else visit.from_day - origin
    end = min(visit.to_day, last_day) + 1 - origin
    if last_day <= visit.to_day:
        # Of the last day of a record nobody knows how much of it was observed.
        end -= 1.0
    looks = [look for look in _looks(course, visit, origin) if look.latest >= begin and look.earliest <= end]
    edges = [_Look(begin, begin, -1), *looks, _Look(end, end, -1)]
    queries = []
    reached = edges[0]
    for look in edges[1:]:
        if round((look.earliest - reached.latest) * MINUTES_PER_DAY) > visit.every_hours * MINUTES_PER_HOUR:
            queries.append(_query(visit, reached, look, origin, nothing=not looks))
        if look.latest > reached.latest:
            reached = look
    return queries


def _looks(course: Course, visit: Visit, origin: float) -> list[_Look]:
    answered = [
        o for o in course.observations if o.code in visit.codes and o.status != Status.NOT_RECORDED and o.moment.known
    ]
    return sorted(_look(o.moment, o.uid, origin) for o in answered)


def _look(moment: Moment, uid: int, origin: float) -> _Look:
    if moment.precision == "minute":
        return _Look(moment.time, moment.time, uid)
    start = (moment.day or 0) - origin
    return _Look(start, start + 1.0, uid)


def _query(visit: Visit, before: _Look, after: _Look, origin: float, *, nothing: bool) -> Query:
    stretch = after.earliest - before.latest
    long = f"{stretch:.1f} days" if hours(stretch) > IN_DAYS_ABOVE else f"{hours(stretch):.1f} h"
    long = long.replace(".0 ", " ")
    what = f"{visit.name}: nothing for {long}, the schedule asks for every {visit.every_hours:g} h"
    if nothing:
        what = f"{visit.name}: none recorded from study day {visit.from_day} on"
    first_day = int((before.latest + origin) // 1)
    return Query(
        check=f"overdue.{visit.id}",
        severity=visit.severity,
        what=what,
        why=visit.why,
        look_up=visit.look_up,
        at=before.latest,
        until=after.earliest,
        day=first_day,
        evidence=tuple(uid for uid in (before.uid, after.uid) if uid >= 0),
    )
