"""What happened in a course, as far as endpoints ask: evaluations, remission, relapse, next therapy, death, last contact.

In: `Course` and its assessment by an edition of the response. Out: `History`.
Decided here: remission is the first evaluation that is surely CR, CRh or CRi, before the next anticancer therapy. Relapse
is what the record calls progression or relapse after remission, or the first evaluation after it that surely shows
disease, whichever is earlier; lost blood counts and MRD are none. Whoever has any entry on a day was alive on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule
from cartrace.course import Course
from cartrace.course.clock import Moment

IN_REMISSION = ("CR", "CRh", "CRi")
DISEASE = {"marrow_blasts", "blood_blasts", "cns_disease", "extramedullary_disease"}
"""Reasons of an evaluation that make it a relapse."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that happened: its study day and the records that say so."""

    day: int
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What happened, by study day.

    evaluations     every evaluation of the response after the infusion, graded or not
    family          the last category that is a remission
    remission       first settled remission before the next therapy
    maybe_earlier   an evaluation before it, or without it, could have been a remission
    relapse         relapse after remission
    progression     progression that the record names before or without remission
    death, cause    death, and its cause as recorded; `died` also when its day is unknown
    alive           last day with any entry; None when there is none after the infusion
    """

    evaluations: tuple[Grade, ...]
    family: int
    remission: Dated | None
    maybe_earlier: bool
    relapse: Dated | None
    progression: Dated | None
    transplant: Dated | None
    next_therapy: Dated | None
    died: bool
    death: Dated | None
    cause: str
    alive: Dated | None

    def settled(self, grade: Grade) -> bool:
        """Whether an evaluation surely is a remission or surely is none."""
        return (
            grade.low is not None and grade.high is not None and (grade.high <= self.family or grade.low > self.family)
        )

    def in_remission(self, grade: Grade) -> bool:
        """Whether an evaluation surely is a remission."""
        return grade.high is not None and grade.high <= self.family


def history(course: Course, rule: Rule, assessment: Assessment) -> History:
    """The history of a course by one edition of the response."""
    family = max(number for number, word in enumerate(rule.categories) if word in IN_REMISSION)
    evaluations = tuple(
        step
        for step in assessment.steps
        if step.day is not None and step.day > 0 and "not_evaluable" not in step.reasons
    )
    transplant = _first(_procedures(course, "transplant"))
    therapy = _first([*_procedures(course, "transplant"), *_milestones(course, "next_therapy")])
    own = [step for step in evaluations if therapy is None or (step.day or 0) <= therapy.day]
    sure = next((step for step in own if step.high is not None and step.high <= family), None)
    possible = next((step for step in own if step.low is None or step.low <= family), None)
    remission = Dated(sure.day or 0, sure.evidence) if sure else None
    told = _milestones(course, "progression")
    begun = remission.day if remission else None
    seen = [
        Dated(step.day or 0, step.evidence)
        for step in evaluations
        if step.low is not None and step.low > family and DISEASE & set(step.reasons)
    ]
    deaths = [o for o in course.observations if o.code == "death" and o.value is not None]
    death = _first([Dated(o.moment.day or 0, (o.uid,)) for o in deaths if o.moment.known])
    return History(
        evaluations=evaluations,
        family=family,
        remission=remission,
        maybe_earlier=possible is not None and possible is not sure,
        relapse=None if begun is None else _first(one for one in [*told, *seen] if one.day > begun),
        progression=_first(one for one in told if one.day > 0 and (begun is None or one.day <= begun)),
        transplant=transplant,
        next_therapy=therapy,
        died=bool(deaths),
        death=death,
        cause=next((o.text for o in deaths), ""),
        alive=_last_contact(course, death),
    )


def _first(found: Iterator[Dated] | list[Dated]) -> Dated | None:
    return min(found, key=lambda one: one.day, default=None)


def _milestones(course: Course, code: str) -> list[Dated]:
    return [
        Dated(o.moment.day or 0, (o.uid,))
        for o in course.observations
        if o.code == code and o.value is not None and o.moment.known and (o.moment.day or 0) > 0
    ]


def _procedures(course: Course, kind: str) -> list[Dated]:
    return [
        Dated(p.moment.day or 0, (p.uid,))
        for p in course.procedures
        if p.kind == kind and p.moment.known and (p.moment.day or 0) > 0
    ]


def _last_contact(course: Course, death: Dated | None) -> Dated | None:
    """The last day with an entry or the stated end of follow-up, not after death; None when all lie before the infusion."""
    days = [day for day in _days(course) if death is None or day.day <= death.day]
    if course.outcome.last_day is not None:
        days.append(Dated(int(course.outcome.last_day)))
    last = max(days, key=lambda one: one.day, default=None)
    return last if last is not None and last.day >= 0 else None


def _days(course: Course) -> Iterator[Dated]:
    for group in course.groups():
        for record in group:
            moments: list[Moment | None] = [getattr(record, name, None) for name in ("moment", "start", "end")]
            for moment in moments:
                if moment is not None and moment.known and moment.day is not None:
                    yield Dated(moment.day, (record.uid,))
