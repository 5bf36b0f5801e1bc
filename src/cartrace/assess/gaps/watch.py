"""The whole list of queries about one course.

In: a course, a schedule (our own unless another is given), and its assessments when it was graded. Out: queries in order.
Decided here: a value that a slip of the unit explains is asked about once, as the slip.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace.assess.gaps.conflicts import conflicts
from cartrace.assess.gaps.implausible import implausible
from cartrace.assess.gaps.incomplete import incomplete
from cartrace.assess.gaps.overdue import overdue
from cartrace.assess.gaps.query import Query
from cartrace.assess.gaps.schedule import Visit, default_schedule
from cartrace.assess.gaps.unit_slips import unit_slips
from cartrace.assess.result import Assessment
from cartrace.course import Course


def gaps(
    course: Course, schedule: Sequence[Visit] | None = None, assessments: Sequence[Assessment] = ()
) -> tuple[Query, ...]:
    """Every question about a course, the weightiest first, then by time."""
    slips = unit_slips(course)
    explained = {query.evidence[0] for query in slips}
    impossible = [q for q in implausible(course) if q.check != "value.implausible" or q.evidence[0] not in explained]
    queries = [
        *overdue(course, default_schedule() if schedule is None else schedule),
        *impossible,
        *slips,
        *conflicts(course, assessments),
        *incomplete(course),
    ]
    return tuple(sorted(queries, key=lambda query: query.rank))
