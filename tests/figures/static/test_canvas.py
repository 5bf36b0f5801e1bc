"""The page in mm."""

from __future__ import annotations

import pytest

from cartrace.figures.static.canvas import Canvas, shortened, text_width, wrap


def test_boxes_of_texts_hold_what_is_rendered():
    canvas = Canvas(80.0, 20.0)
    box = canvas.text(40.0, 10.0, "Haemoglobin (g/L)", size=8.0, align="center")
    (text,) = canvas.figure.texts or [a for a in canvas.figure.get_children() if hasattr(a, "get_text")]
    canvas.figure.set_dpi(254)
    drawn = text.get_window_extent(canvas.figure.canvas.get_renderer())
    assert drawn.x0 / 10 == pytest.approx(box.left, abs=0.4)
    assert drawn.x1 / 10 == pytest.approx(box.right, abs=0.4)
    assert 20.0 - drawn.y1 / 10 == pytest.approx(box.bottom, abs=0.4)
    assert 20.0 - drawn.y0 / 10 == pytest.approx(box.top, abs=0.4)


@pytest.mark.parametrize(("align", "left"), [("left", 10.0), ("right", None), ("center", None)])
def test_alignment_moves_the_box(align, left):
    canvas = Canvas(80.0, 20.0)
    box = canvas.text_box(10.0, 5.0, "abc", size=8.0, align=align)
    width = text_width("abc", 8.0)
    assert box.left == pytest.approx({"left": 10.0, "right": 10.0 - width, "center": 10.0 - width / 2}[align])


def test_a_text_is_left_out_where_another_stands():
    canvas = Canvas(80.0, 20.0)
    assert canvas.text_if_free(10.0, 5.0, "one", size=8.0)
    assert not canvas.text_if_free(10.5, 5.5, "two", size=8.0)
    assert canvas.text_if_free(10.0, 15.0, "three", size=8.0)


def test_wrapped_lines_fit_and_lose_no_word():
    text = "Open markers: below the limit of quantification, or 0 on a log axis."
    lines = wrap(text, size=7.0, width=30.0)
    assert " ".join(lines) == text
    assert all(text_width(line, 7.0) <= 30.0 for line in lines)


def test_numbers_in_groups_are_not_torn():
    assert wrap("AUC 669\u202f000", size=7.0, width=1.0) == ["AUC", "669\u202f000"]


def test_shortened_texts_fit():
    assert shortened("short", size=7.0, width=50.0) == "short"
    cut = shortened("a rather long text about nothing", size=7.0, width=20.0)
    assert cut.endswith("…")
    assert text_width(cut, 7.0) <= 20.0
    assert shortened("long", size=7.0, width=0.5) == ""
