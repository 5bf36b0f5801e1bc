"""Charts on screen."""

from __future__ import annotations

import math

import pytest

from cartrace.figures import interactive
from cartrace.figures.description import Chart, ValueAxis
from cartrace.figures.interactive.chart import fraction


def trace(spec, key):
    return next(t for t in spec["data"] if t["meta"] == key)


@pytest.mark.parametrize(("value", "share"), [(1.0, 0.0), (10.0, 0.5), (100.0, 1.0), (0.0, 0.0)])
def test_log_fractions(value, share):
    assert fraction(ValueAxis("A", "u", "log", 1.0, 100.0, ()), value) == pytest.approx(share)


def test_linear_fractions():
    assert fraction(ValueAxis("A", "u", "linear", 10.0, 20.0, ()), 15.0) == pytest.approx(0.5)


def test_log_axes_have_log_ranges(dense):
    spec = interactive.to_spec(dense.figure)
    key = "car_copies_per_ug-blood-qPCR"
    series = trace(spec, f"car_copies_per_ug/{key}")
    axis = spec["layout"][series["yaxis"].replace("y", "yaxis")]
    chart = next(panel for panel in dense.figure.panels if panel.key == "car_copies_per_ug")
    assert isinstance(chart, Chart)
    assert axis["type"] == "log"
    assert axis["range"] == pytest.approx([math.log10(chart.axis.low), math.log10(chart.axis.high)])


def test_open_markers_and_values(dense):
    spec = interactive.to_spec(dense.figure)
    key = "car_copies_per_ug-blood-qPCR"
    series = trace(spec, f"car_copies_per_ug/{key}")
    chart = next(panel for panel in dense.figure.panels if panel.key == "car_copies_per_ug")
    assert series["y"] == [point.value for point in chart.series[0].points]
    open_ones = [symbol.endswith("-open") for symbol in series["marker"]["symbol"]]
    assert open_ones == [point.beyond for point in chart.series[0].points]


def test_names_carry_the_glyph_of_their_marker_in_the_margin(dense):
    texts = [note["text"] for note in interactive.to_spec(dense.figure)["layout"]["annotations"]]
    assert "● blood qPCR" in texts


def test_areas_are_shaded(dense, profile):
    from cartrace.figures.kinetics import kinetics_figure

    spec = interactive.to_spec(kinetics_figure(dense.course, profile))
    (area,) = [t for t in spec["data"] if t.get("fill") == "tonexty"]
    assert area["meta"].endswith("auc_0_28")
