"""Figures on screen: plotly specifications as plain dicts, built without the plotly library and without any address.

In: a `FigureDescription` or `PlateDescription`. Out: {"data": [...], "layout": {...}} for the plotly script.
Decided here: the same elements as on paper, each with a hover text. Labels are placed for one page width, so a page
that serves both takes two: `to_spec(description)` for a desk, `to_spec(description, width=NARROW)` for a phone.
Use `CONFIG` as the script's configuration; zooming is along time only.
"""

from cartrace.figures.interactive.spec import CONFIG, NARROW, WIDE, to_spec

__all__ = ["CONFIG", "NARROW", "WIDE", "to_spec"]
