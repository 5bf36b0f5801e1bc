"""Outcomes of a group of patients as a table: shares with their intervals, numbers with the spread of the patients.

In: outcome values by id. Out: `Line`s. Decided here: what stands in a line; NaN takes no part and is counted as not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartrace.simulate.comparison import Interval, median, proportion
from cartrace.simulate.outcomes import OUTCOMES, Outcome

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome of one group: `of` patients answered; share with Wilson interval, or median with the 5th and 95th percentile."""

    outcome: Outcome
    estimate: Interval
    events: int | None
    of: int


def lines(values: Mapping[str, Floats]) -> tuple[Line, ...]:
    """A line for each outcome that any patient answers."""
    found = []
    for outcome in OUTCOMES:
        known = answered(values[outcome.id])
        if not len(known):
            continue
        if outcome.kind == "share":
            events = int(known.sum())
            found.append(Line(outcome, proportion(events, len(known)), events, len(known)))
        else:
            found.append(Line(outcome, median(known), None, len(known)))
    return tuple(found)


def answered(values: Floats) -> Floats:
    """The values of patients who answer the outcome."""
    found: Floats = values[~np.isnan(values)]
    return found
