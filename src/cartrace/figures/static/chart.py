"""A chart on paper: value axis, areas, levels, series, visits, callouts, names beside the data.

In: a chart and its place on the page. Out: ink.
Decided here: names stand beside the last point when there is room, else in the right margin with their marker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cartrace.figures import look
from cartrace.figures.description import Band, Callout, Chart, Series, ValueAxis, bent
from cartrace.figures.lane_rows import Plan
from cartrace.figures.layout import NOTE, Block
from cartrace.figures.placing import Box, along, around, first_free, spread
from cartrace.figures.static.canvas import CAP, POINT, Canvas, text_width, wrap
from cartrace.figures.static.lanes import GAP, Plot, draw_ribbons

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


def draw_chart(canvas: Canvas, plot: Plot, plan: Plan, block: Block, chart: Chart, top: float) -> None:
    """One chart with its ribbons and notes."""
    frame = Frame(chart.axis, top + block.body_top, top + block.body_top + block.body)
    draw_ribbons(canvas, plot, plan, block, chart.ribbons, chart.key, top)
    _axis(canvas, plot, frame)
    for area in chart.areas:
        foot = frame.bottom
        points = [(plot.x(t), frame.y(v)) for t, v in bent(area.points, plot.axis, chart.axis.scale)]
        canvas.polygon(
            [(points[0][0], foot), *points, (points[-1][0], foot)],
            fill=look.SHADE,
            order=0.8,
            alpha=0.55,
            key=f"{chart.key}/{area.key}",
        )
    if chart.watermark:
        _watermark(canvas, plot, frame, chart.watermark)
    for band in chart.bands:
        _band(canvas, plot, frame, band, f"{chart.key}/{band.key}")
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
    marks = [box for x in chart.levels for box in along(plot.ends(frame.y(x.value)), step=1.2)]
    for series in chart.series:
        marks += _series(canvas, plot, frame, series, f"{chart.key}/{series.key}")
    for seen in chart.visits:
        tone = look.tone(seen.tone)
        xs = [plot.x(visit.time) for visit in seen.visits]
        marks += [Box(x - 1.0, frame.bottom - 1.0, x + 1.0, frame.bottom + 1.0) for x in xs]
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
    for n, line in enumerate(plan.notes.get(chart.key, ())):
        y = frame.bottom + (n + 0.5) * NOTE + 0.2
        canvas.text(
            plot.right, y, line, size=plot.sizes.small, colour=look.QUIET, align="right", style="italic", ground=True
        )


def _axis(canvas: Canvas, plot: Plot, frame: Frame) -> None:
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
    room = plot.left - 1.4 - widest - 0.6 - sizes.letter
    lines = wrap(frame.axis.label, size=sizes.text, width=room)
    unit = f"({frame.axis.unit})"
    rows = [(line, sizes.text, look.INK) for line in lines]
    rows += [(line, sizes.small, look.QUIET) for line in wrap(unit, size=sizes.small, width=room)]
    y = frame.top + CAP * sizes.text * POINT / 2
    for text, size, colour in rows:
        canvas.text(sizes.letter, y, text, size=size, colour=colour)
        y += 1.2 * sizes.text * POINT


def _watermark(canvas: Canvas, plot: Plot, frame: Frame, word: str) -> None:
    """The word is behind everything, and labels need not keep clear of it."""
    middle = (plot.left + plot.right) / 2, (frame.top + frame.bottom) / 2
    size = look.WATERMARK_POINTS
    canvas.text(*middle, word, size=size, colour=look.WATERMARK, align="center", weight="bold", order=0.35)
    canvas.texts.pop()


def _band(canvas: Canvas, plot: Plot, frame: Frame, band: Band, key: str) -> None:
    colour = look.tone(band.tone).colour
    lines = [[(day, corner[end]) for day, *corner in band.corners] for end in (0, 1)]
    low, high = (
        [(plot.x(day), frame.y(value)) for day, value in bent(line, plot.axis, frame.axis.scale)] for line in lines
    )
    if band.filled:
        canvas.polygon([*low, *reversed(high)], fill=colour, order=0.8, alpha=look.BAND_OPACITY, key=key)
        return
    for number, edge in enumerate((low, high)):
        xs, ys = zip(*edge, strict=True)
        canvas.line(xs, ys, colour=colour, width=0.6, style=(0, (1.0, 1.2)), order=2.2, key=key if number else "")


def _series(canvas: Canvas, plot: Plot, frame: Frame, series: Series, key: str) -> list[Box]:
    tone, sizes = look.tone(series.tone), plot.sizes
    xs = [plot.x(point.time) for point in series.points]
    ys = [frame.y(point.value) for point in series.points]
    path: list[tuple[float, float]] = []
    if series.line != "none" and series.points:
        corners = bent([(point.time, point.value) for point in series.points], plot.axis, frame.axis.scale)
        path = [(plot.x(day), frame.y(value)) for day, value in corners]
        canvas.line(
            *zip(*path, strict=True),
            colour=tone.colour,
            width=sizes.line,
            style=DASHES[series.line],
            alpha=0.85,
            order=2.5,
        )
    for hollow, part in ((False, "filled"), (True, "open")):
        chosen = [i for i, point in enumerate(series.points) if point.beyond == hollow]
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
    line = along(path, step=1.2)
    return [Box(x - half, y - half, x + half, y + half) for x, y in zip(xs, ys, strict=True)] + line


def _margin(canvas: Canvas, plot: Plot, frame: Frame, chart: Chart, marks: list[Box]) -> None:
    """Names of series and levels: beside the last point when free, else stacked in the right margin."""
    size = plot.sizes.small
    inside = Box(plot.left, frame.top - 0.5, plot.right, frame.bottom)
    ruler = plot.ruler(canvas.width)
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
            lines = ruler.margin(series.name, marked=True)
            markers = (look.tone(series.tone).marker, *["more"] * (len(lines) - 1))
            rows += [(y, line, colour, marker) for line, marker in zip(lines, markers, strict=True)]
    for level in chart.levels:
        rows += [(frame.y(level.value), line, look.QUIET, "") for line in ruler.margin(level.label, marked=False)]
    places_y = spread([row[0] for row in rows], size=1.25 * size * POINT, low=frame.top - 1.0, high=frame.bottom + 1.0)
    for (_, text, colour, marker), y in zip(rows, places_y, strict=True):
        x = plot.right + GAP
        if marker not in ("", "more"):
            canvas.markers([x + 0.6], [y], colour=colour, marker=marker, size=plot.sizes.marker)
        canvas.text(x + (1.8 if marker else 0.0), y, text, size=size, colour=colour)


def _callout(canvas: Canvas, plot: Plot, frame: Frame, callout: Callout, marks: list[Box]) -> None:
    size = plot.sizes.small
    x, y = plot.x(callout.time), frame.y(callout.value)
    inside = Box(plot.left + 0.5, frame.top, plot.right, frame.bottom - 0.3)
    line = 1.2 * size * POINT
    for room in (plot.right - plot.left, 0.5 * (plot.right - plot.left)):
        rows = wrap(callout.text, size=size, width=room)
        width = max(text_width(row, size) for row in rows)
        places = around(x, y, width, line * len(rows), inside=inside, step=2.4)
        box = first_free(places, [*marks, *canvas.texts], inside=inside, air=0.15)
        if box is not None:
            for n, row in enumerate(rows):
                canvas.text(box.left, box.bottom + (n + 0.5) * line, row, size=size)
            return
