"""When a simulated patient is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.simulate.schedule import schedule


@pytest.mark.parametrize("days", [1.0, 10.0, 28.0, 90.0, 400.0])
def test_every_look_has_its_place_and_none_is_late(days):
    looks = schedule(days)
    assert np.all(np.diff(looks.times) > 0)
    assert looks.times[-1] <= days
    assert looks.times[0] > -7.0
    for kind in ("vitals", "laboratory", "marrow", "lesions"):
        assert np.array_equal(looks.times[looks.where(kind)], getattr(looks, kind))


def test_vitals_four_times_a_day_and_counts_each_morning():
    looks = schedule(90.0)
    assert np.sum((looks.vitals >= 3.0) & (looks.vitals < 4.0)) == 4
    assert set(np.arange(0, 31) + 0.25) <= set(looks.laboratory)
    assert looks.vitals[-1] == 35.0


def test_marrow_on_day_28_and_every_quarter():
    looks = schedule(400.0)
    assert looks.marrow.tolist() == [-5.75, 28.25, 56.25, 84.25, 182.25, 273.25, 365.25]
    assert 14.25 in looks.lesions
    assert set(looks.marrow) <= set(looks.laboratory)
