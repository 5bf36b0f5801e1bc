"""The link from the IL-6 signal to CRS: over patients it is the fitted ordinal logit."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.simulate.crs_signal import intercept_ids, levels, shift_of, thresholds


@pytest.mark.parametrize("signal", [0.0, 2.0, 4.0])
def test_the_share_of_patients_at_a_level_is_the_logit(signal):
    share = (np.arange(20_000) + 0.5) / 20_000
    limits = thresholds({2: 2.83, 3: 4.67}, shift_of(share))
    for level, intercept in ((2, 2.83), (3, 4.67)):
        expected = 1.0 / (1.0 + np.exp(intercept - signal))
        assert np.mean(signal >= limits[level]) == pytest.approx(expected, abs=1e-4)


def test_levels_at_and_around_a_threshold():
    signal = np.array([1.999, 2.0, 2.001, 2.999, 3.0, 3.5, 1.0])
    assert levels(signal, {2: 2.0, 3: 3.0}).tolist() == [0, 2, 2, 2, 3, 3, 0]


def test_only_levels_that_the_model_knows_take_part():
    assert intercept_ids(("a_CRS1", "a_CRS2", "a_CRS3", "x")) == {2: "a_CRS2", 3: "a_CRS3"}
    assert intercept_ids(("a_CRS2", "a_CRS4")) == {2: "a_CRS2", 4: "a_CRS4"}
