"""Label placing: nothing touches, order is kept, wishes are met when they can be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartrace.figures.placing import Box, along, around, first_free, free, gap_for, kept, spread

PAGE = Box(0, 0, 100, 100)


def test_boxes_touch_when_they_overlap_or_come_too_near():
    box = Box(0, 0, 10, 10)
    assert box.touches(Box(5, 5, 15, 15))
    assert not box.touches(Box(10, 0, 20, 10))
    assert box.touches(Box(10.5, 0, 20, 10), air=1.0)


def test_first_free_takes_the_first_place_that_is_inside_and_empty():
    taken = [Box(0, 0, 10, 10)]
    places = [Box(5, 5, 15, 15), Box(95, 0, 105, 10), Box(20, 0, 30, 10), Box(40, 0, 50, 10)]
    assert first_free(places, taken, inside=PAGE) == places[2]
    assert first_free(places[:2], taken, inside=PAGE) is None
    assert free(places[2], taken)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=9))
def test_spread_labels_never_overlap_and_keep_their_order(wished):
    places = spread(wished, size=5.0, low=0.0, high=50.0)
    ordered = sorted(places)
    assert all(after - before >= 5.0 - 1e-6 for before, after in itertools.pairwise(ordered))
    assert min(places) >= 2.5 - 1e-6
    assert max(places) <= 47.5 + 1e-6
    ranks = sorted(range(len(wished)), key=lambda i: wished[i])
    assert [places[i] for i in ranks] == sorted(places)


def test_spread_leaves_labels_alone_that_have_room():
    assert spread([10.0, 30.0], size=5.0, low=0.0, high=50.0) == pytest.approx((10.0, 30.0))
    assert spread([], size=5.0, low=0.0, high=50.0) == ()


def test_spread_parts_two_that_share_a_place():
    assert spread([20.0, 20.0], size=4.0, low=0.0, high=50.0) == pytest.approx((18.0, 22.0))


@given(st.lists(st.floats(0, 100), min_size=0, max_size=12).map(sorted))
def test_kept_labels_of_a_row_never_touch(centres):
    shown = kept(centres, [6.0] * len(centres), air=1.0)
    chosen = [centre for centre, stays in zip(centres, shown, strict=True) if stays]
    assert all(after - before >= 7.0 - 1e-9 for before, after in itertools.pairwise(chosen))
    assert not centres or shown[0]


@pytest.mark.parametrize(
    ("where", "width", "gap"),
    [("before", 5, (0, 10)), ("before", 20, (20, 80)), ("after", 5, (90, 100)), ("anywhere", 5, (20, 80))],
)
def test_texts_go_to_their_end_of_the_lane_or_to_the_widest_gap(where, width, gap):
    taken = [Box(80, 0, 90, 5), Box(10, 0, 20, 5)]
    assert gap_for(width, taken, inside=PAGE, where=where) == gap


def test_places_around_a_point_are_tried_from_near_to_far():
    places = list(around(50.0, 50.0, 10.0, 4.0, inside=PAGE, step=4.0))
    assert places[0] == Box(52.0, 48.0, 62.0, 52.0)
    assert not any(place.left < 50.0 < place.right and place.bottom < 50.0 < place.top for place in places[:14])
    far = [(p.left + 5.0 - 50.0) ** 2 + (p.bottom + 2.0 - 50.0) ** 2 for p in places[16:]]
    assert far == sorted(far)
    assert all(place.within(PAGE) for place in places[16:])


def test_the_only_gap_is_found():
    wall = [Box(x, 0.0, x + 10.0, 100.0) for x in (0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0)]
    wall.append(Box(70.0, 20.0, 100.0, 100.0))
    places = around(30.0, 90.0, 12.0, 4.0, inside=PAGE, step=4.0)
    box = first_free(places, wall, inside=PAGE)
    assert box is not None
    assert box.left >= 70.0
    assert box.top <= 20.0


def test_boxes_along_a_line_lie_on_it():
    boxes = along([(0.0, 0.0), (10.0, 5.0)], step=2.0)
    assert len(boxes) == 5
    assert all(box.bottom == pytest.approx(box.left / 2) for box in boxes)
