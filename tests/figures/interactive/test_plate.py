"""Plates on screen."""

from __future__ import annotations

import base64
import json

from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.figures import interactive
from cartrace.figures.plates import image_plate


def test_pictures_travel_inside(tmp_path):
    (tmp_path / "leg.png").write_bytes(b"picture")
    build = CourseBuilder("x", clock=Clock(), synthetic=True)
    build.image(kind="photograph", site="skin", moment=unknown(), caption="<Leg>", phase="before", file="leg.png")
    spec = interactive.to_spec(image_plate(build.course(), tmp_path))
    (image,) = spec["layout"]["images"]
    assert image["source"] == "data:image/png;base64," + base64.b64encode(b"picture").decode()
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
