"""The sheet a screen figure is drawn on: pixels, margins, collected traces, shapes and annotations.

In: marks in pixels from the upper left corner of the plot. Out: the parts of a plotly specification.
Decided here: how texts are escaped, how wide a text is taken to be, where an annotation stands.
"""

from __future__ import annotations

import html
from typing import Any

from cartrace.figures import look
from cartrace.figures.description import TimeAxis
from cartrace.figures.lane_rows import Ruler

LETTERS = (
    ("iljI|.,:;'!·\u202f ", 0.33),
    ("frt()-/[]", 0.42),
    ("mwMW%●■▲◆▼✚✖⬟⬢○", 0.98),
    ("0123456789", 0.64),
    ("→≥+×", 0.84),
)
CAPITAL = 0.72
OTHER = 0.60
"""[em] Widths of letters by class, those of a wide screen font: narrower fonts leave more room."""


class Sheet:
    """Collects the parts of one figure. `plot_width` and `plot_height` in px; y grows downward."""

    def __init__(self, axis: TimeAxis, *, width: float, narrow: bool, height: float = 0.0) -> None:
        self.axis = axis
        self.narrow = narrow
        self.left = look.SCREEN_LEFT_NARROW if narrow else look.SCREEN_LEFT
        self.right = look.SCREEN_RIGHT_NARROW if narrow else look.SCREEN_RIGHT
        self.plot_width = width - self.left - self.right
        self.plot_height = height
        self.text = look.SCREEN_TEXT_NARROW if narrow else look.SCREEN_TEXT
        self.small = look.SCREEN_SMALL_NARROW if narrow else look.SCREEN_SMALL
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []
        self.axes: dict[str, dict[str, Any]] = {}

    def place(self, day: float) -> float:
        """Position of a day on the drawn time axis."""
        return self.axis.place(day)

    def x(self, day: float) -> float:
        """[px] of a day at the width the labels are placed for."""
        low, high = self.axis.span
        return (self.axis.place(day) - low) / (high - low) * self.plot_width

    def share(self, x: float) -> float:
        """Pixels from the left as a share of the plot's width."""
        return x / self.plot_width

    def ruler(self) -> Ruler:
        """How this sheet measures: pixels from the left of the plot."""

        def width(text: str) -> float:
            return text_width(text, self.small)

        return Ruler(
            x=self.x,
            width=width,
            name_width=width,
            left=0.0,
            right=self.plot_width,
            edge=self.plot_width + self.right - 4,
            names=self.left - 8,
            letter=12,
            air=3.0,
            mark=4.0 if self.narrow else 5.0,
            glyph=1.4 * self.small,
            gap=7.0,
        )

    def paper(self, y: float) -> float:
        """Pixels from the top as plotly's paper coordinate."""
        return 1.0 - y / self.plot_height

    def y_axis(self, top: float, bottom: float, **fields: Any) -> str:
        """A value axis for the stretch between two heights [px]; returns its short name, "y3"."""
        name = f"y{len(self.axes) + 1}" if self.axes else "y"
        self.axes[name.replace("y", "yaxis")] = {
            "domain": [max(self.paper(bottom), 0.0), min(self.paper(top), 1.0)],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "anchor": "x",
            "ticks": "",
            "color": look.QUIET,
            **fields,
        }
        return name

    def note(self, x: float, y: float, text: str, *, anchor: str = "left", size: float = 0.0, **fields: Any) -> None:
        """A text at a share `x` of the plot's width and a height [px]; its middle is at y."""
        annotation = {
            "xref": "paper",
            "yref": "paper",
            "x": x,
            "y": self.paper(y),
            "text": text,
            "showarrow": False,
            "xanchor": anchor,
            "yanchor": "middle",
            "align": "right" if anchor == "right" else "left",
            "font": {"size": size or self.small, "color": fields.pop("colour", look.QUIET)},
            **fields,
        }
        self.annotations.append(annotation)

    def line(self, *, x: tuple[float, float], y: tuple[float, float], xref: str, yref: str, **line: Any) -> None:
        """A line behind the data."""
        self.shapes.append(
            {
                "type": "line",
                "layer": "below",
                "xref": xref,
                "yref": yref,
                "x0": x[0],
                "x1": x[1],
                "y0": y[0],
                "y1": y[1],
                "line": line,
            }
        )


def escape(text: str) -> str:
    """A text for plotly: its few HTML signs escaped, line breaks kept."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def text_width(text: str, size: float) -> float:
    """[px] Width a text is taken to have, by classes of letters."""
    return size * max((sum(_letter(letter) for letter in line) for line in text.split("\n")), default=0.0)


def _letter(letter: str) -> float:
    for letters, width in LETTERS:
        if letter in letters:
            return width
    return CAPITAL if letter.isupper() else OTHER


def wrapped(text: str, *, letters: int) -> list[str]:
    """The text in lines of at most so many letters, broken at blanks."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def fitted(text: str, *, size: float, room: float) -> str:
    """The text, cut with an ellipsis when it is wider than `room` [px]; empty when nearly nothing would be left."""
    if text_width(text, size) <= room:
        return text
    cut = text
    while cut and text_width(cut.rstrip() + "…", size) > room:
        cut = cut[:-1]
    return cut.rstrip() + "…" if len(cut) >= 3 else ""
