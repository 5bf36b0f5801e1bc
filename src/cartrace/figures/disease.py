"""Panels "blasts by site", "MRD" and "lesion size".

In: course, assessments, time axis. Out: panels.
Decided here: values with a day are points; values without one are a text in their lane; a lesion that was looked at
without a recorded size is a marker of its own on the foot of the axis, never a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cartrace.assess.result import Assessment
from cartrace.course import Course, Moment, Status
from cartrace.course.record import LesionMeasurement, MrdResult
from cartrace.figures import ribbons, value_axis, wording
from cartrace.figures.description import (
    Chart,
    Event,
    Lane,
    Lanes,
    LaneText,
    Panel,
    Point,
    Series,
    Silent,
    TimeAxis,
    Visit,
    Visits,
)

HEIGHT = 15.0


def blasts(course: Course, assessments: Sequence[Assessment], axis: TimeAxis, letter: str) -> Panel:
    """Blasts by site, from immunophenotype panels and counted blasts, with the response in blood and marrow."""
    dated: dict[str, list[Point]] = {}
    undated: dict[str, list[LaneText]] = {}
    notes = []
    for site, percent, moment, hover in _blasts(course):
        if not moment.known:
            undated.setdefault(site, []).append(LaneText(f"{wording.number(percent)} %, day not recorded", hover))
        elif axis.shows(moment.time):
            dated.setdefault(site, []).append(Point(moment.time, percent, hover))
        else:
            notes.append(f"{site} {wording.number(percent)} % on day {wording.day(moment.day or 0)}")
    if not dated:
        if not undated:
            return Silent("blasts", letter, "Blasts by site: not recorded in the source")
        lanes = tuple(
            Lane(site, f"blasts, {wording.name(site)}", texts=tuple(texts)) for site, texts in undated.items()
        )
        return Lanes("blasts", letter, "Blasts", lanes)
    series = tuple(
        Series(site, wording.name(site), f"n{number}", tuple(sorted(points, key=lambda p: p.time)), "dashed")
        for number, (site, points) in enumerate(dated.items())
    )
    notes += [f"{site} {text.text}" for site, texts in undated.items() for text in texts]
    scale = value_axis.linear("Blasts", "%", [0.0, 100.0], floor=0.0, ceiling=100.0)
    marks = ribbons.response(assessments, "response.ball", "Response", axis)
    return Chart("blasts", letter, scale, series, ribbons=marks, notes=tuple(notes), height=HEIGHT)


def _blasts(course: Course) -> list[tuple[str, float, Moment, str]]:
    found = []
    for panel in course.panels:
        if panel.blasts_percent is not None:
            markers = ", ".join(
                f"{m.name} {'±' if m.partial else ''}{wording.number(m.percent)} %"
                for m in panel.markers
                if m.percent is not None
            )
            hover = wording.lines(
                f"Blasts in {panel.site} {wording.number(panel.blasts_percent)} %",
                panel.method,
                markers,
                wording.moment(panel.moment),
                wording.place(panel.source),
            )
            found.append((panel.site, panel.blasts_percent, panel.moment, hover))
    for o in course.observations:
        if o.code == "blasts_percent" and o.value is not None and o.status is Status.DONE:
            site = o.site or "site not recorded"
            hover = wording.lines(
                wording.measured(o, f"Blasts in {site}"), o.method, wording.moment(o.moment), wording.place(o.source)
            )
            found.append((site, o.value, o.moment, hover))
    return found


def mrd(course: Course, axis: TimeAxis, letter: str) -> Panel | None:
    """MRD tests as labelled marks, one lane per site and method; None when there is none."""
    lanes: dict[str, list[MrdResult]] = {}
    for result in course.mrd:
        lanes.setdefault(wording.name(f"MRD {result.site} {result.method}"), []).append(result)
    if not lanes:
        return None
    return Lanes("mrd", letter, "MRD", tuple(_mrd_lane(name, found, axis) for name, found in lanes.items()))


def mrd_words(result: MrdResult) -> str:
    """One MRD result in short: "neg", "3×10⁻⁴", "not done"."""
    if result.status is Status.BELOW:
        return "neg"
    if result.fraction is not None:
        return wording.number(result.fraction)
    return "pos" if result.status is Status.DONE else result.status.word


def _mrd_lane(name: str, results: Sequence[MrdResult], axis: TimeAxis) -> Lane:
    events = []
    texts = []
    for result in results:
        limit = result.lod if result.lod is not None else result.lloq
        hover = wording.lines(
            f"{name}: {mrd_words(result)} (fraction of nucleated cells)",
            f"limit of detection {wording.number(limit)}" if limit is not None else "limit of detection not recorded",
            wording.moment(result.moment),
            wording.place(result.source),
        )
        if result.moment.known and axis.shows(result.moment.time):
            events.append(Event(result.moment.time, mrd_words(result), hover, "mrd"))
        else:
            when = f"day {wording.day(result.moment.day or 0)}" if result.moment.known else "day not recorded"
            texts.append(LaneText(f"{mrd_words(result)}, {when}", hover))
    return Lane(name.replace(" ", "-"), name, events=tuple(events), texts=tuple(texts))


def lesions(course: Course, assessments: Sequence[Assessment], axis: TimeAxis, letter: str) -> tuple[Panel, ...]:
    """Lesion sizes: longest axis, volume, or the bare visits when no size is known; with the best response by site."""
    if not course.lesions:
        return (Silent("lesions", letter, "Lesion size: not recorded in the source"),)
    names = tuple(dict.fromkeys(look.lesion for look in course.lesions))
    tones = {name: f"n{number}" for number, name in enumerate(names)}
    by_axis = [look for look in course.lesions if look.axes_mm]
    by_volume = [look for look in course.lesions if not look.axes_mm and look.volume_ml is not None]
    bare = [look for look in course.lesions if not look.axes_mm and look.volume_ml is None]
    if not by_axis and not by_volume:
        return (_visit_lanes(names, bare, axis, letter),)
    panels: list[Chart] = []
    if by_axis:
        panels.append(_sizes("lesion-axis", letter, "Lesion, longest axis", "mm", by_axis, bare, axis, tones))
        bare, letter = [], ""
    if by_volume:
        panels.append(_sizes("lesion-volume", letter, "Lesion volume", "mL", by_volume, bare, axis, tones))
    marks = ribbons.response(assessments, "response.extramedullary", "Response", axis)
    return (replace(panels[0], ribbons=marks), *panels[1:])


def size(look: LesionMeasurement) -> float | None:
    """Longest axis [mm], else volume [mL], else None."""
    return max(look.axes_mm) if look.axes_mm else look.volume_ml


def lesion_words(look: LesionMeasurement) -> str:
    """One look at a lesion as a hover text."""
    if look.axes_mm:
        said = " × ".join(wording.number(a) for a in look.axes_mm) + " mm"
    elif look.volume_ml is not None:
        said = f"{wording.number(look.volume_ml)} mL"
    else:
        said = "seen, size not recorded"
    return wording.lines(
        f"{look.lesion}: {said}",
        look.finding,
        f"Deauville {look.deauville}" if look.deauville is not None else "",
        look.method,
        wording.moment(look.moment),
        look.note,
        wording.place(look.source),
    )


def _sizes(
    key: str,
    letter: str,
    label: str,
    unit: str,
    looks: Sequence[LesionMeasurement],
    bare: Sequence[LesionMeasurement],
    axis: TimeAxis,
    tones: dict[str, str],
) -> Chart:
    points: dict[str, list[Point]] = {}
    visits: dict[str, list[Visit]] = {}
    notes = []
    for look in sorted((*looks, *bare), key=lambda look: look.moment.time if look.moment.known else 0.0):
        value = size(look)
        if not look.moment.known:
            notes.append(f"{look.lesion} {lesion_words(look).splitlines()[0].split(': ', 1)[1]}, day not recorded")
        elif not axis.shows(look.moment.time):
            notes.append(f"{look.lesion} also seen on day {wording.day(look.moment.day or 0)}")
        elif value is None:
            visits.setdefault(look.lesion, []).append(Visit(look.moment.time, lesion_words(look)))
        else:
            points.setdefault(look.lesion, []).append(Point(look.moment.time, value, lesion_words(look)))
    series = tuple(Series(_key(n), n, tones[n], tuple(found)) for n, found in points.items())
    seen = tuple(Visits(f"{_key(n)}-seen", n, tones[n], tuple(found)) for n, found in visits.items())
    values = [point.value for found in points.values() for point in found]
    scale = value_axis.linear(label, unit, values, floor=0.0)
    if seen:
        notes.append("○ on the axis: seen, size not recorded")
    return Chart(key, letter, scale, series, visits=seen, notes=tuple(notes), height=HEIGHT)


def _key(name: str) -> str:
    return name.replace(" ", "-")


def _visit_lanes(names: Sequence[str], looks: Sequence[LesionMeasurement], axis: TimeAxis, letter: str) -> Lanes:
    """A lane of bare visits per lesion, and below it in words what has no mark: the size, and looks without a day."""
    lanes = []
    for number, name in enumerate(names):
        events = []
        later = []
        for look in (look for look in looks if look.lesion == name):
            if look.moment.known and axis.shows(look.moment.time):
                events.append(Event(look.moment.time, look.finding, lesion_words(look), f"n{number}"))
            else:
                later.append(look)
        said = "size not recorded"
        if later:
            when = ", ".join(dict.fromkeys(look.moment.label or "at another time" for look in later))
            said += f"; also seen {when}, day not recorded"
        words = LaneText(said, wording.lines(*(lesion_words(look) for look in (later or looks))), "before")
        lanes.append(Lane(_key(name), f"{name}, seen", events=tuple(events)))
        lanes.append(Lane(f"{_key(name)}-words", "", texts=(words,)))
    return Lanes("lesions", letter, "Lesions seen", tuple(lanes))
