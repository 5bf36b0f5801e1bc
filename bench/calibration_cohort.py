"""Virtual patients of the therapy model, solved for the calibration: who they are under a guess of its values, and their courses.

In: the model `cartrace2026` with its population, a guess. Out: `Cohort`: parameters and curves of every patient.
Decided here: the same Sobol points for every guess, so that two guesses differ by their values alone; the days that are looked at.
A guess names a typical value by its id ("rho"), the spread between patients by "rho~", and parts of a mixture of population.toml by
"dysfunctional.probability", "dysfunctional.k_kill" (its factor) or "cd19_loss.f_neg.high" (the end of a draw), a weight of a hypothesis
by "H2.w_C".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cartrace import engine
from cartrace.models.library import load
from cartrace.simulate.patients import draw
from cartrace.simulate.population import Mixture, Population
from cartrace.simulate.scenario import VirtualPatients
from cartrace.simulate.therapy import load_therapy

Floats = NDArray[np.float64]
MODEL = "cartrace2026"
SEED = 20240814
T_INF = 7.0
WEIGHT = 60.0
"""[kg] of the population's reference patient."""

STEIN_DOSE, TRIAL_DOSE = 3.1 * WEIGHT, 5.0 * WEIGHT
"""[10*6] CAR+ cells: 3.1 million per kg (stein2019tisagenlecleucel), 5 million per kg (scenario trial-patient)."""

OUTPUTS = (
    *("QPCR", "CAR_uL", "IL6", "S6", "IFN", "CRP", "FER", "TEMP", "ANC", "PLT", "BM_pct", "V_skin", "V_test", "B_uL"),
    *("L_M", "L_S", "L_T", "N_M", "N_S", "N_T"),
)
EARLY = np.arange(0.0, 75.0 + 0.125, 0.25)
LATE = np.unique(np.concatenate([np.arange(82.0, 1100.0, 7.0), [90.0, 183.0, 365.0, 730.0]]))
CRS_DAYS = np.arange(0.0, 35.0 + 0.125, 0.25)
"""Days since the infusion: to 75 four times a day, then weekly to month 36; for CRS the times of vital signs of a scenario."""

Guess = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Patients solved: days (T,), curves by output (N, T), parameters by id (N,), draws of the knock-down (N,), how many were lost."""

    day: Floats
    curves: dict[str, Floats]
    parameters: dict[str, Floats]
    knock_down: Floats
    lost: int

    @property
    def count(self) -> int:
        return len(self.knock_down)

    def window(self, name: str, start: float, end: float) -> Floats:
        """One output between two days, both included, (N, days)."""
        found: Floats = self.curves[name][:, (self.day >= start) & (self.day <= end)]
        return found

    def at(self, name: str, day: float) -> Floats:
        """One output on a day that is looked at, (N,)."""
        position = int(np.searchsorted(self.day, day))
        assert self.day[position] == day, day
        found: Floats = self.curves[name][:, position]
        return found


class Bench:
    """The model compiled once, and patients drawn for guesses."""

    def __init__(self, outputs: Sequence[str] = OUTPUTS) -> None:
        therapy = load_therapy(MODEL)
        self.system, self.nominal, self.population = therapy.system, therapy.nominal, therapy.population
        self.hypotheses = {name: dict(values) for name, values in therapy.hypotheses.items()}
        self.outputs = tuple(outputs)
        self.kernel = engine.compile_system(self.system, self.outputs)

    def cohort(
        self,
        guess: Guess,
        count: int,
        *,
        days: Floats,
        dose: float = STEIN_DOSE,
        seed: int = SEED,
        hypothesis: str = "H1",
        values: Mapping[str, float | Floats] | None = None,
        tocilizumab: Floats | None = None,
    ) -> Cohort:
        """`count` patients with a conventional product, or with what `values` says instead; one dose of cells on day 0.

        tocilizumab  day of 480 mg for each patient; NaN: none
        """
        people = draw(people_of(self.population, guess), self.typical(guess), VirtualPatients(count, seed), 0, count)
        own = {name: value for name, value in self.typical(guess).items() if value != self.nominal[name]}
        given = {**own, **self.weights(hypothesis, guess), **people.parameters, "KD": 0.0, **(values or {})}
        return self._solved(given, count, days, dose, people.knock_down, tocilizumab)

    def weights(self, hypothesis: str, guess: Guess) -> dict[str, float]:
        """The values of a hypothesis under a guess."""
        return {name: guess.get(f"{hypothesis}.{name}", value) for name, value in self.hypotheses[hypothesis].items()}

    def typical(self, guess: Guess) -> dict[str, float]:
        """The value of every parameter in the typical patient under a guess."""
        return {name: float(guess.get(name, value)) for name, value in self.nominal.items()}

    def one(
        self, guess: Guess, days: Floats, dose: float = STEIN_DOSE, *, depleted: bool = True, **values: float
    ) -> Cohort:
        """The typical patient with a conventional product and no lesion."""
        given = {**self.typical(guess), "L_S0": 0.0, "L_T0": 0.0, "KD": 0.0, **values}
        return self._solved(given, 1, days, dose, np.zeros(1), None, depleted)

    def _solved(
        self,
        given: Mapping[str, float | Floats],
        count: int,
        days: Floats,
        dose: float,
        knock_down: Floats,
        tocilizumab: Floats | None,
        depleted: bool = True,
    ) -> Cohort:
        table = engine.parameter_table(self.system, count, dict(given))
        plan = [(T_INF - day, "LD", 1.0) for day in (5, 4, 3) if depleted] + [(T_INF, "C_D", dose)]
        who = np.repeat(np.arange(count), len(plan))
        time, states = np.tile([when for when, _, _ in plan], count), [state for _, state, _ in plan] * count
        amount = np.tile([much for _, _, much in plan], count)
        if tocilizumab is not None:
            treated = np.flatnonzero(np.isfinite(tocilizumab))
            who, time = np.append(who, treated), np.append(time, tocilizumab[treated] + T_INF)
            states, amount = states + ["TOC1"] * len(treated), np.append(amount, np.full(len(treated), 480.0))
        solved = engine.solve(
            self.kernel, table, days + T_INF, engine.Doses(who, time, states, amount), rtol=1e-5, threads=2
        )
        kept = np.isfinite(solved.values).all(axis=(1, 2))
        curves = {name: np.ascontiguousarray(solved.values[kept, :, n]) for n, name in enumerate(self.outputs)}
        ids = self.kernel.parameter_ids
        parameters = {name: table[kept, n] for n, name in enumerate(ids)}
        return Cohort(days, curves, parameters, knock_down[kept], int((~kept).sum()))


def people_of(population: Population, guess: Guess) -> Population:
    """The population under a guess."""
    varied = tuple(replace(item, spread=guess.get(f"{item.parameter}~", item.spread)) for item in population.varied)
    return replace(population, varied=varied, mixtures=tuple(_mixture(item, guess) for item in population.mixtures))


def _mixture(item: Mixture, guess: Guess) -> Mixture:
    draws = tuple(replace(one, second=guess.get(f"{item.id}.{one.parameter}.high", one.second)) for one in item.draws)
    factors = tuple((name, guess.get(f"{item.id}.{name}", value)) for name, value in item.factors)
    return replace(
        item, probability=guess.get(f"{item.id}.probability", item.probability), draws=draws, factors=factors
    )


def present(names: Sequence[str]) -> dict[str, float]:
    """The values that these names of a guess have in the model's folder."""
    therapy = load_therapy(MODEL)
    found = dict(therapy.nominal)
    found |= {f"{item.parameter}~": item.spread for item in therapy.population.varied}
    for item in therapy.population.mixtures:
        found[f"{item.id}.probability"] = item.probability
        found |= {f"{item.id}.{one.parameter}.high": one.second for one in item.draws}
        found |= {f"{item.id}.{name}": value for name, value in item.factors}
    for hypothesis, values in therapy.hypotheses.items():
        found |= {f"{hypothesis}.{name}": value for name, value in values}
    return {name: found[name] for name in names}


def bounds_of(name: str) -> tuple[float, float] | None:
    """Bounds of a typical value in parameters.tsv, where it has any."""
    row = next((row for row in load(MODEL).parameters if row.id == name), None)
    return None if row is None or row.lower is None or row.upper is None else (row.lower, row.upper)
