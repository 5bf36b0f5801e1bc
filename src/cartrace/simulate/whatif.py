"""What if: one scenario, some of its keys changed, the same patients.

In: a scenario by name or file, changes. Out: `Contrast`s: each outcome before and after, and the difference within patients.
Decided here: whenever the knock-down is touched both hypotheses are run, whatever the scenario says. What makes two runs no pair of
the same patients (another model, draw or hypothesis) is refused. The interval of a difference speaks of the number of virtual
patients alone; what the model does not know stands in no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cartrace.errors import CartraceError
from cartrace.simulate import scenario_file
from cartrace.simulate.comparison import Interval, paired_difference
from cartrace.simulate.outcomes import OUTCOMES, Outcome
from cartrace.simulate.run import Mapped, Results, one_after_another, simulate
from cartrace.simulate.scenario import HYPOTHESES, Hypothesis, Scenario

Floats = NDArray[np.float64]

KNOCK_DOWN_KEYS = ("product", "product.knock_down", "parameters", "parameters.KD")

NO_PAIR = {
    "virtual_patients": "a what-if treats the same patients twice: choose them with --patients and --seed",
    "hypothesis": "a what-if compares within a hypothesis: say the hypothesis in the scenario",
    "model": "a what-if compares within a model: say the model in the scenario",
}
"""Key that no what-if changes, and why."""


class NothingChanged(CartraceError):
    """A what-if without a change."""


class NoPair(CartraceError):
    """A change after which the two runs would not be of the same patients."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One outcome under one hypothesis, in patients who answer it both times.

    before, after  share of patients, or median
    difference     after minus before within patients: mean of a share, median of a number; 95 % over patients
    of             patients
    """

    hypothesis: Hypothesis
    outcome: Outcome
    before: float
    after: float
    difference: Interval
    of: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both runs, the changes as said, and what differs."""

    before: Results
    after: Results
    changes: tuple[tuple[str, str], ...]
    contrasts: tuple[Contrast, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """What is outside the data in either run."""
        return tuple(dict.fromkeys((*self.before.said, *self.after.said)))


def what_if(
    name: str,
    changes: Mapping[str, str],
    *,
    before_changes: Mapping[str, str] | None = None,
    beside: Path | None = None,
    mapped: Mapped = one_after_another,
    progress: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """A scenario with and without changes. `before_changes` hold for both (patients, seed, days).

    Raises `NothingChanged`, `NoPair`, `UnknownTerm`, `InputRefused`, `NotTreatable`.
    """
    if not changes:
        raise NothingChanged("a what-if needs a change, such as product.knock_down=0")
    refused = dict.fromkeys(NO_PAIR[first] for place in changes if (first := place.partition(".")[0]) in NO_PAIR)
    if refused:
        raise NoPair("; ".join(refused))
    shared = dict(before_changes or {})
    scenarios = [scenario_file.load(name, both, beside=beside) for both in (shared, {**shared, **changes})]
    hypotheses = hypotheses_of(scenarios[0], changes)
    before, after = (
        simulate(replace(one, hypotheses=hypotheses), mapped=mapped, progress=progress) for one in scenarios
    )
    contrasts = tuple(
        contrast
        for hypothesis in hypotheses
        for contrast in compare(before.of(hypothesis), after.of(hypothesis), hypothesis, scenarios[0])
    )
    return WhatIf(before, after, tuple(changes.items()), contrasts)


def hypotheses_of(scenario: Scenario, changes: Mapping[str, str]) -> tuple[Hypothesis, ...]:
    """Those of the scenario; both when the knock-down is touched."""
    touched = any(key in KNOCK_DOWN_KEYS for key in changes)
    return HYPOTHESES if touched else scenario.hypotheses


def compare(
    before: Mapping[str, Floats], after: Mapping[str, Floats], hypothesis: Hypothesis, scenario: Scenario
) -> list[Contrast]:
    """A contrast for each outcome that a patient answers both times. The same number of patients in the same order."""
    found = []
    for outcome in OUTCOMES:
        both = ~np.isnan(before[outcome.id]) & ~np.isnan(after[outcome.id])
        if not both.any():
            continue
        old, new = before[outcome.id][both], after[outcome.id][both]
        statistic = np.mean if outcome.kind == "share" else np.median
        difference = paired_difference(new, old, statistic, seed=scenario.virtual_patients.seed)
        sizes = float(statistic(old)), float(statistic(new))
        found.append(Contrast(hypothesis, outcome, *sizes, difference, int(both.sum())))
    return found
