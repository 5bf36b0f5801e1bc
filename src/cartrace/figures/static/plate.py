"""An image plate on paper: pictures in a grid, framed places for those that are not in the folder.

In: a plate description and a width. Out: a matplotlib figure.
Decided here: all frames have one size; a picture keeps its proportions inside its frame.
"""

from __future__ import annotations

import io
from typing import Any

from cartrace.figures import look
from cartrace.figures.plates import UNREADABLE, Cell, PlateDescription
from cartrace.figures.static.canvas import POINT, Canvas, wrap

ROW_NAME = 25.0
ROW_NAME_NARROW = 18.0
INSET = 2.0
"""[mm] Air between a frame and the words in it."""
GAP = 3.0
MARGIN = 1.0


def draw_plate(plate: PlateDescription, *, width: float) -> Any:
    """The plate, `width` mm wide."""
    sizes = look.page(width)
    left = ROW_NAME if width >= 120.0 else ROW_NAME_NARROW
    columns = max(len(plate.columns), 1)
    frame = (width - left - MARGIN - GAP * (columns - 1)) / columns
    lines = {cell: wrap(cell.caption, size=sizes.small, width=frame) for cell in plate.cells}
    step = 1.3 * sizes.small * POINT
    titles = wrap(plate.title, size=sizes.title, width=width - 2 * MARGIN, weight="bold")
    lead = 1.3 * sizes.title * POINT
    header = MARGIN + lead * len(titles) + (1.8 * sizes.text * POINT if plate.mark else 0.0)
    header += 2.2 * sizes.text * POINT
    highs = {row: _frame_height(plate, row, frame, sizes, step) for row in plate.rows}
    heights = [_row_height(plate, row, highs[row], lines, step) for row in plate.rows]
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
        y = top
        for rank in plate.ranks(row):
            feet = [
                _cell(canvas, cell, left + n * (frame + GAP), y, (frame, highs[row]), lines[cell], sizes)
                for n, cell in rank
            ]
            y = max(feet)
        top += height
    return canvas.figure


def _frame_height(plate: PlateDescription, row: str, frame: float, sizes: look.PageSizes, step: float) -> float:
    """All frames of a row are equally high, and high enough for the words in those without a picture."""
    absent = [cell.absent for cell in plate.cells if cell.row == row and cell.absent]
    words = max((len(wrap(text, size=sizes.small, width=frame - 2 * INSET)) for text in absent), default=0)
    return max(frame * plate.aspect(row), words * step + 2 * INSET)


def _row_height(plate: PlateDescription, row: str, high: float, lines: dict[Cell, list[str]], step: float) -> float:
    captions = [max(len(lines[cell]) for _, cell in rank) for rank in plate.ranks(row)]
    return sum(high + (caption + 1) * step + 2.5 for caption in captions) + 1.5


def _cell(
    canvas: Canvas, cell: Cell, x: float, y: float, size: tuple[float, float], caption: list[str], sizes: look.PageSizes
) -> float:
    frame, high = size
    bottom = y + high
    if cell.content:
        _picture(canvas, cell, x, y, frame, bottom - y, sizes)
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
        lines = wrap(cell.absent, size=sizes.small, width=frame - 2 * INSET)
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


def _picture(
    canvas: Canvas, cell: Cell, x: float, y: float, width: float, height: float, sizes: look.PageSizes
) -> None:
    from matplotlib.image import imread

    try:
        pixels = imread(io.BytesIO(cell.content), format="png" if cell.media_type == "image/png" else "jpg")
    except (OSError, SyntaxError, ValueError):
        # A picture cut short in copying: its frame says so, the rest of the plate is drawn.
        words = UNREADABLE.format(kind="picture")
        canvas.text(x + width / 2, y + height / 2, words, size=sizes.small, align="center", colour=look.MARK)
        return
    rows, columns = pixels.shape[:2]
    scale = min(width / columns, height / rows)
    wide, high = columns * scale, rows * scale
    left, top = x + (width - wide) / 2, y + (height - high) / 2
    box = (left / canvas.width, 1.0 - (top + high) / canvas.height, wide / canvas.width, high / canvas.height)
    axes = canvas.figure.add_axes(box)
    axes.imshow(pixels, aspect="auto", interpolation="antialiased", cmap="gray")
    axes.set_axis_off()
