"""An image plate on paper: pictures in a grid, framed places for those that are not in the folder.

In: a plate description and a width. Out: a matplotlib figure.
Decided here: all frames have one size; a picture keeps its proportions inside its frame.
"""

from __future__ import annotations

import io
from typing import Any

from cartrace.figures import look
from cartrace.figures.plates import Cell, PlateDescription
from cartrace.figures.static.canvas import POINT, Canvas, wrap

ROW_NAME = 24.0
GAP = 3.0
MARGIN = 1.0


def draw_plate(plate: PlateDescription, *, width: float) -> Any:
    """The plate, `width` mm wide."""
    sizes = look.page(width)
    left = ROW_NAME if width >= 120.0 else 15.0
    columns = max(len(plate.columns), 1)
    frame = (width - left - MARGIN - GAP * (columns - 1)) / columns
    lines = {cell: wrap(cell.caption, size=sizes.small, width=frame) for cell in plate.cells}
    step = 1.3 * sizes.small * POINT
    titles = wrap(plate.title, size=sizes.title, width=width - 2 * MARGIN, weight="bold")
    lead = 1.3 * sizes.title * POINT
    header = MARGIN + lead * len(titles) + (1.8 * sizes.text * POINT if plate.mark else 0.0)
    header += 2.2 * sizes.text * POINT
    heights = [_row_height(plate, row, frame, lines, step) for row in plate.rows]
    canvas = Canvas(width, header + sum(heights) + MARGIN + (8.0 if not plate.cells else 0.0))
    y = MARGIN + 0.5 * sizes.title * POINT
    for n, title in enumerate(titles):
        canvas.text(MARGIN, y + n * lead, title, size=sizes.title, weight="bold")
    if plate.mark:
        y += len(titles) * lead
        canvas.text(MARGIN, y, plate.mark, size=sizes.text, weight="bold", colour=look.MARK)
    if not plate.cells:
        canvas.text(MARGIN, header, "No pictures recorded", size=sizes.text, colour=look.QUIET, style="italic")
    for n, name in enumerate(plate.columns):
        middle = left + n * (frame + GAP) + frame / 2
        canvas.text(middle, header - 1.1 * sizes.text * POINT, name, size=sizes.text, align="center", weight="bold")
    top = header
    for row, height in zip(plate.rows, heights, strict=True):
        for k, line in enumerate(wrap(row, size=sizes.text, width=left - 2.0)):
            canvas.text(MARGIN, top + 1.5 + k * 1.25 * sizes.text * POINT, line, size=sizes.text)
        high = frame * plate.aspect(row)
        for n, column in enumerate(plate.columns):
            y = top
            for cell in plate.at(row, column):
                y = _cell(canvas, cell, left + n * (frame + GAP), y, (frame, high), lines[cell], sizes)
        top += height
    return canvas.figure


def _row_height(plate: PlateDescription, row: str, frame: float, lines: dict[Cell, list[str]], step: float) -> float:
    columns = [
        sum(frame * plate.aspect(row) + (len(lines[cell]) + 1) * step + 2.5 for cell in plate.at(row, column))
        for column in plate.columns
    ]
    return max(columns, default=0.0) + 1.5


def _cell(
    canvas: Canvas, cell: Cell, x: float, y: float, size: tuple[float, float], caption: list[str], sizes: look.PageSizes
) -> float:
    frame, high = size
    bottom = y + high
    if cell.content:
        _picture(canvas, cell, x, y, frame, bottom - y)
    canvas.rectangle(
        x,
        y,
        x + frame,
        bottom,
        edge=look.FAINT,
        fill="none" if cell.content else look.PLACEHOLDER,
        width=0.6,
        order=0.5,
    )
    step = 1.3 * sizes.small * POINT
    if cell.absent:
        lines = wrap(cell.absent, size=sizes.small, width=frame - 4.0)
        for k, line in enumerate(lines):
            middle = (y + bottom) / 2 + (k - (len(lines) - 1) / 2) * step
            canvas.text(
                x + frame / 2, middle, line, size=sizes.small, align="center", colour=look.QUIET, style="italic"
            )
    below = bottom + step * 0.75
    for line in caption:
        canvas.text(x, below, line, size=sizes.small)
        below += step
    canvas.text(x, below, cell.when, size=sizes.small, colour=look.QUIET)
    return below + step * 0.5 + 2.0


def _picture(canvas: Canvas, cell: Cell, x: float, y: float, width: float, height: float) -> None:
    from matplotlib.image import imread

    kind = "png" if cell.media_type == "image/png" else "jpg"
    pixels = imread(io.BytesIO(cell.content), format=kind)
    rows, columns = pixels.shape[:2]
    scale = min(width / columns, height / rows)
    wide, high = columns * scale, rows * scale
    left, top = x + (width - wide) / 2, y + (height - high) / 2
    box = (left / canvas.width, 1.0 - (top + high) / canvas.height, wide / canvas.width, high / canvas.height)
    axes = canvas.figure.add_axes(box)
    axes.imshow(pixels, aspect="auto", interpolation="antialiased")
    axes.set_axis_off()
