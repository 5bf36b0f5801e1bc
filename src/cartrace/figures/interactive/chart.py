"""A chart on screen: value axis, areas, levels, series, visits, callouts, names beside the data.

In: a chart and its place on the sheet. Out: traces, shapes, annotations.
Decided here: names stand in the right margin with the glyph of their marker, stacked so that none touch.
"""

from __future__ import annotations

import math
from typing import Any

from cartrace.figures import look
from cartrace.figures.description import Band, Callout, Chart, Series, ValueAxis, bent
from cartrace.figures.interactive.sheet import Sheet, escape, text_width, wrapped
from cartrace.figures.lane_rows import wrapped as wrapped_px
from cartrace.figures.placing import Box, along, around, first_free, spread

LABEL_LETTERS = 12
MANY = 70


def draw_chart(sheet: Sheet, chart: Chart, top: float, height: float) -> None:
    """One chart in the stretch from `top` [px], `height` [px] high; ribbons and notes are drawn elsewhere."""
    y_axis = chart.axis
    low, high = y_axis.low, y_axis.high
    logarithmic = y_axis.scale == "log"
    axis = sheet.y_axis(
        top,
        top + height,
        type=y_axis.scale,
        tickmode="array",
        range=[math.log10(low), math.log10(high)] if logarithmic else [low, high],
        tickvals=[value for value, _ in y_axis.ticks],
        ticktext=[label for _, label in y_axis.ticks],
        tickfont={"size": sheet.small - 1, "color": look.QUIET},
        showgrid=True,
        gridcolor=look.GRID,
        gridwidth=1,
        showline=True,
        linecolor=look.QUIET,
        linewidth=1,
        ticklabelstandoff=3,
    )
    _title(sheet, y_axis, top)
    for area in chart.areas:
        _area(sheet, chart, area.key, area.points, area.hover, axis)
    if chart.watermark:
        size = look.WATERMARK_PX_NARROW if sheet.narrow else look.WATERMARK_PX
        word = f"<b>{escape(chart.watermark)}</b>"
        sheet.note(0.5, top + height / 2, word, anchor="center", size=size, colour=look.WATERMARK_SCREEN)
    for band in chart.bands:
        sheet.traces += _band(sheet, band, f"{chart.key}/{band.key}", y_axis, axis)
    for level in chart.levels:
        sheet.traces.append(_level(sheet, chart, level.key, level.value, level.hover, axis))
    for series in chart.series:
        sheet.traces += _series(sheet, series, f"{chart.key}/{series.key}", y_axis, axis)
    for seen in chart.visits:
        tone = look.tone(seen.tone)
        sheet.traces.append(
            _scatter(
                f"{chart.key}/{seen.key}",
                axis,
                mode="markers",
                x=[sheet.place(v.time) for v in seen.visits],
                y=[low] * len(seen.visits),
                hovertext=[escape(v.hover) for v in seen.visits],
                marker={"symbol": "circle-open", "size": 9, "color": tone.colour, "line": {"width": 1.6}},
            )
        )
    marks = _marks(sheet, chart, top, height)
    _margin(sheet, chart, top, height, marks)
    for callout in chart.callouts:
        _callout(sheet, callout, y_axis, top, height, marks)


def fraction(axis: ValueAxis, value: float) -> float:
    """Place of a value between the foot (0) and the head (1) of its axis."""
    if axis.scale == "log":
        low, high = math.log10(axis.low), math.log10(axis.high)
        return (math.log10(max(value, axis.low)) - low) / (high - low)
    return (value - axis.low) / (axis.high - axis.low)


def _title(sheet: Sheet, axis: ValueAxis, top: float) -> None:
    letters = LABEL_LETTERS - 1 if sheet.narrow else LABEL_LETTERS
    label = "<br>".join(escape(line) for line in wrapped(axis.label, letters=letters))
    unit = "<br>".join(escape(line) for line in wrapped(f"({axis.unit})", letters=letters + 1))
    widest = max(text_width(line, sheet.text) for line in wrapped(axis.label, letters=letters))
    ticks = max((text_width(tick, sheet.small - 1) for _, tick in axis.ticks), default=0.0)
    size = sheet.text * min(1.0, (sheet.left - 15 - ticks - 12) / widest)
    text = f"{label}<br><span style='font-size:{sheet.small - 1}px;color:{look.QUIET}'>{unit}</span>"
    sheet.note(0.0, top, text, size=size, colour=look.INK, xshift=-(sheet.left - 15), yanchor="top", yshift=3)


def _scatter(key: str, axis: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "xaxis": "x",
        "yaxis": axis,
        "meta": key,
        "showlegend": False,
        "cliponaxis": False,
        "hoverinfo": "text",
        **fields,
    }


def _series(sheet: Sheet, series: Series, key: str, y_axis: ValueAxis, axis: str) -> list[dict[str, Any]]:
    tone = look.tone(series.tone)
    bare = not series.markers or len(series.points) > MANY
    size = 0 if bare else look.SCREEN_MARKER
    traces = []
    if series.line != "none":
        corners = bent([(point.time, point.value) for point in series.points], sheet.axis, y_axis.scale)
        dash = "dash" if series.line == "dashed" else "solid"
        line = _scatter(
            "",
            axis,
            mode="lines",
            x=[sheet.place(day) for day, _ in corners],
            y=[value for _, value in corners],
            line={"color": tone.colour, "width": look.SCREEN_LINE, "dash": dash},
        )
        traces.append({**line, "hoverinfo": "skip"})
    marks = _scatter(
        key,
        axis,
        mode="markers",
        name=series.name,
        x=[sheet.place(point.time) for point in series.points],
        y=[point.value for point in series.points],
        hovertext=[escape(point.hover) for point in series.points],
        marker={
            "symbol": [f"{tone.symbol}-open" if point.beyond else tone.symbol for point in series.points],
            "color": tone.colour,
            # Sizes that differ make the script think of bubbles, which it draws see-through.
            "opacity": 1.0,
            "size": [look.SCREEN_MARKER + 1 if point.beyond else size for point in series.points],
            "line": {"width": [1.4 if point.beyond else 0 for point in series.points], "color": tone.colour},
        },
    )
    return [*traces, marks]


def _level(sheet: Sheet, chart: Chart, key: str, value: float, hover: str, axis: str) -> dict[str, Any]:
    low, high = sheet.axis.span
    return _scatter(
        f"{chart.key}/{key}",
        axis,
        mode="lines",
        x=[low, high],
        y=[value, value],
        hovertext=[escape(hover)] * 2,
        line={"color": look.QUIET, "width": 1, "dash": "dash"},
    )


def _area(sheet: Sheet, chart: Chart, key: str, points: tuple[tuple[float, float], ...], hover: str, axis: str) -> None:
    low = chart.axis.low
    corners = bent(points, sheet.axis, chart.axis.scale)
    xs = [sheet.place(time) for time, _ in corners]
    foot = _scatter("", axis, mode="lines", x=[xs[0], xs[-1]], y=[low, low], line={"width": 0}, hoverinfo="skip")
    body = _scatter(
        f"{chart.key}/{key}",
        axis,
        mode="lines",
        x=xs,
        y=[value for _, value in corners],
        fill="tonexty",
        fillcolor=look.SHADE_SCREEN,
        line={"width": 0},
        hovertext=[escape(hover)] * len(xs),
    )
    sheet.traces += [foot, body]


def _band(sheet: Sheet, band: Band, key: str, y_axis: ValueAxis, axis: str) -> list[dict[str, Any]]:
    tone = look.tone(band.tone)
    # Edges below the foot of a log axis would leave the plot.
    floor = y_axis.low if y_axis.scale == "log" else -math.inf
    traces = []
    for end in (0, 1):
        line = [(day, max(corner[end], floor)) for day, *corner in band.corners]
        corners = bent(line, sheet.axis, y_axis.scale)
        xs, ys = [sheet.place(day) for day, _ in corners], [value for _, value in corners]
        drawn = {"width": 0} if band.filled else {"color": tone.colour, "width": 1, "dash": "dot"}
        edge = _scatter(key if end else "", axis, mode="lines", x=xs, y=ys, line=drawn)
        traces.append({**edge, "hoverinfo": "skip"})
    if band.filled:
        traces[1] |= {"fill": "tonexty", "fillcolor": _see_through(tone.colour)}
    return traces


def _see_through(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{look.BAND_OPACITY})"


def _margin(sheet: Sheet, chart: Chart, top: float, height: float, marks: list[Box]) -> None:
    rows: list[tuple[float, str, str]] = []
    inside = Box(0.0, top - 4, sheet.plot_width, top + height)
    for series in chart.series:
        if not series.name or not series.points:
            continue
        tone, last = look.tone(series.tone), series.points[-1]
        share = fraction(chart.axis, last.value)
        x, y, half = sheet.x(last.time) + 7, top + height * (1.0 - share), 0.6 * sheet.small
        width = text_width(series.name, sheet.small)
        places = [Box(x, y + dy - half, x + width, y + dy + half) for dy in (0.0, -7.0, 7.0, -14.0)]
        box = first_free(places, marks, inside=inside, air=1.0) if len(chart.series) > 1 else None
        if box is None:
            words = _lines(sheet, series.name, tone.glyph)
            rows += [(share, line, tone.colour) for line in words]
            continue
        marks.append(box)
        at, middle = sheet.share(box.left), (box.top + box.bottom) / 2
        sheet.note(at, middle, escape(series.name), colour=tone.colour, borderpad=0)
    for level in chart.levels:
        rows += [(fraction(chart.axis, level.value), line, look.QUIET) for line in _lines(sheet, level.label)]
    wished = [top + height * (1.0 - row[0]) for row in rows]
    heights = spread(wished, size=1.3 * sheet.small, low=top - 4, high=top + height + 4)
    for (_, text, colour), y in zip(rows, heights, strict=True):
        sheet.note(1.0, y, escape(text), xshift=7, colour=colour, borderpad=0)


def _lines(sheet: Sheet, name: str, glyph: str = "") -> list[str]:
    """A name in lines that fit the right margin, the first behind the glyph of its marker."""
    lines = sheet.ruler().margin(name, marked=bool(glyph))
    return [f"{glyph} {lines[0]}".strip(), *(f"\u2003 {line}" if glyph else line for line in lines[1:])]


def _marks(sheet: Sheet, chart: Chart, top: float, height: float) -> list[Box]:
    found: list[Box] = []
    for level in chart.levels:
        y = top + height * (1.0 - fraction(chart.axis, level.value))
        found += along([(0.0, y), (sheet.plot_width, y)], step=6.0)
    for seen in chart.visits:
        xs = [sheet.x(visit.time) for visit in seen.visits]
        found += [Box(x - 5.0, top + height - 5.0, x + 5.0, top + height + 5.0) for x in xs]
    for series in chart.series:
        for point in series.points:
            x, y = sheet.x(point.time), top + height * (1.0 - fraction(chart.axis, point.value))
            found.append(Box(x - 3.5, y - 3.5, x + 3.5, y + 3.5))
        corners = bent([(point.time, point.value) for point in series.points], sheet.axis, chart.axis.scale)
        path = [(sheet.x(day), top + height * (1.0 - fraction(chart.axis, value))) for day, value in corners]
        found += along(path, step=6.0)
    return found


def _callout(sheet: Sheet, callout: Callout, axis: ValueAxis, top: float, height: float, marks: list[Box]) -> None:
    x, y = sheet.x(callout.time), top + height * (1.0 - fraction(axis, callout.value))
    inside = Box(2.0, top, sheet.plot_width, top + height - 2)
    line = 1.25 * sheet.small
    for room in (sheet.plot_width, 0.5 * sheet.plot_width):
        rows = wrapped_px(callout.text, room=room, width=lambda text: text_width(text, sheet.small))
        width = max(text_width(row, sheet.small) for row in rows)
        box = first_free(around(x, y, width, line * len(rows), inside=inside, step=12.0), marks, inside=inside, air=1.0)
        if box is None:
            continue
        marks.append(box)
        words = "<br>".join(escape(row) for row in rows)
        at, middle = sheet.share(box.left), (box.top + box.bottom) / 2
        sheet.note(at, middle, words, colour=look.INK, hovertext=escape(callout.hover), borderpad=0)
        return
