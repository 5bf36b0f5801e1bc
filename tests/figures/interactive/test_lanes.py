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


def test_ribbons_rise_with_the_grade_and_ranges_are_hatched_above_it(dense):
    traces = interactive.to_spec(dense.figure)["data"]
    n = next(n for n, t in enumerate(traces) if t["meta"] == "toxicity/crs.astct2019/spans")
    solid, hatched = traces[n - 2], traces[n - 1]
    grades = [0, 1, 2, 3, 2, 1, 0, 1, 0]
    heights = {grade: set() for grade in grades}
    for grade, height in zip(grades, solid["width"], strict=True):
        heights[grade].add(height)
    assert all(len(found) == 1 for found in heights.values())
    assert [min(heights[g]) for g in sorted(heights)] == sorted(min(found) for found in heights.values())
    assert len(hatched["x"]) == 2
    assert all(hatched["marker"]["pattern"]["shape"])
    # The hatch begins where the fill of the lower grade ends.
    for k, at in enumerate((2, 7)):
        top = solid["y"][at] - solid["width"][at] / 2
        assert hatched["y"][k] + hatched["width"][k] / 2 == pytest.approx(top)


def test_grades_are_written_and_the_worst_stands_beside_the_ribbon(dense):
    texts = [note["text"] for note in interactive.to_spec(dense.figure)["layout"]["annotations"]]
    assert "1–2" in texts
    assert "max 3" in texts


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


@pytest.mark.parametrize("width", [interactive.NARROW, interactive.WIDE])
def test_short_bars_can_be_seen(dense, width):
    spec = interactive.to_spec(dense.figure, width=width)
    low, high = spec["layout"]["xaxis"]["range"]
    across = width - spec["layout"]["margin"]["l"] - spec["layout"]["margin"]["r"]
    bars = [t for t in spec["data"] if t["meta"].endswith("/bars")]
    assert bars
    for found in bars:
        widths = [x / (high - low) * across for x in found["x"]]
        assert all(w - 2 * border >= 2.0 for w, border in zip(widths, found["marker"]["line"]["width"], strict=True))
