"""The image plate."""

from __future__ import annotations

import pytest

from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.figures.plates import image_plate

PNG = b"\x89PNG\r\n\x1a\n..."


@pytest.fixture
def build():
    return CourseBuilder("x", clock=Clock())


def test_places_are_rows_and_phases_are_columns_in_time_order(empty):
    plate = image_plate(empty.course)
    assert plate.rows == ("skin, leg (photograph)", "skin (histology, HE)")
    assert plate.columns == ("before", "after")
    (rank,) = plate.ranks("skin, leg (photograph)")
    assert [(n, cell.column) for n, cell in rank] == [(0, "before"), (1, "after")]
    (rank,) = plate.ranks("skin (histology, HE)")
    assert [n for n, _ in rank] == [0]


def test_what_is_to_be_compared_stands_side_by_side(build):
    for phase, captions in (("before", ("leg", "face", "back")), ("after", ("leg", "face"))):
        for caption in captions:
            build.image(kind="photograph", site="skin", moment=unknown(), caption=caption, phase=phase)
    ranks = image_plate(build.course()).ranks("skin (photograph)")
    assert [[cell.caption for _, cell in rank] for rank in ranks] == [["leg", "leg"], ["face", "face"], ["back"]]


def test_absent_pictures_are_framed_places(empty):
    plate = image_plate(empty.course)
    assert {cell.absent for cell in plate.cells} == {
        "photograph described in the source; not in this folder",
        "histology described in the source; not in this folder",
    }
    assert all(plate.aspect(row) < 0.5 for row in plate.rows)


def test_present_pictures_are_read(build, tmp_path):
    (tmp_path / "leg.png").write_bytes(PNG)
    build.image(kind="photograph", site="skin", moment=unknown(), caption="c", phase="before", file="leg.png")
    (cell,) = image_plate(build.course(), tmp_path).cells
    assert (cell.content, cell.media_type, cell.absent) == (PNG, "image/png", "")


@pytest.mark.parametrize("file", ["../secret.png", "notes.txt", "gone.png", "/etc/hostname"])
def test_nothing_outside_the_folder_and_no_other_kind_is_read(build, tmp_path, file):
    folder = tmp_path / "course"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "notes.txt").write_bytes(b"text")
    build.image(kind="photograph", site="skin", moment=unknown(), caption="c", phase="before", file=file)
    (cell,) = image_plate(build.course(), folder).cells
    assert cell.content == b""
    assert cell.absent


def test_a_file_that_is_no_picture_says_so(build, tmp_path):
    (tmp_path / "leg.png").write_bytes(b"<html>not found</html>")
    build.image(kind="photograph", site="skin", moment=unknown(), caption="c", phase="before", file="leg.png")
    (cell,) = image_plate(build.course(), tmp_path).cells
    assert (cell.content, cell.absent) == (b"", "photograph: the file is no picture")
