"""Cohen's kappa with linear or quadratic weights, and its large-sample interval.

In: pairs of grades. Out: `Kappa`.
Published: agreement of two raters beyond chance, disagreements weighted by their distance (linear) or its square
(quadratic); kappa = 1 - observed / expected disagreement. Standard error of the weighted kappa by fleiss1969kappa, 95 %
interval by the normal approximation, cut at -1 and 1.
Decided here: fewer than two pairs, or grades that are all one and the same, give a reason and no kappa; complete agreement
has no large-sample interval.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Weighting = Literal["linear", "quadratic"]
WEIGHTINGS: tuple[Weighting, ...] = ("linear", "quadratic")

PAIRS_FROM = 2
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Kappa:
    """Weighted kappa or the reason why there is none. `low`, `high`: 95 % interval; both None when it has none."""

    weighting: Weighting
    pairs: int
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def weighted_kappa(pairs: Sequence[tuple[int, int]], weighting: Weighting) -> Kappa:
    """Kappa of (one rater, the other rater) pairs of grades."""
    count = len(pairs)
    if count < PAIRS_FROM:
        return Kappa(weighting, count, None, reason=f"{count} pair of grades; two are needed")
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    grades = sorted(first.keys() | second.keys())
    power = 1 if weighting == "linear" else 2
    # The scale of the weights cancels, so that grades nobody gave change nothing.
    span = max(grades[-1] - grades[0], 1) ** power
    weight = {(a, b): 1.0 - abs(a - b) ** power / span for a in grades for b in grades}
    observed = sum(weight[pair] for pair in pairs) / count
    row = {a: sum(weight[a, b] * second[b] for b in grades) / count for a in grades}
    column = {b: sum(weight[a, b] * first[a] for a in grades) / count for b in grades}
    expected = sum(row[a] * first[a] for a in grades) / count
    if len(grades) == 1 or math.isclose(expected, 1.0):
        return Kappa(weighting, count, None, reason="every grade is the same; agreement beyond chance is not defined")
    kappa = (observed - expected) / (1.0 - expected)
    if observed == 1.0:
        return Kappa(weighting, count, kappa, reason="complete agreement has no large-sample interval")
    squares = sum((weight[a, b] - (row[a] + column[b]) * (1.0 - kappa)) ** 2 for a, b in pairs) / count
    variance = (squares - (kappa - expected * (1.0 - kappa)) ** 2) / (count * (1.0 - expected) ** 2)
    margin = NORMAL_95 * math.sqrt(max(variance, 0.0))
    return Kappa(weighting, count, kappa, max(kappa - margin, -1.0), min(kappa + margin, 1.0))
