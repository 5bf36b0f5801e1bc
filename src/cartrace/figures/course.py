"""The course figure: what happened to one patient on one time axis, panel by panel.

In: a course, its assessments, its kinetic profiles. Out: a `FigureDescription` that both media draw.
Decided here: which panels there are and in which order, after the six panels of the founding article's second figure
with the toxicity ribbons on top.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace.assess.result import Assessment
from cartrace.course import Course
from cartrace.figures import disease, expansion, laboratory, toxicity, treatment
from cartrace.figures.description import Chart, FigureDescription, Lanes, Panel
from cartrace.figures.time_axis import Pace, recorded_days, time_axis
from cartrace.kinetics.result import ProfileResult

SIMULATED = "SIMULATED – synthetic course, not a patient"


def course_figure(
    course: Course,
    assessments: Sequence[Assessment] = (),
    profiles: Sequence[ProfileResult] = (),
    *,
    window: tuple[float, float] | None = None,
    pace: Pace = "auto",
) -> FigureDescription:
    """The figure of one course.

    `window` [d] fixes the part of the time axis that is drawn to scale; `pace` says what becomes of the days outside
    it: "auto" compresses them, "clip" leaves them out and counts them in notes, "full" draws everything to scale.
    """
    days = recorded_days(course)
    axis = time_axis(days, window=window, pace=pace)
    last = min(max(days, default=0.0), axis.end)
    panels: list[Panel] = [toxicity.panel(course, assessments, axis, last)]
    panels.append(treatment.panel(course, axis, "a"))
    panels.append(disease.blasts(course, assessments, axis, "b"))
    tests = disease.mrd(course, axis, "")
    panels += [tests] if tests is not None else []
    panels += disease.lesions(course, assessments, axis, "c")
    panels += laboratory.panels(course, assessments, axis, "d", laboratory.COUNTS, last)
    panels += laboratory.others(course, assessments, axis, last)
    panels += laboratory.panels(course, assessments, axis, "e", laboratory.INFLAMMATION, last)
    panels += expansion.panels(course, profiles, axis, "f")
    panels += laboratory.panels(course, assessments, axis, "", laboratory.B_CELLS, last)
    return FigureDescription(
        key=course.id,
        title=course.title or course.id,
        mark=SIMULATED if course.synthetic else "",
        axis=axis,
        panels=tuple(panels),
        infusions=tuple(i.moment.time for i in course.infusions if i.moment.known and axis.shows(i.moment.time)),
        notes=_notes(course, panels, axis.kinks, any(not axis.shows(day) for day in days)),
    )


def _notes(course: Course, panels: Sequence[Panel], kinks: tuple[float, ...], cut: bool) -> tuple[str, ...]:
    notes = []
    charts = [panel for panel in panels if isinstance(panel, Chart)]
    lanes = [lane for panel in panels if isinstance(panel, Lanes) for lane in panel.lanes]
    lanes += [lane for chart in charts for lane in chart.ribbons]
    if any(point.beyond for chart in charts for series in chart.series for point in series.points):
        notes.append("Open markers: beyond a limit of quantification, or 0 on a log axis.")
    if any(lane.spans for lane in lanes):
        notes.append("Ribbons: height and number are the grade.")
    if any(span.low != span.high for lane in lanes for span in lane.spans):
        notes.append("Hatched: an input is missing, the grade lies between the two numbers.")
    if any(span.low is None for lane in lanes for span in lane.spans):
        notes.append("?: not graded.")
    if any(bar.end_kind == "unknown" for lane in lanes for bar in lane.bars):
        notes.append("Fading bar: end not recorded. Arrow: ongoing.")
    if kinks:
        notes.append("Shaded: time axis compressed.")
    if cut:
        notes.append("Days outside the axis are not drawn.")
    assumed = dict.fromkeys(i.moment.assumption for i in course.infusions if i.moment.assumption)
    notes += [f"Assumed: {'; '.join(assumed)}."] if assumed else []
    return tuple(notes)
