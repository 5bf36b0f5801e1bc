"""What leaves the room is frozen."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.course import Status
from cartrace.kinetics import Point, ProfileResult


def test_results_do_not_change():
    point = Point(7.0, 900.0, Status.DONE, 3, 900.0)
    result = ProfileResult("car_copies_per_ug", "CAR copies", "{copies}/ug", "", "", None, (), (point,), ())
    for frozen, field in ((point, "used"), (result, "metrics")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(frozen, field, None)
    assert result.sensitivity == ()
