"""Figures of simulated patients: bands in order, recorded values on top, the same elements in both media, every panel marked."""

from __future__ import annotations

import pytest
from tests.figures.static.test_page import collisions, outside

from cartrace.course import CourseBuilder, Status
from cartrace.figures import interactive, look, static
from cartrace.figures.description import elements
from cartrace.figures.prediction import FEET, MARK, WATERMARK, as_given, contrast
from cartrace.simulate import scenario_file
from cartrace.simulate.prediction import CONVENTIONAL, SILENCED_SHOWN, predict


@pytest.fixture(scope="module")
def prediction():
    return predict(scenario_file.load("founding-case", {"virtual_patients.count": "32", "days": "56"}))


@pytest.fixture(scope="module")
def course():
    build = CourseBuilder("seen")
    day = build.clock.from_study_day
    build.infusion(moment=day(0), dose_per_kg=5.0)
    build.observe("il6", 250.0, moment=day(6))
    build.observe("hscrp", 80.0, moment=day(6))
    build.observe("car_copies_per_ug", None, moment=day(1), status=Status.BELOW, lloq=50.0)
    build.observe("anc", 0.0, moment=day(8))
    return build.course()


@pytest.fixture(scope="module")
def figures(prediction, course):
    return as_given(prediction, course), contrast(prediction, CONVENTIONAL, SILENCED_SHOWN)


def test_every_panel_is_marked_and_named(figures):
    for figure in figures:
        assert figure.mark == MARK
        assert {panel.watermark for panel in figure.panels} == {WATERMARK}
        assert "seed 1" in figure.notes[-1]
    given, compared = figures
    assert len(given.panels) == 9
    assert [panel.axis.label for panel in compared.panels][:2] == ["IL-6, H1", "IL-6, H2"]


def test_bands_hold_their_median_and_the_inner_band(figures):
    for panel in (panel for figure in figures for panel in figure.panels):
        outer, inner, compared = panel.bands
        assert outer.filled
        assert not compared.filled
        for wide, narrow, point in zip(outer.corners, inner.corners, panel.series[0].points, strict=True):
            assert wide[1] <= narrow[1] <= point.value <= narrow[2] <= wide[2]
            assert panel.axis.low <= wide[1] <= wide[2] <= panel.axis.high


def test_recorded_values_lie_on_top_and_unquantified_ones_are_open(figures):
    recorded = {
        panel.key: series.points for panel in figures[0].panels for series in panel.series if series.tone == "observed"
    }
    assert [(p.time, p.value, p.beyond) for p in recorded["il6"]] == [(6.0, 250.0, False)]
    assert [p.value for p in recorded["crp"]] == [80.0]
    assert recorded["car_copies_per_ug"][0].beyond
    assert [(p.value, p.beyond) for p in recorded["anc"]] == [(FEET["anc"], True)]


def test_both_media_show_every_element(figures):
    for figure in figures:
        keys = {element.key for element in elements(figure)}
        assert len(keys) == len(elements(figure))
        assert keys <= {trace["meta"] for trace in interactive.to_spec(figure)["data"]}
        svg = static.to_svg(figure)
        for element in elements(figure):
            assert f'id="{element.key}' in svg, element.key


@pytest.mark.parametrize("width", [look.SINGLE_MM, look.DOUBLE_MM])
def test_no_two_texts_touch_and_none_leaves_the_page(figures, width):
    for figure in figures:
        drawn = static.draw(figure, width=width)
        # The watermark lies behind everything, names of series among it.
        assert [pair for pair in collisions(drawn) if WATERMARK not in pair] == []
        assert outside(drawn) == []


def test_an_arm_that_is_not_there_is_an_error(prediction):
    with pytest.raises(ValueError, match="no arm"):
        contrast(prediction, "nothing", SILENCED_SHOWN)
