"""Lanes on paper."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from cartrace.figures import look, static
from cartrace.figures.description import TimeAxis
from cartrace.figures.static.lanes import Plot

AXIS = TimeAxis("Time", "days", 0.0, 10.0, ((0.0, 0.0), (10.0, 10.0)), ())


@pytest.mark.parametrize(("day", "x"), [(0, 20), (5, 60), (10, 100), (99, 100)])
def test_days_become_millimetres(day, x):
    assert Plot(AXIS, 20.0, 100.0, look.page(183.0)).x(day) == pytest.approx(x)


@pytest.mark.parametrize("width", [look.SINGLE_MM, look.DOUBLE_MM])
def test_no_dose_of_cells_is_lost(drawn, width):
    svg = static.to_svg(drawn.figure, width=width)
    assert "0.5 + 1.5 + 3 ×10⁶/kg" in svg
    assert "10 + 30 + 60 %" in svg
    assert ("2 ×10⁶/kg" in svg) == ("Busy" in drawn.figure.title)


def test_each_grade_has_its_height_and_ranges_a_hatch(dense):
    figure = static.draw(dense.figure)
    spans = list(figure.findobj(lambda a: (a.get_gid() or "").endswith("crs.astct2019/spans")))
    assert len(spans) == 9
    tall = {span.get_facecolor(): span.get_height() for span in spans}
    assert len(tall) == len(set(tall.values())) == 4
    assert len([r for r in figure.findobj(Rectangle) if r.get_hatch()]) == 3  # CRS 2–3 and 1–2, ICANS 0–4


def test_fading_bars_get_fainter(dense):
    figure = static.draw(dense.figure)
    green = look.tone("growth_factor").colour
    alphas = [
        r.get_alpha() for r in figure.findobj(Rectangle) if to_hex(r.get_facecolor()) == green and not r.get_gid()
    ]
    assert alphas == sorted(alphas, reverse=True)
    assert len(alphas) == 8
