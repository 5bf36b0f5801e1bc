"""Panel "CAR-T cells": one chart per assay kind, a line per site and method, log axis, LLOQ, open markers below it.

In: course, kinetic profiles, time axis. Out: charts.
Decided here: assay kinds are never pooled; a sample below the LLOQ is drawn at half of it, a number
under it at itself, both with open markers; all samples of the course are drawn, whichever infusion the profiles count from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cartrace.course import Course, Status
from cartrace.figures import laboratory, value_axis, wording
from cartrace.figures.description import Chart, Level, Panel, Point, Series, Silent, TimeAxis
from cartrace.kinetics.result import ProfileResult
from cartrace.vocabulary import terms, units

ASSAYS = ("car_copies_per_ug", "car_copies_per_ul", "car_cells_per_ul", "car_percent_of_cd3")
LABELS = {
    "car_copies_per_ug": "CAR copies",
    "car_copies_per_ul": "CAR copies",
    "car_cells_per_ul": "CAR+ cells",
    "car_percent_of_cd3": "CAR+ of CD3+",
}
HEIGHT = 20.0
SMALL_HEIGHT = 14.0


def panels(course: Course, profiles: Sequence[ProfileResult], axis: TimeAxis, letter: str) -> tuple[Panel, ...]:
    """A chart per assay kind; sites and methods are lines of their own in it."""
    kinds: dict[str, list[ProfileResult]] = {}
    for profile in _recorded(course, profiles):
        kinds.setdefault(profile.assay, []).append(profile)
    found: list[Panel] = []
    for group in kinds.values():
        group.sort(key=lambda profile: profile.site not in ("", "blood"))
        chart = _chart(course, group, axis, "" if found else letter, HEIGHT if not found else SMALL_HEIGHT)
        if chart is not None:
            found.append(chart)
    return tuple(found) or (Silent("car", letter, "CAR-T cells in blood: not recorded in the source"),)


def _recorded(course: Course, profiles: Sequence[ProfileResult]) -> tuple[ProfileResult, ...]:
    """Every sample of the course: a profile covers one infusion only. LLOQs as the profiles have them."""
    limits = {key_of(profile): profile.lloq for profile in profiles}
    return tuple(replace(one, lloq=limits.get(key_of(one), one.lloq)) for one in _unmeasured(course))


def _unmeasured(course: Course) -> tuple[ProfileResult, ...]:
    from cartrace.kinetics.result import Point as Sample

    groups: dict[tuple[str, str, str], list[Sample]] = {}
    limits: dict[tuple[str, str, str], float] = {}
    for o in course.observations:
        if o.code in ASSAYS and o.moment.known and o.status in (Status.DONE, Status.BELOW, Status.ABOVE):
            key = o.code, o.site, o.method
            value = laboratory.known(o)
            groups.setdefault(key, []).append(Sample(o.moment.time, value, o.status, o.uid, o.value))
            if o.lloq is not None:
                limits[key] = min(limits.get(key, o.lloq), o.lloq)
    return tuple(
        ProfileResult(
            assay=key[0],
            name=terms.analytes()[key[0]].name,
            unit=units.canonical(key[0]),
            site=key[1],
            method=key[2],
            lloq=limits.get(key),
            settings=(),
            points=tuple(sorted(samples, key=lambda s: (s.time, s.uid))),
            metrics=(),
        )
        for key, samples in sorted(groups.items(), key=lambda item: ASSAYS.index(item[0][0]))
    )


def key_of(profile: ProfileResult) -> str:
    """Address of a profile within the figure."""
    return "-".join(part.replace(" ", "-") for part in (profile.assay, profile.site, profile.method) if part)


def points(course: Course, profile: ProfileResult, axis: TimeAxis) -> tuple[tuple[Point, ...], float | None]:
    """Points of a profile as drawn on a log axis, and the lowest place an open marker needs."""
    positive = [p.value for p in profile.points if p.value is not None and p.value > 0 and p.status is not Status.BELOW]
    limit = profile.lloq
    foot = limit / 2 if limit else min(positive, default=1.0) / 2
    found = []
    for sample in profile.points:
        if not axis.shows(sample.time):
            continue
        beyond = sample.status is Status.BELOW or sample.value is None or sample.value <= 0
        value = foot if beyond or sample.value is None else sample.value
        if beyond:
            said = f"below the limit of quantification{f' of {wording.number(limit)}' if limit else ''}, drawn at half"
            if sample.value == 0 and sample.status is Status.DONE:
                said = "0 as recorded, drawn at the foot of the log axis"
        else:
            said = wording.number(value)
            if sample.status is Status.ABOVE:
                said, beyond = f"above the limit of quantification of {said}", True
            elif limit and value < limit:
                said, beyond = f"{said}, below the limit of quantification of {wording.number(limit)}", True
        found.append(Point(sample.time, value, _hover(course, profile, sample.uid, said), beyond))
    return tuple(found), foot if any(point.beyond for point in found) or limit else None


def _hover(course: Course, profile: ProfileResult, uid: int, said: str) -> str:
    try:
        record = course.record(uid)
    except KeyError:
        return wording.lines(f"{profile.name} {said} {wording.unit(profile.unit)}")
    moment = getattr(record, "moment", None)
    return wording.lines(
        f"{profile.name} {said} {wording.unit(profile.unit)}",
        wording.moment(moment) if moment is not None else "",
        " ".join(part for part in (profile.site, profile.method) if part),
        wording.place(record.source),
    )


def lloq_level(profile: ProfileResult) -> tuple[Level, ...]:
    """The LLOQ line, when the LLOQ is known."""
    if not profile.lloq:
        return ()
    text = f"LLOQ {wording.number(profile.lloq)}"
    hover = f"Lower limit of quantification {wording.number(profile.lloq)} {wording.unit(profile.unit)}"
    return (Level("lloq", profile.lloq, text, hover),)


def _levels(profiles: Sequence[ProfileResult]) -> tuple[Level, ...]:
    """One line per LLOQ, named by its site and method where they differ."""
    by_value = {profile.lloq: profile for profile in reversed(profiles) if profile.lloq}
    levels = [level for profile in reversed(by_value.values()) for level in lloq_level(profile)]
    if len(levels) < 2:
        return tuple(levels)
    return tuple(replace(level, key=f"lloq-{n + 1}") for n, level in enumerate(levels))


def _chart(
    course: Course, profiles: Sequence[ProfileResult], axis: TimeAxis, letter: str, height: float
) -> Chart | None:
    series: list[Series] = []
    values: list[float] = []
    feet: list[float] = []
    left_out = 0
    for profile in profiles:
        drawn, foot = points(course, profile, axis)
        left_out += len(profile.points) - len(drawn)
        if not drawn:
            continue
        sampled = wording.name(f"{profile.site} {profile.method}")
        tone = "car" if not series else f"n{len(series)}"
        series.append(Series(key_of(profile), sampled, tone, drawn))
        values += [point.value for point in drawn] + ([profile.lloq] if profile.lloq else [])
        feet += [foot] if foot is not None else []
    if not series:
        return None
    first = profiles[0]
    label = LABELS.get(first.assay, first.name)
    y = value_axis.logarithmic(label, wording.unit(first.unit), values, foot=min(feet, default=None))
    notes = (f"{left_out} more outside the days shown",) if left_out else ()
    return Chart(first.assay, letter, y, tuple(series), _levels(profiles), notes=notes, height=height)
