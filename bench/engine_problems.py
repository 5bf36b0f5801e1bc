"""The problems of the engine's benchmark: three models, their virtual patients, the wanted times and outputs, the measure of error.

In: `engine/*.ant`, the therapy model of the library. Out: `Problem`s, the same for every candidate.
Decided here: doses are timed events of the model text, so that every tool reads the same file; no wanted time falls on a dose, for tools
differ in what they give there; extinction is switched off, for only cartrace has it; an error is |found - true|/(|true| + floor), the worst
over times and outputs of one patient, with floors near what an assay can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cartrace import engine
from cartrace.models import read_antimony
from cartrace.models.antimony import sbml_of
from cartrace.models.library import folder_of, load
from cartrace.models.system import System

Floats = NDArray[np.float64]
FOLDER = Path(__file__).with_name("engine")
NEVER = 1e4

PROTOTYPE_FLOORS = {"E": 1e-3, "B": 1e-3, "Bm": 1e-3, "N": 1e-4, "IL6": 0.1, "CRP": 0.1, "Temp": 1e-2, "ANC": 1e-3}
PROTOTYPE_VARIED = {
    "rho": 0.15, "KA": 0.4, "Emax": 0.4, "dE": 0.2, "kEM": 0.4, "dM": 0.4, "kk": 0.5, "Ksat": 0.4, "gmr": 0.3, "Bm0": 1.0, "kinB": 0.4,
    "sM": 0.4, "KS": 0.4, "pF": 0.4, "kF": 0.3, "pI": 0.5, "kI": 0.3, "KT": 0.3, "pC": 0.3, "MTT": 0.2, "gam": 0.2, "A0": 0.3, "k10": 0.3,
    "KD": 0.3, "kx": 0.3, "kdT": 0.3, "hA": 0.1, "nT": 0.1, "N0": 1.0, "kon": 0.3, "R0": 0.3, "dose": 0.3, "tt1": 0.3,
}  # fmt: skip
"""Standard deviation of the logarithm between patients."""

THERAPY = "cartrace2026"
THERAPY_FLOORS = {
    "CAR_uL": 1e-3,
    "L_M": 1e-3,
    "B_c": 1e-2,
    "IL6": 0.1,
    "CRP": 0.1,
    "TEMP": 0.01,
    "ANC": 1e-3,
    "PLT": 0.1,
}
THERAPY_EVENTS = """
  dose = 186; tt1 = 13; tt2 = 14;
  ld1: at (time >= 2): LD = LD + 1;
  ld2: at (time >= 3): LD = LD + 1;
  ld3: at (time >= 4): LD = LD + 1;
  inf1: at (time >= t_inf): C_D = C_D + 0.1*dose;
  inf2: at (time >= t_inf + 1): C_D = C_D + 0.3*dose;
  inf3: at (time >= t_inf + 2): C_D = C_D + 0.6*dose;
  toc1: at (time >= tt1): TOC1 = TOC1 + 480;
  toc2: at (time >= tt2): TOC1 = TOC1 + 480;
end
"""
"""Lymphodepletion on three days, a split dose of 186 million CAR+ cells, tocilizumab twice (480 mg) at the patient's own time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One model with what is asked of it. `varied`: log-SD between patients by parameter; `floors`: by output."""

    name: str
    title: str
    text: str
    system: System
    varied: Mapping[str, float]
    floors: Mapping[str, float]
    times: Floats

    @property
    def outputs(self) -> tuple[str, ...]:
        """Ids of the wanted outputs."""
        return tuple(self.floors)

    @property
    def sbml(self) -> str:
        """The model as SBML, as libRoadRunner and COPASI read it."""
        return sbml_of(self.text)

    def patients(self, count: int, seed: int = 1) -> Floats:
        """(count, parameters): log-normal around the model's values; 40 % get no tocilizumab, the others two doses a day apart."""
        draw = np.random.default_rng(seed)
        table = engine.parameter_table(self.system, count)
        ids = [item.id for item in self.system.parameters]
        for name, spread in self.varied.items():
            table[:, ids.index(name)] *= np.exp(spread * draw.standard_normal(count))
        first, second = ids.index("tt1"), ids.index("tt2")
        table[:, second] = table[:, first] + 1.0
        never = draw.random(count) < 0.4
        table[np.ix_(never, [first, second])] = NEVER
        return table

    def errors(self, found: Floats, true: Floats) -> Floats:
        """(patients,) the worst error of each; infinite where a value is missing."""
        relative = np.abs(found - true) / (np.abs(true) + np.array(list(self.floors.values())))
        return np.nan_to_num(relative, nan=np.inf, posinf=np.inf).max(axis=(1, 2))


def problems() -> dict[str, Problem]:
    """The three problems by name."""
    times = np.concatenate([np.arange(0.25, 30.0, 0.5), np.linspace(30.3, 180.0, 41)])
    found = [_therapy(np.concatenate([times[:60], np.linspace(30.3, 187.0, 41)]))]
    for name, title in (("qe", "22 states, mild"), ("tmdd", "24 states, stiff: receptor binding")):
        text = (FOLDER / f"{name}.ant").read_text(encoding="utf-8")
        system = replace(read_antimony(text), time_unit="d")
        known = {item.id for item in system.parameters}
        varied = {key: spread for key, spread in PROTOTYPE_VARIED.items() if key in known}
        found.append(Problem(name, title, text, system, varied, PROTOTYPE_FLOORS, times))
    return {problem.name: problem for problem in found}


def _therapy(times: Floats) -> Problem:
    """The therapy model with the doses of a course as events; patients vary as the library's table says on the logarithmic scale."""
    text = (folder_of(THERAPY) / "model.ant").read_text(encoding="utf-8").rstrip()
    assert text.endswith("end"), "model.ant ends with its model"
    # Without the word species a quantity is a plain number in every tool: COPASI counts species in particles.
    lines = [line for line in text.removesuffix("end").splitlines() if not line.strip().startswith("species ")]
    text = "\n".join(lines) + THERAPY_EVENTS
    model = load(THERAPY)
    values = {item.id: item.value for item in model.system.parameters}
    read = read_antimony(text)
    parameters = tuple(replace(item, value=values.get(item.id, item.value)) for item in read.parameters)
    system = replace(read, parameters=parameters, time_unit="d")
    varied = {"tt1": 0.15, "dose": 0.3, "L_M0": 1.0}
    for row in model.parameters:
        if row.variability and row.scale == "log" and row.id not in varied:
            varied[row.id] = float(row.variability)
    title = f"{len(system.states)} states, the integrated therapy model"
    return Problem(THERAPY, title, text, system, varied, THERAPY_FLOORS, times)
