"""Body weight, height and surface of a study day."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.assess.ledger.body import COMPUTED, height_on, surface_on, weight_on
from cartrace.assess.ledger.factors import factors


def test_the_weight_of_the_day_goes_before_the_patients(record):
    course = record(seen=(("d1", "weight", 60.0), ("d4", "weight", 66.0)), weight=70.0)
    assert [weight_on(course, day)[0] for day in (0, 1, 3, 4, 9)] == [70.0, 60.0, 60.0, 66.0, 66.0]
    assert weight_on(course, 0)[1] is None
    assert weight_on(course, 4)[1] == course.observations[1].uid


def test_the_height_of_the_day_goes_before_the_patients(record):
    course = record(seen=(("d2", "height", 151.0),))
    assert height_on(course, 2) == (151.0, course.observations[0].uid)
    assert height_on(course, 1) == (None, None)
    told = dataclasses.replace(course, patient=dataclasses.replace(course.patient, height_cm=150.0))
    assert height_on(told, 1) == (150.0, None)


@pytest.mark.parametrize(
    ("height", "weight", "surface"),
    [(180.0, 80.0, 2.0), (160.0, 40.0, 4 / 3), (100.0, 16.0, 2 / 3), (90.0, 10.0, 0.5)],
)
def test_the_surface_by_mosteller(record, height, weight, surface):
    course = record(seen=(("d0", "height", height), ("d0", "weight", weight)))
    found, used, cautions = surface_on(course, 0, factors())
    assert found == pytest.approx(surface)
    assert set(used) == {o.uid for o in course.observations}
    assert cautions == (COMPUTED,)


def test_a_recorded_surface_goes_before_a_computed_one(record):
    course = record(seen=(("d0", "height", 180.0), ("d0", "weight", 80.0), ("d1", "body_surface", 1.9)))
    assert surface_on(course, 0, factors())[0] == 2.0
    assert surface_on(course, 1, factors()) == (1.9, (course.observations[2].uid,), ())


@pytest.mark.parametrize(
    "seen", [(), (("d0", "height", 180.0),), (("d0", "weight", 80.0),), (("d5", "body_surface", 2.0),)]
)
def test_without_both_there_is_no_surface(record, seen):
    assert surface_on(record(seen=seen), 1, factors()) == (None, (), ())


def test_the_factor_can_be_changed(record):
    course = record(seen=(("d0", "height", 180.0), ("d0", "weight", 80.0)))
    assert surface_on(course, 0, factors({"body_surface.mosteller": 14400}))[0] == 1.0
