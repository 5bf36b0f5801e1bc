"""The knock-down and the link from IL-6 to severe CRS, together: what 15 of 40 and 7 of 47 say about them.

In: `Bench`, the counts of targets.toml. Out: shares of severe CRS by knock-down and slope, the curve that fits, a posterior on a grid.
Decided here: priors. Knock-down uniform on 0 to 1. Slope: around the one of 59 patients (lichtenstein2021car22), log-normal with
SLOPE_SD, because part of it is treatment and assay noise flattens it; and once without, flat in its logarithm, to show what the prior
does. Threshold of grade 3: around the one of those 59 patients at their middle IL-6, with THRESHOLD_SD, as product and scale differ.
The latent resistance is integrated exactly: with a strongest signal x, CRS of grade 3 has probability expit(slope x - threshold).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from calibration_cohort import CRS_DAYS, TRIAL_DOSE, Bench, Guess
from calibration_readings import strongest
from calibration_targets import targets
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit

Floats = NDArray[np.float64]
KNOCK_DOWNS = np.round(np.linspace(0.0, 1.0, 21), 2)
SLOPES = np.round(np.geomspace(0.7, 5.6, 13), 2)
THRESHOLDS = np.linspace(-4.0, 4.0, 81)
"""Grids; thresholds as differences from the one of the 59 patients at the same slope."""

MIDDLE_IL6, DATA_SLOPE, DATA_THRESHOLD = np.log10(138.0 + 1.0), 1.40, 4.67
SLOPE_SD, THRESHOLD_SD = 0.5, 1.0
SHOWN_SLOPES = (1.40, 2.5, 4.0)
SHOWN_KNOCK_DOWNS = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
OUTPUTS = ("TEMP", "S6")


@dataclass(frozen=True, slots=True)
class Signals:
    """Strongest IL-6 signal during fever, log10, by knock-down and patient (K, N); -inf without fever."""

    hypothesis: str
    strongest: Floats

    def severe(self, slope: float, threshold: float) -> Floats:
        """Share of patients with grade 3 or more at each knock-down (K,)."""
        found: Floats = expit(slope * self.strongest - threshold).mean(axis=1)
        return found

    def threshold_for(self, slope: float, share: float) -> float:
        """Threshold of grade 3 at which a conventional product gives this share."""
        return float(brentq(lambda a: self.severe(slope, a)[0] - share, -30.0, 60.0))

    def knock_down_for(self, slope: float, threshold: float, share: float) -> float:
        """Knock-down that gives this share; NaN where none does."""
        curve = self.severe(slope, threshold)
        if not curve[-1] <= share <= curve[0]:
            return float("nan")
        return float(np.interp(-share, -curve, KNOCK_DOWNS))


@dataclass(frozen=True, slots=True)
class Posterior:
    """Of one hypothesis under one prior of the slope: evidence (mean likelihood), weights by knock-down (K,) and slope (S,)."""

    evidence: float
    knock_down: Floats
    slope: Floats
    joint: Floats

    def quantiles(self, of: str) -> tuple[float, float, float]:
        """5th, 50th and 95th percentile of "knock_down" or "slope"."""
        grid, weight = (KNOCK_DOWNS, self.knock_down) if of == "knock_down" else (SLOPES, self.slope)
        edges = np.cumsum(weight) - 0.5 * weight
        low, middle, high = np.interp((0.05, 0.5, 0.95), edges, grid)
        return float(low), float(middle), float(high)


def counts() -> tuple[tuple[int, int], tuple[int, int]]:
    """(events, patients) with severe CRS: conventional, silenced."""
    of = {target.id: target.raw.get("counts") for target in targets()}
    return tuple(of["severe_crs_conventional"]), tuple(of["severe_crs_silenced"])  # type: ignore[return-value]


def signals(bench: Bench, guess: Guess, hypothesis: str, count: int) -> Signals:
    """Every patient at every knock-down."""
    rows = [
        strongest(
            bench.cohort(guess, count, days=CRS_DAYS, dose=TRIAL_DOSE, hypothesis=hypothesis, values={"KD": float(kd)})
        )
        for kd in KNOCK_DOWNS
    ]
    return Signals(hypothesis, np.array(rows))


def usual_threshold(slope: float | Floats) -> float | Floats:
    """Threshold of grade 3 that keeps the share of the 59 patients at their middle IL-6 when the slope changes."""
    return DATA_THRESHOLD + (slope - DATA_SLOPE) * MIDDLE_IL6


def posterior(found: Signals, *, flat: bool) -> Posterior:
    """Knock-down and slope, threshold integrated out. `flat`: without the prior of the slope."""
    conventional, silenced = counts()
    weight = stats.norm.pdf(THRESHOLDS, scale=THRESHOLD_SD)
    weight = weight / weight.sum()
    prior = np.ones(len(SLOPES)) if flat else stats.norm.pdf(np.log(SLOPES / DATA_SLOPE), scale=SLOPE_SD)
    prior = prior / prior.sum()
    joint = np.zeros((len(KNOCK_DOWNS), len(SLOPES)))
    for s, slope in enumerate(SLOPES):
        for shift, w in zip(THRESHOLDS, weight, strict=True):
            curve = found.severe(float(slope), float(usual_threshold(float(slope))) + float(shift))
            likely = stats.binom.pmf(conventional[0], conventional[1], curve[0])
            joint[:, s] += w * prior[s] * likely * stats.binom.pmf(silenced[0], silenced[1], curve)
    joint /= len(KNOCK_DOWNS)
    evidence = float(joint.sum())
    joint /= evidence
    return Posterior(evidence, joint.sum(axis=1), joint.sum(axis=0), joint)
