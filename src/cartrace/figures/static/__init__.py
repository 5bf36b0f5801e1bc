"""Figures on paper: SVG, PDF and PNG from a description, with text as text and the same bytes for the same input.

In: a `FigureDescription` or `PlateDescription`. Out: a file's content; nothing is written.
Decided here: how marks become ink on a page of a journal's column width.
"""

from cartrace.figures.static.page import draw, to_pdf, to_png, to_svg

__all__ = ["draw", "to_pdf", "to_png", "to_svg"]
