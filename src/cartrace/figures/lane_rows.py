"""Rows of a lane: where its marks, labels and texts stand so that none touch and none is lost.

In: a lane, and how a medium measures. Out: a `LanePlan` that the medium only has to draw.
Decided here: a label stands right of its mark, else left of it, else right of the marks it holds for too (a dose is
written once and holds until the next one is); where none is free they all move to the next row. A text takes the first
row with room, else rows of its own, wrapped. Paper and screen use the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from cartrace.figures.description import Chart, FigureDescription, Lane, Lanes, LaneText, Silent
from cartrace.figures.placing import Box, gap_for

MOST_ROWS = 5
"""A mark moves down at most so far for its label; then the label gets a row of its own."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """How a medium measures, in its own unit (mm or px).

    x            place of a day
    width        width of a label
    name_width   width of a lane's name
    left, right  ends of the plot
    edge         right end of the page; labels may stand in the margin beside the plot
    names        room for names left of the plot; `letter` of it is taken where a panel's letter stands
    air          least distance between two things
    mark         half the width of an event's marker
    glyph        width of a marker before a name in the right margin
    gap          between the plot and the right margin
    """

    x: Callable[[float], float]
    width: Callable[[str], float]
    name_width: Callable[[str], float]
    left: float
    right: float
    edge: float
    names: float
    letter: float
    air: float
    mark: float
    glyph: float
    gap: float

    def margin(self, name: str, *, marked: bool) -> list[str]:
        """A name in lines that fit the right margin, behind its marker when it is `marked`."""
        room = self.edge - self.right - self.gap - (self.glyph if marked else 0.0)
        return wrapped(name, room=room, width=self.width)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a row; `hover` is empty for labels, whose mark has one."""

    row: int
    left: float
    width: float
    text: str
    hover: str = ""


@dataclass(frozen=True, slots=True)
class LanePlan:
    """A lane in rows: its name in lines, the row of each bar and event, and every line of text. Spans are in row 0."""

    rows: int
    name: tuple[str, ...]
    bars: tuple[int, ...]
    events: tuple[int, ...]
    labels: tuple[Line, ...]
    texts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The plans of a figure: lanes by "panel/lane"; by panel the lines of notes and silent panels, and how many lines
    the names in a chart's right margin may take."""

    lanes: dict[str, LanePlan]
    notes: dict[str, list[str]]
    names: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Mark:
    left: float
    right: float
    label: str
    kind: Literal["bar", "event", "span"]
    index: int


def plan_figure(figure: FigureDescription, ruler: Ruler) -> Plan:
    """Plans of every lane, note and silent panel of a figure."""
    lanes: dict[str, LanePlan] = {}
    notes: dict[str, list[str]] = {}
    names: dict[str, int] = {}
    for panel in figure.panels:
        if isinstance(panel, Silent):
            notes[panel.key] = wrapped(panel.text, room=ruler.edge - ruler.left - 2 * ruler.air, width=ruler.width)
            continue
        if isinstance(panel, Chart) and panel.notes:
            notes[panel.key] = wrapped("; ".join(panel.notes), room=ruler.right - ruler.left, width=ruler.width)
        if isinstance(panel, Chart):
            lines = [ruler.margin(series.name, marked=True) for series in panel.series if series.name]
            lines += [ruler.margin(level.label, marked=False) for level in panel.levels]
            names[panel.key] = sum(len(line) for line in lines)
        for n, lane in enumerate(panel.lanes if isinstance(panel, Lanes) else panel.ribbons):
            lettered = bool(panel.letter) and n == 0 and isinstance(panel, Lanes)
            room = ruler.names - (ruler.letter if lettered else 0.0)
            lanes[f"{panel.key}/{lane.key}"] = plan_lane(lane, ruler, room=room)
    return Plan(lanes, notes, names)


def plan_lane(lane: Lane, ruler: Ruler, *, room: float) -> LanePlan:
    """Rows of one lane whose name has `room` left of the plot."""
    edge = ruler.right if lane.summary else ruler.edge
    marks = _marks(lane, ruler)
    row_of = [0] * len(marks)
    labels: list[Line] = []
    # From the last to the first: a label to the right of a mark then meets what already has its place.
    for run in reversed(_runs(marks)):
        mark = marks[run[0]]
        for row in range(MOST_ROWS):
            others = [Box(m.left, r, m.right, r) for k, (m, r) in enumerate(zip(marks, row_of, strict=True))]
            kept = [box for k, box in enumerate(others) if k not in run]
            found = _beside([marks[k] for k in run], row, kept + _boxes(labels), ruler, edge)
            if found:
                for k in run:
                    row_of[k] = row
                labels += found
                break
        else:
            labels += _below(mark, 1 + max([*row_of, *(line.row for line in labels)]), ruler, edge)
    taken = [Box(m.left, r, m.right, r) for m, r in zip(marks, row_of, strict=True)] + _boxes(labels)
    texts = _texts(lane.texts, taken, ruler, edge)
    name = tuple(wrapped(lane.name, room=room, width=ruler.name_width))
    used = max((int(box.bottom) for box in taken + _boxes(texts)), default=0)
    rows = {kind: tuple(r for m, r in zip(marks, row_of, strict=True) if m.kind == kind) for kind in ("bar", "event")}
    return LanePlan(
        max(used + 1, len(name), 1), name, rows["bar"], rows["event"], tuple(reversed(labels)), tuple(texts)
    )


def _marks(lane: Lane, ruler: Ruler) -> list[_Mark]:
    marks = []
    for n, bar in enumerate(lane.bars):
        left = ruler.x(bar.start)
        right = ruler.x(bar.end) + (ruler.mark if bar.end_kind == "ongoing" else 0.0)
        marks.append(_Mark(left, max(right, left + ruler.air), bar.label, "bar", n))
    for n, event in enumerate(lane.events):
        at = ruler.x(event.time)
        marks.append(_Mark(at - ruler.mark, at + ruler.mark, event.label, "event", n))
    for n, span in enumerate(lane.spans):
        marks.append(_Mark(ruler.x(span.start), ruler.x(span.end), "", "span", n))
    return marks


def _runs(marks: Sequence[_Mark]) -> list[list[int]]:
    """Each labelled mark with the unlabelled ones that follow it, in order of time."""
    runs: list[list[int]] = []
    for n in sorted((n for n, mark in enumerate(marks) if mark.kind != "span"), key=lambda n: (marks[n].left, n)):
        if marks[n].label:
            runs.append([n])
        elif runs:
            runs[-1].append(n)
    return runs


def _boxes(lines: Sequence[Line]) -> list[Box]:
    """Lines as boxes: across in the medium's unit, down in rows."""
    return [Box(line.left, line.row, line.left + line.width, line.row) for line in lines]


def _clear(left: float, right: float, row: int, taken: Sequence[Box], air: float) -> bool:
    return not any(box.bottom == row and left < box.right + air and box.left < right + air for box in taken)


def _beside(run: Sequence[_Mark], row: int, taken: Sequence[Box], ruler: Ruler, edge: float) -> list[Line]:
    """The label beside its marks in a row; a label of two lines is tried as one first."""
    # In the first row marks may touch, as the infusions of a split dose do; in a further row nothing is hidden.
    if row and not all(_clear(mark.left, mark.right, row, taken, ruler.air) for mark in run):
        return []
    own = [*taken, *(Box(mark.left, row, mark.right, row) for mark in run)]
    lines = run[0].label.split("\n")
    for option in ([f"{lines[0]} ({', '.join(lines[1:])})"], lines) if len(lines) > 1 else (lines,):
        width = max(ruler.width(line) for line in option)
        ends = (run[0].right + ruler.air, run[0].left - ruler.air - width, run[-1].right + ruler.air)
        for left in ends:
            if left < ruler.left or left + width > edge:
                continue
            # Exactly `air` apart is far enough: the comparison is eased by a hair for rounding.
            if all(_clear(left, left + width, row + k, own, 0.999 * ruler.air) for k in range(len(option))):
                return [Line(row + k, left, ruler.width(line), line) for k, line in enumerate(option)]
    return []


def _below(mark: _Mark, row: int, ruler: Ruler, edge: float) -> list[Line]:
    """The label in rows of its own, under its mark as far as the page allows."""
    found = []
    lines = wrapped(mark.label, room=edge - ruler.left, width=ruler.width)
    widest = max(ruler.width(line) for line in lines)
    left = max(ruler.left, min(mark.left, edge - widest))
    for k, line in enumerate(lines):
        found.append(Line(row + k, left, ruler.width(line), line))
    return found


def _texts(texts: Sequence[LaneText], taken: Sequence[Box], ruler: Ruler, edge: float) -> list[Line]:
    found: list[Line] = []
    for where in ("before", "anywhere", "after"):
        chosen = [text for text in texts if text.where == where]
        words = tuple(dict.fromkeys(text.text for text in chosen))
        hover = "\n".join(dict.fromkeys(text.hover for text in chosen))
        if not words:
            continue
        together = _seat("; ".join(words), where, hover, [*taken, *_boxes(found)], ruler, edge)
        if len(together) == 1 or len(words) == 1:
            found += together
            continue
        for n, word in enumerate(words):
            own = "\n".join(text.hover for text in chosen if text.text == word)
            said = word if n == len(words) - 1 else f"{word};"
            found += _seat(said, where, own, [*taken, *_boxes(found)], ruler, edge)
    return found


def _seat(text: str, where: str, hover: str, taken: Sequence[Box], ruler: Ruler, edge: float) -> list[Line]:
    """One text in the first row that has room for it; else wrapped, in rows of its own."""
    width = ruler.width(text)
    inside = Box(ruler.left, 0.0, ruler.right if where == "after" else edge, 0.0)
    rows = 1 + max((int(box.bottom) for box in taken), default=-1)
    for row in range(max(rows, 1)):
        here = [box for box in taken if box.bottom == row]
        left, right = gap_for(width + 2 * ruler.air, here, inside=inside, where=where)
        if right - left >= width + 2 * ruler.air:
            at = right - ruler.air - width if where == "after" else left + ruler.air
            return [Line(row, at, width, text, hover)]
    lines = wrapped(text, room=edge - ruler.left - 2 * ruler.air, width=ruler.width)
    return [Line(rows + k, ruler.left + ruler.air, ruler.width(line), line, hover) for k, line in enumerate(lines)]


def wrapped(text: str, *, room: float, width: Callable[[str], float]) -> list[str]:
    """The text in lines no wider than `room`, broken at blanks; a wider word stands alone."""
    found: list[str] = []
    for word in text.split(" "):
        if found and width(f"{found[-1]} {word}") <= room:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found
