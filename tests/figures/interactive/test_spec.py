"""The screen figure as a whole: valid for plotly, without any address, with labels that do not touch."""

from __future__ import annotations

import ast
import json
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from cartrace.figures import interactive
from cartrace.figures.interactive.sheet import text_width
from cartrace.figures.kinetics import kinetics_figure
from cartrace.figures.plates import image_plate

WIDTHS = [interactive.NARROW, interactive.WIDE]


@pytest.fixture(scope="module")
def descriptions(dense, empty, profile):
    return [dense.figure, empty.figure, kinetics_figure(dense.course, profile), image_plate(empty.course)]


@pytest.mark.parametrize("width", WIDTHS)
def test_plotly_accepts_every_part(descriptions, width):
    from plotly.graph_objects import Figure

    for description in descriptions:
        spec = interactive.to_spec(description, width=width)
        assert len(Figure(spec).data) == len(spec["data"])


@pytest.mark.parametrize("width", WIDTHS)
def test_no_address_and_plain_json(descriptions, width):
    for description in descriptions:
        text = json.dumps(interactive.to_spec(description, width=width), allow_nan=False)
        assert "http" not in text
        assert "//" not in text.replace("data:image", "")


def test_the_same_figure_gives_the_same_text(descriptions):
    for description in descriptions:
        assert json.dumps(interactive.to_spec(description)) == json.dumps(interactive.to_spec(description))


def test_nothing_is_ever_sent_away():
    assert interactive.CONFIG["showSendToCloud"] is False
    assert interactive.CONFIG["displaylogo"] is False
    assert interactive.CONFIG["plotlyServerURL"] == ""


def test_the_plotly_library_is_not_imported():
    import cartrace.figures

    for path in Path(cartrace.figures.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "plotly" for name in names), path.name


def placed(spec, width):
    """(text, left, low, right, high) in px of every annotation that stands on the plot's paper."""
    layout = spec["layout"]
    across = width - layout["margin"]["l"] - layout["margin"]["r"]
    down = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    for note in layout["annotations"]:
        lines = note["text"].replace("<i>", "").replace("</i>", "").replace("<b>", "").replace("</b>", "")
        lines = [
            line.split(">")[-1] if "<span" in line else line for line in lines.replace("</span>", "").split("<br>")
        ]
        size = note["font"]["size"]
        wide, high = max(text_width(line, size) for line in lines), 1.2 * size * len(lines)
        x = note["x"] * across + note.get("xshift", 0)
        y = note["y"] * down + note.get("yshift", 0)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[note["xanchor"]] * wide
        low = y - {"middle": 0.5, "top": 1.0}[note["yanchor"]] * high
        yield note["text"], left, low, left + wide, low + high


@pytest.mark.parametrize("width", WIDTHS)
def test_annotations_do_not_touch(descriptions, width):
    for description in descriptions[:3]:
        notes = list(placed(interactive.to_spec(description, width=width), width))
        for one, other in combinations(notes, 2):
            across = min(one[3], other[3]) - max(one[1], other[1])
            down = min(one[4], other[4]) - max(one[2], other[2])
            assert across <= 1.5 or down <= 2.5, (one, other)


@pytest.mark.parametrize("width", WIDTHS)
def test_annotations_stay_on_the_page(descriptions, width):
    for description in descriptions[:3]:
        spec = interactive.to_spec(description, width=width)
        left = -spec["layout"]["margin"]["l"]
        for text, low, _, high, _ in placed(spec, width):
            assert low >= left - 1, text
            assert high <= width + left + 2, text


@pytest.mark.parametrize("width", WIDTHS)
def test_every_callout_of_a_profile_finds_a_place(dense, profile, width):
    figure = kinetics_figure(dense.course, profile)
    notes = [
        note["text"].replace("<br>", " ") for note in interactive.to_spec(figure, width=width)["layout"]["annotations"]
    ]
    for callout in figure.panels[0].callouts:
        assert callout.text in notes


def test_only_time_zooms(dense):
    layout = interactive.to_spec(dense.figure)["layout"]
    assert all(axis["fixedrange"] for name, axis in layout.items() if name.startswith("yaxis"))
    assert "fixedrange" not in layout["xaxis"]
    assert layout["autosize"] is True


def test_axes_do_not_overlap(dense):
    layout = interactive.to_spec(dense.figure)["layout"]
    domains = sorted(tuple(axis["domain"]) for name, axis in layout.items() if name.startswith("yaxis"))
    assert all(upper[0] >= lower[1] - 1e-9 for lower, upper in pairwise(domains))
    assert all(0 <= low < high <= 1 for low, high in domains)
