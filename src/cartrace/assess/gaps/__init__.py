"""Gap watch: what somebody should look up in the chart before a course is analysed.

In: `Course`, a schedule, and assessments if there are any. Out: a list of `Query`s, the weightiest first.
Decided here: nothing; a query asks, it changes no value and no grade.
"""

from cartrace.assess.gaps.query import Query
from cartrace.assess.gaps.schedule import Visit, default_schedule, read_schedule
from cartrace.assess.gaps.watch import gaps

__all__ = ["Query", "Visit", "default_schedule", "gaps", "read_schedule"]
