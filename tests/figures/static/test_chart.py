"""Charts on paper."""

from __future__ import annotations

import pytest

from cartrace.figures import static, value_axis
from cartrace.figures.static.chart import Frame


@pytest.mark.parametrize(("value", "y"), [(0.0, 30.0), (50.0, 20.0), (100.0, 10.0), (-10.0, 30.0), (900.0, 10.0)])
def test_linear_places(value, y):
    axis = value_axis.linear("A", "%", [0.0, 100.0])
    flat = type(axis)("A", "%", "linear", 0.0, 100.0, ())
    assert Frame(flat, 10.0, 30.0).y(value) == pytest.approx(y)


@pytest.mark.parametrize(("value", "y"), [(1.0, 30.0), (10.0, 20.0), (100.0, 10.0), (0.0, 30.0)])
def test_log_places(value, y):
    axis = value_axis.logarithmic("A", "pg/mL", [1.0, 100.0])
    flat = type(axis)("A", "pg/mL", "log", 1.0, 100.0, ())
    assert Frame(flat, 10.0, 30.0).y(value) == pytest.approx(y)


def test_open_and_filled_markers_are_apart(dense):
    figure = static.draw(dense.figure)
    parts = {a.get_gid() for a in figure.findobj(lambda a: bool(a.get_gid()))}
    key = "car_copies_per_ug-blood-qPCR"
    assert {f"car_copies_per_ug/{key}#filled", f"car_copies_per_ug/{key}#open"} <= parts
    markers = figure.findobj(lambda a: "#" in (a.get_gid() or "") and hasattr(a, "get_markerfacecolor"))
    faces = {a.get_gid(): a.get_markerfacecolor() for a in markers}
    assert faces[f"car_copies_per_ug/{key}#open"] != faces[f"car_copies_per_ug/{key}#filled"]


def test_series_of_one_panel_are_named_in_ink(dense):
    svg = static.to_svg(dense.figure)
    for name in ("skin", "marrow", "left testis", "right testis", "LLOQ 50", "fever 38 °C"):
        assert name in svg
