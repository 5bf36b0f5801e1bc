"""Trials of arms whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.simulate import run, trial_file
from cartrace.simulate.trial import run_trial

DISEASE = '"{marrow_blasts: 100, skin_ml: 0, testis_ml: 0, cd19_negative: 0}"'
TEXT = f"""cartrace_trial: 1
id: t
title: a trial
arms:
  - {{name: silent, scenario: conventional, changes: {{product.knock_down: 1, disease: {DISEASE}, days: 30}}, patients: 20}}
  - {{name: loud, scenario: conventional, changes: {{disease: {DISEASE}, days: 30}}, patients: 20}}
endpoints: [crs_2, crs_any, peak_il6]
pool: 60
repeats: 200
hypothesis: both
observed:
  - {{endpoint: crs_2, arm: silent, events: 0, of: 20, locator: here}}
  - {{endpoint: crs_2, arm: loud, events: 20, of: 20, locator: here}}
"""


@pytest.fixture(scope="module")
def found(shelf):
    return run_trial(trial_file.read(TEXT))


def arm(found, outcome: str, name: str):
    return next(one for one in found.arms if (one.outcome.id, one.arm) == (outcome, name))


def contrast(found, outcome: str):
    return next(one for one in found.contrasts if one.outcome.id == outcome)


def test_arms_differ_by_treatment_alone(found):
    # Fever does not depend on the knock-down in the small model: the whole pool answers alike in both arms.
    assert arm(found, "crs_any", "silent").pool == arm(found, "crs_any", "loud").pool
    assert arm(found, "peak_il6", "silent").pool == arm(found, "peak_il6", "loud").pool


def test_a_knock_down_of_everything_takes_the_signal_away(found):
    silent, loud = arm(found, "crs_2", "silent"), arm(found, "crs_2", "loud")
    assert silent.pool.value < 0.2 < 0.6 < loud.pool.value
    both = contrast(found, "crs_2")
    assert (both.arm, both.against) == ("loud", "silent")
    assert both.trials.low > 0.0
    assert both.significant > 0.9
    assert both.first_trial.low <= both.first_trial.value <= both.first_trial.high


def test_trials_scatter_around_the_pool_as_a_hypergeometric_draw(found):
    # 20 of 60 without putting back: variance p (1 - p)/20 x (60 - 20)/59.
    loud = arm(found, "crs_any", "loud")
    share = loud.pool.value
    expected = 1.96 * np.sqrt(share * (1 - share) / 20 * 40 / 59)
    assert loud.trials.value == pytest.approx(share, abs=0.06)
    assert (loud.trials.high - loud.trials.low) / 2 == pytest.approx(expected, abs=0.06)


def test_what_a_real_trial_saw_stands_beside_it(found):
    seen = arm(found, "crs_2", "loud").observed
    assert seen is not None
    assert (seen[0].events, seen[0].of, seen[1].value) == (20, 20, 1.0)
    both = contrast(found, "crs_2")
    assert both.observed is not None
    assert both.observed.value == 1.0
    assert both.as_extreme == 1.0
    assert both.observed_p < 1e-6
    assert contrast(found, "crs_any").observed is None


def test_the_same_seed_is_the_same_trial_and_another_one_is_not(shelf):
    text = (
        TEXT.replace("repeats: 200", "repeats: 20")
        .replace("pool: 60", "pool: 12")
        .replace("patients: 20", "patients: 5")
    )
    one, same = (run_trial(trial_file.read(text)) for _ in range(2))
    other = run_trial(trial_file.read(text + "seed: 2\n"))
    assert [arm.trials for arm in one.arms] == [arm.trials for arm in same.arms]
    assert [arm.trials for arm in one.arms] != [arm.trials for arm in other.arms]


def test_an_arm_against_itself_is_called_different_no_more_often_than_chance(shelf):
    both = contrast(run_trial(trial_file.read(TEXT.replace("product.knock_down: 1, ", ""))), "crs_2")
    assert both.significant <= 0.05
    assert both.trials.low < 0.0 < both.trials.high


def test_the_arms_of_a_kept_trial_are_not_run_again(shelf, tmp_path, monkeypatch):
    text = (
        TEXT.replace("repeats: 200", "repeats: 20")
        .replace("pool: 60", "pool: 10")
        .replace("patients: 20", "patients: 5")
    )
    one = run_trial(trial_file.read(text), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arm-1", "arm-2"]
    monkeypatch.setattr(run, "run_piece", None)
    assert run_trial(trial_file.read(text), tmp_path).arms == one.arms
