"""What a figure shows, as plain data: the one description that the static and the interactive medium both draw.

In: nothing. Out: `FigureDescription`, its panels and marks.
Decided here: which kinds of mark exist. A mark says what is shown and what its hover text is, never how it looks:
colours, markers and sizes are chosen in look.py by the mark's `tone`.
All times are days since the first infusion; `TimeAxis.place` turns a day into a position on the drawn axis.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Scale = Literal["linear", "log"]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The shared time axis.

    knots   (day, position) pairs, both rising; between knots the axis is linear. Two knots = an ordinary axis;
            more = the days outside the dense part are compressed, and every medium marks the kinks
    ticks   (day, label)
    start, end   [d] first and last day drawn
    """

    label: str
    unit: str
    start: float
    end: float
    knots: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, str], ...]

    def place(self, day: float) -> float:
        """Position of a day on the drawn axis; days outside the axis sit at its ends."""
        day = min(max(day, self.start), self.end)
        right = min(max(bisect_right([knot[0] for knot in self.knots], day), 1), len(self.knots) - 1)
        (day0, at0), (day1, at1) = self.knots[right - 1], self.knots[right]
        return at0 + (at1 - at0) * (day - day0) / (day1 - day0)

    def shows(self, day: float) -> bool:
        """True when the day lies on the axis."""
        return self.start <= day <= self.end

    @property
    def kinks(self) -> tuple[float, ...]:
        """[d] days at which the axis changes its pace."""
        return tuple(day for day, _ in self.knots[1:-1])

    @property
    def compressed(self) -> tuple[tuple[float, float], ...]:
        """[d] The stretches drawn at another pace than the widest one."""
        pairs = list(pairwise(self.knots))
        paces = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs]
        return tuple((a[0], b[0]) for (a, b), pace in zip(pairs, paces, strict=True) if pace < 0.99 * max(paces))

    @property
    def span(self) -> tuple[float, float]:
        """Positions of the two ends."""
        return self.knots[0][1], self.knots[-1][1]


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """A value axis; `ticks` are (value, label). On a log axis every value is above 0."""

    label: str
    unit: str
    scale: Scale
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one time. `beyond` draws an open marker: beyond a limit of quantification, or 0 on a log axis."""

    time: float
    value: float
    hover: str
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Points joined by a line (`line` solid, dashed or none) and named beside the last point when `name` is not empty."""

    key: str
    name: str
    tone: str
    points: tuple[Point, ...]
    line: Literal["solid", "dashed", "none"] = "solid"
    markers: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line at one value: LLOQ, a threshold."""

    key: str
    value: float
    label: str
    hover: str


@dataclass(frozen=True, slots=True)
class Area:
    """The shaded area under a line, e.g. an AUC window; `points` are (time, value)."""

    key: str
    points: tuple[tuple[float, float], ...]
    label: str
    hover: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch between two lines, e.g. the 5th to 95th percentile; `corners` are (time, low, high). An open one is its two edges."""

    key: str
    tone: str
    corners: tuple[tuple[float, float, float], ...]
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Callout:
    """A short text beside a place of the chart, e.g. "Cmax 21 000"."""

    time: float
    value: float
    text: str
    hover: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A look without a number: drawn on the foot of the axis as its own marker ("seen, size not recorded")."""

    time: float
    hover: str


@dataclass(frozen=True, slots=True)
class Visits:
    """Every look without a number of one thing."""

    key: str
    name: str
    tone: str
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of a grade ribbon. low = high for a settled grade; a hatch shows a range; None = not graded."""

    start: float
    end: float
    low: int | None
    high: int | None
    text: str
    hover: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted: end_kind "closed", "ongoing" (arrow) or "unknown" (fades out)."""

    start: float
    end: float
    end_kind: Literal["closed", "ongoing", "unknown"]
    label: str
    hover: str
    tone: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something at one time: an infusion, a single dose, a procedure, a test result."""

    time: float
    label: str
    hover: str
    tone: str


@dataclass(frozen=True, slots=True)
class LaneText:
    """A text in a lane for what has no known time: "HSCT: day not recorded". `where`: before or after the infusions."""

    text: str
    hover: str
    where: Literal["before", "after", "anywhere"] = "anywhere"


@dataclass(frozen=True, slots=True)
class Lane:
    """A named row. Its bars, events and spans share it; gaps between bars are real gaps.

    `summary` stands beside the row: a grade ribbon's worst grade, which its narrow stretches have no room to print.
    """

    key: str
    name: str
    bars: tuple[Bar, ...] = ()
    events: tuple[Event, ...] = ()
    spans: tuple[Span, ...] = ()
    texts: tuple[LaneText, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Lanes:
    """A panel of lanes."""

    key: str
    letter: str
    title: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A panel with a value axis; `ribbons` are thin grade lanes on top of it. `height` in mm on a printed page.

    `watermark` is a word that stands faintly behind the data.
    """

    key: str
    letter: str
    axis: ValueAxis
    series: tuple[Series, ...] = ()
    levels: tuple[Level, ...] = ()
    areas: tuple[Area, ...] = ()
    callouts: tuple[Callout, ...] = ()
    visits: tuple[Visits, ...] = ()
    ribbons: tuple[Lane, ...] = ()
    notes: tuple[str, ...] = ()
    height: float = 13.0
    watermark: str = ""
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """A panel without data, collapsed to one line of text."""

    key: str
    letter: str
    text: str


Panel = Lanes | Chart | Silent


@dataclass(frozen=True, slots=True)
class FigureDescription:
    """A figure: panels from top to bottom on one time axis.

    mark        the visible mark of made-up data ("SIMULATED ..."); empty for real courses
    infusions   [d] times at which a faint line runs through every panel
    notes       sentences under the figure
    """

    key: str
    title: str
    mark: str
    axis: TimeAxis
    panels: tuple[Panel, ...]
    infusions: tuple[float, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Element:
    """One drawn thing that both media must show: its address, kind, number of parts and name."""

    key: str
    kind: str
    parts: int
    name: str


def bent(points: Sequence[tuple[float, float]], axis: TimeAxis, scale: Scale) -> list[tuple[float, float]]:
    """The (day, value) corners of a line: its points, and where it crosses a day at which the axis changes its pace.

    What is straight between two points of the value axis then bends with the time axis, instead of lying about a slope.
    """
    found = list(points[:1])
    for (day0, value0), (day1, value1) in pairwise(points):
        for kink in axis.kinks:
            if day0 < kink < day1:
                share = (kink - day0) / (day1 - day0)
                if scale == "log":
                    found.append((kink, value0 * (value1 / value0) ** share))
                else:
                    found.append((kink, value0 + (value1 - value0) * share))
        found.append((day1, value1))
    return found


def lane_elements(panel: str, lane: Lane) -> Iterator[Element]:
    """The elements of one lane."""
    for kind, marks in (("bars", lane.bars), ("events", lane.events), ("spans", lane.spans)):
        if marks:
            yield Element(f"{panel}/{lane.key}/{kind}", kind, len(marks), lane.name)


def elements(figure: FigureDescription) -> tuple[Element, ...]:
    """Every element of the figure, in drawing order; what the two media have in common."""
    found: list[Element] = []
    for panel in figure.panels:
        if isinstance(panel, Lanes):
            for lane in panel.lanes:
                found.extend(lane_elements(panel.key, lane))
        elif isinstance(panel, Chart):
            for lane in panel.ribbons:
                found.extend(lane_elements(panel.key, lane))
            found.extend(Element(f"{panel.key}/{a.key}", "area", len(a.points), a.label) for a in panel.areas)
            found.extend(Element(f"{panel.key}/{b.key}", "band", len(b.corners), "") for b in panel.bands)
            found.extend(Element(f"{panel.key}/{x.key}", "level", 1, x.label) for x in panel.levels)
            found.extend(Element(f"{panel.key}/{s.key}", "series", len(s.points), s.name) for s in panel.series)
            found.extend(Element(f"{panel.key}/{v.key}", "visits", len(v.visits), v.name) for v in panel.visits)
    return tuple(found)
