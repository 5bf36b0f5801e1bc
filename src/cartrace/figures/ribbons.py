"""Grade ribbons: the grades of an assessment as stretches of time.

In: assessments. Out: `Span`s, and texts for results without a time.
Decided here: a day's grade covers the day around its mark; equal neighbours become one stretch; a step without an end
holds to the end of the record; a rule without steps or days fills its published window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from cartrace.assess.result import Assessment, Grade
from cartrace.course import Course
from cartrace.figures import wording
from cartrace.figures.description import Event, Lane, LaneText, Span, TimeAxis

HALF_DAY = 0.5
WINDOWS = {"icaht.early": (0.0, 30.0), "icaht.late": (31.0, 100.0)}
"""[d] Windows of rules that grade a whole period, rejeski2023icaht: early = day 0 to 30, late = after day 30."""
EVIDENCE_SHOWN = 4


def rule_id(assessment: Assessment) -> str:
    """The rule without its version."""
    return assessment.rule.split("@")[0]


def find(assessments: Iterable[Assessment], wanted: str) -> tuple[Assessment, ...]:
    """Every assessment of the rule `wanted` or of its editions ("crs" finds "crs.astct2019")."""
    return tuple(a for a in assessments if rule_id(a) == wanted or rule_id(a).startswith(wanted + "."))


def graded(assessment: Assessment) -> bool:
    """True when some grade or range could be given."""
    every = (assessment.overall, *assessment.steps, *assessment.days)
    return any(grade.low is not None for grade in every)


def spans(assessment: Assessment, *, course: Course, axis: TimeAxis, last: float) -> tuple[Span, ...]:
    """The ribbon of one assessment, cut to the axis. `last` [d] is where the record ends."""
    if assessment.steps:
        pieces = _of_steps(assessment.steps, last)
    elif assessment.days:
        pieces = _of_days(assessment.days)
    else:
        window = WINDOWS.get(rule_id(assessment))
        overall = assessment.overall
        if overall.at is not None and overall.until is not None:
            window = overall.at, overall.until
        if window is None or overall.low is None:
            return ()
        pieces = [(window[0], min(window[1], max(last, window[0])), overall)]
    found = []
    for start, end, grade in pieces:
        start, end = max(start, axis.start), min(end, axis.end)
        if end > start and grade.state != "not applicable":
            found.append(_span(start, end, grade, assessment.title, course))
    return tuple(found)


def _of_steps(steps: Sequence[Grade], last: float) -> list[tuple[float, float, Grade]]:
    ordered = sorted((s for s in steps if s.at is not None), key=lambda step: step.at or 0.0)
    pieces: list[tuple[float, float, Grade]] = []
    for number, step in enumerate(ordered):
        following = ordered[number + 1].at if number + 1 < len(ordered) else None
        start = step.at or 0.0
        end = step.until if step.until is not None else following if following is not None else max(last, start + 1.0)
        if pieces and _alike(pieces[-1][2], step) and abs(pieces[-1][1] - start) < 1e-6:
            pieces[-1] = (pieces[-1][0], end, pieces[-1][2])
        else:
            pieces.append((start, end, step))
    return pieces


def _of_days(days: Sequence[Grade]) -> list[tuple[float, float, Grade]]:
    pieces: list[tuple[float, float, Grade]] = []
    for grade in sorted((d for d in days if d.day is not None), key=lambda d: d.day or 0):
        start, end = (grade.day or 0) - HALF_DAY, (grade.day or 0) + HALF_DAY
        if pieces and _alike(pieces[-1][2], grade) and pieces[-1][1] == start:
            pieces[-1] = (pieces[-1][0], end, pieces[-1][2])
        else:
            pieces.append((start, end, grade))
    return pieces


def _alike(one: Grade, other: Grade) -> bool:
    return (one.state, one.low, one.high, one.words) == (other.state, other.low, other.high, other.words)


def _span(start: float, end: float, grade: Grade, title: str, course: Course) -> Span:
    text = "?"
    if grade.words:
        text = grade.words
    elif grade.low is not None:
        text = str(grade.low) if grade.low == grade.high else f"{grade.low}–{grade.high}"
    days = f"day {wording.day(round(start, 1))} to {wording.day(round(end, 1))}"
    hover = wording.lines(title, wording.grade(grade), days, sources(grade.evidence, course))
    return Span(start, end, grade.low, grade.high, text, hover)


def sources(evidence: Sequence[int], course: Course) -> str:
    """The rows that decided a result, a few of them."""
    places = []
    for uid in evidence[:EVIDENCE_SHOWN]:
        try:
            place = wording.place(course.record(uid).source)
        except KeyError:
            continue
        if place:
            places.append(place)
    more = f" and {len(evidence) - EVIDENCE_SHOWN} more" if len(evidence) > EVIDENCE_SHOWN else ""
    return "decided by " + "; ".join(dict.fromkeys(places)) + more if places else ""


def lanes(
    assessments: Sequence[Assessment], key: str, name: str, *, course: Course, axis: TimeAxis, last: float
) -> tuple[Lane, ...]:
    """The ribbon of the rule or family `key`; editions whose stretches overlap get a lane each, under their titles."""
    found = find(assessments, key)
    drawn = [(a, spans(a, course=course, axis=axis, last=last)) for a in found]
    drawn = [(a, stretches) for a, stretches in drawn if any(span.low is not None for span in stretches)]
    together = sorted((span for _, stretches in drawn for span in stretches), key=lambda span: span.start)
    if all(before.end <= after.start + 1e-6 for before, after in pairwise(together)):
        return (Lane(key, name, spans=tuple(together), summary=worst([a for a, _ in drawn])),) if together else ()
    return tuple(Lane(rule_id(a), a.title, spans=stretches, summary=worst((a,))) for a, stretches in drawn)


def response(assessments: Sequence[Assessment], key: str, name: str, axis: TimeAxis) -> tuple[Lane, ...]:
    """A lane of response marks: the best response of each part (site) at its day, else each evaluation."""
    events = []
    for assessment in find(assessments, key):
        marks = assessment.parts or tuple(("", step) for step in assessment.steps)
        for part, grade in marks:
            if grade.low is None or grade.at is None or not axis.shows(grade.at):
                continue
            hover = wording.lines(assessment.title, f"{part} {grade.text}".strip(), f"day {wording.day(grade.at)}")
            events.append(Event(grade.at, f"{part} {grade.text}".strip(), hover, "response"))
    return (Lane(key, name, events=tuple(sorted(events, key=lambda event: event.time))),) if events else ()


def worst(assessments: Sequence[Assessment]) -> str:
    """The worst grade of one or more rules of a lane: "max 3", "max 1–3", "aplasia"; empty when none was given."""
    found = [a.overall for a in assessments if a.overall.low is not None and a.overall.high is not None]
    if not found:
        return ""
    if any(grade.words for grade in found):
        return "; ".join(dict.fromkeys(grade.text for grade in found))
    low, high = max(grade.low or 0 for grade in found), max(grade.high or 0 for grade in found)
    return f"max {low}" if low == high else f"max {low}–{high}"


def overall_text(assessment: Assessment) -> LaneText:
    """The result of a rule without a ribbon, as a text."""
    words = "computed: " + wording.grade(assessment.overall).split(";")[0]
    return LaneText(words, wording.lines(assessment.title, wording.grade(assessment.overall)))


def by_record(assessments: Iterable[Assessment]) -> dict[int, tuple[str, ...]]:
    """For each record the grades it decided, as short lines for its hover text."""
    lines: dict[int, dict[str, None]] = {}
    for assessment in assessments:
        for grade in (assessment.days or assessment.steps) or (assessment.overall,):
            if grade.low is None:
                continue
            for uid in grade.evidence:
                lines.setdefault(uid, {})[f"{assessment.title}: {wording.grade(grade).split(';')[0]}"] = None
    return {uid: tuple(found)[:3] for uid, found in lines.items()}
