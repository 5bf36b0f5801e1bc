"""The stack of panels."""

from __future__ import annotations

from itertools import pairwise

from cartrace.figures import layout, look
from cartrace.figures.description import Chart
from cartrace.figures.lane_rows import plan_figure
from cartrace.figures.static.lanes import Plot


def stack(figure, **options):
    plan = plan_figure(figure, Plot(figure.axis, 31.0, 162.0, look.page(183.0)).ruler(183.0))
    return layout.stack(figure, plan, lane=4.0, **options)


def test_blocks_never_overlap(drawn):
    blocks, height = stack(drawn.figure)
    assert all(lower.top >= upper.bottom for upper, lower in pairwise(blocks))
    assert height == blocks[-1].bottom


def test_a_short_page_lowers_charts_but_not_lanes(dense):
    free, natural = stack(dense.figure)
    tight, height = stack(dense.figure, tallest=0.85 * natural)
    assert abs(height - 0.85 * natural) < 0.5
    for before, after in zip(free, tight, strict=True):
        assert (after.body < before.body) == isinstance(before.panel, Chart)


def test_charts_stay_readable_on_the_shortest_page(dense):
    blocks, _ = stack(dense.figure, tallest=10.0)
    charts = [block for block in blocks if isinstance(block.panel, Chart)]
    assert all(block.body >= 0.59 * block.panel.height for block in charts)


def test_ribbons_and_notes_take_their_room(dense):
    blocks, _ = stack(dense.figure)
    for block in blocks:
        if isinstance(block.panel, Chart):
            assert (block.ribbons > 0) == bool(block.panel.ribbons)
            assert (block.notes > 0) == bool(block.panel.notes)
