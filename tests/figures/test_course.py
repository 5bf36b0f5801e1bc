"""The course figure as a whole: same elements in both media, nothing lost, nothing without a unit."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cartrace.course import CourseBuilder
from cartrace.figures import course_figure, interactive, static
from cartrace.figures.description import Chart, Lanes, Silent, elements


def on_paper(figure):
    """(key -> parts) of what the static medium drew."""
    parts = {}
    for artist in static.draw(figure).findobj(lambda artist: bool(artist.get_gid())):
        key = artist.get_gid().split("#")[0]
        count = len(artist.get_xdata()) if hasattr(artist, "get_xdata") else 1
        parts[key] = parts.get(key, 0) + count
    return parts


def on_screen(figure):
    """(key -> parts) of what the interactive medium drew."""
    return {trace["meta"]: len(trace["x"]) for trace in interactive.to_spec(figure)["data"] if trace["meta"]}


def test_both_media_show_the_same_elements(drawn):
    wanted = {element.key: element.parts for element in elements(drawn.figure)}
    kinds = {element.key: element.kind for element in elements(drawn.figure)}
    paper, screen = on_paper(drawn.figure), on_screen(drawn.figure)
    assert set(paper) == set(screen) == set(wanted)
    for key, parts in wanted.items():
        if kinds[key] == "level":
            continue  # a level is one line, drawn by its two ends
        assert (key, paper[key], screen[key]) == (key, parts, parts)


def test_both_media_show_the_same_names_and_ticks(drawn):
    figure = drawn.figure
    spec = interactive.to_spec(figure)
    screen = json.dumps(spec["layout"], ensure_ascii=False)
    paper = static.to_svg(figure)
    for panel in figure.panels:
        if isinstance(panel, Lanes):
            for lane in panel.lanes:
                assert lane.name in paper
                assert lane.name in screen
        elif isinstance(panel, Chart):
            for _, label in panel.axis.ticks:
                assert f'"{label}"' in screen
        else:
            assert panel.text in paper
            assert panel.text in screen


def test_every_axis_has_a_unit(drawn):
    figure = drawn.figure
    assert figure.axis.unit == "days"
    paper = static.to_svg(figure)
    spec = interactive.to_spec(figure)
    titles = " ".join(note["text"] for note in spec["layout"]["annotations"])
    assert "(days)" in spec["layout"]["xaxis"]["title"]["text"]
    assert "(days)" in paper
    for panel in figure.panels:
        if isinstance(panel, Chart):
            assert panel.axis.unit
            assert f"({panel.axis.unit})" in paper
            assert panel.axis.unit.split()[0] in titles


def test_every_mark_has_a_hover_text(drawn):
    for trace in interactive.to_spec(drawn.figure)["data"]:
        if trace["meta"]:
            assert len(trace["hovertext"]) == len(trace["x"])
            assert all(trace["hovertext"])


def test_made_up_courses_say_so_in_both_media(dense, empty):
    assert "SIMULATED" in static.to_svg(dense.figure)
    assert "SIMULATED" in json.dumps(interactive.to_spec(dense.figure))
    assert "SIMULATED" not in static.to_svg(empty.figure)
    assert "SIMULATED" not in json.dumps(interactive.to_spec(empty.figure))


def test_panels_stand_in_the_order_of_the_founding_figure(dense):
    letters = [panel.letter for panel in dense.figure.panels if panel.letter]
    assert letters == ["a", "b", "c", "d", "e", "f"]
    assert dense.figure.panels[0].key == "toxicity"


def test_an_almost_empty_course_is_short_and_invents_nothing(empty):
    figure = empty.figure
    assert sum(isinstance(panel, Silent) for panel in figure.panels) == 3
    assert not any(isinstance(panel, Chart) for panel in figure.panels)
    assert figure.notes == ("Assumed: printed day 01 taken as day 0.",)


def test_a_course_without_any_record_still_gives_a_figure():
    figure = course_figure(CourseBuilder("nothing").course())
    assert all(isinstance(panel, Silent) for panel in figure.panels)
    assert static.to_svg(figure).startswith("<?xml")
    assert interactive.to_spec(figure)["layout"]["height"] > 0


@pytest.mark.parametrize("pace", ["auto", "clip", "full"])
def test_every_pace_can_be_drawn(dense, pace):
    figure = course_figure(dense.course, dense.assessments, pace=pace)
    assert set(on_paper(figure)) == set(on_screen(figure))
    cut = "Days outside the axis are not drawn." in figure.notes
    assert cut == (pace == "clip")


def test_notes_explain_what_is_on_the_page(dense):
    text = " ".join(dense.figure.notes)
    for word in ("Open markers", "Ribbons", "Hatched", "Fading bar", "compressed"):
        assert word in text


def test_importing_the_figures_loads_no_drawing_library():
    program = (
        "import sys, cartrace.figures, cartrace.figures.kinetics, cartrace.figures.plates, cartrace.figures.static,"
        "cartrace.figures.interactive; heavy = {'matplotlib', 'plotly', 'PIL', 'numba', 'pandas'};"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert result.stdout.strip() == "[]"


def test_a_screen_figure_is_made_without_any_drawing_library():
    program = (
        "import sys; from cartrace.course import CourseBuilder; from cartrace.figures import course_figure, interactive;"
        "interactive.to_spec(course_figure(CourseBuilder('x').course()));"
        "print(sorted({'matplotlib', 'plotly', 'PIL'} & {name.split('.')[0] for name in sys.modules}))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert result.stdout.strip() == "[]"
