"""A page measured in mm, with the origin at its upper left corner, and a memory of what is drawn where.

In: marks in mm. Out: artists on a matplotlib figure.
Decided here: every text is one line, set on its baseline and remembered with its box, so that labels can keep clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from cartrace.figures import look
from cartrace.figures.placing import Box, free

Align = Literal["left", "center", "right"]
POINT = look.MM_PER_INCH / 72.0
"""[mm] One typographic point."""
CAP = 0.73
DEPTH = 0.24
MIDDLE = 0.36
"""Capital height, depth below the baseline and middle of a capital, as shares of the type size."""


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal", style: str = "normal") -> float:
    """[mm] Width of a text at a type size in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    properties = FontProperties(family=look.FONT, size=size, weight=weight, style=style)  # type: ignore[arg-type]
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return float(width) * POINT


class Canvas:
    """One page. `texts` holds the boxes of the texts, which labels keep clear of (y grows downward)."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / look.MM_PER_INCH, height / look.MM_PER_INCH), facecolor=look.PAPER)
        FigureCanvasAgg(self.figure)
        flip = Affine2D().scale(1.0, -1.0).translate(0.0, height)
        self.mm = flip + Affine2D().scale(1.0 / look.MM_PER_INCH) + self.figure.dpi_scale_trans
        self.texts: list[Box] = []

    def _add(self, artist: Any) -> None:
        artist.set_transform(self.mm)
        # No clip path: the page itself is the clip, and fewer definitions make smaller files.
        artist.set_clip_on(False)
        self.figure.add_artist(artist, clip=False)

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        colour: str,
        width: float = 0.5,
        style: Any = "-",
        alpha: float = 1.0,
        order: float = 1.0,
        key: str = "",
    ) -> None:
        """A line through points; width in points."""
        from matplotlib.lines import Line2D

        artist = Line2D(
            list(xs),
            list(ys),
            color=colour,
            linewidth=width,
            linestyle=style,
            alpha=alpha,
            zorder=order,
            solid_capstyle="butt",
            solid_joinstyle="round",
        )
        artist.set_gid(key or None)
        self._add(artist)

    def markers(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        colour: str,
        marker: str,
        size: float,
        hollow: bool = False,
        order: float = 4.0,
        key: str = "",
        every: bool = True,
    ) -> None:
        """Markers at points; size in points. Hollow ones have a paper-coloured face."""
        from matplotlib.lines import Line2D

        face = look.PAPER if hollow else colour
        artist = Line2D(
            list(xs),
            list(ys),
            linestyle="none",
            marker=marker,
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=colour if hollow else look.PAPER,
            markeredgewidth=0.7 if hollow else 0.3,
            zorder=order,
        )
        artist.set_gid(key or None)
        if not every:
            artist.set_marker("None")
        self._add(artist)

    def rectangle(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        fill: str = "none",
        edge: str = "none",
        hatch: str = "",
        hatch_colour: str = "",
        width: float = 0.4,
        alpha: float = 1.0,
        order: float = 2.0,
        key: str = "",
    ) -> None:
        """A filled, framed or hatched rectangle."""
        from matplotlib.patches import Rectangle

        artist = Rectangle(
            (left, top),
            right - left,
            bottom - top,
            facecolor=fill,
            edgecolor=edge,
            linewidth=width,
            alpha=alpha,
            zorder=order,
        )
        if hatch:
            artist.set_hatch(hatch)
            artist.set_hatchcolor(hatch_colour)
            artist.set_hatch_linewidth(0.8)
        artist.set_gid(key or None)
        self._add(artist)

    def polygon(
        self, points: Sequence[tuple[float, float]], *, fill: str, order: float = 1.0, alpha: float = 1.0, key: str = ""
    ) -> None:
        """A filled polygon."""
        from matplotlib.patches import Polygon

        artist = Polygon(list(points), closed=True, facecolor=fill, edgecolor="none", zorder=order, alpha=alpha)
        artist.set_gid(key or None)
        self._add(artist)

    def text_box(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        align: Align = "left",
        weight: str = "normal",
        style: str = "normal",
    ) -> Box:
        """The box a text would take; y is the middle of its capitals."""
        width = text_width(text, size, weight, style)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width
        base = y + MIDDLE * size * POINT
        return Box(left, base - CAP * size * POINT, left + width, base + DEPTH * size * POINT)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        colour: str = look.INK,
        align: Align = "left",
        weight: str = "normal",
        style: str = "normal",
        order: float = 6.0,
        ground: bool = False,
    ) -> Box:
        """Draws one line of text with the middle of its capitals at y, and remembers its box.

        `ground` puts paper between the text and the lines behind it.
        """
        from matplotlib.text import Text

        box = self.text_box(x, y, text, size=size, align=align, weight=weight, style=style)
        if ground:
            self.rectangle(box.left - 0.3, box.bottom, box.right + 0.3, box.top, fill=look.PAPER, alpha=0.85, order=0.6)
        artist = Text(
            x,
            y + MIDDLE * size * POINT,
            text,
            fontsize=size,
            color=colour,
            ha=align,
            va="baseline",
            fontfamily=look.FONT,
            fontweight=weight,
            fontstyle=style,
            zorder=order,
            parse_math=False,
        )
        self._add(artist)
        self.texts.append(box)
        return box

    def text_if_free(
        self, x: float, y: float, text: str, *, size: float, align: Align = "left", **look_of: Any
    ) -> bool:
        """Draws the text when its place is free of other texts."""
        box = self.text_box(x, y, text, size=size, align=align)
        if not free(box, self.texts, air=0.1):
            return False
        self.text(x, y, text, size=size, align=align, **look_of)
        return True


def wrap(text: str, *, size: float, width: float, weight: str = "normal") -> list[str]:
    """The text in lines no wider than `width` [mm], broken at blanks."""
    found: list[str] = []
    for word in text.split(" "):
        if found and text_width(f"{found[-1]} {word}", size, weight) <= width:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found


def shortened(text: str, *, size: float, width: float) -> str:
    """The text, cut with an ellipsis when it is wider than `width` [mm]; empty when not even that fits."""
    if text_width(text, size) <= width:
        return text
    cut = text
    while cut and text_width(cut.rstrip() + "…", size) > width:
        cut = cut[:-1]
    return cut.rstrip() + "…" if len(cut) >= 3 else ""
