"""Trials: arms of virtual patients compared, many times over.

In: a `Trial`. Out: `TrialResult`: each outcome in each arm, and each arm against the first, over all trials drawn.
Decided here: the pool is one population that every arm treats, so that arms differ by treatment alone. A trial draws its patients
from the pool without putting them back, other ones for each arm, as randomisation would. Shares are compared by Newcombe's interval
and Fisher's test, numbers by the difference of medians.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cartrace.simulate import comparison
from cartrace.simulate.comparison import Interval
from cartrace.simulate.outcomes import OUTCOMES, Outcome
from cartrace.simulate.run import Mapped, one_after_another, simulate
from cartrace.simulate.scenario import Hypothesis, VirtualPatients
from cartrace.simulate.summary import answered
from cartrace.simulate.trial_file import Observed, Trial

Floats = NDArray[np.float64]

SIGNIFICANT_BELOW = 0.05
"""p below which a trial counts as having shown a difference."""

fisher = lru_cache(maxsize=100_000)(comparison.fisher)


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One outcome in one arm.

    pool      share with Wilson interval, or median with the 5th and 95th percentile of the patients, over the whole pool
    trials    share or median of a trial's patients: median over trials, 2.5th and 97.5th percentile
    observed  what a real trial saw, with its Wilson interval
    """

    hypothesis: Hypothesis
    outcome: Outcome
    arm: str
    patients: int
    pool: Interval
    trials: Interval
    observed: tuple[Observed, Interval] | None


@dataclass(frozen=True, slots=True)
class ArmContrast:
    """One outcome in one arm minus the first arm.

    trials       difference: median over trials, 2.5th and 97.5th percentile
    first_trial  the first trial drawn, as a real one would be reported: difference with Newcombe's or a bootstrap interval
    first_p      Fisher's p of that trial; NaN for numbers
    significant  share of trials with p below 0.05; NaN for numbers
    observed     difference that the real trial saw with its interval
    observed_p   Fisher's p of the counts that the real trial saw
    as_extreme   share of trials with a difference at or below the observed one
    """

    hypothesis: Hypothesis
    outcome: Outcome
    arm: str
    against: str
    trials: Interval
    first_trial: Interval
    first_p: float
    significant: float
    observed: Interval | None
    observed_p: float
    as_extreme: float


@dataclass(frozen=True, slots=True)
class TrialResult:
    """All arms and contrasts; `said`: what is outside the data; `failed`: patients of the pool that could not be solved, by arm."""

    trial: Trial
    arms: tuple[ArmResult, ...]
    contrasts: tuple[ArmContrast, ...]
    said: tuple[str, ...]
    failed: Mapping[str, int]


def run_trial(
    trial: Trial,
    folder: Path | None = None,
    *,
    mapped: Mapped = one_after_another,
    progress: Callable[[int, int], None] | None = None,
) -> TrialResult:
    """Simulate the pool of every arm, then draw the trials.

    folder  where arm-1/, arm-2/ ... are kept as `run.simulate` keeps a run; None: nothing is written
    Raises `AnotherRun`, `NotTreatable`, `UnknownTerm`.
    """
    pools = {}
    for number, arm in enumerate(trial.arms, start=1):
        chosen = VirtualPatients(trial.pool, trial.seed, arm.scenario.virtual_patients.sampling)
        scenario = replace(arm.scenario, virtual_patients=chosen, hypotheses=trial.hypotheses)
        kept = None if folder is None else folder / f"arm-{number}"
        pools[arm.name] = simulate(scenario, kept, mapped=mapped, progress=progress)
    drawn = _drawn(trial)
    arms: list[ArmResult] = []
    contrasts: list[ArmContrast] = []
    for hypothesis in trial.hypotheses:
        values = {arm.name: pools[arm.name].of(hypothesis) for arm in trial.arms}
        for outcome in OUTCOMES:
            if outcome.id in trial.outcomes:
                groups = [values[arm.name][outcome.id] for arm in trial.arms]
                _compare(trial, hypothesis, outcome, groups, drawn, arms, contrasts)
    said = tuple(dict.fromkeys(sentence for pool in pools.values() for sentence in pool.said))
    failed = {name: sum(len(pool.failures(h)) for h in trial.hypotheses) for name, pool in pools.items()}
    return TrialResult(trial, tuple(arms), tuple(contrasts), said, failed)


def _drawn(trial: Trial) -> list[NDArray[np.int64]]:
    """Positions in the pool of each arm's patients, (repeats, patients); no patient is in two arms of a trial."""
    rng = np.random.default_rng(trial.seed)
    order = rng.permuted(np.tile(np.arange(trial.pool), (trial.repeats, 1)), axis=1)
    edges = np.cumsum([0, *(arm.patients for arm in trial.arms)])
    return [order[:, first:last] for first, last in pairwise(edges)]


def _compare(
    trial: Trial,
    hypothesis: Hypothesis,
    outcome: Outcome,
    groups: list[Floats],
    drawn: list[NDArray[np.int64]],
    arms: list[ArmResult],
    contrasts: list[ArmContrast],
) -> None:
    share = outcome.kind == "share"
    if any(not len(answered(group)) for group in groups):
        return
    seen = {item.arm: item for item in trial.observed if item.outcome == outcome.id}
    statistics = [_statistic(group[positions], share) for group, positions in zip(groups, drawn, strict=True)]
    for arm, group, statistic in zip(trial.arms, groups, statistics, strict=True):
        known = answered(group)
        pool = comparison.proportion(int(known.sum()), len(known)) if share else comparison.median(known)
        real = seen.get(arm.name)
        shown = None if real is None else (real, comparison.proportion(real.events, real.of))
        arms.append(ArmResult(hypothesis, outcome, arm.name, arm.patients, pool, _spread(statistic), shown))
    for number in range(1, len(trial.arms)):
        pair = [(groups[n][drawn[n]]) for n in (number, 0)]
        difference = statistics[number] - statistics[0]
        names = trial.arms[number].name, trial.arms[0].name
        contrasts.append(
            _contrast(hypothesis, outcome, names, pair, difference, [seen.get(name) for name in names], trial.seed)
        )


def _contrast(
    hypothesis: Hypothesis,
    outcome: Outcome,
    names: tuple[str, str],
    pair: list[Floats],
    difference: Floats,
    seen: list[Observed | None],
    seed: int,
) -> ArmContrast:
    first = [answered(group[0]) for group in pair]
    first_p = significant = observed_p = as_extreme = math.nan
    observed = None
    if outcome.kind == "share":
        tables = [_counts(one, other) for one, other in zip(*pair, strict=True)]
        first_trial = comparison.difference(*tables[0])
        p = np.array([fisher(*table) for table in tables])
        first_p, significant = float(p[0]), float(np.mean(p < SIGNIFICANT_BELOW))
        one, other = seen
        if one is not None and other is not None:
            real = (one.events, one.of, other.events, other.of)
            observed, observed_p = comparison.difference(*real), fisher(*real)
            as_extreme = float(np.mean(difference <= observed.value))
    else:
        first_trial = comparison.median_difference(*first, seed=seed)
    return ArmContrast(
        hypothesis,
        outcome,
        *names,
        _spread(difference),
        first_trial,
        first_p,
        significant,
        observed,
        observed_p,
        as_extreme,
    )


def _counts(one: Floats, other: Floats) -> tuple[int, int, int, int]:
    one, other = answered(one), answered(other)
    return int(one.sum()), len(one), int(other.sum()), len(other)


def _statistic(values: Floats, share: bool) -> Floats:
    """Share or median of each trial's patients who answer, (repeats,); NaN where none does."""
    known = ~np.isnan(values).all(axis=1)
    found = np.full(len(values), math.nan)
    found[known] = (np.nanmean if share else np.nanmedian)(values[known], axis=1)
    return found


def _spread(values: Floats) -> Interval:
    values = answered(values)
    if not len(values):
        return comparison.NOTHING
    low, middle, high = np.quantile(values, (0.025, 0.5, 0.975))
    return Interval(float(middle), float(low), float(high))
