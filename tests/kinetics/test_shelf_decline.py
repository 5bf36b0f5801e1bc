"""The slopes as metrics: vectors, what they rest on, cautions at their limits, refusals in sentences."""

from __future__ import annotations

import math

import pytest

TERMINAL = ("lambda_z", "half_life", "lambda_z_points", "lambda_z_first", "lambda_z_last", "lambda_z_adjusted_r2")


def test_k2(measured):
    found = measured("K1")
    assert found["lambda_z"].value == pytest.approx(0.224278, abs=5e-7)
    assert found["half_life"].value == pytest.approx(3.0906, abs=5e-5)
    assert found["lambda_z_points"].value == 4
    assert found["lambda_z_adjusted_r2"].value == pytest.approx(0.991118, abs=5e-7)
    assert (found["lambda_z_first"].value, found["lambda_z_last"].value) == (2, 14)
    assert found["lambda_z_span"].value == pytest.approx(12 / found["half_life"].value)


def test_k5(measured):
    found = measured("K4")
    assert found["lambda_z"].value == pytest.approx(0.0071835, abs=5e-8)
    assert found["half_life"].value == pytest.approx(96.49, abs=5e-3)
    assert found["lambda_z_points"].value == 3
    assert found["lambda_z_first"].value == 60
    assert found["lambda_z_span"].value == pytest.approx(1.24, abs=5e-3)
    assert "span_below_2" in found["half_life"].flags
    assert found["half_life"].used == (9, 10, 11)


def test_k9_two_points_after_the_peak(measured):
    found = measured("K9")
    for name in (*TERMINAL, "contraction_half_life"):
        assert found[name].value is None
    assert found["half_life"].reason == "Only 2 quantifiable samples after the peak; three are needed."


def test_k11_re_expansion(measured):
    found = measured("K11")
    assert found["lambda_z"].value is None
    assert found["lambda_z"].reason == "The samples after the peak do not fall."
    assert "re_expansion" in found["lambda_z"].flags


def test_k8(measured):
    for name in (*TERMINAL, "contraction_half_life", "persistence_half_life"):
        assert measured("K8")[name].reason == "No sample is quantifiable."


@pytest.mark.parametrize("policy", ["standard", "zero_all", "half_lloq", "drop_all"])
def test_only_quantifiable_samples_make_a_slope(measured, policy):
    # Half of the limit between day 21 and 42 is neither a point of the slope nor a low to rise from.
    found = measured("K6", policy=policy)
    assert found["lambda_z_points"].value == 3
    assert found["lambda_z"].value == pytest.approx(measured("K6")["lambda_z"].value)
    assert found["half_life"].used == (4, 5, 7)
    assert "re_expansion" not in found["half_life"].flags


def test_the_peak_itself_is_no_point_but_an_equal_later_one_is(measured):
    assert measured("K10")["lambda_z_points"].value == 4
    assert measured("K10")["lambda_z_first"].value == 10


@pytest.mark.parametrize(("half_lives", "flagged"), [(1.99, True), (2.01, False)])
def test_a_span_under_two_half_lives_is_flagged(measured, half_lives, flagged):
    time = [8, 10, 12, 14]
    values = [9000, *(4000 * 0.5 ** ((t - 10) / 4 * half_lives) for t in (10, 12, 14))]
    found = measured(time, values, of={"lloq": None})
    assert found["lambda_z_span"].value == pytest.approx(half_lives)
    assert ("span_below_2" in found["half_life"].flags) is flagged


@pytest.mark.parametrize(("off", "flagged"), [(0.58, True), (0.57, False)])
def test_r2_under_0_9_is_flagged(measured, off, flagged):
    # Three points, ln C falling by 2, the middle one off the line: R2 = 2 / (2 + 2/3 off^2); 0.9 at off = 0.577.
    assert (2 / (2 + 2 / 3 * off**2) < 0.9) is flagged
    logs = (9.0, 8.0 + off, 7.0)
    found = measured((5, 7, 9, 11), (math.exp(10), *map(math.exp, logs)), of={"lloq": None})
    assert ("r_squared_below_0.9" in found["half_life"].flags) is flagged


def test_two_phases_have_their_two_half_lives(measured):
    # Fast until day 28, slow after it, each an exact exponential.
    time = (0, 3, 9, 14, 21, 28, 60, 90, 180)
    fall = [24000 * math.exp(-0.16 * (t - 9)) for t in (9, 14, 21, 28)]
    slow = [900 * math.exp(-0.0032 * (t - 28)) for t in (60, 90, 180)]
    found = measured(time, (60, 600, *fall, *slow))
    assert found["contraction_half_life"].value == pytest.approx(math.log(2) / 0.16)
    assert found["persistence_half_life"].value == pytest.approx(math.log(2) / 0.0032)
    assert found["half_life"].value == pytest.approx(math.log(2) / 0.0032)


@pytest.mark.parametrize(("inflection", "points"), [(27.9, 2), (28.0, 3), (60.0, 4)])
def test_the_inflection_day_belongs_to_the_contraction(measured, inflection, points):
    found = measured((9, 14, 21, 28, 60, 90), (9000, 3000, 1000, 400, 300, 200), inflection_day=inflection)
    quantity = found["contraction_half_life"]
    if points < 3:
        assert quantity.reason == "Only 2 quantifiable samples between the peak and day 27.9; three are needed."
    else:
        assert len(quantity.used) == points


def test_after_a_late_peak_the_persistence_half_life_starts_at_the_peak(measured):
    found = measured((7, 28, 40, 50, 60, 70), (60, 70, 9000, 4000, 2000, 1000))
    assert found["persistence_half_life"].value == pytest.approx(10.0)
    reason = found["contraction_half_life"].reason
    assert reason == "No quantifiable sample between the peak and day 28; three are needed."
