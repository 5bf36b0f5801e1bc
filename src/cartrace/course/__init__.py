"""One patient's treatment course as plain frozen records, its clock, and its arrays.

In: nothing from other rooms but the vocabulary. Out: `Course` and its parts, `Clock`, `Events`, `Quantity`, `Finding`.
Decided here: what is recorded about a course, how time is counted, what "missing" can mean.
"""

from cartrace.course.build import CourseBuilder
from cartrace.course.clock import Clock, Moment
from cartrace.course.events import Channel, Events, gather
from cartrace.course.finding import Finding, InputFile, Severity
from cartrace.course.quantity import Quantity
from cartrace.course.record import Course
from cartrace.course.status import Status

__all__ = [
    "Channel",
    "Clock",
    "Course",
    "CourseBuilder",
    "Events",
    "Finding",
    "InputFile",
    "Moment",
    "Quantity",
    "Severity",
    "Status",
    "gather",
]
