"""From the margins of hypotension and hypoxia of a simulated patient to what a ward would chart.

In: the two margins, on the scale of the log odds of a CRS grade, and the thresholds of the grades. Out: levels, and what is charted.
Decided here: the model's margins contain the patient's own latent resistance and route, so that over patients the levels give the
fitted ordinal logit back. Level g is reached where a margin is at or above the threshold of grade g. It is charted as the line of
the grid of lee2019astct that makes it: hypotension without vasopressor, with one, with several; oxygen by cannula at low flow, at
high flow, positive pressure. Fever is the model's own temperature and stays the gate of the rule: a patient who reaches a level
without fever is graded 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cartrace.simulate.interface import CRS_THRESHOLDS

Floats = NDArray[np.float64]

CHARTED_FROM = 2
"""First level that is charted beside the temperature."""

VASOPRESSORS = {2: "none", 3: "one", 4: "two_or_more"}
"""Vasopressors at each level of hypotension; lee2019astct, grid."""

OXYGEN: dict[int, tuple[str, float | None]] = {
    2: ("nasal_cannula", 2.0),
    3: ("high_flow_cannula", 30.0),
    4: ("cpap", None),
}
"""Device and flow [L/min] at each level of hypoxia; devices as lee2019astct has them, flows assumed within its bounds."""


def thresholds(parameters: Mapping[str, float]) -> dict[int, float]:
    """Charted levels to the margin from which they are reached, of the parameters of a model; ascending."""
    return {
        level: parameters[name]
        for level, name in sorted(CRS_THRESHOLDS.items())
        if level >= CHARTED_FROM and name in parameters
    }


def levels(margin: Floats, threshold: Mapping[int, float]) -> NDArray[np.int64]:
    """The level at each time (T,): 0 below the first threshold, else the highest one reached."""
    level = np.zeros(len(margin), dtype=np.int64)
    for grade, from_here in sorted(threshold.items()):
        level[margin >= from_here] = grade
    return level
