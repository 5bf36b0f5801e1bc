"""Neutrophil counts that the record does not give and its white cells and differential do.

In: a course. Out: the course with derived counts, which of two assessments counts.
Decided here: the count is white cells times the percentage of neutrophils, bands included: the total percentage, or that of
segmented ones and of bands together, never one of the two alone. Both stand at the same time, both as plain values in blood, and
no neutrophil count of any state stands there. A derived count has the method "derived" and no reference limits.
The option `course.anc` (recorded, derived) asks for it. It never lowers a grade: where the derived counts would make the
lower bound of a result smaller, the result from the recorded counts alone stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Rule
from cartrace.course import Course, Status
from cartrace.course.record import Observation, Source

DERIVED = "derived"
ANC = Option(
    "anc", 0, "Neutrophils as recorded, or also from white cells x percentage", values=(("recorded", 0), (DERIVED, 1))
)
NAME = "course.anc"
"""The option as it is said on a command line and in course.yaml."""

COUNT, WHITE_CELLS, TOTAL = "anc", "wbc", "neutrophil_percent"
PARTS = ("segmented_percent", "band_percent")
IN_BLOOD = ("", "blood")
ALL = 100.0


def with_derived(course: Course) -> Course:
    """The course with a neutrophil count for each time that has white cells and their percentage only; itself when none has."""
    uid = 1 + max((record.uid for group in course.groups() for record in group), default=-1)
    derived = tuple(
        Observation(
            uid=uid + number,
            code=COUNT,
            moment=white.moment,
            status=Status.DONE,
            value=(white.value or 0.0) * percent / ALL,
            unit=white.unit,
            site=white.site,
            method=DERIVED,
            source=Source(white.source.file, white.source.row, white.source.column, said),
        )
        for number, (white, percent, said) in enumerate(_pairs(course))
    )
    return replace(course, observations=(*course.observations, *derived)) if derived else course


def without_derived(course: Course) -> Course:
    """The course with the recorded counts alone; itself when it holds no derived one."""
    recorded = tuple(one for one in course.observations if not is_derived(one))
    return course if len(recorded) == len(course.observations) else replace(course, observations=recorded)


def is_derived(one: Observation) -> bool:
    """Whether a count was derived by `with_derived`."""
    return one.code == COUNT and one.method == DERIVED


def _pairs(course: Course) -> Iterator[tuple[Observation, float, str]]:
    """White cells, the percentage of neutrophils of the same time, and both in words."""
    at: dict[tuple[float, str], dict[str, list[Observation]]] = {}
    for one in course.observations:
        if one.moment.known and one.site in IN_BLOOD and one.code in (COUNT, WHITE_CELLS, TOTAL, *PARTS):
            place = at.setdefault((one.moment.time, one.moment.precision), {})
            place.setdefault(one.code, []).append(one)
    for found in at.values():
        whites = [one for one in found.get(WHITE_CELLS, ()) if one.status is Status.DONE and one.value is not None]
        percent = _percent(found)
        if percent is None or COUNT in found or len({one.value for one in whites}) != 1:
            continue
        yield whites[0], percent, f"white cells {whites[0].value:g}, neutrophils {percent:g} %"


def _percent(found: dict[str, list[Observation]]) -> float | None:
    """[%] neutrophils; None when it is not recorded, contradictory or above 100."""
    for codes in ((TOTAL,), PARTS):
        values = [
            {one.value for one in found.get(code, ()) if one.status is Status.DONE and one.value is not None}
            for code in codes
        ]
        if all(len(several) == 1 for several in values):
            total = sum(next(iter(several)) or 0.0 for several in values)
            return total if total <= ALL else None
    return None


def reads_neutrophils(rule: Rule) -> bool:
    """Whether a rule has the neutrophil count among its inputs."""
    return any(COUNT in channel.codes for channel in rule.channels)


def higher(recorded: Assessment, derived: Assessment) -> Assessment:
    """The assessment with the derived counts, unless they would lower the grade."""
    before, after = recorded.overall.low, derived.overall.low
    return recorded if before is not None and (after is None or after < before) else derived
