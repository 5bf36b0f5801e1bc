"""The population of a model: how its patients differ, as the model's folder says.

In: population.toml and the parameter table of a model folder. Out: `Population`.
Decided here: the spelling (models/library/cartrace2026/README.md, "population.toml"); the dimensions of the draw and their order, which
is the same for every scenario of a model, so that patient number i is the same person in every arm.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DISTRIBUTIONS = ("uniform", "log_uniform", "normal", "logistic")


@dataclass(frozen=True, slots=True)
class Varied:
    """A parameter with a normal deviate on its scale ("log", "logit" or "lin")."""

    parameter: str
    scale: str
    spread: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A parameter drawn from a distribution; (first, second) = (low, high), or (location, scale)."""

    parameter: str
    distribution: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Mixture:
    """With `probability`: values drawn, set and multiplied; else `otherwise`."""

    id: str
    name: str
    probability: float
    draws: tuple[Drawn, ...] = ()
    values: tuple[tuple[str, float], ...] = ()
    factors: tuple[tuple[str, float], ...] = ()
    otherwise: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Covariate:
    """`formula` in the covariate's id gives the parameter."""

    id: str
    parameter: str
    formula: str


@dataclass(frozen=True, slots=True)
class Population:
    """Who the patients of a model are. The draw has one dimension per deviate, per draw, per mixture and per draw within it."""

    varied: tuple[Varied, ...] = ()
    draws: tuple[Drawn, ...] = ()
    mixtures: tuple[Mixture, ...] = ()
    correlations: tuple[tuple[str, str, float], ...] = ()
    covariates: tuple[Covariate, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each dimension of the draw, in order."""
        found = [item.parameter for item in self.varied] + [item.parameter for item in self.draws]
        for mixture in self.mixtures:
            found += [mixture.id, *(f"{mixture.id}.{item.parameter}" for item in mixture.draws)]
        return tuple(found)


def population(text: str, varied: Sequence[Varied]) -> Population:
    """The population that a population.toml and the column `variability` describe. Raises ValueError with a sentence."""
    raw = tomllib.loads(text)
    draws = tuple(_drawn(item) for item in (*raw.get("draw", ()), *raw.get("latent", ())))
    replaced = {item.parameter for item in draws}
    kept = tuple(item for item in varied if item.parameter not in replaced)
    return Population(
        varied=kept,
        draws=draws,
        mixtures=tuple(_mixture(item) for item in raw.get("mixture", ())),
        correlations=tuple(_correlation(item, {one.parameter for one in kept}) for item in raw.get("correlation", ())),
        covariates=tuple(Covariate(c["id"], c["parameter"], c["formula"]) for c in raw.get("covariate", ())),
    )


def _drawn(item: Mapping[str, Any]) -> Drawn:
    distribution = item["distribution"]
    if distribution not in DISTRIBUTIONS:
        raise ValueError(f'distribution "{distribution}" of {item["parameter"]} is none of {", ".join(DISTRIBUTIONS)}')
    pair = ("low", "high") if distribution in ("uniform", "log_uniform") else ("mean", "sd")
    if distribution == "logistic":
        pair = ("location", "scale")
    default = {"mean": 0.0, "sd": 1.0, "location": 0.0, "scale": 1.0}
    first, second = (float(item.get(key, default.get(key, 0.0))) for key in pair)
    return Drawn(item["parameter"], distribution, first, second)


def _mixture(item: Mapping[str, Any]) -> Mixture:
    def pairs(key: str) -> tuple[tuple[str, float], ...]:
        return tuple((name, float(value)) for name, value in item.get(key, {}).items())

    draws = tuple(_drawn(one) for one in item.get("draw", ()))
    probability = float(item["probability"])
    return Mixture(item["id"], item["name"], probability, draws, pairs("set"), pairs("times"), pairs("otherwise"))


def _correlation(item: Mapping[str, Any], varied: set[str]) -> tuple[str, str, float]:
    first, second = item["parameters"]
    missing = {first, second} - varied
    if missing:
        raise ValueError(f"{', '.join(sorted(missing))} has no deviate to be correlated")
    return first, second, float(item["value"])
