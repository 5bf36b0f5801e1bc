"""What simulated patients with one regimen and disease do: as given, without the knock-down, with all cells at once.

In: a scenario. Out: `Prediction`.
Decided here: both hypotheses always; an arm stands only where it differs from what was given; the same patients in every arm. No drug
against CRS is given. Bands are daily, at half days in the first two weeks.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from cartrace.models import library
from cartrace.simulate import interface
from cartrace.simulate.bands import Band, band, crs_grades, rounded
from cartrace.simulate.comparison import Interval, median, proportion
from cartrace.simulate.outside import outside_the_data
from cartrace.simulate.run import prepared
from cartrace.simulate.scenario import HYPOTHESES, CellProduct, Hypothesis, Scenario
from cartrace.simulate.schedule import Schedule, schedule
from cartrace.simulate.therapy import load_therapy
from cartrace.simulate.trajectory import Trajectories, run

DAYS = 56.0
"""[d] predicted after the first infusion."""

BEFORE = -7.0
HALF_DAYS_TO = 14.0
PATIENTS = 256
SEED = 1
GIVEN, CONVENTIONAL, SINGLE = "given", "conventional", "single"
ARMS = {GIVEN: "as given", CONVENTIONAL: "conventional product", SINGLE: "single dose"}
ANALYTES = ("car_copies_per_ug", "il6", "crp", "temperature", "ferritin", "anc", "platelets")
LESIONS = {"skin": interface.SKIN_VOLUME, "testis": interface.TESTIS_VOLUME}
SILENCED_SHOWN = ("il6", "crp", "temperature", "ferritin")


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm under one hypothesis. `bands` by analyte or site; `crs`: grade to the share of patients at or above it.

    peaks  analyte to the median of the patients' highest values with the 5th and 95th percentile
    """

    key: str
    hypothesis: Hypothesis
    of: int
    bands: dict[str, Band]
    crs: dict[int, Interval]
    peaks: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Every arm; what makes the run what it is; `evidence`: where the model's parameters come from, counted."""

    scenario: Scenario
    arms: tuple[Arm, ...]
    digest: str
    values: str
    said: tuple[str, ...]
    evidence: tuple[tuple[str, int], ...]

    def arm(self, key: str, hypothesis: Hypothesis) -> Arm | None:
        """One arm; None when it would be the same as what was given."""
        return next((arm for arm in self.arms if (arm.key, arm.hypothesis) == (key, hypothesis)), None)


@lru_cache(maxsize=4)
def predict(scenario: Scenario) -> Prediction:
    """The scenario and its counterparts under both hypotheses. Raises `NotTreatable`."""
    model = load_therapy(scenario.model)
    arms = tuple(_arm(key, hypothesis, one) for hypothesis in HYPOTHESES for key, one in counterparts(scenario).items())
    counted = Counter(row.evidence for row in library.load(scenario.model).parameters)
    return Prediction(
        scenario,
        arms,
        model.system.digest,
        model.digest_of_values,
        outside_the_data(scenario, model.ranges, model.nominal[interface.HALF_MARROW]),
        tuple(sorted(counted.items())),
    )


def counterparts(scenario: Scenario) -> dict[str, Scenario]:
    """Arm to scenario: as given, and what differs from it."""
    found = {GIVEN: scenario}
    if scenario.product.knock_down != 0.0:
        found[CONVENTIONAL] = replace(scenario, product=CellProduct(scenario.product.name, 0.0))
    if len(scenario.dose.days) > 1:
        found[SINGLE] = replace(scenario, dose=replace(scenario.dose, fractions=(1.0,), days=(0.0,)))
    return found


def looks(days: float) -> Schedule:
    """Temperature and pressure as in every simulated chart; everything else daily."""
    vitals = schedule(days).vitals
    daily = np.arange(BEFORE, days + 1.0)
    return Schedule(vitals, daily, daily[:0], daily[:0], np.unique(np.concatenate([vitals, daily])))


def _arm(key: str, hypothesis: Hypothesis, scenario: Scenario) -> Arm:
    made = replace(prepared(scenario), looks=looks(scenario.days))
    found = run(made, hypothesis, 0, scenario.patients)
    times = made.looks.times
    shown = np.flatnonzero((times % 1.0 == 0.0) | ((times % 0.5 == 0.0) & (times >= 0.0) & (times <= HALF_DAYS_TO)))
    outputs = {code: output for code, _, output in made.model.observed if code in ANALYTES}
    outputs |= LESIONS
    grades = crs_grades(found)
    known = grades[~np.isnan(grades)]
    return Arm(
        key,
        hypothesis,
        len(known),
        {name: band(found, found.of(output), shown) for name, output in outputs.items()},
        {grade: proportion(int((known >= grade).sum()), len(known)) for grade in (1, 3)},
        {code: _peak(found, outputs[code]) for code in ANALYTES if code in outputs},
    )


def _peak(found: Trajectories, output: str) -> Interval:
    since = found.prepared.looks.times >= 0.0
    highest = found.of(output)[:, since].max(axis=1)
    peak = median(highest[~np.isnan(highest)])
    values = (peak.value, peak.low, peak.high)
    return Interval(*(value if math.isnan(value) else rounded(value) for value in values))
