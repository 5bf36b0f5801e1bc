"""Lanes on paper: bars, events, grade ribbons and texts in rows.

In: lanes and their place on the page. Out: ink.
Decided here: marks first, then their labels where room is left.
"""

from __future__ import annotations

from cartrace.figures import look
from cartrace.figures.description import Bar, Event, Lane, Lanes, LaneText, Span, TimeAxis
from cartrace.figures.layout import RIBBON, RIBBON_GAP, Block
from cartrace.figures.placing import Box, first_free, gap_for
from cartrace.figures.static.canvas import POINT, Canvas, shortened, text_width

BAR_SHARE = 0.5
FADE_STEPS = 8
LEAST_SPAN = 0.7
"""[mm] A shorter stretch of a ribbon is drawn this wide, so that a day in a compressed year can be seen."""
AIR = 0.7
TIGHT = 0.86
"""A label that finds no room is tried once more at this share of its size."""


class Plot:
    """The part of the page where time runs: from `left` to `right` mm."""

    def __init__(self, axis: TimeAxis, left: float, right: float, sizes: look.PageSizes) -> None:
        self.axis, self.left, self.right, self.sizes = axis, left, right, sizes

    def x(self, day: float) -> float:
        """[mm] of a day."""
        low, high = self.axis.span
        return self.left + (self.axis.place(day) - low) / (high - low) * (self.right - self.left)


def draw_lanes(canvas: Canvas, plot: Plot, block: Block, panel: Lanes, top: float) -> None:
    """All lanes of a panel; `top` [mm] is the page offset of the stack."""
    y = top + block.body_top
    for number, lane in enumerate(panel.lanes):
        height = lane.rows * plot.sizes.lane
        if number:
            canvas.line([plot.left, plot.right], [y, y], colour=look.GRID, width=0.4, order=0.5)
        draw_lane(canvas, plot, lane, y, height, f"{panel.key}/{lane.key}")
        y += height


def draw_ribbons(canvas: Canvas, plot: Plot, block: Block, lanes: tuple[Lane, ...], key: str, top: float) -> None:
    """The thin grade lanes on top of a chart."""
    y = top + block.top
    for lane in lanes:
        draw_lane(canvas, plot, lane, y, RIBBON, f"{key}/{lane.key}")
        y += RIBBON + RIBBON_GAP


def draw_lane(canvas: Canvas, plot: Plot, lane: Lane, y: float, height: float, key: str) -> None:
    """One lane: name, ribbon, bars, events, then labels and texts."""
    middle = y + height / 2
    sizes = plot.sizes
    name = lane.name
    size = sizes.text
    room = plot.left - 1.2 - 3.6
    if text_width(name, size) > room:
        size = max(sizes.small * 0.92, size * room / text_width(name, size))
        name = shortened(name, size=size, width=room)
    canvas.text(plot.left - 1.2, middle, name, size=size, align="right", colour=look.INK)
    for span in lane.spans:
        _span(canvas, plot, span, y, height, f"{key}/spans")
    half = BAR_SHARE * min(height, sizes.lane) / 2
    taken: list[Box] = []
    for bar in lane.bars:
        taken.append(_bar(canvas, plot, bar, middle, half, f"{key}/bars"))
    for event in lane.events:
        taken.append(_event(canvas, plot, event, middle, f"{key}/events"))
    for span in lane.spans:
        taken.append(Box(plot.x(span.start), y, plot.x(span.end), y + height))
    inside = Box(plot.left, y - 0.3, plot.right, y + height + 0.3)
    for bar in lane.bars:
        _label(canvas, plot, bar.label, (plot.x(bar.start), plot.x(bar.end)), middle, taken, inside)
    for event in lane.events:
        x, half_width = plot.x(event.time), sizes.marker * POINT * 0.7
        _label(canvas, plot, event.label, (x - half_width, x + half_width), middle, taken, inside)
    if lane.stacked:
        for n, text in enumerate(lane.texts):
            row = Box(plot.left, y + n * sizes.lane, plot.right, y + (n + 1) * sizes.lane)
            _texts(canvas, plot, (text,), (row.bottom + row.top) / 2, [], row)
        return
    _texts(canvas, plot, lane.texts, middle, taken, inside)


def _span(canvas: Canvas, plot: Plot, span: Span, y: float, height: float, key: str) -> None:
    left, right = plot.x(span.start), plot.x(span.end)
    if right - left < LEAST_SPAN:
        left, right = (left + right - LEAST_SPAN) / 2, (left + right + LEAST_SPAN) / 2
    top, bottom = y + 0.12 * height, y + 0.88 * height
    hatch = look.grade_hatch(span.low, span.high)
    canvas.rectangle(
        left,
        top,
        right,
        bottom,
        fill=look.grade_fill(span.low, span.high),
        edge=look.PAPER if right - left > 2 * LEAST_SPAN else "none",
        hatch=look.HATCH if hatch else "",
        hatch_colour=hatch,
        width=0.5,
        key=key,
    )
    size = min(plot.sizes.small, 0.76 * height / POINT)
    width = text_width(span.text, size)
    if width + 0.3 > right - left:
        return
    middle = (left + right) / 2
    if hatch:
        # A plate under the number: digits are not read through a hatch.
        canvas.rectangle(
            middle - width / 2 - 0.25,
            top + 0.15,
            middle + width / 2 + 0.25,
            bottom - 0.15,
            fill=look.PAPER,
            alpha=0.8,
            order=3.0,
        )
    ink = look.INK if hatch else look.grade_ink(span.low)
    canvas.text(middle, y + height / 2, span.text, size=size, align="center", colour=ink)


def _bar(canvas: Canvas, plot: Plot, bar: Bar, middle: float, half: float, key: str) -> Box:
    left, right = plot.x(bar.start), plot.x(bar.end)
    right = max(right, left + 0.7)
    colour = look.tone(bar.tone).colour
    top, bottom = middle - half, middle + half
    if bar.end_kind == "closed":
        canvas.rectangle(left, top, right, bottom, fill=colour, order=3.0, key=key)
    elif bar.end_kind == "ongoing":
        tip = min(2.0 * half, max(right - left, 0.5))
        canvas.rectangle(left, top, right - tip, bottom, fill=colour, order=3.0, key=key)
        head = [(right - tip, top - half * 0.5), (right, middle), (right - tip, bottom + half * 0.5)]
        canvas.polygon(head, fill=colour, order=3.0)
    else:
        solid = left + 0.35 * (right - left)
        canvas.rectangle(left, top, solid, bottom, fill=colour, order=3.0, key=key)
        step = (right - solid) / FADE_STEPS
        for n in range(FADE_STEPS):
            alpha = 1.0 - (n + 0.5) / FADE_STEPS
            canvas.rectangle(solid + n * step, top, solid + (n + 1) * step, bottom, fill=colour, alpha=alpha, order=3.0)
    return Box(left, top, right, bottom)


def _event(canvas: Canvas, plot: Plot, event: Event, middle: float, key: str) -> Box:
    x, tone = plot.x(event.time), look.tone(event.tone)
    size = plot.sizes.marker * 1.35
    hollow = event.tone[0] == "n" and event.tone[1:].isdigit()
    canvas.markers([x], [middle], colour=tone.colour, marker=tone.marker, size=size, hollow=hollow, key=key)
    half = size * POINT / 2
    return Box(x - half, middle - half, x + half, middle + half)


def _label(
    canvas: Canvas, plot: Plot, text: str, ends: tuple[float, float], middle: float, taken: list[Box], inside: Box
) -> None:
    if not text:
        return
    rows = text.split("\n")
    for size in (plot.sizes.small, plot.sizes.small * TIGHT):
        width = max(text_width(row, size) for row in rows)
        half = 0.55 * size * POINT * len(rows)
        places = [
            Box(ends[1] + AIR, middle - half, ends[1] + AIR + width, middle + half),
            Box(ends[0] - AIR - width, middle - half, ends[0] - AIR, middle + half),
        ]
        box = first_free(places, taken, inside=inside, air=0.2)
        if box is None:
            continue
        for n, row in enumerate(rows):
            y = middle + (n - (len(rows) - 1) / 2) * 1.1 * size * POINT
            canvas.text(box.left, y, row, size=size, colour=look.INK, ground=True)
        taken.append(box)
        return


def _texts(
    canvas: Canvas, plot: Plot, texts: tuple[LaneText, ...], middle: float, taken: list[Box], inside: Box
) -> None:
    for where in ("before", "anywhere", "after"):
        words = "; ".join(dict.fromkeys(text.text for text in texts if text.where == where))
        if not words:
            continue
        size = plot.sizes.small
        width = text_width(words, size, style="italic")
        left, right = gap_for(width + 2 * AIR, taken, inside=inside, where=where)
        room = right - left - 2 * AIR
        if width > room > 0:
            size = max(TIGHT * size, size * room / width)
            words = shortened(words, size=size, width=room)
        if room <= 0 or not words:
            continue
        width, half = text_width(words, size, style="italic"), 0.5 * size * POINT
        x = right - AIR - width if where == "after" else left + AIR
        canvas.text(x, middle, words, size=size, colour=look.QUIET, style="italic", ground=True)
        taken.append(Box(x, middle - half, x + width, middle + half))
