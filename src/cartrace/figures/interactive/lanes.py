"""Lanes on screen: bars, events, grade ribbons and texts in rows, each with a hover text.

In: lanes and their place on the sheet. Out: traces and annotations.
Decided here: the same marks as on paper; a label that finds no room is left to the hover text.
"""

from __future__ import annotations

from typing import Any

from cartrace.figures import look
from cartrace.figures.description import Lane, LaneText
from cartrace.figures.interactive.sheet import Sheet, escape, fitted, text_width
from cartrace.figures.placing import Box, first_free, gap_for

BAR_WIDTH = 0.5
RIBBON_WIDTH = 0.8
FADE_STEPS = 6
LEAST_SPAN = 0.004
"""A shorter stretch is drawn this wide, as a share of the axis."""
TIGHT = 0.86
"""A label that finds no room is tried once more at this share of its size."""


def draw_lanes(sheet: Sheet, lanes: tuple[Lane, ...], key: str, top: float, row: float) -> None:
    """All lanes of a panel, from `top` [px] downward, `row` [px] high each."""
    rows = sum(lane.rows for lane in lanes)
    middles: list[float] = []
    at = 0.0
    for lane in lanes:
        middles.append(at + lane.rows / 2)
        at += lane.rows
    axis = sheet.y_axis(
        top,
        top + rows * row,
        range=[rows, 0.0],
        tickmode="array",
        tickvals=middles,
        ticktext=[escape(fitted(lane.name, size=sheet.small, room=sheet.left - 12)) for lane in lanes],
        tickfont={"size": sheet.small, "color": look.INK},
        ticklabelstandoff=4,
        showline=False,
    )
    if not any(lane.bars or lane.events or lane.spans for lane in lanes):
        # An axis without any trace is not drawn at all, its lane names included.
        empty = _trace("", axis, type="scatter", mode="markers", x=[None], y=[None], hoverinfo="skip")
        sheet.traces.append(empty)
    for lane, middle in zip(lanes, middles, strict=True):
        _lane(sheet, lane, f"{key}/{lane.key}", axis, middle, top + middle * row, row)


def _lane(sheet: Sheet, lane: Lane, key: str, axis: str, middle: float, y: float, row: float) -> None:
    taken = [Box(sheet.x(span.start), y - row / 2, sheet.x(span.end), y + row / 2) for span in lane.spans]
    inside = Box(0.0, y - lane.rows * row / 2 - 1, sheet.plot_width, y + lane.rows * row / 2 + 1)
    if lane.spans:
        _spans(sheet, lane, key, axis, middle)
        _numbers(sheet, lane, y, row)
    if lane.bars:
        _bars(sheet, lane, key, axis, middle)
        taken += [Box(sheet.x(b.start), y - 4, max(sheet.x(b.end), sheet.x(b.start) + 3), y + 4) for b in lane.bars]
    if lane.events:
        _events(sheet, lane, key, axis, middle)
        taken += [Box(sheet.x(e.time) - 5, y - 5, sheet.x(e.time) + 5, y + 5) for e in lane.events]
    for bar in lane.bars:
        _label(sheet, bar.label, (sheet.x(bar.start), sheet.x(bar.end)), y, taken, inside)
    for event in lane.events:
        _label(sheet, event.label, (sheet.x(event.time) - 5, sheet.x(event.time) + 5), y, taken, inside)
    if lane.stacked:
        for n, text in enumerate(lane.texts):
            middle_of_row = y + (n - (lane.rows - 1) / 2) * row
            _texts(sheet, (text,), middle_of_row, [], inside)
        return
    _texts(sheet, lane.texts, y, taken, inside)


def _trace(key: str, axis: str, **fields: Any) -> dict[str, Any]:
    return {"xaxis": "x", "yaxis": axis, "meta": key, "showlegend": False, "cliponaxis": True, **fields}


def _bar_trace(sheet: Sheet, ends: list[tuple[float, float]], middle: float, **fields: Any) -> dict[str, Any]:
    low, high = sheet.axis.span
    least = LEAST_SPAN * (high - low)
    return {
        "type": "bar",
        "orientation": "h",
        "base": [sheet.place(start) for start, _ in ends],
        "x": [max(sheet.place(end) - sheet.place(start), least) for start, end in ends],
        "y": [middle] * len(ends),
        "hoverinfo": "text",
        **fields,
    }


def _spans(sheet: Sheet, lane: Lane, key: str, axis: str, middle: float) -> None:
    wides = [sheet.x(span.end) - sheet.x(span.start) > 6 for span in lane.spans]
    hatches = [look.grade_hatch(span.low, span.high) for span in lane.spans]
    fields = _bar_trace(
        sheet,
        [(span.start, span.end) for span in lane.spans],
        middle,
        width=[RIBBON_WIDTH] * len(lane.spans),
        hovertext=[escape(span.hover) for span in lane.spans],
        marker={
            "color": [look.grade_fill(span.low, span.high) for span in lane.spans],
            "line": {"color": look.PAPER, "width": [1 if wide else 0 for wide in wides]},
            "pattern": {
                "shape": [look.HATCH_INTERACTIVE if hatch else "" for hatch in hatches],
                "fgcolor": [hatch or look.PAPER for hatch in hatches],
                "bgcolor": [look.grade_fill(span.low, span.high) for span in lane.spans],
                "fillmode": "overlay",
                "size": 6,
                "solidity": 0.3,
            },
        },
    )
    sheet.traces.append(_trace(f"{key}/spans", axis, **fields))


def _numbers(sheet: Sheet, lane: Lane, y: float, row: float) -> None:
    size = min(sheet.small, 0.7 * row)
    for span in lane.spans:
        left, right = sheet.x(span.start), sheet.x(span.end)
        if text_width(span.text, size) + 2 > right - left:
            continue
        hatched = span.low != span.high or span.low is None
        ground = {"bgcolor": "rgba(255,255,255,0.75)"} if hatched else {}
        colour = look.INK if hatched else look.grade_ink(span.low)
        middle = sheet.share((left + right) / 2)
        sheet.note(middle, y, span.text, anchor="center", size=size, colour=colour, borderpad=0, **ground)


def _bars(sheet: Sheet, lane: Lane, key: str, axis: str, middle: float) -> None:
    solid = [
        (b.start, b.start + 0.35 * (b.end - b.start)) if b.end_kind == "unknown" else (b.start, b.end)
        for b in lane.bars
    ]
    colours = [look.tone(bar.tone).colour for bar in lane.bars]
    hovers = [escape(bar.hover) for bar in lane.bars]
    width = BAR_WIDTH
    fields = _bar_trace(
        sheet,
        solid,
        middle,
        width=[width] * len(solid),
        hovertext=hovers,
        marker={"color": colours, "line": {"width": 1, "color": look.PAPER}},
    )
    sheet.traces.append(_trace(f"{key}/bars", axis, **fields))
    fade: list[tuple[float, float]] = []
    shades: list[float] = []
    for bar, (_, begin) in zip(lane.bars, solid, strict=True):
        if bar.end_kind == "unknown":
            step = (bar.end - begin) / FADE_STEPS
            fade += [(begin + n * step, begin + (n + 1) * step) for n in range(FADE_STEPS)]
            shades += [1.0 - (n + 0.5) / FADE_STEPS for n in range(FADE_STEPS)]
    if fade:
        colour = colours[[bar.end_kind for bar in lane.bars].index("unknown")]
        fields = _bar_trace(
            sheet,
            fade,
            middle,
            width=[width] * len(fade),
            marker={"color": colour, "opacity": shades, "line": {"width": 0}},
        )
        sheet.traces.append(_trace("", axis, **{**fields, "hoverinfo": "skip"}))
    ongoing = [bar for bar in lane.bars if bar.end_kind == "ongoing"]
    if ongoing:
        sheet.traces.append(
            _trace(
                "",
                axis,
                type="scatter",
                mode="markers",
                hoverinfo="skip",
                x=[sheet.place(bar.end) for bar in ongoing],
                y=[middle] * len(ongoing),
                marker={"symbol": "triangle-right", "size": 13, "color": [look.tone(b.tone).colour for b in ongoing]},
            )
        )
        sheet.traces[-1]["cliponaxis"] = False


def _events(sheet: Sheet, lane: Lane, key: str, axis: str, middle: float) -> None:
    tones = [look.tone(event.tone) for event in lane.events]
    hollow = [event.tone[0] == "n" and event.tone[1:].isdigit() for event in lane.events]
    sheet.traces.append(
        _trace(
            f"{key}/events",
            axis,
            type="scatter",
            mode="markers",
            hoverinfo="text",
            x=[sheet.place(event.time) for event in lane.events],
            y=[middle] * len(lane.events),
            hovertext=[escape(event.hover) for event in lane.events],
            marker={
                "symbol": [f"{t.symbol}-open" if h else t.symbol for t, h in zip(tones, hollow, strict=True)],
                "color": [tone.colour for tone in tones],
                "size": 7 if sheet.narrow else 9,
                "line": {"width": 1.4 if any(hollow) else 0},
            },
        )
    )
    sheet.traces[-1]["cliponaxis"] = False


def _label(sheet: Sheet, text: str, ends: tuple[float, float], y: float, taken: list[Box], inside: Box) -> None:
    if not text:
        return
    for size in (sheet.small, sheet.small * TIGHT):
        width = text_width(text, size)
        half = 0.6 * size * (text.count("\n") + 1)
        places = [
            Box(ends[1] + 3, y - half, ends[1] + 3 + width, y + half),
            Box(ends[0] - 3 - width, y - half, ends[0] - 3, y + half),
        ]
        box = first_free(places, taken, inside=inside, air=1.0)
        if box is None:
            continue
        taken.append(box)
        right = box is places[0]
        at = sheet.share(ends[1] + 3 if right else ends[0] - 3)
        anchor = "left" if right else "right"
        ground = look.GROUND_SCREEN
        sheet.note(at, y, escape(text), anchor=anchor, size=size, colour=look.INK, borderpad=0, bgcolor=ground)
        return


def _texts(sheet: Sheet, texts: tuple[LaneText, ...], y: float, taken: list[Box], inside: Box) -> None:
    for where in ("before", "anywhere", "after"):
        chosen = [text for text in texts if text.where == where]
        if not chosen:
            continue
        words, size = "; ".join(dict.fromkeys(text.text for text in chosen)), float(sheet.small)
        width = text_width(words, size)
        left, right = gap_for(width + 8, taken, inside=inside, where=where)
        room = right - left - 8
        if width > room > 0:
            size = max(TIGHT * size, size * room / width)
            words = fitted(words, size=size, room=room)
        if room <= 0 or not words:
            continue
        width = text_width(words, size)
        x = right - 4 - width if where == "after" else left + 4
        taken.append(Box(x, y - 5, x + width, y + 5))
        hover = "<br>".join(escape(text.hover) for text in chosen)
        at, anchor = (sheet.share(right - 4), "right") if where == "after" else (sheet.share(left + 4), "left")
        ground = look.GROUND_SCREEN
        words = f"<i>{escape(words)}</i>"
        sheet.note(at, y, words, anchor=anchor, size=size, hovertext=hover, bgcolor=ground, borderpad=1)
