"""A chart on paper: value axis, areas, levels, series, visits, callouts, names beside the data.

In: a chart and its place on the page. Out: ink.
Decided here: names stand beside the last point when there is room, else in the right margin with their marker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cartrace.figures import look
from cartrace.figures.description import Callout, Chart, Series, ValueAxis
from cartrace.figures.layout import NOTE, Block
from cartrace.figures.placing import Box, along, first_free, spread
from cartrace.figures.static.canvas import CAP, POINT, Canvas, shortened, text_width, wrap
from cartrace.figures.static.lanes import Plot, draw_ribbons

DASHES = {"solid": "-", "dashed": (0, (3.0, 1.6)), "none": "none"}


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of one chart [mm] and its value axis."""

    axis: ValueAxis
    top: float
    bottom: float

    def y(self, value: float) -> float:
        """[mm] of a value, held within the frame."""
        low, high = self.axis.low, self.axis.high
        if self.axis.scale == "log":
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, self.axis.low))
        share = (value - low) / (high - low)
        return self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - self.top)


def draw_chart(canvas: Canvas, plot: Plot, block: Block, chart: Chart, top: float) -> None:
    """One chart with its ribbons and notes."""
    frame = Frame(chart.axis, top + block.body_top, top + block.body_top + block.body)
    draw_ribbons(canvas, plot, block, chart.ribbons, chart.key, top)
    _axis(canvas, plot, frame, wide=not chart.ribbons)
    for area in chart.areas:
        foot = frame.bottom
        points = [(plot.x(t), frame.y(v)) for t, v in area.points]
        canvas.polygon(
            [(points[0][0], foot), *points, (points[-1][0], foot)],
            fill=look.SHADE,
            order=0.8,
            alpha=0.55,
            key=f"{chart.key}/{area.key}",
        )
    for level in chart.levels:
        y = frame.y(level.value)
        canvas.line(
            [plot.left, plot.right],
            [y, y],
            colour=look.QUIET,
            width=0.6,
            style=(0, (4.0, 2.0)),
            order=1.5,
            key=f"{chart.key}/{level.key}",
        )
    marks: list[Box] = []
    for series in chart.series:
        marks += _series(canvas, plot, frame, series, f"{chart.key}/{series.key}")
    for seen in chart.visits:
        tone = look.tone(seen.tone)
        xs = [plot.x(visit.time) for visit in seen.visits]
        canvas.markers(
            xs,
            [frame.bottom] * len(xs),
            colour=tone.colour,
            marker="o",
            size=plot.sizes.marker * 1.3,
            hollow=True,
            key=f"{chart.key}/{seen.key}",
        )
    _margin(canvas, plot, frame, chart, marks)
    for callout in chart.callouts:
        _callout(canvas, plot, frame, callout, marks)
    if chart.notes:
        size = plot.sizes.small
        words = shortened("; ".join(chart.notes), size=size, width=plot.right - plot.left)
        y = frame.bottom + NOTE / 2 + 0.2
        canvas.text(plot.right, y, words, size=size, colour=look.QUIET, align="right", style="italic", ground=True)


def _axis(canvas: Canvas, plot: Plot, frame: Frame, *, wide: bool) -> None:
    sizes = plot.sizes
    canvas.line([plot.left, plot.right], [frame.bottom] * 2, colour=look.FAINT, width=0.5, order=1.0)
    canvas.line([plot.left, plot.left], [frame.top, frame.bottom], colour=look.QUIET, width=0.5, order=2.0)
    widest = 0.0
    for value, label in frame.axis.ticks:
        y = frame.y(value)
        canvas.line([plot.left, plot.right], [y, y], colour=look.GRID, width=0.4, order=0.5)
        canvas.line([plot.left - 0.8, plot.left], [y, y], colour=look.QUIET, width=0.5, order=2.0)
        if canvas.text_if_free(plot.left - 1.4, y, label, size=sizes.small, align="right", colour=look.QUIET):
            widest = max(widest, text_width(label, sizes.small))
    room = plot.left - 1.4 - widest - 0.8 - 3.6
    lines = wrap(frame.axis.label, size=sizes.text, width=room)
    unit = f"({frame.axis.unit})"
    rows = [(line, sizes.text, look.INK) for line in lines]
    rows += [(line, sizes.small, look.QUIET) for line in wrap(unit, size=sizes.small, width=room)]
    y = frame.top + CAP * sizes.text * POINT / 2
    for text, size, colour in rows:
        if text_width(text, size) > room:
            size = max(size * 0.8, size * room / text_width(text, size))
        canvas.text(3.6, y, text, size=size, colour=colour)
        y += 1.2 * sizes.text * POINT


def _series(canvas: Canvas, plot: Plot, frame: Frame, series: Series, key: str) -> list[Box]:
    tone, sizes = look.tone(series.tone), plot.sizes
    xs = [plot.x(point.time) for point in series.points]
    ys = [frame.y(point.value) for point in series.points]
    if series.line != "none":
        canvas.line(xs, ys, colour=tone.colour, width=sizes.line, style=DASHES[series.line], alpha=0.85, order=2.5)
    for hollow, part in ((False, "filled"), (True, "open")):
        chosen = [i for i, point in enumerate(series.points) if point.below == hollow]
        if chosen:
            canvas.markers(
                [xs[i] for i in chosen],
                [ys[i] for i in chosen],
                colour=tone.colour,
                marker=tone.marker,
                size=sizes.marker,
                hollow=hollow,
                key=f"{key}#{part}",
                every=series.markers or hollow,
            )
    half = sizes.marker * POINT / 2
    line = along(list(zip(xs, ys, strict=True)), step=1.2) if series.line != "none" else []
    return [Box(x - half, y - half, x + half, y + half) for x, y in zip(xs, ys, strict=True)] + line


def _margin(canvas: Canvas, plot: Plot, frame: Frame, chart: Chart, marks: list[Box]) -> None:
    """Names of series and levels: beside the last point when free, else stacked in the right margin."""
    size = plot.sizes.small
    inside = Box(plot.left, frame.top - 0.5, plot.right, frame.bottom)
    rows: list[tuple[float, str, str, str]] = []
    for series in chart.series:
        if not series.name or not series.points:
            continue
        last = series.points[-1]
        x, y, colour = plot.x(last.time) + 1.3, frame.y(last.value), look.tone(series.tone).colour
        half = 0.55 * size * POINT
        width = text_width(series.name, size)
        places = [Box(x, y + d - half, x + width, y + d + half) for d in (0.0, -1.0, 1.0, -2.0, 2.0)]
        box = first_free(places, [*marks, *canvas.texts], inside=inside, air=0.2)
        if box is not None and len(chart.series) > 1:
            canvas.text(box.left, (box.top + box.bottom) / 2, series.name, size=size, colour=colour)
        else:
            rows.append((y, series.name, colour, look.tone(series.tone).marker))
    rows += [(frame.y(level.value), level.label, look.QUIET, "") for level in chart.levels]
    places_y = spread([row[0] for row in rows], size=1.25 * size * POINT, low=frame.top - 1.0, high=frame.bottom + 1.0)
    for (_, text, colour, marker), y in zip(rows, places_y, strict=True):
        x = plot.right + 1.0
        if marker:
            canvas.markers([x + 0.6], [y], colour=colour, marker=marker, size=plot.sizes.marker)
            x += 1.8
        room = canvas.width - 0.5 - x
        fitting = max(0.88 * size, min(size, size * room / text_width(text, size)))
        canvas.text(x, y, shortened(text, size=fitting, width=room), size=fitting, colour=colour)


def _callout(canvas: Canvas, plot: Plot, frame: Frame, callout: Callout, marks: list[Box]) -> None:
    size = plot.sizes.small
    x, y = plot.x(callout.time), frame.y(callout.value)
    width, half = text_width(callout.text, size), 0.55 * size * POINT
    inside = Box(plot.left, frame.top - 3.0, plot.right, frame.bottom)
    shifts = [(1.4, 0.0), (1.4, -2.0), (-width / 2, -2.4), (1.4, 2.0), (-width - 1.4, 0.0), (-width - 1.4, -2.0)]
    shifts += [(-width / 2, -4.0), (3.0, -4.0), (3.0, 4.0), (-width / 2, 3.0)]
    places = [Box(x + dx, y + dy - half, x + dx + width, y + dy + half) for dx, dy in shifts]
    box = first_free(places, [*marks, *canvas.texts], inside=inside, air=0.15)
    if box is not None:
        canvas.text(box.left, (box.top + box.bottom) / 2, callout.text, size=size)
