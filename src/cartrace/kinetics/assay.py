"""Conversions between CAR-T assay kinds, only with the second input that physics asks for.

In: a value and the second input of the same sample, or a course. Out: the value in the other kind, or the course with the samples
in the other kind beside its own.
Decided here: no default yield and no default count exists; without the second input the conversion is refused. Of a course a sample
is converted when the second input stands at the same time as one plain value; the method says "converted", so that converted and
measured samples stay profiles of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from cartrace.course import Course, Status
from cartrace.course.record import Observation
from cartrace.errors import NotConvertible
from cartrace.vocabulary import units


def copies_per_ul(*, copies_per_ug: float, dna_per_ul: float | None) -> float:
    """CAR copies per microlitre blood from copies/ug DNA and the DNA yield of the sample [ug/uL]."""
    return copies_per_ug * _yield(dna_per_ul, "copies per microgram DNA become copies per microlitre")


def copies_per_ug(*, copies_per_ul: float, dna_per_ul: float | None) -> float:
    """CAR copies per microgram DNA from copies/uL blood and the DNA yield of the sample [ug/uL]."""
    return copies_per_ul / _yield(dna_per_ul, "copies per microlitre become copies per microgram DNA")


def cells_per_ul(*, percent_of_cd3: float, cd3_per_ul: float | None) -> float:
    """CAR+ cells per microlitre blood from the percentage of CD3+ cells and the CD3+ count [/uL] of the sample."""
    if cd3_per_ul is None or not 0.0 <= cd3_per_ul < math.inf:
        raise NotConvertible(
            "a percentage of CD3+ cells becomes cells per microlitre only with the CD3+ count of the sample (cd3_cells)"
        )
    return percent_of_cd3 / 100.0 * cd3_per_ul


BY_SECOND_INPUT = {
    "car_percent_of_cd3": ("cd3_cells", "car_cells_per_ul"),
    "car_copies_per_ug": ("dna_per_ul", "car_copies_per_ul"),
}
"""Assay kind -> the second input of its conversion, and what it becomes."""


def converted(course: Course) -> Course:
    """The course with every sample that has the second input of its conversion also in the other kind."""
    uid = 1 + max((record.uid for group in course.groups() for record in group), default=-1)
    more = tuple(replace(one, uid=uid + number) for number, one in enumerate(_converted(course)))
    return replace(course, observations=(*course.observations, *more)) if more else course


def _converted(course: Course) -> Iterator[Observation]:
    for one in course.observations:
        if one.code not in BY_SECOND_INPUT or not one.moment.known:
            continue
        second, becomes = BY_SECOND_INPUT[one.code]
        seen = [
            o.value
            for o in course.observations
            if o.code == second and o.status is Status.DONE and o.value is not None
            and (o.moment.time, o.moment.precision) == (one.moment.time, one.moment.precision)
            and o.site in ("", one.site)
        ]  # fmt: skip
        if len(set(seen)) != 1 or (second == "dna_per_ul" and not seen[0]):
            continue
        yield replace(
            one,
            code=becomes,
            unit=units.canonical(becomes),
            method=f"{one.method}, converted".strip(", "),
            value=_in_other(becomes, one.value, seen[0]),
            lod=_in_other(becomes, one.lod, seen[0]),
            lloq=_in_other(becomes, one.lloq, seen[0]),
            uloq=_in_other(becomes, one.uloq, seen[0]),
        )


def _in_other(becomes: str, value: float | None, second: float) -> float | None:
    if value is None:
        return None
    if becomes == "car_cells_per_ul":
        return cells_per_ul(percent_of_cd3=value, cd3_per_ul=second)
    return copies_per_ul(copies_per_ug=value, dna_per_ul=second)


def _yield(dna_per_ul: float | None, becomes: str) -> float:
    if dna_per_ul is None or not 0.0 < dna_per_ul < math.inf:
        raise NotConvertible(f"{becomes} only with the DNA yield of the sample (dna_per_ul)")
    return dna_per_ul
