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
        return Kappa(weighting, count, None, reason=f"{'one pair' if count else 'no pair'} of grades; two are needed")
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    power = 1 if weighting == "linear" else 2
    observed = sum(abs(a - b) ** power for a, b in pairs) / count
    # Mean disagreement of each grade of one rater with the grades of the other.
    row = {a: sum(abs(a - b) ** power * n for b, n in second.items()) / count for a in first}
    column = {b: sum(abs(a - b) ** power * n for a, n in first.items()) / count for b in second}
    expected = sum(row[a] * n for a, n in first.items()) / count
    if expected == 0.0:
        return Kappa(weighting, count, None, reason="every grade is the same; agreement beyond chance is not defined")
    kappa = 1.0 - observed / expected
    if observed == 0.0:
        return Kappa(weighting, count, kappa, reason="complete agreement has no large-sample interval")
    # Gradient of kappa in the proportion of each pair, by disagreements; their variance over the pairs.
    gradients = [(observed * (row[a] + column[b]) / expected - abs(a - b) ** power) / expected for a, b in pairs]
    mean = observed / expected
    variance = sum((gradient - mean) ** 2 for gradient in gradients) / count**2
    margin = NORMAL_95 * math.sqrt(variance)
    return Kappa(weighting, count, kappa, max(kappa - margin, -1.0), min(kappa + margin, 1.0))
