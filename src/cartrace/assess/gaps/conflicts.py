"""Entries that contradict each other.

In: a course, and its assessments when it was graded. Out: queries "value.conflict", "grade.conflict", "grade.above_maximum",
"grade.computed_differs", "cns.status_differs".
Decided here: two values of one analyte, site and method at one minute conflict; on one day without a time of day they may both
be true, and the question is a small one. Two maxima of one toxicity on one scale conflict when they differ. A computed grade
differs when no reading of its missing inputs gives the investigator's; so does a recorded CNS status from the fluid of its day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cartrace.assess.concordance import compare
from cartrace.assess.gaps.query import Query, elapsed, said
from cartrace.assess.result import Assessment
from cartrace.course import Course, Status
from cartrace.course.record import InvestigatorGrade, Observation
from cartrace.vocabulary import terms

IN_THE_CHART = "the source of both entries"
IN_THE_FORM = "the form or letter on which the grade was written"


def conflicts(course: Course, assessments: Sequence[Assessment] = ()) -> list[Query]:
    """One query for each contradiction."""
    return [*_values(course), *_grades(course), *_computed(course, assessments), *_cns_status(course, assessments)]


def _values(course: Course) -> list[Query]:
    at: dict[tuple[str, float, str, str, str], list[Observation]] = defaultdict(list)
    for one in course.observations:
        if one.status == Status.DONE and one.moment.known:
            at[one.code, one.moment.time, one.moment.precision, one.site, one.method].append(one)
    queries = []
    for (_, _, precision, _, _), entries in at.items():
        values = dict.fromkeys(one.value for one in entries)
        if len(values) < 2:
            continue
        first = entries[0]
        at_once = "at the same time" if precision == "minute" else "on one day without a time of day"
        words = " and ".join(one.text or said(one.code, one.value, one.unit) for one in entries)
        queries.append(
            Query(
                check="value.conflict",
                severity="medium" if precision == "minute" else "low",
                what=f"{terms.analytes()[first.code].name}, two values {at_once}: {words}",
                why="rules take the worst of the same time",
                look_up=IN_THE_CHART,
                at=elapsed(first.moment),
                day=first.moment.day,
                evidence=tuple(one.uid for one in entries),
            )
        )
    return queries


def _grades(course: Course) -> list[Query]:
    by_scale: dict[tuple[str, str], list[InvestigatorGrade]] = defaultdict(list)
    for grade in course.grades:
        by_scale[terms.fold(grade.toxicity), terms.fold(grade.scale)].append(grade)
    queries = []
    for grades in by_scale.values():
        maxima = [grade for grade in grades if grade.scope == "maximum"]
        if len({grade.grade for grade in maxima}) > 1:
            words = " and ".join(str(grade.grade) for grade in maxima)
            queries.append(_grade_query("grade.conflict", f"maximum {words}", "only one can be the maximum", maxima))
        highest = max((grade.grade for grade in maxima), default=None)
        above = [g for g in grades if g.scope != "maximum" and highest is not None and g.grade > highest]
        if above:
            what = f"grade {max(g.grade for g in above)} at a moment, maximum {highest}"
            queries.append(
                _grade_query(
                    "grade.above_maximum", what, "the maximum is lower than a grade on the way", [*above, *maxima]
                )
            )
    return queries


def _grade_query(check: str, what: str, why: str, grades: Sequence[InvestigatorGrade]) -> Query:
    first = grades[0]
    scale = f" ({first.scale})" if first.scale else ""
    return Query(
        check=check,
        severity="high",
        what=f"{first.toxicity}{scale}: {what}",
        why=why,
        look_up=IN_THE_FORM,
        at=elapsed(first.moment),
        day=first.moment.day,
        evidence=tuple(grade.uid for grade in grades),
    )


def _computed(course: Course, assessments: Sequence[Assessment]) -> list[Query]:
    queries = []
    for one in compare(course, assessments):
        if not one.disagrees or one.computed is None:
            continue
        queries.append(
            Query(
                check="grade.computed_differs",
                severity="medium",
                what=f"{one.toxicity}: grade {one.investigator} by the investigators, {one.computed.text} by {one.rule}",
                why="one of the two rests on something the other did not know",
                look_up="the records that decided the computed grade, and the note beside the investigators'",
                at=one.computed.at,
                day=one.day,
                evidence=(one.uid, *one.computed.evidence),
            )
        )
    return queries


def _cns_status(course: Course, assessments: Sequence[Assessment]) -> list[Query]:
    judged = {step.day: step for done in assessments if done.rule.startswith("cns.cog@") for step in done.steps}
    queries = []
    for one in course.observations:
        step = judged.get(one.moment.day) if one.code == "cns_status" and one.value is not None else None
        if step is None or step.low is None or step.high is None or step.low <= (one.value or 0.0) <= step.high:
            continue
        queries.append(
            Query(
                check="cns.status_differs",
                severity="medium",
                what=f"CNS status {one.text or said(one.code, one.value, one.unit)} in the record, {step.text} by {step.rule}",
                why="the response reads the status of the record",
                look_up="the report of the cerebrospinal fluid and the examination of that day",
                at=elapsed(one.moment),
                day=one.moment.day,
                evidence=(one.uid, *step.evidence),
            )
        )
    return queries
