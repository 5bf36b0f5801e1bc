"""Plates on screen."""

from __future__ import annotations

import base64
import json

import pytest

from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.figures import interactive
from cartrace.figures.interactive.sheet import text_width
from cartrace.figures.plates import image_plate


def test_pictures_travel_inside(tmp_path):
    picture = b"\x89PNG\r\n\x1a\n..."
    (tmp_path / "leg.png").write_bytes(picture)
    build = CourseBuilder("x", clock=Clock(), synthetic=True)
    build.image(kind="photograph", site="skin", moment=unknown(), caption="<Leg>", phase="before", file="leg.png")
    spec = interactive.to_spec(image_plate(build.course(), tmp_path))
    (image,) = spec["layout"]["images"]
    assert image["source"] == "data:image/png;base64," + base64.b64encode(picture).decode()
    text = json.dumps(spec)
    assert "SIMULATED" in text
    assert "&lt;Leg&gt;" in text


def test_every_cell_has_a_frame_and_a_hover(empty):
    plate = image_plate(empty.course)
    spec = interactive.to_spec(plate, width=390)
    assert len(spec["layout"]["shapes"]) == len(spec["data"][0]["hovertext"]) == len(plate.cells)


def test_a_course_without_pictures_says_so():
    spec = interactive.to_spec(image_plate(CourseBuilder("x").course()))
    assert "No pictures recorded" in json.dumps(spec)


def frames(spec):
    return [(s["x0"], s["x1"], s["y0"], s["y1"]) for s in spec["layout"]["shapes"]]


@pytest.mark.parametrize("width", [320, 390, 1000])
def test_frames_stay_on_the_page_and_hold_their_words(empty, width):
    spec = interactive.to_spec(image_plate(empty.course), width=width)
    assert all(0 <= left < right <= width for left, right, _, _ in frames(spec))
    words = [n for n in spec["layout"]["annotations"] if "not in this folder" in n["text"].replace("<br>", " ")]
    assert len(words) == len(frames(spec))
    for note, (left, right, top, bottom) in zip(words, frames(spec), strict=True):
        lines = note["text"].removeprefix("<i>").removesuffix("</i>").split("<br>")
        assert len(lines) * 14 <= bottom - top
        assert max(text_width(line, note["font"]["size"]) for line in lines) <= 1.05 * (right - left)


def test_pairs_to_compare_share_their_height(empty):
    spec = interactive.to_spec(image_plate(empty.course))
    before, after = frames(spec)[:2]
    assert before[2:] == after[2:]
