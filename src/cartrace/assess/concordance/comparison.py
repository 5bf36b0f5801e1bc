"""One grade of an investigator beside the grade a rule computed for the same time.

In: a course and its assessments. Out: `Comparison`s.
Decided here: a grade speaks of a rule by its toxicity ("CRS" of crs.astct2019, "ICAHT late" of icaht.late, an analyte on
the CTCAE scale of ctcae5.*); a CRS or ICANS grade that names another scale than the rule's is listed and not compared; one
that names no scale is compared and enters no kappa. A maximum is held against the grade of the course, a grade of a moment
against the step of that minute or, without a time of day, the worst of that day. An investigator's grade inside a computed
range is compatible with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Course
from cartrace.course.record import InvestigatorGrade
from cartrace.vocabulary import terms

Verdict = Literal["agrees", "within range", "computed higher", "computed lower", "not compared"]

SEVERAL_SCALES = frozenset({"crs", "icans"})
"""Families of which editions on different scales exist."""

PARTS = frozenset({"early", "late"})
NO_SCALE = "the scale is not stated"
_CTCAE = re.compile(r"ctcae(?:version|v)?(\d)")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One investigator's grade beside one computed grade.

    uid       the record of the investigator's grade
    day       study day it speaks of; None for a maximum without a day
    computed  None when the rule has no grade for that time
    distance  by how much the computed grade lies above (below: negative) at the least; 0 when compatible; None when not compared
    reason    why it was not compared, or does not enter kappa
    """

    course: str
    rule: str
    uid: int
    toxicity: str
    scale: str
    scope: str
    day: int | None
    investigator: int
    computed: Grade | None
    verdict: Verdict
    distance: int | None = None
    reason: str = ""

    @property
    def disagrees(self) -> bool:
        """Whether no reading of the missing inputs gives the investigator's grade."""
        return self.verdict in ("computed higher", "computed lower")


def compare(course: Course, assessments: Sequence[Assessment]) -> tuple[Comparison, ...]:
    """Every grade of the course's investigators beside every computed grade of the same thing."""
    pairs = ((grade, found) for grade in course.grades for found in assessments if speaks_of(grade, found.rule))
    return tuple(_comparison(course, grade, found) for grade, found in pairs)


def speaks_of(grade: InvestigatorGrade, rule: str) -> bool:
    """Whether an investigator's grade speaks of what the rule (id or id@version) grades, on whatever scale."""
    family, edition = _parts(rule)
    words = set(terms.fold(grade.toxicity).split("_"))
    if family.startswith("ctcae"):
        meant = terms.analyte(grade.toxicity)
        version = _CTCAE.search(_compact(grade.scale))
        return meant is not None and meant.code == edition and version is not None and f"ctcae{version[1]}" == family
    named = family in words or family == _compact(grade.toxicity)
    return named and (not PARTS & words or edition not in PARTS or edition in words)


def names_another_scale(grade: InvestigatorGrade, rule: str) -> bool:
    """Whether a CRS or ICANS grade was set on another scale than the rule's; no scale stated is not known to differ."""
    family, edition = _parts(rule)
    said = _compact(grade.scale)
    return bool(said) and family in SEVERAL_SCALES and edition.rstrip("0123456789") not in said


def _parts(rule: str) -> tuple[str, str]:
    family, _, edition = rule.partition("@")[0].partition(".")
    return family, edition


def _compact(scale: str) -> str:
    return re.sub(r"[^a-z0-9]", "", scale.lower())


def _comparison(course: Course, grade: InvestigatorGrade, found: Assessment) -> Comparison:
    computed, reason = _of_the_same_time(grade, found)
    if grade.attributed is False:
        reason = "the investigator attributed it to something else"
    if names_another_scale(grade, found.rule):
        reason = f"set on another scale ({grade.scale})"
    verdict: Verdict = "not compared"
    distance = None
    if not reason and computed is not None and computed.low is not None and computed.high is not None:
        verdict, distance = judged(grade.grade, computed.low, computed.high)
        if not grade.scale and _parts(found.rule)[0] in SEVERAL_SCALES:
            reason = NO_SCALE
    return Comparison(
        course=course.id,
        rule=found.rule,
        uid=grade.uid,
        toxicity=grade.toxicity,
        scale=grade.scale,
        scope=grade.scope,
        day=grade.moment.day,
        investigator=grade.grade,
        computed=computed,
        verdict=verdict,
        distance=distance,
        reason=reason,
    )


def judged(investigator: int, low: int, high: int) -> tuple[Verdict, int]:
    """(verdict, distance) of an investigator's grade and a computed range."""
    if investigator < low:
        return "computed higher", low - investigator
    if investigator > high:
        return "computed lower", high - investigator
    return ("agrees" if low == high else "within range"), 0


def _of_the_same_time(grade: InvestigatorGrade, found: Assessment) -> tuple[Grade | None, str]:
    """(computed grade, why it cannot be compared)."""
    moment = grade.moment
    if grade.scope == "maximum":
        computed: Grade | None = found.overall
    elif not moment.known:
        return None, "the time of the investigator's grade is not recorded"
    elif moment.precision == "minute":
        held = [s for s in found.steps if s.at is not None and s.at <= moment.time]
        computed = held[-1] if held else None
    else:
        computed = next((day for day in found.days if day.day == moment.day), None)
    if computed is None:
        return None, "no computed grade for that time"
    return computed, "" if computed.low is not None else f"{computed.state} by the rule"
