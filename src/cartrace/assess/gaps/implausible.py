"""Values that cannot be, alone or beside each other, and entries after death.

In: a course. Out: queries "value.implausible", "value.part_above_whole", "value.not_whole", "time.after_death".
Decided here: the plausible range of each analyte stands in the vocabulary; a part may lie above its whole by no more than
the rounding of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from cartrace.assess import follow_up
from cartrace.assess.gaps.query import Query, elapsed, said
from cartrace.course import Course, Status
from cartrace.course.record import Observation
from cartrace.vocabulary import terms

# part, whole, rounding of the whole in its canonical unit (cartrace)
PARTS = (
    ("diastolic_bp", "systolic_bp", 0.0),
    ("mean_bp", "systolic_bp", 0.0),
    ("anc", "wbc", 0.1),
    ("lymphocytes", "wbc", 0.1),
    ("cd4_cells", "cd3_cells", 1.0),
    ("cd8_cells", "cd3_cells", 1.0),
)
WHOLE_NUMBERS = frozenset({"ice", "capd"})


def implausible(course: Course) -> list[Query]:
    """One query for each value or pair of values."""
    return [*_out_of_range(course), *_parts_above_wholes(course), *_after_death(course)]


def _out_of_range(course: Course) -> Iterator[Query]:
    for one in course.observations:
        bounds = terms.analytes()[one.code].plausible
        if one.status != Status.DONE or one.value is None:
            continue
        if bounds is not None and not bounds[0] <= one.value <= bounds[1]:
            yield _query(
                "value.implausible",
                f"{said(one.code, one.value, one.unit)}; plausible is {bounds[0]:g} to {bounds[1]:g}",
                "a slip of the unit or the decimal sign decides grades as if it were true",
                one,
            )
        elif one.code in WHOLE_NUMBERS and one.value != int(one.value):
            why = "the score is a sum of whole points; a fraction may be a mean or another scale"
            yield _query("value.not_whole", f"{said(one.code, one.value, one.unit)} is no whole number", why, one)


def _parts_above_wholes(course: Course) -> Iterator[Query]:
    by_place: dict[tuple[str, float, str, str], Observation] = {}
    for one in course.observations:
        if one.status == Status.DONE and one.moment.known:
            by_place[one.code, one.moment.time, one.moment.precision, one.site] = one
    for part_code, whole_code, rounding in PARTS:
        for (code, *place), part in list(by_place.items()):
            whole = by_place.get((whole_code, *place)) if code == part_code else None  # type: ignore[arg-type]
            if whole is None or part.value is None or whole.value is None:
                continue
            if part.value > whole.value + rounding:
                what = f"{said(part.code, part.value, part.unit)} above {said(whole.code, whole.value, whole.unit)}"
                why = "one of the two is wrong, or they are not of one sample"
                yield _query("value.part_above_whole", what, why, part, whole)


def _after_death(course: Course) -> Iterator[Query]:
    died = follow_up.death(course)
    if died is None or died.day is None:
        return
    for one in course.observations:
        if one.moment.day is not None and one.moment.day > died.day and one.status != Status.NOT_DONE:
            what = f"{said(one.code, one.value, one.unit) if not one.text else one.text} {one.moment.day - died.day} d after death"
            yield _query("time.after_death", what, "the day of death or the day of the entry is wrong", one)


def _query(check: str, what: str, why: str, *records: Observation) -> Query:
    first = records[0]
    return Query(
        check=check,
        severity="high",
        what=what,
        why=why,
        look_up="the source of the entry: its unit, decimal sign, date and patient",
        at=elapsed(first.moment),
        day=first.moment.day,
        evidence=tuple(one.uid for one in records),
    )
