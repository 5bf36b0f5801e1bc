"""Virtual patients: numbered points of a well spread draw, turned into parameter values.

In: a population, a scenario, which patients. Out: `Patients`: one value per drawn parameter and patient.
Decided here: patient i depends on the seed, on i and on the population alone, never on the regimen, on how many others there are
(Sobol) or on how they are cut into chunks: arms share their patients. Sobol points are scrambled; a Latin hypercube is spread over
all patients of the scenario at once. Beside the dimensions of the population there is one more: the knock-down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import qmc

from cartrace.simulate.population import Drawn, Population, Varied
from cartrace.simulate.scenario import VirtualPatients

Floats = NDArray[np.float64]

OPEN = 2.0**-40
"""Distance from 0 and 1 that a uniform number keeps, so that its normal deviate is finite."""

MOST_SOBOL = 2**30


@dataclass(frozen=True, slots=True)
class Patients:
    """Patients start, start + 1, ...: drawn parameters (n,) each, knock-down (n,), who is in which mixture."""

    start: int
    parameters: dict[str, Floats]
    knock_down: Floats
    members: dict[str, NDArray[np.bool_]]

    @property
    def count(self) -> int:
        return len(self.knock_down)


def uniform(chosen: VirtualPatients, dimensions: int, start: int, count: int) -> Floats:
    """Points start .. start + count of the draw in the open unit cube, (count, dimensions).

    Raises ValueError for more patients than Sobol points.
    """
    if start + count > chosen.count:
        raise ValueError(f"patients {start} to {start + count} of {chosen.count}")
    if chosen.sampling == "latin_hypercube":
        points = qmc.LatinHypercube(dimensions, seed=chosen.seed).random(chosen.count)[start : start + count]
    else:
        if start + count > MOST_SOBOL:
            raise ValueError(f"at most {MOST_SOBOL} Sobol points")
        sampler = qmc.Sobol(dimensions, scramble=True, seed=chosen.seed)
        # A first draw of another size than a power of 2 would be warned about.
        more = sampler.fast_forward(start).random if start else partial(_first, sampler)
        points = more(count)
    found: Floats = np.clip(points, OPEN, 1.0 - OPEN)
    return found


def _first(sampler: qmc.Sobol, count: int) -> Floats:
    found: Floats = sampler.random_base2(max(count - 1, 0).bit_length())[:count]
    return found


def draw(people: Population, nominal: dict[str, float], chosen: VirtualPatients, start: int, count: int) -> Patients:
    """Patients start .. start + count. `nominal`: value of each parameter in the typical patient.

    Without variation every patient is the typical one: nominal values, and the knock-down is left to the caller (NaN).
    """
    if not chosen.vary:
        return Patients(start, {}, np.full(count, np.nan), {})
    names = people.names
    points = uniform(chosen, len(names) + 1, start, count)
    column = {name: points[:, number] for number, name in enumerate(names)}
    values = _varied(people, nominal, column)
    values |= {item.parameter: _drawn(item, column[item.parameter]) for item in people.draws}
    members = {}
    for mixture in people.mixtures:
        inside = column[mixture.id] < mixture.probability
        members[mixture.id] = inside
        for item in mixture.draws:
            _choose(values, nominal, item.parameter, inside, _drawn(item, column[f"{mixture.id}.{item.parameter}"]))
        for name, value in mixture.values:
            _choose(values, nominal, name, inside, np.full(count, value))
        for name, factor in mixture.factors:
            _choose(values, nominal, name, inside, _present(values, nominal, name, count) * factor)
        for name, value in mixture.otherwise:
            _choose(values, nominal, name, ~inside, np.full(count, value))
    return Patients(start, values, points[:, -1].copy(), members)


def _present(values: dict[str, Floats], nominal: dict[str, float], name: str, count: int) -> Floats:
    return values[name] if name in values else np.full(count, nominal[name])


def _choose(
    values: dict[str, Floats], nominal: dict[str, float], name: str, where: NDArray[np.bool_], new: Floats
) -> None:
    values[name] = np.where(where, new, _present(values, nominal, name, len(new)))


def _varied(people: Population, nominal: dict[str, float], column: dict[str, Floats]) -> dict[str, Floats]:
    names = [item.parameter for item in people.varied]
    together = np.eye(len(names))
    for first, second, value in people.correlations:
        i, j = names.index(first), names.index(second)
        together[i, j] = together[j, i] = value
    deviates = np.linalg.cholesky(together) @ ndtri(np.array([column[name] for name in names])) if names else ()
    return {
        item.parameter: _on_scale(item, nominal[item.parameter], deviate)
        for item, deviate in zip(people.varied, deviates, strict=True)
    }


def _on_scale(item: Varied, typical: float, deviate: Floats) -> Floats:
    found: Floats
    if item.scale == "log":
        found = typical * np.exp(item.spread * deviate)
    elif item.scale == "logit":
        found = expit(logit(typical) + item.spread * deviate)
    else:
        found = typical + item.spread * deviate
    return found


def _drawn(item: Drawn, share: Floats) -> Floats:
    found: Floats
    if item.distribution == "uniform":
        found = item.first + (item.second - item.first) * share
    elif item.distribution == "log_uniform":
        found = item.first * (item.second / item.first) ** share
    elif item.distribution == "normal":
        found = item.first + item.second * ndtri(share)
    else:
        found = item.first + item.second * logit(share)
    return found
