"""A therapy model ready for scenarios: equations, population, measurements, hypotheses, calibrated ranges.

In: a folder of the model library. Out: `TherapyModel`.
Decided here: which files of the folder are read for what. Hypotheses are the settings H1 and H2.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from cartrace.models import library
from cartrace.models.system import System
from cartrace.simulate.interface import NotTreatable
from cartrace.simulate.outside import CalibratedRange, ranges
from cartrace.simulate.population import Population, Varied, population
from cartrace.simulate.scenario import HYPOTHESES


@dataclass(frozen=True, slots=True)
class TherapyModel:
    """A model that scenarios can be given to.

    observed    (analyte code, unit, output id) of every observable that is a clinical measurement
    hypotheses  parameter values of each hypothesis
    """

    id: str
    title: str
    system: System
    population: Population
    observed: tuple[tuple[str, str, str], ...]
    hypotheses: Mapping[str, tuple[tuple[str, float], ...]] = field(
        default_factory=lambda: dict.fromkeys(HYPOTHESES, ())
    )
    ranges: tuple[CalibratedRange, ...] = ()

    @property
    def nominal(self) -> dict[str, float]:
        """The value of every parameter in the typical patient."""
        return {item.id: item.value for item in self.system.parameters}

    @property
    def digest_of_values(self) -> str:
        """A name for the values, the population and the hypotheses: the same numbers give the same digest."""
        text = json.dumps([self.nominal, repr(self.population), repr(sorted(self.hypotheses.items()))])
        return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=4)
def load_therapy(model_id: str) -> TherapyModel:
    """A model of the library with what scenarios need of it. Raises `UnknownTerm`, `NotTreatable` without a population."""
    found = library.load(model_id)
    folder = resources.files("cartrace.models").joinpath("library", found.folder)
    texts = {}
    for name in ("population.toml", "ranges.toml"):
        file = folder.joinpath(name)
        texts[name] = file.read_text(encoding="utf-8") if file.is_file() else ""
    if not texts["population.toml"] or not set(HYPOTHESES) <= set(found.settings):
        raise NotTreatable(f"model {model_id} has no population and no hypotheses: scenarios need cartrace2026")
    varied = [Varied(row.id, row.scale, row.variability) for row in found.parameters if row.variability is not None]
    return TherapyModel(
        id=found.id,
        title=found.title,
        system=found.system,
        population=population(texts["population.toml"], varied),
        observed=tuple((row.analyte, row.unit, row.formula) for row in found.observables if row.analyte),
        hypotheses={name: tuple(found.settings[name].parameters.items()) for name in HYPOTHESES},
        ranges=ranges(texts["ranges.toml"]),
    )
