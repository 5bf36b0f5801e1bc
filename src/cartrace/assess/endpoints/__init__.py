"""Endpoints of one course: best response, overall, event-free and relapse-free survival, duration of response, and more.

In: `Course`, `EndpointChoices`. Out: `CourseEndpoints`: for each endpoint an event, a competing event or a censored time,
or the reason why there is none.
Decided here: nothing; history.py says what happened, derive.py what each endpoint makes of it. Estimates over courses
(Kaplan-Meier, cumulative incidence) are made elsewhere from these rows.
"""

from cartrace.assess.endpoints.derive import endpoints
from cartrace.assess.endpoints.record import CourseEndpoints, Endpoint, EndpointChoices

__all__ = ["CourseEndpoints", "Endpoint", "EndpointChoices", "endpoints"]
