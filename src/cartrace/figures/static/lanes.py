"""Lanes on paper: bars, events, grade ribbons and texts in rows.

In: lanes, their plans and their place on the page. Out: ink.
Decided here: marks first, then their labels. A ribbon is a curve of steps: its height is the grade, as its colour is.
"""

from __future__ import annotations

from cartrace.figures import look
from cartrace.figures.description import Bar, Event, Lane, Lanes, Span, TimeAxis
from cartrace.figures.lane_rows import Line, Plan, Ruler
from cartrace.figures.layout import RIBBON, Block
from cartrace.figures.static.canvas import POINT, Canvas, shortened, text_width

BAR_SHARE = 0.5
FADE_STEPS = 8
LEAST_SPAN = 0.7
"""[mm] A shorter stretch of a ribbon is drawn this wide, so that a day in a compressed year can be seen."""
RIBBON_SHARE = 0.86
"""Height of the highest grade as a share of the row."""
AIR = 0.7
GAP = 1.0
MARGIN = 0.6


class Plot:
    """The part of the page where time runs: from `left` to `right` mm."""

    def __init__(self, axis: TimeAxis, left: float, right: float, sizes: look.PageSizes) -> None:
        self.axis, self.left, self.right, self.sizes = axis, left, right, sizes

    def x(self, day: float) -> float:
        """[mm] of a day."""
        low, high = self.axis.span
        return self.left + (self.axis.place(day) - low) / (high - low) * (self.right - self.left)

    def ends(self, y: float) -> list[tuple[float, float]]:
        """Both ends of the plot at a height."""
        return [(self.left, y), (self.right, y)]

    def ruler(self, width: float) -> Ruler:
        """How this page of `width` mm measures."""
        sizes = self.sizes
        return Ruler(
            x=self.x,
            width=lambda text: text_width(text, sizes.small),
            name_width=lambda text: text_width(text, sizes.text),
            left=self.left,
            right=self.right,
            edge=width - MARGIN,
            names=self.left - 1.2 - MARGIN,
            letter=sizes.letter - MARGIN,
            air=AIR,
            mark=event_size(sizes) * POINT / 2,
            glyph=1.8,
            gap=GAP,
        )


def event_size(sizes: look.PageSizes) -> float:
    """[pt] Size of an event's marker."""
    return sizes.marker * 1.35


def draw_lanes(canvas: Canvas, plot: Plot, plan: Plan, block: Block, panel: Lanes, top: float) -> None:
    """All lanes of a panel; `top` [mm] is the page offset of the stack."""
    y = top + block.body_top
    for number, lane in enumerate(panel.lanes):
        if number:
            canvas.line([plot.left, plot.right], [y, y], colour=look.GRID, width=0.4, order=0.5)
        y = draw_lane(canvas, plot, plan, lane, y, plot.sizes.lane, f"{panel.key}/{lane.key}")


def draw_ribbons(
    canvas: Canvas, plot: Plot, plan: Plan, block: Block, lanes: tuple[Lane, ...], key: str, top: float
) -> None:
    """The thin grade lanes on top of a chart."""
    y = top + block.top
    for lane in lanes:
        y = draw_lane(canvas, plot, plan, lane, y, RIBBON, f"{key}/{lane.key}")


def draw_lane(canvas: Canvas, plot: Plot, plan: Plan, lane: Lane, y: float, row: float, key: str) -> float:
    """One lane from `y` downward, its rows `row` mm high: name, ribbon, bars, events, labels, texts. Returns its foot."""
    planned = plan.lanes[key]
    sizes = plot.sizes
    for n, line in enumerate(planned.name):
        words = shortened(line, size=sizes.text, width=plot.left - 1.2 - MARGIN)
        canvas.text(plot.left - 1.2, y + (n + 0.5) * row, words, size=sizes.text, align="right", colour=look.INK)
    if lane.spans:
        foot = y + (1.0 + RIBBON_SHARE) / 2 * row
        canvas.line([plot.left, plot.right], [foot, foot], colour=look.FAINT, width=0.4, order=1.0)
    for span in lane.spans:
        _span(canvas, plot, span, y, row, f"{key}/spans")
    half = BAR_SHARE * row / 2
    for bar, at in zip(lane.bars, planned.bars, strict=True):
        _bar(canvas, plot, bar, y + (at + 0.5) * row, half, f"{key}/bars")
    for event, at in zip(lane.events, planned.events, strict=True):
        _event(canvas, plot, event, y + (at + 0.5) * row, f"{key}/events")
    _lines(canvas, planned.labels, y, row, sizes.small, look.INK, "normal")
    _lines(canvas, planned.texts, y, row, sizes.small, look.QUIET, "italic")
    if lane.summary:
        canvas.text(plot.right + GAP, y + 0.5 * row, lane.summary, size=sizes.small, colour=look.INK)
    return y + planned.rows * row


def _lines(canvas: Canvas, lines: tuple[Line, ...], y: float, row: float, size: float, colour: str, style: str) -> None:
    for line in lines:
        middle = y + (line.row + 0.5) * row
        canvas.text(line.left, middle, line.text, size=size, colour=colour, style=style, ground=True)


def _span(canvas: Canvas, plot: Plot, span: Span, y: float, row: float, key: str) -> None:
    left, right = plot.x(span.start), plot.x(span.end)
    if right - left < LEAST_SPAN:
        left, right = (left + right - LEAST_SPAN) / 2, (left + right + LEAST_SPAN) / 2
    full, bottom = RIBBON_SHARE * row, y + (1.0 + RIBBON_SHARE) / 2 * row
    low, high = (bottom - share * full for share in look.grade_heights(span.low, span.high))
    edge = look.PAPER if right - left > 2 * LEAST_SPAN else "none"
    canvas.rectangle(left, low, right, bottom, fill=look.grade_fill(span.low), edge=edge, width=0.5, key=key)
    hatch = look.grade_hatch(span.low, span.high)
    if hatch:
        canvas.rectangle(
            left,
            high,
            right,
            low,
            fill=look.PAPER,
            edge=hatch,
            hatch=look.HATCH,
            hatch_colour=hatch,
            width=0.4,
        )
    size = plot.sizes.small
    width = text_width(span.text, size)
    if width + 0.3 > right - left:
        return
    middle, half = (left + right) / 2, width / 2 + 0.25
    if hatch:
        # A plate under the number: digits are not read through a hatch.
        canvas.rectangle(
            middle - half, bottom - full, middle + half, bottom - 0.2, fill=look.PAPER, alpha=0.85, order=3.0
        )
    ink = look.INK if hatch else look.grade_ink(span.low)
    canvas.text(middle, bottom - 0.42 * full, span.text, size=size, align="center", colour=ink)


def _bar(canvas: Canvas, plot: Plot, bar: Bar, middle: float, half: float, key: str) -> None:
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


def _event(canvas: Canvas, plot: Plot, event: Event, middle: float, key: str) -> None:
    tone = look.tone(event.tone)
    hollow = event.tone[0] == "n" and event.tone[1:].isdigit()
    size = event_size(plot.sizes)
    canvas.markers(
        [plot.x(event.time)], [middle], colour=tone.colour, marker=tone.marker, size=size, hollow=hollow, key=key
    )
