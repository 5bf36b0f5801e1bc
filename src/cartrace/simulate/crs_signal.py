"""From the IL-6 signal of a simulated patient to what a ward would chart: hypotension and vasopressors.

In: the signal on the scale of log odds, the patient's own shift. Out: the level at each time.
Decided here: an ordinal logit says how likely each CRS grade is at a signal, P(grade >= g) = 1/(1 + exp(a_g - signal)). Each patient
has one shift from the standard logistic distribution, the same for all grades and the whole course: the patient reaches grade g
where signal >= a_g - shift. Over patients this gives the logit back. Level 2 is charted as hypotension without vasopressor, level 3
as one vasopressor, level 4 as two; oxygen is not charted apart, because the link says how severe, not through which organ. Fever is
the model's own temperature and stays the gate of the rule: a patient who reaches a level without fever is graded 0 by ASTCT.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from cartrace.simulate.interface import CRS_INTERCEPTS

Floats = NDArray[np.float64]

CHARTED_FROM = 2
"""First level that is charted beside the temperature."""


def shift_of(share: Floats) -> Floats:
    """The patient's shift for a uniform number in 0-1 (n,)."""
    found: Floats = logit(share)
    return found


def thresholds(intercepts: Mapping[int, float | Floats], shift: Floats) -> dict[int, Floats]:
    """Level to the signal at which each patient reaches it, (n,); ascending by level."""
    return {level: np.asarray(a - shift, dtype=np.float64) for level, a in sorted(intercepts.items())}


def intercept_ids(parameters: tuple[str, ...]) -> dict[int, str]:
    """Charted levels that a model has an intercept for, by parameter id."""
    return {g: name for g, name in CRS_INTERCEPTS.items() if g >= CHARTED_FROM and name in parameters}


def levels(signal: Floats, threshold: Mapping[int, float]) -> NDArray[np.int64]:
    """The level of one patient at each time (T,): 0 below the first threshold, else the highest one reached."""
    level = np.zeros(len(signal), dtype=np.int64)
    for grade, from_here in sorted(threshold.items()):
        level[signal >= from_here] = grade
    return level
