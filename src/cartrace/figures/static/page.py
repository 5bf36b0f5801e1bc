"""A whole page: title, mark of made-up data, panels, time ruler, notes; and the files made of it.

In: a description and a width in mm. Out: SVG text, PDF or PNG bytes.
Decided here: the vertical grid, the infusion lines and the compressed stretches run behind all panels; the files carry
no date and no random identifiers, so the same description gives the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from cartrace.figures import look
from cartrace.figures.description import Chart, FigureDescription, Lanes
from cartrace.figures.lane_rows import Plan, plan_figure
from cartrace.figures.layout import NOTE, SILENT, Block, stack
from cartrace.figures.placing import kept
from cartrace.figures.plates import PlateDescription
from cartrace.figures.static.canvas import POINT, Canvas, text_width, wrap
from cartrace.figures.static.chart import draw_chart
from cartrace.figures.static.lanes import AIR, Plot, draw_lanes
from cartrace.figures.static.plate import draw_plate

MARGIN = 1.0
RULER = 8.6
SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cartrace",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.8,
    "text.hinting": "none",
}


def draw(description: FigureDescription | PlateDescription, *, width: float = look.DOUBLE_MM) -> Any:
    """The matplotlib figure of a description, `width` mm wide."""
    import matplotlib

    with matplotlib.rc_context(SETTINGS):
        if isinstance(description, PlateDescription):
            return draw_plate(description, width=width)
        return _draw(description, width)


def _draw(figure: FigureDescription, width: float) -> Any:
    sizes = look.page(width)
    line = 1.3 * sizes.title * POINT
    titles = wrap(figure.title, size=sizes.title, width=width - 2 * MARGIN, weight="bold")
    header = MARGIN + line * len(titles) + (1.35 * sizes.text * POINT + 0.8 if figure.mark else 0.0) + 1.6
    plot = Plot(figure.axis, sizes.left, width - sizes.right, sizes)
    plan = plan_figure(figure, plot.ruler(width))
    notes = wrap(" ".join(figure.notes), size=sizes.small, width=width - sizes.left - 2 * MARGIN)
    footer = RULER + len(notes) * 1.3 * sizes.small * POINT + MARGIN
    tallest = look.TALLEST_MM - header - footer
    blocks, height = stack(figure, plan, lane=sizes.lane, tallest=tallest)
    if height > tallest:
        plot.sizes = sizes = replace(sizes, lane=sizes.tight_lane)
        blocks, height = stack(figure, plan, lane=sizes.lane, tallest=tallest)
    canvas = Canvas(width, header + height + footer)
    _header(canvas, figure, titles, sizes)
    _background(canvas, plot, figure, header, header + height + 1.2)
    for block in blocks:
        _block(canvas, plot, plan, block, header)
    _ruler(canvas, plot, figure, header + height + 1.2)
    for n, note in enumerate(notes):
        y = header + height + RULER + (n + 0.5) * 1.3 * sizes.small * POINT
        canvas.text(sizes.left, y, note, size=sizes.small, colour=look.QUIET)
    return canvas.figure


def _block(canvas: Canvas, plot: Plot, plan: Plan, block: Block, header: float) -> None:
    sizes, panel, y = plot.sizes, block.panel, header + block.body_top
    if panel.letter:
        middle = y + (0.9 if isinstance(panel, Chart) else (sizes.lane if isinstance(panel, Lanes) else SILENT) / 2)
        canvas.text(MARGIN, middle, panel.letter, size=sizes.text * 1.1, weight="bold")
    if isinstance(panel, Chart):
        draw_chart(canvas, plot, plan, block, panel, header)
    elif isinstance(panel, Lanes):
        draw_lanes(canvas, plot, plan, block, panel, header)
    else:
        canvas.line([plot.left, plot.left], [y, y + block.body], colour=look.FAINT, width=0.5)
        for n, line in enumerate(plan.notes[panel.key]):
            middle = y + SILENT / 2 + n * NOTE
            canvas.text(plot.left + AIR, middle, line, size=sizes.small, colour=look.QUIET, style="italic", ground=True)


def _header(canvas: Canvas, figure: FigureDescription, titles: list[str], sizes: look.PageSizes) -> None:
    y = MARGIN + 0.5 * sizes.title * POINT
    for title in titles:
        canvas.text(MARGIN, y, title, size=sizes.title, weight="bold")
        y += 1.3 * sizes.title * POINT
    if figure.mark:
        y += 0.5
        box = canvas.text(MARGIN + 1.2, y, figure.mark, size=sizes.text, weight="bold", colour=look.MARK)
        canvas.rectangle(box.left - 1.2, box.bottom - 0.6, box.right + 1.2, box.top + 0.3, edge=look.MARK, width=0.7)


def _background(canvas: Canvas, plot: Plot, figure: FigureDescription, top: float, bottom: float) -> None:
    axis = figure.axis
    for low, high in axis.compressed:
        canvas.rectangle(plot.x(low), top, plot.x(high), bottom, fill=look.COMPRESSED, order=0.1)
    for day, _ in axis.ticks:
        canvas.line([plot.x(day)] * 2, [top, bottom], colour=look.GRID, width=0.4, order=0.3)
    for day in axis.kinks:
        canvas.line([plot.x(day)] * 2, [top, bottom], colour=look.FAINT, width=0.6, style=(0, (1, 1.5)), order=0.4)
    for day in figure.infusions:
        canvas.line(
            [plot.x(day)] * 2, [top, bottom], colour=look.INFUSION_LINE, width=0.5, style=(0, (1.5, 1.5)), order=0.4
        )


def _ruler(canvas: Canvas, plot: Plot, figure: FigureDescription, y: float) -> None:
    sizes = plot.sizes
    canvas.line([plot.left, plot.right], [y, y], colour=look.QUIET, width=0.6)
    ticks = figure.axis.ticks
    shown = kept([plot.x(day) for day, _ in ticks], [text_width(label, sizes.small) for _, label in ticks], air=1.0)
    for (day, label), chosen in zip(ticks, shown, strict=True):
        x = plot.x(day)
        canvas.line([x, x], [y, y + 0.9], colour=look.QUIET, width=0.6)
        if chosen:
            canvas.text(x, y + 2.3, label, size=sizes.small, align="center", colour=look.INK)
    for day in figure.axis.kinks:
        x = plot.x(day)
        for shift in (-0.35, 0.35):
            canvas.line([x + shift - 0.35, x + shift + 0.35], [y + 0.8, y - 0.8], colour=look.INK, width=0.7)
    middle = (plot.left + plot.right) / 2
    canvas.text(middle, y + 5.3, f"{figure.axis.label} ({figure.axis.unit})", size=sizes.text, align="center")


def to_svg(description: FigureDescription | PlateDescription, *, width: float = look.DOUBLE_MM) -> str:
    """The figure as SVG, texts as texts."""
    content = _saved(description, width, "svg", {"Date": None, "Creator": None}).decode("utf-8")
    # Readers without the drawing font get the nearest they have, not their serif default.
    return content.replace(f"'{look.FONT}'", look.FONT_FALLBACK)


def to_pdf(description: FigureDescription | PlateDescription, *, width: float = look.DOUBLE_MM) -> bytes:
    """The figure as PDF, fonts embedded."""
    return _saved(description, width, "pdf", {"CreationDate": None, "Creator": None, "Producer": None})


def to_png(
    description: FigureDescription | PlateDescription, dpi: float = 200.0, *, width: float = look.DOUBLE_MM
) -> bytes:
    """The figure as PNG."""
    return _saved(description, width, "png", {"Software": None}, dpi=dpi)


def _saved(description: Any, width: float, kind: str, metadata: dict[str, Any], *, dpi: float = 72.0) -> bytes:
    import matplotlib

    with matplotlib.rc_context(SETTINGS):
        figure = draw(description, width=width)
        if kind != "png":
            # Pictures enter as they are; sampled anew they would be coarse, or large.
            for picture in (found for axes in figure.axes for found in axes.images):
                picture.set_interpolation("none")
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, metadata=metadata, dpi=dpi)
    return buffer.getvalue()
