"""Body weight and body surface on a study day: what a dose per kilogram or per square metre is multiplied by.

In: a course and a study day. Out: a number and the records behind it, or none.
Decided here: the last value recorded up to that day goes before the patient's. A recorded body surface goes before one computed
from height and weight; that one follows Mosteller (mosteller1987): the square root of height [cm] x weight [kg] / 3600.
"""

from __future__ import annotations

import math

from cartrace.assess.ledger.factors import Factors
from cartrace.course import Course, Status

COMPUTED = "surface_computed"
"""Caution beside a dose whose body surface was computed."""


def weight_on(course: Course, day: int) -> tuple[float | None, int | None]:
    """(kg, uid): the last weight recorded up to that study day, else the patient's, else None."""
    value, uid = _last(course, "weight", day)
    return (course.patient.weight_kg, None) if value is None else (value, uid)


def height_on(course: Course, day: int) -> tuple[float | None, int | None]:
    """(cm, uid): the last height recorded up to that study day, else the patient's, else None."""
    value, uid = _last(course, "height", day)
    return (course.patient.height_cm, None) if value is None else (value, uid)


def surface_on(course: Course, day: int, factors: Factors) -> tuple[float | None, tuple[int, ...], tuple[str, ...]]:
    """(m2, uids, cautions): the body surface recorded up to that study day, else computed, else None."""
    value, uid = _last(course, "body_surface", day)
    if value is not None and uid is not None:
        return value, (uid,), ()
    (weight, of_weight), (height, of_height) = weight_on(course, day), height_on(course, day)
    if weight is None or height is None:
        return None, (), ()
    used = tuple(uid for uid in (of_weight, of_height) if uid is not None)
    return math.sqrt(height * weight / factors.value("body_surface", "mosteller")), used, (COMPUTED,)


def _last(course: Course, code: str, day: int) -> tuple[float | None, int | None]:
    seen = [
        o
        for o in course.observations
        if o.code == code and o.status == Status.DONE and o.moment.day is not None and o.moment.day <= day
    ]
    if not seen:
        return None, None
    last = max(seen, key=lambda o: (o.moment.time, o.uid))
    return last.value, last.uid
