"""The description's own arithmetic: the time axis, and the list of elements both media must show."""

from __future__ import annotations

import pytest

from cartrace.figures.description import TimeAxis, bent, elements

AXIS = TimeAxis("Time", "days", -30.0, 365.0, ((-30.0, -10.0), (-7.0, -7.0), (35.0, 35.0), (365.0, 45.0)), ())


@pytest.mark.parametrize(
    ("day", "place"),
    [(-30, -10), (-7, -7), (0, 0), (14.5, 14.5), (35, 35), (200, 40), (365, 45), (-99, -10), (999, 45)],
)
def test_place_is_linear_between_knots_and_held_at_the_ends(day, place):
    assert AXIS.place(day) == pytest.approx(place)


def test_places_rise_with_the_days():
    places = [AXIS.place(day / 2) for day in range(-60, 731)]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_compressed_stretches_are_those_beside_the_dense_one():
    assert AXIS.compressed == ((-30.0, -7.0), (35.0, 365.0))
    assert AXIS.kinks == (-7.0, 35.0)


def test_shows_only_its_own_days():
    assert AXIS.shows(-30.0)
    assert AXIS.shows(365.0)
    assert not AXIS.shows(365.1)


def test_elements_name_every_mark_once(dense):
    found = elements(dense.figure)
    assert len({element.key for element in found}) == len(found)
    kinds = {element.kind for element in found}
    assert kinds == {"bars", "events", "spans", "series", "level", "visits"}
    assert all(element.parts > 0 for element in found)


def test_a_line_on_a_log_axis_bends_where_time_is_compressed():
    corners = bent([(28.0, 1000.0), (42.0, 10.0), (50.0, 10.0)], AXIS, "log")
    assert corners == [(28.0, 1000.0), (35.0, pytest.approx(100.0)), (42.0, 10.0), (50.0, 10.0)]


def test_a_straight_line_bends_where_time_is_compressed():
    assert bent([(-14.0, 4.0), (0.0, 8.0)], AXIS, "linear") == [(-14.0, 4.0), (-7.0, 6.0), (0.0, 8.0)]
    assert bent([], AXIS, "linear") == []
