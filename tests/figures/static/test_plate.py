"""Plates on paper."""

from __future__ import annotations

import io
import re

import pytest

from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.figures import static
from cartrace.figures.plates import image_plate


@pytest.fixture
def folder(tmp_path):
    from matplotlib.image import imsave

    for name, kind in (("a.png", "png"), ("b.jpg", "jpg")):
        buffer = io.BytesIO()
        imsave(buffer, [[0.0, 0.5], [0.5, 1.0]], format=kind)
        (tmp_path / name).write_bytes(buffer.getvalue())
    return tmp_path


def test_pictures_and_placeholders_share_a_grid(folder):
    build = CourseBuilder("x", clock=Clock(), title="T", synthetic=True)
    for file, phase in (("a.png", "before"), ("b.jpg", "during"), ("c.png", "after")):
        build.image(kind="photograph", site="skin", moment=unknown(), caption=file, phase=phase, file=file)
    plate = image_plate(build.course(), folder)
    figure = static.draw(plate)
    assert len(figure.axes) == 2
    svg = static.to_svg(plate)
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert "photograph described in the source; not in this folder" in words
    assert "SIMULATED" in svg
    assert static.to_svg(plate) == svg


def test_a_course_without_pictures_says_so():
    assert "No pictures recorded" in static.to_svg(image_plate(CourseBuilder("x").course()))
