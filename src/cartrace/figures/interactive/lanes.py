"""Lanes on screen: bars, events, grade ribbons and texts in rows, each with a hover text.

In: lanes, their plans and their place on the sheet. Out: traces and annotations.
Decided here: the same marks in the same rows as on paper.
"""

from __future__ import annotations

from typing import Any

from cartrace.figures import look
from cartrace.figures.description import Lane
from cartrace.figures.interactive.sheet import Sheet, escape, fitted, text_width
from cartrace.figures.lane_rows import LanePlan, Line, Plan

BAR_WIDTH = 0.5
RIBBON_SHARE = 0.84
"""Height of the highest grade as a share of the row."""
FADE_STEPS = 6
LEAST_PX = 2.5
"""A shorter stretch is drawn this wide."""


def draw_lanes(sheet: Sheet, plan: Plan, lanes: tuple[Lane, ...], key: str, top: float, row: float) -> None:
    """All lanes of a panel, from `top` [px] downward, `row` [px] high each."""
    plans = [plan.lanes[f"{key}/{lane.key}"] for lane in lanes]
    firsts = [sum(before.rows for before in plans[:n]) for n in range(len(plans))]
    rows = sum(planned.rows for planned in plans)
    axis = sheet.y_axis(
        top,
        top + rows * row,
        range=[rows, 0.0],
        tickmode="array",
        tickvals=[first + len(planned.name) / 2 for first, planned in zip(firsts, plans, strict=True)],
        ticktext=[
            "<br>".join(escape(fitted(line, size=sheet.small, room=sheet.left - 8)) for line in planned.name)
            for planned in plans
        ],
        tickfont={"size": sheet.small, "color": look.INK},
        ticklabelstandoff=4,
        showline=False,
    )
    if not any(lane.bars or lane.events or lane.spans for lane in lanes):
        # An axis without any trace is not drawn at all, its lane names included.
        empty = _trace("", axis, type="scatter", mode="markers", x=[None], y=[None], hoverinfo="skip")
        sheet.traces.append(empty)
    for lane, planned, first in zip(lanes, plans, firsts, strict=True):
        _lane(sheet, lane, planned, f"{key}/{lane.key}", axis, first, top, row)


def _lane(
    sheet: Sheet, lane: Lane, planned: LanePlan, key: str, axis: str, first: float, top: float, row: float
) -> None:
    y = top + first * row
    if lane.spans:
        _spans(sheet, lane, key, axis, first)
        _numbers(sheet, lane, y + 0.56 * row)
    if lane.bars:
        _bars(sheet, lane, key, axis, [first + at + 0.5 for at in planned.bars])
    if lane.events:
        _events(sheet, lane, key, axis, [first + at + 0.5 for at in planned.events])
    for line in planned.labels:
        _line(sheet, line, y, row, escape(line.text), look.INK)
    for line in planned.texts:
        _line(sheet, line, y, row, f"<i>{escape(line.text)}</i>", look.QUIET)
    if lane.summary:
        sheet.note(1.0, y + row / 2, escape(lane.summary), xshift=7, colour=look.INK, borderpad=0)


def _line(sheet: Sheet, line: Line, y: float, row: float, text: str, colour: str) -> None:
    hover: dict[str, Any] = {"hovertext": escape(line.hover)} if line.hover else {}
    middle = y + (line.row + 0.5) * row
    sheet.note(sheet.share(line.left), middle, text, colour=colour, bgcolor=look.GROUND_SCREEN, borderpad=0, **hover)


def _trace(key: str, axis: str, **fields: Any) -> dict[str, Any]:
    return {"xaxis": "x", "yaxis": axis, "meta": key, "showlegend": False, "cliponaxis": True, **fields}


def _bar_trace(sheet: Sheet, ends: list[tuple[float, float]], middles: list[float], **fields: Any) -> dict[str, Any]:
    low, high = sheet.axis.span
    least = LEAST_PX / sheet.plot_width * (high - low)
    return {
        "type": "bar",
        "orientation": "h",
        "base": [sheet.place(start) for start, _ in ends],
        "x": [max(sheet.place(end) - sheet.place(start), least) for start, end in ends],
        "y": middles,
        "hoverinfo": "text",
        **fields,
    }


def _spans(sheet: Sheet, lane: Lane, key: str, axis: str, first: float) -> None:
    """A ribbon as a curve of steps: its fill up to the lower grade, its hatch up to the higher one."""
    foot = first + (1.0 + RIBBON_SHARE) / 2
    ends = [(span.start, span.end) for span in lane.spans]
    heights = [tuple(RIBBON_SHARE * h for h in look.grade_heights(span.low, span.high)) for span in lane.spans]
    fills = [look.grade_fill(span.low) for span in lane.spans]
    solid = _bar_trace(
        sheet,
        ends,
        [foot - low / 2 for low, _ in heights],
        width=[low for low, _ in heights],
        marker={"color": fills, "line": {"width": 0}},
    )
    sheet.traces.append(_trace("", axis, **{**solid, "hoverinfo": "skip"}))
    hatches = [look.grade_hatch(span.low, span.high) for span in lane.spans]
    ranges = [n for n, hatch in enumerate(hatches) if hatch]
    if ranges:
        hatched = _bar_trace(
            sheet,
            [ends[n] for n in ranges],
            [foot - sum(heights[n]) / 2 for n in ranges],
            width=[heights[n][1] - heights[n][0] for n in ranges],
            marker={
                "color": [hatches[n] for n in ranges],
                "line": {"color": [hatches[n] for n in ranges], "width": 1},
                "pattern": {
                    "shape": [look.HATCH_INTERACTIVE for _ in ranges],
                    "bgcolor": [look.PAPER for _ in ranges],
                    "fillmode": "replace",
                    "size": 5,
                    "solidity": 0.35,
                },
            },
        )
        sheet.traces.append(_trace("", axis, **{**hatched, "hoverinfo": "skip"}))
    # The whole height answers to the pointer, a low grade's thin stretch too.
    felt = _bar_trace(
        sheet,
        ends,
        [foot - RIBBON_SHARE / 2] * len(ends),
        width=[RIBBON_SHARE] * len(ends),
        hovertext=[escape(span.hover) for span in lane.spans],
        marker={"color": fills, "opacity": 0.0, "line": {"width": 0}},
    )
    sheet.traces.append(_trace(f"{key}/spans", axis, **felt))


def _numbers(sheet: Sheet, lane: Lane, y: float) -> None:
    size = sheet.small
    for span in lane.spans:
        left, right = sheet.x(span.start), sheet.x(span.end)
        if text_width(span.text, size) + 2 > right - left:
            continue
        hatched = span.low != span.high or span.low is None
        ground = {"bgcolor": look.GROUND_SCREEN} if hatched else {}
        colour = look.INK if hatched else look.grade_ink(span.low)
        middle = sheet.share((left + right) / 2)
        sheet.note(middle, y, span.text, anchor="center", size=size, colour=colour, borderpad=0, **ground)


def _bars(sheet: Sheet, lane: Lane, key: str, axis: str, middles: list[float]) -> None:
    solid = [
        (b.start, b.start + 0.35 * (b.end - b.start)) if b.end_kind == "unknown" else (b.start, b.end)
        for b in lane.bars
    ]
    colours = [look.tone(bar.tone).colour for bar in lane.bars]
    hovers = [escape(bar.hover) for bar in lane.bars]
    # A paper-coloured border parts touching bars; of a narrow one it would leave nothing.
    borders = [1 if sheet.x(end) - sheet.x(start) > 6 else 0 for start, end in solid]
    width = BAR_WIDTH
    fields = _bar_trace(
        sheet,
        solid,
        middles,
        width=[width] * len(solid),
        hovertext=hovers,
        marker={"color": colours, "line": {"width": borders, "color": look.PAPER}},
    )
    sheet.traces.append(_trace(f"{key}/bars", axis, **fields))
    fade: list[tuple[float, float]] = []
    shades: list[float] = []
    places: list[float] = []
    for bar, middle, (_, begin) in zip(lane.bars, middles, solid, strict=True):
        if bar.end_kind == "unknown":
            step = (bar.end - begin) / FADE_STEPS
            fade += [(begin + n * step, begin + (n + 1) * step) for n in range(FADE_STEPS)]
            places += [middle] * FADE_STEPS
            shades += [1.0 - (n + 0.5) / FADE_STEPS for n in range(FADE_STEPS)]
    if fade:
        colour = colours[[bar.end_kind for bar in lane.bars].index("unknown")]
        fields = _bar_trace(
            sheet,
            fade,
            places,
            width=[width] * len(fade),
            marker={"color": colour, "opacity": shades, "line": {"width": 0}},
        )
        sheet.traces.append(_trace("", axis, **{**fields, "hoverinfo": "skip"}))
    ongoing = [(bar, middle) for bar, middle in zip(lane.bars, middles, strict=True) if bar.end_kind == "ongoing"]
    if ongoing:
        sheet.traces.append(
            _trace(
                "",
                axis,
                type="scatter",
                mode="markers",
                hoverinfo="skip",
                x=[sheet.place(bar.end) for bar, _ in ongoing],
                y=[middle for _, middle in ongoing],
                marker={
                    "symbol": "triangle-right",
                    "size": 13,
                    "color": [look.tone(bar.tone).colour for bar, _ in ongoing],
                },
            )
        )
        sheet.traces[-1]["cliponaxis"] = False


def _events(sheet: Sheet, lane: Lane, key: str, axis: str, middles: list[float]) -> None:
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
            y=middles,
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
