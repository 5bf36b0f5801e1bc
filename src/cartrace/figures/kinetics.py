"""The figure of one kinetic profile: samples on a log axis, shaded AUC window, peak, half-life line, LLOQ.

In: a course and one profile with its metrics. Out: a `FigureDescription` with one large chart.
Decided here: the shading and the line show the numbers of the profile; nothing is computed anew but the curve between
two samples at the edge of an AUC window (straight when rising, straight on the log axis when falling).
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

from cartrace.course import Course, Quantity
from cartrace.figures import expansion, value_axis, wording
from cartrace.figures.course import SIMULATED
from cartrace.figures.description import Area, Callout, Chart, FigureDescription, Point, Series, TimeAxis
from cartrace.figures.time_axis import Pace, time_axis
from cartrace.kinetics.result import ProfileResult

HEIGHT = 62.0
HEADROOM = 1.8
"""Room above the peak, as a factor, for its name."""
WINDOW = re.compile(r"auc\D*(\d+(?:\.\d+)?)\D+(\d+(?:\.\d+)?)")
"""An AUC metric names its window in its id: "auc_0_28" is day 0 to 28."""
LINES = ("contraction_half_life", "half_life")
"""Half-lives that are a straight line on the log axis."""
USUAL = (0.0, 28.0)
"""[d] The window shaded when none is asked for."""


def kinetics_figure(course: Course, profile: ProfileResult, *, auc: str = "", pace: Pace = "auto") -> FigureDescription:
    """The figure of one profile. `auc` is the id of the AUC metric to shade; empty takes that of day 0 to 28, else the
    longest window that has a value.
    """
    metrics = {metric.id: metric for metric in profile.metrics}
    axis = time_axis([sample.time for sample in profile.points], pace=pace)
    # A re-infusion has its own clock: the axis names it, and infusions stand where that clock has them.
    start = profile.start or 0.0
    if start:
        axis = replace(axis, label=f"Time since infusion {profile.infusion}")
    again = f", infusion {profile.infusion}" if profile.infusion > 1 else ""
    infused = (i.moment.time - start for i in course.infusions if i.moment.known)
    drawn, foot = expansion.points(course, profile, axis)
    values = [point.value for point in drawn] + ([profile.lloq] if profile.lloq else [])
    values += [HEADROOM * max(values, default=1.0)]
    area = _area(profile, metrics, auc, axis)
    line = _half_lives(profile, metrics, axis)
    y = value_axis.logarithmic(
        expansion.LABELS.get(profile.assay, profile.name), wording.unit(profile.unit), values, foot=foot
    )
    sampled = wording.name(f"{profile.site} {profile.method}")
    chart = Chart(
        expansion.key_of(profile),
        "",
        y,
        (Series(expansion.key_of(profile), sampled, "car", drawn), *line),
        expansion.lloq_level(profile),
        area,
        _callouts(profile, metrics, axis, area, line),
        notes=_refused(metrics),
        height=HEIGHT,
    )
    notes = ["Open markers: beyond a limit of quantification."] if any(point.beyond for point in drawn) else []
    notes += ["Shaded grey: time axis compressed."] if axis.kinks else []
    return FigureDescription(
        key=f"{course.id}-{chart.key}",
        title=f"{profile.name}{again}: {course.title or course.id}",
        mark=SIMULATED if course.synthetic else "",
        axis=axis,
        panels=(chart,),
        infusions=tuple(day for day in infused if axis.shows(day)),
        notes=tuple(notes),
    )


def said(metric: Quantity) -> str:
    """A metric for a reader: "Cmax 21 400 copies/µg DNA"; "≥" when it is a lower bound."""
    if metric.value is None:
        return f"{metric.name}: {metric.reason}"
    bound = "≥ " if metric.censored else ""
    return f"{metric.name} {bound}{wording.number(metric.value)} {wording.unit(metric.unit)}".strip()


def window(metric: Quantity) -> tuple[float, float] | None:
    """[d] The window of an AUC metric by its id; None for other metrics."""
    found = WINDOW.match(metric.id)
    return (float(found[1]), float(found[2])) if found else None


def _worth(metric: Quantity) -> tuple[bool, float]:
    start, end = window(metric) or (0.0, 0.0)
    return (start, end) == USUAL, end - start


def _curve(profile: ProfileResult) -> list[tuple[float, float]]:
    return [(p.time, p.used) for p in sorted(profile.points, key=lambda p: p.time) if p.used is not None]


def _area(profile: ProfileResult, metrics: dict[str, Quantity], auc: str, axis: TimeAxis) -> tuple[Area, ...]:
    chosen = [m for m in metrics.values() if m.value is not None and window(m) and auc in ("", m.id)]
    curve = _curve(profile)
    if not chosen or len(curve) < 2:
        return ()
    metric = max(chosen, key=_worth)
    start, end = window(metric) or (0.0, 0.0)
    start, end = max(start, curve[0][0], axis.start), min(end, curve[-1][0], axis.end)
    inside = [(t, v) for t, v in curve if start < t < end]
    if end <= start:
        return ()
    points = ((start, value_at(curve, start)), *inside, (end, value_at(curve, end)))
    if not any(value > 0 for _, value in points):
        return ()  # an area under zeros alone has nothing to shade
    return (Area(metric.id, points, said(metric), wording.lines(said(metric), metric.method)),)


def value_at(curve: list[tuple[float, float]], time: float) -> float:
    """The curve between two samples: linear when rising or touching 0, log-linear when falling."""
    for (t0, v0), (t1, v1) in pairwise(curve):
        if t0 <= time <= t1:
            share = (time - t0) / (t1 - t0) if t1 > t0 else 0.0
            if 0 < v1 < v0:
                return v0 * math.exp(math.log(v1 / v0) * share)
            return v0 + (v1 - v0) * share
    return curve[-1][1]


def _half_lives(profile: ProfileResult, metrics: dict[str, Quantity], axis: TimeAxis) -> tuple[Series, ...]:
    """The lines of the half-lives (contraction, terminal) through the samples that gave them."""
    found = [metrics[key] for key in LINES if key in metrics]
    return tuple(line for metric in found for line in _half_life(profile, metric, axis))


def _half_life(profile: ProfileResult, metric: Quantity, axis: TimeAxis) -> tuple[Series, ...]:
    if not metric.value:
        return ()
    used = [p for p in profile.points if p.uid in metric.used and p.used is not None and p.used > 0]
    if len(used) < 2:
        return ()
    rate = math.log(2.0) / metric.value
    # A fitted straight line passes through the mean of its points.
    middle = sum(p.time for p in used) / len(used)
    level = sum(math.log(p.used or 1.0) for p in used) / len(used)
    first, last = min(p.time for p in used), max(p.time for p in used)
    ends = [t for t in (first, last) if axis.shows(t)]
    hover = wording.lines(said(metric), metric.method, f"through {len(used)} samples")
    points = tuple(Point(t, math.exp(level - rate * (t - middle)), hover) for t in ends)
    return (Series(metric.id, "", "fit", points, "dashed", markers=False),) if len(points) > 1 else ()


def _callouts(
    profile: ProfileResult,
    metrics: dict[str, Quantity],
    axis: TimeAxis,
    area: tuple[Area, ...],
    line: tuple[Series, ...],
) -> tuple[Callout, ...]:
    found = []
    cmax, tmax = metrics.get("cmax"), metrics.get("tmax")
    if cmax and tmax and cmax.value and tmax.value is not None and axis.shows(tmax.value):
        text = f"Cmax {wording.number(cmax.value)} on day {wording.day(tmax.value)}"
        found.append(Callout(tmax.value, cmax.value, text, wording.lines(said(cmax), said(tmax), cmax.method)))
    if area:
        inner = area[0].points[len(area[0].points) // 2]
        foot = min(value for _, value in area[0].points if value > 0)
        found.append(Callout(inner[0], max(foot, inner[1] ** 0.5 * foot**0.5), area[0].label, area[0].hover))
    for fit in line:
        start, end = fit.points[0], fit.points[-1]
        middle = (start.time + end.time) / 2
        text = said(metrics[fit.key])
        found.append(Callout(middle, math.sqrt(start.value * end.value), text, start.hover))
    return tuple(found)


def _refused(metrics: dict[str, Quantity]) -> tuple[str, ...]:
    """The half-lives that could not be given, each with its reason."""
    return tuple(said(metrics[key]).removesuffix(".") for key in LINES if key in metrics and metrics[key].value is None)
