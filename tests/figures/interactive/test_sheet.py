"""The sheet: escaping, widths, places."""

from __future__ import annotations

import pytest

from cartrace.figures.description import TimeAxis
from cartrace.figures.interactive.sheet import Sheet, escape, fitted, text_width, wrapped

AXIS = TimeAxis("Time", "days", 0.0, 10.0, ((0.0, 0.0), (10.0, 10.0)), ())


@pytest.fixture
def sheet():
    return Sheet(AXIS, width=1000, height=500, narrow=False)


def test_signs_are_escaped_and_lines_kept():
    assert escape("a < b & c\nd") == "a &lt; b &amp; c<br>d"


def test_axes_are_numbered_and_inside_the_paper(sheet):
    assert [sheet.y_axis(0, 100), sheet.y_axis(200, 600)] == ["y", "y2"]
    assert sheet.axes["yaxis"]["domain"] == [0.8, 1.0]
    assert sheet.axes["yaxis2"]["domain"][0] == 0.0


def test_days_become_pixels_and_shares(sheet):
    assert sheet.x(5.0) == pytest.approx(sheet.plot_width / 2)
    assert sheet.share(sheet.plot_width / 4) == pytest.approx(0.25)
    assert sheet.paper(125.0) == pytest.approx(0.75)


def test_widths_grow_with_text_and_size():
    assert text_width("iii", 10) < text_width("abc", 10) < text_width("MMM", 10)
    assert text_width("abc", 20) == pytest.approx(2 * text_width("abc", 10))
    assert text_width("a\nabc", 10) == text_width("abc", 10)
    assert text_width("", 10) == 0


def test_wide_letters_are_not_underrated():
    from cartrace.figures.static.canvas import text_width as drawn

    for text in ("Haemoglobin", "0.5 + 1.5 + 3 ×10⁶/kg", "nasal cannula", "MRD marrow flow", "LLOQ 50"):
        millimetres = drawn(text, 10.0)
        assert text_width(text, 10.0) >= 0.97 * millimetres / 25.4 * 72


def test_wrapping_and_cutting():
    assert wrapped("one two three", letters=7) == ["one two", "three"]
    assert fitted("abc", size=10, room=100) == "abc"
    assert fitted("a long text indeed", size=10, room=60).endswith("…")
    assert fitted("abcdef", size=10, room=5) == ""


def test_notes_are_set_by_share_and_height(sheet):
    sheet.note(0.5, 250, "x", anchor="right", colour="red")
    (note,) = sheet.annotations
    assert (note["x"], note["y"], note["xanchor"], note["font"]["color"]) == (0.5, 0.5, "right", "red")
