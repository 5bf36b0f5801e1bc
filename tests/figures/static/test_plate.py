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


def test_a_picture_keeps_its_proportions(folder):
    from matplotlib.image import imsave

    imsave(folder / "wide.png", [[0.0] * 40] * 10)
    build = CourseBuilder("x", clock=Clock())
    build.image(kind="photograph", site="skin", moment=unknown(), caption="c", phase="before", file="wide.png")
    (axes,) = static.draw(image_plate(build.course(), folder), width=89.0).axes
    box = axes.get_window_extent()
    assert box.width / box.height == pytest.approx(4.0)


def test_a_picture_cut_short_does_not_spoil_the_plate(folder):
    whole = (folder / "b.jpg").read_bytes()
    (folder / "b.jpg").write_bytes(whole[: len(whole) // 3])
    build = CourseBuilder("x", clock=Clock())
    for file, phase in (("b.jpg", "before"), ("a.png", "after")):
        build.image(kind="photograph", site="skin", moment=unknown(), caption=file, phase=phase, file=file)
    figure = static.draw(image_plate(build.course(), folder))
    assert len(figure.axes) == 1
    assert "picture: the file is no picture" in static.to_svg(image_plate(build.course(), folder))


def test_pictures_in_a_pdf_are_not_made_coarse(folder):
    import zlib

    from matplotlib.image import imsave

    imsave(folder / "a.png", [[(row * column) % 7 / 7 for row in range(400)] for column in range(300)])
    build = CourseBuilder("x", clock=Clock())
    build.image(kind="photograph", site="skin", moment=unknown(), caption="c", phase="before", file="a.png")
    pdf = static.to_pdf(image_plate(build.course(), folder), width=89.0)
    widths = [int(found) for found in re.findall(rb"/Width (\d+)", pdf)]
    assert max(widths) >= 400
    assert zlib.crc32(pdf) == zlib.crc32(static.to_pdf(image_plate(build.course(), folder), width=89.0))


def test_a_course_without_pictures_says_so():
    assert "No pictures recorded" in static.to_svg(image_plate(CourseBuilder("x").course()))
