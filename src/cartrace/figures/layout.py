"""The stack of panels: how high each is and where it begins.

In: a figure description and the rows its lanes need. Out: blocks with offsets in mm from the top of the first panel.
Decided here: heights of lanes, ribbons, charts and gaps; both media stack the same blocks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cartrace.figures.description import Chart, FigureDescription, Lanes, Panel, Silent
from cartrace.figures.lane_rows import Plan

RIBBON = 3.5
RIBBON_GAP = 0.6
NOTE = 3.0
NAME = 2.75
"""[mm] A line of the names in the right margin: a chart is at least as high as they are."""
SILENT = 3.6
GAP = 2.4
GROUP_GAP = 4.2
SILENT_GAP = 1.2


@dataclass(frozen=True, slots=True)
class Block:
    """One panel's place: `top` is the offset [mm] of its upper edge; ribbons, then body, then note lines, downward."""

    panel: Panel
    top: float
    ribbons: float
    body: float
    notes: float

    @property
    def body_top(self) -> float:
        return self.top + self.ribbons

    @property
    def bottom(self) -> float:
        return self.top + self.ribbons + self.body + self.notes


HALVINGS = 12
TIGHTEST = 0.6
"""Charts and gaps are drawn at this share of their height at least when a page is short."""


def stack(
    figure: FigureDescription, plan: Plan, *, lane: float, tallest: float = math.inf
) -> tuple[tuple[Block, ...], float]:
    """Blocks from top to bottom and the height of the whole stack [mm].

    `lane` [mm] is the height of one lane row. A stack higher than `tallest` [mm] gets lower charts and smaller gaps.
    """
    blocks, height = _stack(figure, plan, lane, 1.0)
    if height <= tallest:
        return blocks, height
    low, high = TIGHTEST, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _stack(figure, plan, lane, middle)[1] > tallest else (middle, high)
    return _stack(figure, plan, lane, low)


def _stack(figure: FigureDescription, plan: Plan, lane: float, share: float) -> tuple[tuple[Block, ...], float]:
    blocks: list[Block] = []
    top = 0.0
    for number, panel in enumerate(figure.panels):
        if number:
            quiet = isinstance(panel, Silent) and isinstance(figure.panels[number - 1], Silent)
            gap = SILENT_GAP if quiet else GROUP_GAP if panel.letter or isinstance(panel, Lanes) else GAP
            top += gap * share
        ribbons, body, notes = _heights(panel, plan, lane)
        if isinstance(panel, Chart):
            body = max(body * share, plan.names[panel.key] * NAME)
        blocks.append(Block(panel, top, ribbons, body, notes))
        top = blocks[-1].bottom
    return tuple(blocks), top


def _heights(panel: Panel, plan: Plan, lane: float) -> tuple[float, float, float]:
    lines = len(plan.notes.get(panel.key, ()))
    if isinstance(panel, Silent):
        return 0.0, SILENT + (lines - 1) * NOTE, 0.0
    if isinstance(panel, Lanes):
        return 0.0, sum(plan.lanes[f"{panel.key}/{row.key}"].rows for row in panel.lanes) * lane, 0.0
    rows = sum(plan.lanes[f"{panel.key}/{row.key}"].rows for row in panel.ribbons)
    return rows * RIBBON + (RIBBON_GAP if rows else 0.0), panel.height, lines * NOTE
