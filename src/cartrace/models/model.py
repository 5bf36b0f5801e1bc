"""One model of the library: its equations and the tables beside them.

In: what `folder` has read. Out: frozen records.
Decided here: which words the tables know. How the files are spelt: README.md of the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cartrace.models.published import Published, Run
from cartrace.models.system import System

TIME_UNITS = ("d", "h", "min", "s")
SCALES = ("lin", "log", "logit")
NOISE = ("normal", "log-normal")


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One row of parameters.tsv. Bounds are None where none are given; `variability` is an SD on `scale`, None: the same in all."""

    id: str
    name: str
    scale: str
    lower: float | None
    upper: float | None
    value: float
    estimated: bool
    unit: str
    source: str
    locator: str
    evidence: str
    variability: float | None
    variability_source: str
    note: str


@dataclass(frozen=True, slots=True)
class StateRow:
    """One row of states.tsv."""

    id: str
    name: str
    unit: str
    extinct_below: float
    note: str


@dataclass(frozen=True, slots=True)
class ObservableRow:
    """One row of observables.tsv. `noise` is a number or the id of a parameter; empty: none known."""

    id: str
    name: str
    formula: str
    unit: str
    noise_distribution: str
    noise: str
    noise_source: str
    analyte: str
    note: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A named set of parameter values."""

    id: str
    name: str
    parameters: Mapping[str, float]
    source: str
    locator: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model with everything that its folder says. `folder` is the folder's name; `system` has the values of the tables."""

    id: str
    title: str
    clock: str
    sources: tuple[str, ...]
    parent: str
    folder: str
    system: System
    states: tuple[StateRow, ...]
    parameters: tuple[ParameterRow, ...]
    observables: tuple[ObservableRow, ...]
    settings: Mapping[str, Setting]
    runs: Mapping[str, Run]
    reproduce: tuple[Published, ...]

    @property
    def values(self) -> dict[str, float]:
        """Parameter to its value in the table."""
        return {row.id: row.value for row in self.parameters}
