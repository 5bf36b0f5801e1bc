"""Panel "CRS and ICANS": grade ribbons over time, with the investigators' grades kept beside the computed ones.

In: course, assessments, time axis. Out: a panel of lanes, or one line when nothing is known.
Decided here: one lane per toxicity, on its leading scale; what has no day is a text in the lane.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace.assess.families import leads
from cartrace.assess.result import Assessment
from cartrace.course import Course
from cartrace.course.record import InvestigatorGrade
from cartrace.figures import ribbons, wording
from cartrace.figures.description import Event, Lane, Lanes, LaneText, Panel, Silent, TimeAxis

SHOWN = (("crs", "CRS"), ("icans", "ICANS"))


def panel(course: Course, assessments: Sequence[Assessment], axis: TimeAxis, last: float) -> Panel:
    """Ribbons of the leading CRS and ICANS rules; of what was run when none of them leads."""
    lanes = []
    missing = []
    for family, name in SHOWN:
        recorded = [g for g in course.grades if g.toxicity.lower().startswith(family)]
        every = ribbons.find(assessments, family)
        found = [assessment for assessment in every if leads(assessment.rule)] or every
        if not found and not recorded:
            missing.append(name)
            continue
        undated = [g for g in recorded if not g.moment.known]
        dated = _events([g for g in recorded if g.moment.known], axis)
        for number, assessment in enumerate(found):
            lanes.append(_lane(course, assessment, undated if number == 0 else [], axis, last, name))
        if dated or (undated and not found):
            lanes.append(
                Lane(
                    f"{family}-recorded", f"{name}, recorded", texts=_texts(undated) if not found else (), events=dated
                )
            )
    if not lanes:
        return Silent("toxicity", "", f"{', '.join(missing)}: not assessed")
    return Lanes("toxicity", "", "Toxicity grade", tuple(lanes))


def _lane(
    course: Course,
    assessment: Assessment,
    recorded: list[InvestigatorGrade],
    axis: TimeAxis,
    last: float,
    name: str,
) -> Lane:
    stretches = ribbons.spans(assessment, course=course, axis=axis, last=last)
    key = ribbons.rule_id(assessment)
    if any(span.low is not None for span in stretches):
        return Lane(key, name, spans=stretches, texts=_texts(recorded), summary=ribbons.worst((assessment,)))
    texts = (*_texts(recorded), ribbons.overall_text(assessment))
    return Lane(key, name, texts=texts)


def _sentence(grade: InvestigatorGrade) -> str:
    scope = "maximum, " if grade.scope == "maximum" else ""
    return f"recorded: grade {grade.grade} ({scope}day not recorded)"


def _hover(grade: InvestigatorGrade) -> str:
    return wording.lines(
        f"{grade.toxicity} grade {grade.grade} set by the investigators ({grade.scale})",
        f"scope: {grade.scope}",
        wording.moment(grade.moment),
        grade.note,
        wording.place(grade.source),
    )


def _texts(recorded: list[InvestigatorGrade]) -> tuple[LaneText, ...]:
    return tuple(LaneText(_sentence(g), _hover(g)) for g in recorded if not g.moment.known)


def _events(recorded: list[InvestigatorGrade], axis: TimeAxis) -> tuple[Event, ...]:
    shown = [g for g in recorded if g.moment.known and axis.shows(g.moment.time)]
    return tuple(Event(g.moment.time, f"grade {g.grade}", _hover(g), "procedure") for g in shown)
