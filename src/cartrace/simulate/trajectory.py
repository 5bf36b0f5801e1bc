"""A scenario run on a model: parameter values and doses of each patient, solved, read at the looks of the schedule.

In: a therapy model, a scenario, a hypothesis, which patients. Out: `Trajectories`, and each patient as `SimulatedPatient`.
Decided here: which value of a parameter wins, later ones over earlier ones: the model's own; the hypothesis; what was drawn; the
covariates of the scenario; its disease and knock-down; its `parameters`. The model counts CD19-negative cells beside the
CD19-positive ones; a scenario says the share of all, so that the burden is what it says. Tolerance RTOL.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartrace import engine
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.models.expression import evaluate
from cartrace.simulate import interface
from cartrace.simulate.course import GivenDose, Reading, SimulatedPatient
from cartrace.simulate.crs_signal import thresholds
from cartrace.simulate.outside import marrow_blasts
from cartrace.simulate.patients import Patients, draw
from cartrace.simulate.regimen import NEVER, KeptDose, Treatment, treatment
from cartrace.simulate.scenario import Hypothesis, Scenario
from cartrace.simulate.schedule import Schedule, schedule
from cartrace.simulate.therapy import TherapyModel

Floats = NDArray[np.float64]

RTOL = 1e-5
MOST_NEGATIVE = 1.0 - 1e-12
"""CD19-negative share from which no CD19-positive cell is left, whatever the burden."""

NOT_A_NUMBER = "solved, but a quantity that is read is not a finite number"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario ready to be run: the treated model compiled for what is read."""

    model: TherapyModel
    scenario: Scenario
    treatment: Treatment
    kernel: engine.Kernel
    looks: Schedule
    zero: float


@dataclass(frozen=True, slots=True)
class Trajectories:
    """Patients of one hypothesis.

    values      (patients, times, outputs), NaN where a patient could not be solved
    parameters  (patients, parameters), columns in the order of the kernel
    reasons     why a patient could not be solved, by position; empty when all could
    """

    prepared: Prepared
    hypothesis: Hypothesis
    patients: Patients
    values: Floats
    parameters: Floats
    reasons: dict[int, str]

    def of(self, output: str) -> Floats:
        """One output of every patient at every look, (patients, times)."""
        found: Floats = self.values[:, :, self.prepared.kernel.outputs.index(output)]
        return found

    def parameter(self, name: str) -> Floats:
        """One parameter of every patient, (patients,)."""
        found: Floats = self.parameters[:, self.prepared.kernel.parameter_ids.index(name)]
        return found

    def patient(self, position: int) -> SimulatedPatient:
        """One patient as a course wants him. Raises ValueError for one that could not be solved."""
        if position in self.reasons:
            raise ValueError(self.reasons[position])
        made = self.prepared
        outputs = made.kernel.outputs
        values = {name: self.values[position, :, number] for number, name in enumerate(outputs)}
        last = {name: float(values[name][-1]) for name in made.treatment.kept}
        number = self.patients.start + position + 1
        return SimulatedPatient(
            id=f"{made.scenario.id}-{self.hypothesis}-{number:07d}",
            values=values,
            observed=made.model.observed,
            thresholds=thresholds(
                dict(zip(made.kernel.parameter_ids, self.parameters[position].tolist(), strict=True))
            ),
            parts=_parts(made, last),
            doses=tuple(sorted((*_planned(made), *_waited(made, last)), key=lambda dose: (dose.day, dose.drug))),
            knock_down=float(self.parameter(interface.KNOCK_DOWN)[position]),
        )


def prepare(model: TherapyModel, scenario: Scenario) -> Prepared:
    """Compile a scenario's treatment of a model. Raises `NotTreatable`, `UnknownTerm` for a parameter the model lacks."""
    interface.require(model.system)
    treated = treatment(model.system, scenario)
    engine.parameter_table(model.system, 1, dict(scenario.parameters))
    read = (
        *(output for _, _, output in model.observed),
        *(
            interface.TEMPERATURE,
            interface.HYPOTENSION,
            interface.HYPOXIA,
            interface.SKIN_VOLUME,
            interface.TESTIS_VOLUME,
        ),
        *treated.kept,
    )
    kernel = engine.compile_system(treated.system, tuple(dict.fromkeys(read)))
    zero = model.nominal[interface.FIRST_INFUSION]
    return Prepared(model, scenario, treated, kernel, schedule(scenario.days), zero)


def run(made: Prepared, hypothesis: Hypothesis, start: int, count: int, threads: int = 1) -> Trajectories:
    """Patients start .. start + count of a scenario under one hypothesis."""
    people = draw(made.model.population, made.model.nominal, made.scenario.virtual_patients, start, count)
    table = engine.parameter_table(made.treatment.system, count, dict(_values(made, hypothesis, people)))
    solved = engine.solve(made.kernel, table, made.looks.times + made.zero, _doses(made, count), RTOL, threads=threads)
    values = np.asarray(solved.values, dtype=np.float64)
    reasons = {int(position): solved.reason(int(position)) for position in np.flatnonzero(~solved.ok)}
    for position in np.flatnonzero(solved.ok & ~np.isfinite(values).all(axis=(1, 2))):
        reasons[int(position)] = NOT_A_NUMBER
    return Trajectories(made, hypothesis, people, values, table, reasons)


def _values(made: Prepared, hypothesis: Hypothesis, people: Patients) -> dict[str, float | Floats]:
    scenario, model = made.scenario, made.model
    values: dict[str, float | Floats] = dict(model.hypotheses[hypothesis])
    values |= people.parameters
    known = {"weight": scenario.patient.weight_kg}
    values |= {c.parameter: evaluate(c.formula, known) for c in model.population.covariates if c.id in known}
    disease, product = scenario.disease, scenario.product
    said = {
        interface.MARROW: marrow_blasts(scenario, model.nominal[interface.HALF_MARROW]),
        interface.SKIN: None if disease.skin_ml is None else disease.skin_ml * interface.MILLIONS_PER_ML,
        interface.TESTIS: None if disease.testis_ml is None else disease.testis_ml * interface.MILLIONS_PER_ML,
        interface.KNOCK_DOWN: product.knock_down,
    }
    if product.knock_down is None and scenario.virtual_patients.vary:
        values[interface.KNOCK_DOWN] = people.knock_down
    values |= {name: value for name, value in said.items() if value is not None}
    if disease.cd19_negative is not None:
        share = min(disease.cd19_negative, MOST_NEGATIVE)
        for name in (interface.MARROW, interface.SKIN, interface.TESTIS):
            values[name] = values.get(name, model.nominal[name]) * (1.0 - share)
        values[interface.CD19_NEGATIVE] = share / (1.0 - share)
    return values | dict(scenario.parameters)


def _doses(made: Prepared, count: int) -> engine.Doses | None:
    planned = made.treatment.planned
    if not planned:
        return None
    return engine.Doses(
        patient=np.repeat(np.arange(count), len(planned)),
        time=np.tile([dose.time for dose in planned], count),
        state=[dose.state for dose in planned] * count,
        amount=np.tile([dose.amount for dose in planned], count),
    )


def _parts(made: Prepared, last: dict[str, float]) -> tuple[tuple[float, float, float], ...]:
    """(day, cells, fraction) of the parts that were given."""
    dose = made.scenario.dose
    total = dose.total(made.scenario.patient.weight_kg)
    given = [True] * len(dose.days)
    for number, name in enumerate(made.treatment.held_parts, start=1):
        given[number] = last[name] > 0.5
    plan = zip(dose.days, dose.fractions, given, strict=True)
    return tuple((day, fraction * total, fraction) for day, fraction, yes in plan if yes)


def _planned(made: Prepared) -> list[GivenDose]:
    found = []
    for planned in made.treatment.planned:
        for drug, state in (("tocilizumab", interface.TOCILIZUMAB), ("steroid", interface.STEROID)):
            if planned.state == state:
                found.append(GivenDose(drug, planned.time - made.zero, planned.amount))
    return found


def _waited(made: Prepared, last: dict[str, float]) -> list[GivenDose]:
    found = []
    for drug, kept in made.treatment.waiting:
        prescribed = getattr(made.scenario, drug)
        amount = prescribed.amount(made.scenario.patient.weight_kg)
        found += [_given(drug, amount, dose, last, made.zero) for dose in kept if last[dose.time] > NEVER / 2]
    return found


def _given(drug: str, amount: float, dose: KeptDose, last: dict[str, float], zero: float) -> GivenDose:
    minute = round((last[dose.time] - zero) * MINUTES_PER_DAY)
    return GivenDose(
        drug,
        minute / MINUTES_PER_DAY,
        amount,
        Reading(last[dose.temperature], last[dose.hypotension], last[dose.hypoxia]),
    )
