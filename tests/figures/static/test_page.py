"""The page: texts that do not touch, texts that are texts, files that are the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from xml.etree import ElementTree

import pytest

from cartrace.figures import course_figure, look, static
from cartrace.figures.kinetics import kinetics_figure
from cartrace.figures.plates import image_plate

WIDTHS = [look.SINGLE_MM, look.DOUBLE_MM]


def boxes(figure):
    """(text, box in px) of every rendered text."""
    from matplotlib.text import Text

    figure.set_dpi(200)
    renderer = figure.canvas.get_renderer()
    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def collisions(figure):
    """Pairs of texts whose rendered boxes overlap by more than a hair (0.1 mm)."""
    hair = 0.1 / 25.4 * 200
    found = []
    for (one, a), (other, b) in combinations(boxes(figure), 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > hair and down > hair:
            found.append((one, other, across, down))
    return found


def outside(figure):
    """Texts that leave the page."""
    width, height = figure.get_size_inches() * 200
    return [text for text, b in boxes(figure) if b.x0 < 0 or b.y0 < 0 or b.x1 > width or b.y1 > height]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_two_texts_touch_and_none_leaves_the_page(drawn, width):
    figure = static.draw(drawn.figure, width=width)
    assert collisions(figure) == []
    assert outside(figure) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_text_is_at_least_six_points_and_none_is_cut(drawn, profile, width):
    from matplotlib.text import Text

    for description in (drawn.figure, kinetics_figure(drawn.course, profile), image_plate(drawn.course)):
        texts = [t for t in static.draw(description, width=width).findobj(Text) if t.get_text().strip()]
        assert texts
        assert all(text.get_fontsize() >= 6.0 for text in texts)
        assert not any("…" in text.get_text() for text in texts)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_dense_year_fits_a_journal_page(dense, width):
    assert static.draw(dense.figure, width=width).get_size_inches()[1] * 25.4 <= look.TALLEST_MM + 1.0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("pace", ["clip", "full"])
def test_no_two_texts_touch_at_another_pace(dense, width, pace):
    figure = static.draw(course_figure(dense.course, dense.assessments, pace=pace), width=width)
    assert collisions(figure) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_kinetics_and_plates_keep_clear_too(dense, empty, profile, width):
    for description in (kinetics_figure(dense.course, profile), image_plate(empty.course)):
        figure = static.draw(description, width=width)
        assert collisions(figure) == []
        assert outside(figure) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_callout_of_a_profile_finds_a_place(dense, profile, width):
    figure = kinetics_figure(dense.course, profile)
    drawn = " ".join(text for text, _ in boxes(static.draw(figure, width=width)))
    for callout in figure.panels[0].callouts:
        assert callout.text in drawn


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_have_the_journal_s_width(dense, width):
    svg = static.to_svg(dense.figure, width=width)
    points = float(re.search(r'width="([\d.]+)pt"', svg)[1])
    assert points == pytest.approx(width / 25.4 * 72, abs=0.01)


def test_texts_stay_texts_in_svg(drawn):
    svg = static.to_svg(drawn.figure)
    root = ElementTree.fromstring(svg)
    words = {"".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert drawn.figure.title in words
    assert "Time since first infusion (days)" in words
    assert look.FONT_FALLBACK.split(",")[1].strip() in svg
    assert "glyph" not in svg


def test_the_same_figure_gives_the_same_bytes(empty):
    assert static.to_svg(empty.figure) == static.to_svg(empty.figure)
    assert static.to_pdf(empty.figure) == static.to_pdf(empty.figure)
    assert static.to_png(empty.figure, 50) == static.to_png(empty.figure, 50)


def test_files_carry_no_date_and_no_address(empty):
    svg = static.to_svg(empty.figure)
    assert "dc:date" not in svg
    assert not re.search(r"\b20\d\d-\d\d-\d\d", svg)
    assert b"CreationDate" not in static.to_pdf(empty.figure)


def test_pdf_and_png_are_what_they_say(empty):
    assert static.to_pdf(empty.figure).startswith(b"%PDF")
    assert static.to_png(empty.figure, 60).startswith(b"\x89PNG")


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(dense):
    program = (
        "import sys, importlib.util as u; s = u.spec_from_file_location('samples', sys.argv[1]);"
        "m = u.module_from_spec(s); sys.modules['samples'] = m; s.loader.exec_module(m);"
        "from cartrace.figures import static; sys.stdout.write(static.to_svg(m.dense_course().figure))"
    )
    from pathlib import Path

    samples = Path(__file__).parent.parent / "conftest.py"
    command = [sys.executable, "-c", program, str(samples)]
    result = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    assert result.stdout == static.to_svg(dense.figure)


def example(name):
    """One shipped course with everything that is found about it."""
    from importlib.resources import files
    from pathlib import Path

    from cartrace import assess, ingest, kinetics

    (course,) = ingest.read(Path(str(files("cartrace") / "examples" / name))).courses
    profiles = kinetics.measure(course)
    found = tuple(rule.run(course, {}) for rule in assess.RULES)
    return [course_figure(course, found, profiles), *(kinetics_figure(course, one) for one in profiles)]


@pytest.mark.parametrize("name", ["founding-case", pytest.param("busy-course", marks=pytest.mark.slow)])
def test_the_shipped_courses_are_drawn_without_a_collision(name):
    for description in example(name):
        for width in WIDTHS:
            figure = static.draw(description, width=width)
            assert collisions(figure) == []
            assert outside(figure) == []
