"""What became of simulated patients: the grades of the rules and the peaks of the curves, one number per patient and outcome.

In: `Trajectories`. Out: outcome id to numbers (patients,); NaN where the outcome is not asked of a patient or not settled.
Decided here: the list of outcomes. Grades come from the same rules as those of real courses; a range counts as not settled.
A drug that the scenario does not hold, and parts that cannot be held, are not asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cartrace.assess import Grade, rule
from cartrace.assess.crs.astct2019 import FEVER_FROM
from cartrace.assess.endpoints import CourseEndpoints, endpoints
from cartrace.assess.options import options_of
from cartrace.assess.registry import run_many
from cartrace.assess.response.ball import CRI
from cartrace.assess.response.mrd import NEGATIVE
from cartrace.course import Course
from cartrace.simulate import interface
from cartrace.simulate.course import simulated_course
from cartrace.simulate.crs_signal import CHARTED_FROM
from cartrace.simulate.trajectory import Trajectories

Floats = NDArray[np.float64]

LANDMARK = 28
"""[study day] of the response; the first marrow of the schedule."""

HALF_YEAR, YEAR = 182, 365
"""[study day] on which relapse is asked for."""

SEVERE_NEUTROPENIA_UP_TO = 0.5
"""[10*9/L] neutrophils of a severe neutropenia, at or below; rejeski2023icaht."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: a share of patients (0 or 1 each), or a number in `unit`."""

    id: str
    name: str
    kind: Literal["share", "number"]
    unit: str = ""


OUTCOMES = (
    Outcome("crs_any", "CRS of any grade", "share"),
    Outcome("crs_2", "CRS of grade 2 or more", "share"),
    Outcome("crs_3", "CRS of grade 3 or more", "share"),
    Outcome("signal_without_fever", "Hypotension or hypoxia without any fever", "share"),
    Outcome("tocilizumab", "Tocilizumab given", "share"),
    Outcome("steroid", "Steroid given", "share"),
    Outcome("all_parts", "Every part of the dose given", "share"),
    Outcome("icaht_3", "Early ICAHT of grade 3 or more", "share"),
    Outcome("icaht_late_3", "Late ICAHT of grade 3 or more", "share"),
    Outcome("cr_28", "CR or CRi on day 28", "share"),
    Outcome("mrd_negative_28", "MRD-negative on day 28", "share"),
    Outcome("relapse_free_6", "Relapse-free at 6 months, of those in remission", "share"),
    Outcome("relapse_free_12", "Relapse-free at 12 months, of those in remission", "share"),
    Outcome("peak_temperature", "Highest temperature", "number", "Cel"),
    Outcome("peak_il6", "Peak of IL-6", "number", "pg/mL"),
    Outcome("day_of_peak_il6", "Day of the peak of IL-6", "number", "d"),
    Outcome("peak_crp", "Peak of CRP", "number", "mg/L"),
    Outcome("peak_ferritin", "Peak of ferritin", "number", "ug/L"),
    Outcome("peak_car_copies", "Peak of CAR copies", "number", "copies/ug"),
    Outcome("day_of_peak_car", "Day of the peak of CAR copies", "number", "d"),
    Outcome("nadir_anc", "Lowest neutrophils", "number", "10*9/L"),
    Outcome("days_anc_500", "Days with neutrophils at or below 0.5 to day 30", "number", "d"),
    Outcome("nadir_platelets", "Lowest platelets", "number", "10*9/L"),
)
"""Every outcome, in the order of reading."""

CELLS_FROM = 1.0
"""[d] before it the cells in blood are those infused; mueller2018tisagenlecleucel has such peaks, and they are no expansion."""

PEAKS = (
    ("temperature", "peak_temperature", "", 0.0),
    ("il6", "peak_il6", "day_of_peak_il6", 0.0),
    ("crp", "peak_crp", "", 0.0),
    ("ferritin", "peak_ferritin", "", 0.0),
    ("car_copies_per_ug", "peak_car_copies", "day_of_peak_car", CELLS_FROM),
)
"""Analyte, its peak, the day of it, the day from which it is looked for."""

NADIRS = (("anc", "nadir_anc"), ("platelets", "nadir_platelets"))


def outcomes(of: Trajectories, *, compiled: bool = False) -> dict[str, Floats]:
    """Every outcome of every patient, and "crs", "icaht_early", "icaht_late": the grades.

    compiled  CRS by its compiled kernel when numba is there: the grades are the same, and some 18 s are spent on compiling first
    """
    count = of.patients.count
    found = {name: np.full(count, math.nan) for name in ("crs", "icaht_early", "icaht_late", *(o.id for o in OUTCOMES))}
    solved = [position for position in range(count) if position not in of.reasons]
    if not solved:
        return found
    scenario, looks = of.prepared.scenario, of.prepared.looks
    patients = [of.patient(position) for position in solved]
    courses = [simulated_course(patient, scenario, looks) for patient in patients]
    where = np.array(solved)
    grades = _grades(courses, compiled)
    for name, graded in grades.items():
        found[name][where] = graded
    for name, grade, least in (("crs_any", "crs", 1), ("crs_2", "crs", 2), ("crs_3", "crs", 3)):
        found[name] = _at_least(found[grade], least)
    found["icaht_3"], found["icaht_late_3"] = (_at_least(found[name], 3) for name in ("icaht_early", "icaht_late"))
    found["signal_without_fever"][where] = _silent_signal(of, where)
    rows = [_of_course(course, endpoints(course), scenario.days) for course in courses]
    for name in rows[0]:
        found[name][where] = [row[name] for row in rows]
    for name in ("tocilizumab", "steroid"):
        if getattr(scenario, name) is not None:
            found[name][where] = [float(any(dose.drug == name for dose in patient.doses)) for patient in patients]
    if scenario.dose.hold_on_fever is not None:
        found["all_parts"][where] = [float(len(patient.parts) == len(scenario.dose.days)) for patient in patients]
    for name, values in _of_curves(of).items():
        found[name][where] = values[where]
    return found


def _at_least(grade: Floats, least: int) -> Floats:
    return np.where(np.isnan(grade), math.nan, (grade >= least).astype(np.float64))


def _grades(courses: Sequence[Course], compiled: bool) -> dict[str, list[float]]:
    crs = rule("crs.astct2019")
    if compiled and _numba_is_there():
        found = {"crs": [_settled(grade) for grade in run_many(crs, courses, threads=1)]}
    else:
        found = {"crs": [_settled(crs.run(course).overall) for course in courses]}
    for name, one in (("icaht_early", "icaht.early"), ("icaht_late", "icaht.late")):
        found[name] = [_settled(rule(one).run(course).overall) for course in courses]
    return found


def _numba_is_there() -> bool:
    from importlib.util import find_spec

    return find_spec("numba") is not None


def _settled(grade: Grade) -> float:
    return math.nan if grade.value is None else float(grade.value)


def _silent_signal(of: Trajectories, where: NDArray[np.int64]) -> Floats:
    """1 where hypotension or hypoxia was charted but no temperature reached fever."""
    vitals = of.prepared.looks.where("vitals")

    def worst(output: str) -> Floats:
        found: Floats = of.of(output)[where][:, vitals].max(axis=1)
        return found

    first = of.parameter(interface.CRS_THRESHOLDS[CHARTED_FROM])[where]
    reached = np.maximum(worst(interface.HYPOTENSION), worst(interface.HYPOXIA)) >= first
    found: Floats = (reached & (worst(interface.TEMPERATURE) < FEVER_FROM)).astype(np.float64)
    return found


def _of_course(course: Course, ends: CourseEndpoints, followed: float) -> dict[str, float]:
    """Response at the landmark and freedom from relapse.

    A run that ends before the day asked for answers for nobody: early relapses alone would be counted otherwise.
    """
    response = _on_landmark(course, ends.choices.response)
    mrd = _on_landmark(course, "response.mrd")
    relapse = ends["rfs"]
    found = {
        "cr_28": math.nan if response is None else float(response <= CRI),
        "mrd_negative_28": math.nan if mrd is None else float(mrd == NEGATIVE),
    }
    for name, day in (("relapse_free_6", HALF_YEAR), ("relapse_free_12", YEAR)):
        found[name] = math.nan
        if followed >= day and relapse.start is not None and relapse.time is not None:
            ended = relapse.start + relapse.time
            if relapse.state == "event" and ended <= day:
                found[name] = 0.0
            elif ended >= day:
                found[name] = 1.0
    return found


def _on_landmark(course: Course, rule_id: str) -> int | None:
    """The category on day 28 when it is settled. A range within remission (CR, CRh, CRi) or outside it counts by its worse end."""
    one = rule(rule_id)
    steps = one.run(course, options_of(one, course, {})).steps
    grade = next((step for step in steps if step.day == LANDMARK), None)
    if grade is None or grade.low is None or grade.high is None:
        return None
    first_worse = CRI + 1 if rule_id != "response.mrd" else NEGATIVE + 1
    return grade.high if (grade.low < first_worse) == (grade.high < first_worse) else None


def _of_curves(of: Trajectories) -> dict[str, Floats]:
    """Peaks and nadirs from the first infusion on."""
    days = of.prepared.looks.times
    outputs = {code: output for code, _, output in of.prepared.model.observed}
    found = {}
    for code, peak, day, begin in PEAKS:
        if code in outputs:
            curve = of.of(outputs[code])[:, days >= begin]
            found[peak] = curve.max(axis=1)
            if day:
                found[day] = days[days >= begin][curve.argmax(axis=1)]
    for code, nadir in NADIRS:
        if code in outputs:
            found[nadir] = of.of(outputs[code])[:, days >= 0.0].min(axis=1)
    if "anc" in outputs:
        mornings = of.prepared.looks.where("laboratory")
        mornings = mornings[(days[mornings] >= 0.0) & (days[mornings] <= 31.0)]
        low = of.of(outputs["anc"])[:, mornings] <= SEVERE_NEUTROPENIA_UP_TO
        found["days_anc_500"] = low.sum(axis=1).astype(np.float64)
    return found
