"""The whole screen figure: title, mark of made-up data, panels, time ruler, notes.

In: a description and the page width in px the labels are placed for. Out: {"data": [...], "layout": {...}}.
Decided here: one shared time axis; only time zooms; the height is fixed, the width follows the page.
"""

from __future__ import annotations

from typing import Any

from cartrace.figures import look
from cartrace.figures.description import Chart, FigureDescription, Lanes, TimeAxis
from cartrace.figures.interactive.chart import draw_chart
from cartrace.figures.interactive.lanes import draw_lanes
from cartrace.figures.interactive.plate import draw_plate
from cartrace.figures.interactive.sheet import Sheet, escape, text_width, wrapped
from cartrace.figures.lane_rows import Plan, plan_figure
from cartrace.figures.lane_rows import wrapped as wrapped_px
from cartrace.figures.layout import NOTE, RIBBON, SILENT, Block, stack
from cartrace.figures.placing import kept
from cartrace.figures.plates import PlateDescription

WIDE = 1000
NARROW = 390
NARROW_UP_TO = 640
LANE_MM = 3.8
RULER_PX = 44
TOOLS_PX = 170
BUTTONS = ["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"]
"""Tool buttons that a phone does without: there they would lie on the title."""
CONFIG: dict[str, Any] = {
    "responsive": True,
    "displaylogo": False,
    # The script's own default offers to upload the chart, patient data and all.
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
}


def to_spec(description: FigureDescription | PlateDescription, *, width: int = WIDE) -> dict[str, Any]:
    """The figure as a plotly specification; labels are placed for a page `width` px wide."""
    if isinstance(description, PlateDescription):
        return draw_plate(description, width=width)
    return _spec(description, width)


def _spec(figure: FigureDescription, width: int) -> dict[str, Any]:
    narrow = width <= NARROW_UP_TO
    sheet = Sheet(figure.axis, width=width, narrow=narrow)
    plan = plan_figure(figure, sheet.ruler())
    blocks, height_mm = stack(figure, plan, lane=LANE_MM)
    sheet.plot_height = height_mm * look.SCREEN_PX_PER_MM + 6
    _background(sheet, figure)
    for block in blocks:
        _block(sheet, plan, block)
    return {"data": sheet.traces, "layout": _layout(sheet, figure, width)}


def _block(sheet: Sheet, plan: Plan, block: Block) -> None:
    scale, panel = look.SCREEN_PX_PER_MM, block.panel
    top, body = block.body_top * scale, block.body * scale
    if panel.letter:
        y = top + (2 if isinstance(panel, Chart) else (LANE_MM if isinstance(panel, Lanes) else SILENT) / 2 * scale)
        sheet.note(0.0, y, f"<b>{panel.letter}</b>", size=sheet.text + 2, colour=look.INK, xshift=-(sheet.left - 2))
    if isinstance(panel, Chart):
        if panel.ribbons:
            draw_lanes(sheet, plan, panel.ribbons, panel.key, block.top * scale, RIBBON * scale)
        draw_chart(sheet, panel, top, body)
        for n, line in enumerate(plan.notes.get(panel.key, ())):
            y = top + body + (n + 0.5) * NOTE * scale + 3
            sheet.note(1.0, y, f"<i>{escape(line)}</i>", anchor="right", borderpad=0, bgcolor=look.GROUND_SCREEN)
    elif isinstance(panel, Lanes):
        draw_lanes(sheet, plan, panel.lanes, panel.key, top, LANE_MM * scale)
    else:
        for n, line in enumerate(plan.notes[panel.key]):
            y = top + (SILENT / 2 + n * NOTE) * scale
            sheet.note(0.0, y, f"<i>{escape(line)}</i>", xshift=4, borderpad=0, bgcolor=look.GROUND_SCREEN)


def _background(sheet: Sheet, figure: FigureDescription) -> None:
    axis = figure.axis
    for low, high in axis.compressed:
        sheet.shapes.append(
            {
                "type": "rect",
                "layer": "below",
                "xref": "x",
                "yref": "paper",
                "x0": axis.place(low),
                "x1": axis.place(high),
                "y0": 0,
                "y1": 1,
                "fillcolor": look.COMPRESSED,
                "line": {"width": 0},
            }
        )
    lines = [(day, look.GRID, "solid") for day, _ in axis.ticks]
    lines += [(day, look.FAINT, "dot") for day in axis.kinks]
    lines += [(day, look.INFUSION_LINE, "dot") for day in figure.infusions]
    for day, colour, dash in lines:
        x = axis.place(day)
        sheet.line(x=(x, x), y=(0, 1), xref="x", yref="paper", color=colour, width=1, dash=dash)


def _tick_texts(sheet: Sheet, axis: TimeAxis) -> list[str]:
    widths = [text_width(label, sheet.small) for _, label in axis.ticks]
    shown = kept([sheet.x(day) for day, _ in axis.ticks], widths, air=4.0)
    return [label if chosen else "" for (_, label), chosen in zip(axis.ticks, shown, strict=True)]


def _layout(sheet: Sheet, figure: FigureDescription, width: int) -> dict[str, Any]:
    # The tool buttons stand at the upper right of a wide page.
    letters = int((width - (0 if sheet.narrow else TOOLS_PX)) / (0.62 * (sheet.text + 4)))
    titles = wrapped(figure.title, letters=letters)
    header = 12 + 20 * len(titles) + (26 if figure.mark else 0)
    shift: dict[str, Any] = {"yanchor": "top", "xshift": -(sheet.left - 4)}
    title = "<br>".join(escape(line) for line in titles)
    sheet.note(0.0, 0.0, f"<b>{title}</b>", size=sheet.text + 4, colour=look.INK, yshift=header - 2, **shift)
    if figure.mark:
        sheet.note(
            0.0,
            0.0,
            f"<b>{escape(figure.mark)}</b>",
            size=sheet.text,
            colour=look.MARK,
            yshift=30,
            bordercolor=look.MARK,
            borderwidth=1,
            borderpad=3,
            **shift,
        )
    room = width - sheet.left - 6
    notes = wrapped_px(" ".join(figure.notes), room=room, width=lambda text: text_width(text, sheet.small))
    if figure.notes:
        words = "<br>".join(escape(line) for line in notes)
        sheet.note(0.0, sheet.plot_height, words, yanchor="top", yshift=-RULER_PX)
    axis = figure.axis
    footer = RULER_PX + 14 * len(notes) + 8
    return {
        "autosize": True,
        "height": round(sheet.plot_height + header + footer),
        "margin": {"l": sheet.left, "r": sheet.right, "t": header, "b": footer, "pad": 0},
        "barmode": "overlay",
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "font": {"size": 12, "family": look.SCREEN_FONT}},
        "modebar": {
            "remove": BUTTONS if sheet.narrow else [],
            "bgcolor": look.GROUND_SCREEN,
            "color": look.FAINT,
            "activecolor": look.QUIET,
        },
        "dragmode": False if sheet.narrow else "zoom",
        "showlegend": False,
        "paper_bgcolor": look.PAPER,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": look.SCREEN_FONT, "size": sheet.text, "color": look.INK},
        "shapes": sheet.shapes,
        "annotations": sheet.annotations,
        "xaxis": _ruler(sheet, axis),
        **sheet.axes,
    }


def _ruler(sheet: Sheet, axis: TimeAxis) -> dict[str, Any]:
    return {
        "range": list(axis.span),
        "tickmode": "array",
        "tickvals": [axis.place(day) for day, _ in axis.ticks],
        "ticktext": _tick_texts(sheet, axis),
        "anchor": "free",
        "position": 0.0,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": look.QUIET,
        "ticks": "outside",
        "ticklen": 4,
        "tickfont": {"size": sheet.small},
        "tickangle": 0,
        "title": {"text": f"{axis.label} ({axis.unit})", "font": {"size": sheet.text}, "standoff": 4},
    }
