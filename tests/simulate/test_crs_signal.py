"""What a ward would chart at a margin is the line of the grid that makes the grade."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.assess.crs.astct2019 import LOW_FLOW_UP_TO
from cartrace.simulate.crs_signal import OXYGEN, VASOPRESSORS, levels, thresholds
from cartrace.vocabulary import terms


def test_levels_at_and_around_a_threshold():
    margin = np.array([1.999, 2.0, 2.001, 2.999, 3.0, 3.5, 1.0])
    assert levels(margin, {2: 2.0, 3: 3.0}).tolist() == [0, 2, 2, 2, 3, 3, 0]


def test_only_levels_that_the_model_knows_take_part():
    assert thresholds({"a_CRS1": 0.46, "a_CRS3": 4.67, "a_CRS2": 2.83, "x": 1.0}) == {2: 2.83, 3: 4.67}
    assert list(thresholds({"a_CRS4": 6.9, "a_CRS2": 2.83})) == [2, 4]


@pytest.mark.parametrize("signal", [0.0, 2.0, 4.0])
def test_over_patients_with_a_logistic_resistance_the_levels_are_the_logit(signal):
    share = (np.arange(20_000) + 0.5) / 20_000
    margin = signal - np.log(share / (1 - share))
    for level, limit in ((2, 2.83), (3, 4.67)):
        reached = np.mean(levels(margin, {2: 2.83, 3: 4.67}) >= level)
        assert reached == pytest.approx(1.0 / (1.0 + np.exp(limit - signal)), abs=1e-4)


def test_what_is_charted_is_in_the_vocabulary_and_within_the_bounds_of_the_grid():
    devices, pressors = terms.analytes()["oxygen_device"].values, terms.analytes()["vasopressors"].values
    assert {device for device, _ in OXYGEN.values()} <= set(devices)
    assert set(VASOPRESSORS.values()) <= set(pressors)
    low, high = OXYGEN[2][1], OXYGEN[3][1]
    assert low is not None
    assert high is not None
    assert low <= LOW_FLOW_UP_TO < high
