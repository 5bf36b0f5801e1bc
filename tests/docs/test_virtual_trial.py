"""The page of virtual trials: its exponent, its cells, and that it is of the trials that the package has."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cartrace.simulate import trial_file
from cartrace.simulate.comparison import Interval, proportion

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("virtual_trial", ROOT / "bench" / "virtual_trial.py")
pages = importlib.util.module_from_spec(SPEC)
sys.modules["virtual_trial"] = pages
SPEC.loader.exec_module(pages)


def test_the_exponent_is_the_slope_of_the_medians():
    arms = [
        SimpleNamespace(
            arm=name,
            hypothesis="H1",
            outcome=SimpleNamespace(id="peak_car_copies"),
            pool=Interval(20_000 * dose**0.1, 1.0, 2.0),
        )
        for name, dose in pages.DOSES.items()
    ]
    said = pages.exponents(SimpleNamespace(trial=SimpleNamespace(hypotheses=("H1",)), arms=arms))
    assert "H1 0.100" in said
    assert "published 0.093" in said


def test_the_doses_are_the_arms_of_the_bundled_trial():
    trial = trial_file.load("dose-levels")
    assert {arm.name: arm.scenario.dose.per_kg for arm in trial.arms} == pages.DOSES


@pytest.mark.parametrize(
    ("interval", "share", "shown"),
    [
        (Interval(0.375, 0.242, 0.53), True, "37.5 % (24.2 % to 53.0 %)"),
        (Interval(23456.0, 1234.0, 99999.0), False, "23,500 (1,230 to 100,000)"),
        (Interval(math.nan, math.nan, math.nan), True, "-"),
    ],
)
def test_an_interval(interval, share, shown):
    assert pages._interval(interval, share) == shown


def test_observed_counts_stand_on_the_page_with_their_intervals():
    page = (ROOT / "docs" / "virtual_trial.md").read_text(encoding="utf-8")
    for name in pages.TRIALS:
        assert trial_file.load(name).title in page
    for seen in trial_file.load("sscart19-vs-conventional").observed:
        interval = proportion(seen.events, seen.of)
        assert f"{seen.events} of {seen.of}: {pages._interval(interval, True)}" in page
