"""An image plate on screen: pictures inside the specification itself, framed places for those that are not in the folder.

In: a plate description and a page width. Out: {"data": [...], "layout": {...}}.
Decided here: pictures travel as data addresses, so that the page needs no other file.
"""

from __future__ import annotations

import base64
from typing import Any

from cartrace.figures import look
from cartrace.figures.interactive.sheet import escape, wrapped
from cartrace.figures.plates import Cell, PlateDescription

MARGIN = 12.0
GAP = 16.0
INSET = 4
"""Letters left free in a frame."""
LINE = 14.0
WIDEST = 340.0
"""[px] A frame is never wider than this: on a desk the whole plate is to be seen at once."""


def draw_plate(plate: PlateDescription, *, width: int) -> dict[str, Any]:
    """The plate for a page `width` px wide; coordinates are pixels, y downward."""
    columns = max(len(plate.columns), 1)
    frame = min((width - 2 * MARGIN - GAP * (columns - 1)) / columns, WIDEST)
    letters = max(int(frame / 6.2), 8)
    images: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    hovers: list[tuple[float, float, str]] = []
    y = 10.0
    titles = wrapped(plate.title, letters=int(width / 9))
    notes.append(_note(MARGIN, y, "<b>" + "<br>".join(map(escape, titles)) + "</b>", 15, look.INK))
    y += 20.0 * len(titles) + 4
    if plate.mark:
        notes.append(_note(MARGIN, y, f"<b>{escape(plate.mark)}</b>", 11, look.MARK))
        y += 20.0
    if not plate.cells:
        notes.append(_note(MARGIN, y, "<i>No pictures recorded</i>", 11, look.QUIET))
        y += 20.0
    for row in plate.rows:
        notes.append(_note(MARGIN, y, f"<b>{escape(row)}</b>", 12, look.INK))
        y += 20.0
        absent = [cell.absent for cell in plate.cells if cell.row == row and cell.absent]
        words = max((len(wrapped(text, letters=letters - INSET)) for text in absent), default=0)
        high = max(frame * plate.aspect(row), LINE * (words + 1))
        for rank in plate.ranks(row):
            feet = [
                _cell(cell, MARGIN + n * (frame + GAP), y, (frame, high), letters, (images, shapes, notes), hovers)
                for n, cell in rank
            ]
            y = max(feet)
        y += 6.0
    return {"data": [_hover_trace(hovers)], "layout": _layout(width, y, images, shapes, notes)}


def _cell(
    cell: Cell,
    x: float,
    y: float,
    size: tuple[float, float],
    letters: int,
    parts: tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]],
    hovers: list[tuple[float, float, str]],
) -> float:
    images, shapes, notes = parts
    frame, high = size
    shapes.append(
        {
            "type": "rect",
            "layer": "below",
            "x0": x,
            "x1": x + frame,
            "y0": y,
            "y1": y + high,
            "line": {"color": look.FAINT, "width": 1},
            "fillcolor": look.PLACEHOLDER,
        }
    )
    hovers.append((x + frame / 2, y + high / 2, escape(cell.hover)))
    if cell.content:
        source = f"data:{cell.media_type};base64,{base64.b64encode(cell.content).decode('ascii')}"
        images.append(
            {
                "source": source,
                "xref": "x",
                "yref": "y",
                "x": x,
                "y": y,
                "sizex": frame,
                "sizey": high,
                "sizing": "contain",
                "layer": "above",
            }
        )
    else:
        words = "<br>".join(escape(line) for line in wrapped(cell.absent, letters=letters - INSET))
        note = _note(x + frame / 2, y + high / 2, f"<i>{words}</i>", 11, look.QUIET)
        notes.append(note | {"xanchor": "center", "yanchor": "middle", "align": "center"})
    lines = wrapped(f"{cell.column.capitalize()}: {cell.caption}", letters=letters)
    notes.append(_note(x, y + high + 3, "<br>".join(map(escape, lines)), 11, look.INK))
    below = y + high + 4 + LINE * len(lines)
    notes.append(_note(x, below, escape(cell.when), 10, look.QUIET))
    return below + LINE + 8


def _note(x: float, y: float, text: str, size: int, colour: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "xref": "x",
        "yref": "y",
        "text": text,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "font": {"size": size, "color": colour},
        "borderpad": 0,
    }


def _hover_trace(hovers: list[tuple[float, float, str]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": "plate/cells",
        "hoverinfo": "text",
        "showlegend": False,
        "x": [x for x, _, _ in hovers],
        "y": [y for _, y, _ in hovers],
        "hovertext": [text for _, _, text in hovers],
        "marker": {"size": 24, "opacity": 0},
    }


def _layout(
    width: int, height: float, images: list[dict[str, Any]], shapes: list[dict[str, Any]], notes: list[dict[str, Any]]
) -> dict[str, Any]:
    hidden = {"visible": False, "fixedrange": True}
    return {
        "autosize": True,
        "height": round(height),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "hovermode": "closest",
        "xaxis": {"range": [0, width], **hidden},
        "yaxis": {"range": [height, 0], **hidden},
        "dragmode": False,
        "modebar": {"remove": ["toImage"]},
        "showlegend": False,
        "paper_bgcolor": look.PAPER,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": look.SCREEN_FONT, "size": 11, "color": look.INK},
        "images": images,
        "shapes": shapes,
        "annotations": notes,
    }
