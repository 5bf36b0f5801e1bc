"""Lanes on screen."""

from __future__ import annotations

import pytest

from cartrace.figures import interactive


def trace(figure, key):
    return next(t for t in interactive.to_spec(figure)["data"] if t["meta"] == key)


def test_bars_start_and_last_as_described(dense):
    bars = trace(dense.figure, "treatment/dexamethasone/bars")
    axis = dense.figure.axis
    assert bars["orientation"] == "h"
    assert bars["base"] == pytest.approx([axis.place(6.0), axis.place(11.0)])
    assert bars["x"] == pytest.approx([axis.place(9.0) - axis.place(6.0), axis.place(13.0) - axis.place(11.0)])
    assert "10 mg" in bars["hovertext"][0]


def test_ranges_are_hatched_and_numbered(dense):
    spans = trace(dense.figure, "toxicity/crs.astct2019/spans")
    shapes = spans["marker"]["pattern"]["shape"]
    assert sum(bool(shape) for shape in shapes) == 2
    texts = [note["text"] for note in interactive.to_spec(dense.figure)["layout"]["annotations"]]
    assert "1–2" in texts


def test_lanes_without_marks_keep_their_names(empty):
    spec = interactive.to_spec(empty.figure)
    used = {trace["yaxis"] for trace in spec["data"]}
    axes = {name.replace("axis", "") for name in spec["layout"] if name.startswith("yaxis")}
    assert axes == used


def test_ongoing_bars_have_an_arrow(dense):
    arrows = [
        t for t in interactive.to_spec(dense.figure)["data"] if t.get("marker", {}).get("symbol") == "triangle-right"
    ]
    assert len(arrows) == 1
