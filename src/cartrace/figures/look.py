"""The look of every figure: colours, fonts, sizes, markers, hatches. The only place for them.

In: the tone or grade of a mark. Out: how it is drawn.
Decided here: hues after Okabe and Ito, told apart with colour-blind eyes and never the only difference: each tone has
its own marker too; grades run from light to dark, carry their number, and ranges are hatched.
"""

from __future__ import annotations

from dataclasses import dataclass

MM_PER_INCH = 25.4
SINGLE_MM = 89.0
DOUBLE_MM = 183.0
TALLEST_MM = 240.0
"""Height of a journal page: a figure that would be higher gets lower charts."""

FONT = "DejaVu Sans"
"""The font texts are measured in; it comes with the drawing library, so every machine measures alike."""

FONT_FALLBACK = "'DejaVu Sans', Verdana, 'Helvetica Neue', Arial, sans-serif"

INK = "#1f2933"
QUIET = "#5b6770"
FAINT = "#c9d0d5"
GRID = "#e9ecee"
PAPER = "#ffffff"
COMPRESSED = "#f5f6f7"
INFUSION_LINE = "#9aa5ad"
MARK = "#b3261e"
PLACEHOLDER = "#f7f8f8"


@dataclass(frozen=True, slots=True)
class Tone:
    """How one kind of mark looks: colour, matplotlib marker, plotly symbol, and the symbol as a letter."""

    colour: str
    marker: str
    symbol: str
    glyph: str


BLACK = "#333333"
ORANGE = "#e69f00"
SKY = "#56b4e9"
GREEN = "#009e73"
YELLOW = "#c9b820"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"
GREY = "#7b868e"

TONES: dict[str, Tone] = {
    "infusion": Tone(VERMILION, "v", "triangle-down", "▼"),
    "lymphodepletion": Tone(GREY, "s", "square", "■"),
    "anticytokine": Tone(BLUE, "D", "diamond", "◆"),
    "corticosteroid": Tone(ORANGE, "o", "circle", "●"),
    "vasopressor": Tone(VERMILION, "^", "triangle-up", "▲"),
    "growth_factor": Tone(GREEN, "P", "cross", "✚"),
    "transfusion": Tone(PURPLE, "X", "x", "✖"),
    "oxygen": Tone(SKY, "h", "hexagon", "⬢"),
    "other_drug": Tone(GREY, "o", "circle", "●"),
    "procedure": Tone(BLACK, "s", "square", "■"),
    "mrd": Tone(BLACK, "D", "diamond", "◆"),
    "temperature": Tone(VERMILION, "o", "circle", "●"),
    "anc": Tone(BLUE, "o", "circle", "●"),
    "platelets": Tone(PURPLE, "s", "square", "■"),
    "haemoglobin": Tone(VERMILION, "D", "diamond", "◆"),
    "il6": Tone(ORANGE, "s", "square", "■"),
    "ifn_gamma": Tone(GREEN, "^", "triangle-up", "▲"),
    "crp": Tone(BLUE, "D", "diamond", "◆"),
    "ferritin": Tone(PURPLE, "v", "triangle-down", "▼"),
    "b_cells": Tone(GREEN, "p", "pentagon", "⬟"),
    "response": Tone(BLACK, "P", "cross", "✚"),
    "car": Tone(BLUE, "o", "circle", "●"),
    "fit": Tone(VERMILION, "o", "circle", "●"),
    "predicted": Tone(BLUE, "o", "circle", "●"),
    "compared": Tone(VERMILION, "D", "diamond", "◆"),
    "observed": Tone(BLACK, "s", "square", "■"),
}

NUMBERED: tuple[Tone, ...] = (
    Tone(BLUE, "o", "circle", "●"),
    Tone(VERMILION, "s", "square", "■"),
    Tone(GREEN, "^", "triangle-up", "▲"),
    Tone(ORANGE, "D", "diamond", "◆"),
    Tone(PURPLE, "v", "triangle-down", "▼"),
    Tone(BLACK, "P", "cross", "✚"),
    Tone(SKY, "X", "x", "✖"),
    Tone(YELLOW, "p", "pentagon", "⬟"),
)
"""Tones of things without a fixed one (sites, lesions), in order of appearance: tone "n0", "n1" ..."""

GRADES: tuple[str, ...] = ("#e3e8ec", "#fad4a0", "#f7b06c", "#e9794a", "#b23a24", "#5c140f")
"""Fill of grade 0 to 5: light to dark, so that the order survives grey print."""

GRADE_HEIGHTS = (0.16, 0.52, 0.64, 0.76, 0.88, 1.0)
"""Height of a ribbon's stretch by grade: a ribbon is a curve of steps, read without colour and without its numbers."""

NOT_GRADED = "#ffffff"
HATCH = "//////"
HATCH_INTERACTIVE = "/"

SHADE = "#cfe3f1"
GROUND_SCREEN = "rgba(255,255,255,0.85)"
SHADE_SCREEN = "rgba(0,114,178,0.16)"
"""Fill of an area under a curve."""


WATERMARK = "#dfe3e6"
WATERMARK_POINTS = 13.0
WATERMARK_SCREEN = "rgba(91,103,112,0.2)"
"""On screen the word lies over the data, so they show through it."""
WATERMARK_PX = 26
WATERMARK_PX_NARROW = 18
BAND_OPACITY = 0.2
"""Bands lie on each other: the inner one is as dark as two."""


def tone(name: str) -> Tone:
    """The tone with this name; "n3" is the fourth numbered one."""
    if name in TONES:
        return TONES[name]
    return NUMBERED[int(name[1:]) % len(NUMBERED)]


def grade_fill(low: int | None) -> str:
    """Fill of a ribbon stretch: the colour of its lower grade; above it, ranges are hatched up to the higher one."""
    return NOT_GRADED if low is None else GRADES[min(low, len(GRADES) - 1)]


def grade_hatch(low: int | None, high: int | None) -> str:
    """Colour of the hatch: that of the higher grade; empty for a settled grade."""
    if low is None or high is None:
        return FAINT
    return "" if low == high else GRADES[min(high, len(GRADES) - 1)]


def grade_heights(low: int | None, high: int | None) -> tuple[float, float]:
    """Height of the fill and of the hatch above it, as shares of the ribbon; not graded = hatched in full."""
    if low is None or high is None:
        return 0.0, 1.0
    return GRADE_HEIGHTS[min(low, len(GRADES) - 1)], GRADE_HEIGHTS[min(high, len(GRADES) - 1)]


def grade_ink(low: int | None) -> str:
    """Colour of the number on a ribbon."""
    return PAPER if low is not None and low >= 4 else INK


@dataclass(frozen=True, slots=True)
class PageSizes:
    """Sizes on a printed page of one width, in mm and points.

    A page too high takes lanes of `tight_lane`; `letter` is the room of a panel's letter.
    """

    left: float
    right: float
    text: float
    small: float
    title: float
    lane: float
    tight_lane: float
    marker: float
    line: float
    letter: float


def page(width: float) -> PageSizes:
    """Sizes for a page width in mm: a single column is drawn tighter than a double one, never below 6 pt."""
    if width < 120.0:
        return PageSizes(24.0, 15.5, 6.2, 6.0, 7.4, 3.3, 2.8, 2.2, 0.7, 3.2)
    return PageSizes(31.0, 21.0, 6.8, 6.2, 8.4, 3.8, 3.2, 3.0, 0.9, 4.0)


SCREEN_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
SCREEN_TEXT = 12
SCREEN_SMALL = 11
SCREEN_TEXT_NARROW = 11
SCREEN_SMALL_NARROW = 10
SCREEN_MARKER = 6
SCREEN_LINE = 1.5
SCREEN_PX_PER_MM = 5.2
SCREEN_LEFT = 132
SCREEN_RIGHT = 96
SCREEN_LEFT_NARROW = 104
SCREEN_RIGHT_NARROW = 74
