"""A simulated patient as a course: what a ward and a laboratory would have charted, marked as simulated.

In: `TreatedPatient`: one patient's trajectory with what was given. Out: `Course`, graded by the same rules as a real one.
Decided here: values are the model's own, without assay noise; nothing below 0 is charted. Every chart is complete. Hypotension,
vasopressors and oxygen follow `crs_signal`; a drug that waited is charted with the readings it waited for. A lesion is seen from
SEEN_FROM on; MRD is by a flow panel that does not rely on CD19, down to MRD_LIMIT. The clock starts at midnight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.crs.astct2019 import FEVER_FROM
from cartrace.course import Clock, Course, CourseBuilder, Moment, Status
from cartrace.course.record import Disease, DiseaseSite, GeneEdit, Patient, Product, Source
from cartrace.simulate.crs_signal import CHARTED_FROM, OXYGEN, VASOPRESSORS, levels
from cartrace.simulate.interface import HYPOTENSION, HYPOXIA, SKIN_VOLUME, TEMPERATURE, TESTIS_VOLUME
from cartrace.simulate.scenario import Scenario
from cartrace.simulate.schedule import Schedule

Floats = NDArray[np.float64]

SEEN_FROM = 0.1
"""[mL] lesions smaller than this are not seen; assumed."""

MRD_LIMIT = 1e-4
"""[fraction] limit of detection of MRD; the sensitivity that gokbuget2024eln asks for."""

CELLS_COUNTED = 200.0
"""Cells counted in every marrow, assumed: a model has no cellularity, and with these gokbuget2024eln calls no marrow aplastic."""

MARROW_INVOLVED_FROM = 5.0
"""[%] marrow blasts called involved before treatment; the bound of remission of gokbuget2024eln."""

LOCATED = 1e-3
"""How far below its limit the kept reading of a waiting drug may lie: the moment is located to a rounding error."""

SETTINGS = (("response.ball.cri_mode", "any"), ("response.extramedullary.measure", "volume"))
"""Choices of rules: CRi whatever the counts, as trials report it; lesions by volume, which is what a model has."""

SIMULATED = "simulated"
DRUG_NAMES = {"tocilizumab": "tocilizumab", "steroid": "dexamethasone"}
LESIONS = (("skin", SKIN_VOLUME, ("examination",)), ("testis", TESTIS_VOLUME, ("examination", "ultrasound")))
LESION_GONE = {"skin": "resolved", "testis": "normal"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Temperature [Cel] and the margins of hypotension and hypoxia at one moment."""

    temperature: float
    hypotension: float
    hypoxia: float


@dataclass(frozen=True, slots=True)
class GivenDose:
    """A dose as given: drug, day [d] since the first infusion, amount [mg]; the reading it waited for, when it waited."""

    drug: str
    day: float
    mg: float
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class SimulatedPatient:
    """One patient of a run.

    id          e.g. "founding-case-H1-00012"
    values      output id to its values at the times of the schedule (T,)
    observed    (analyte code, unit, output id) of everything the model offers as a measurement
    thresholds  CRS level to the margin from which it is reached
    parts       (day, cells [10*6], fraction of the plan) of the infusions given
    doses       drugs given besides lymphodepletion
    knock_down  fraction of IL-6 silenced
    """

    id: str
    values: dict[str, Floats]
    observed: tuple[tuple[str, str, str], ...]
    thresholds: dict[int, float]
    parts: tuple[tuple[float, float, float], ...]
    doses: tuple[GivenDose, ...]
    knock_down: float


def simulated_course(patient: SimulatedPatient, scenario: Scenario, looks: Schedule) -> Course:
    """The course of one simulated patient."""
    builder = CourseBuilder(patient.id, clock=Clock(start_minute=0))
    for day, cells, fraction in patient.parts:
        per_kg = cells / scenario.patient.weight_kg
        builder.infusion(moment=_moment(day), dose=cells, dose_per_kg=per_kg, fraction=fraction, source=_SOURCE)
    _chart_drugs(builder, patient, scenario)
    _chart_vitals(builder, patient, looks)
    _chart_measurements(builder, patient, looks)
    _chart_lesions(builder, patient, looks)
    who = scenario.patient
    edits = (GeneEdit("shrna", "IL-6", patient.knock_down),) if patient.knock_down > 0.0 else ()
    return builder.course(
        title=f"{scenario.title} (simulated)",
        summary=f"A simulated patient of the scenario {scenario.id}, model {scenario.model}. No person stands behind it.",
        synthetic=True,
        patient=Patient(age_years=who.age_years, sex=who.sex, weight_kg=who.weight_kg),
        disease=Disease(name="B-ALL", status="before treatment", sites=_sites(patient)),
        product=Product(name=scenario.product.name, target="CD19", gene_edits=edits),
        complete=frozenset({"drugs", "vasopressors", "oxygen", "transfusions"}),
        sources=scenario.sources,
        notes=("Simulated.", *scenario.assumed),
        settings=SETTINGS,
    )


_SOURCE = Source(file=SIMULATED)


def _moment(day: float) -> Moment:
    return _CLOCK.from_elapsed_days(float(day))


_CLOCK = Clock(start_minute=0)


def _chart_drugs(builder: CourseBuilder, patient: SimulatedPatient, scenario: Scenario) -> None:
    if scenario.lymphodepletion is not None:
        for day in scenario.lymphodepletion.days:
            for name in ("fludarabine", "cyclophosphamide"):
                builder.drug(name, start=_moment(day), purpose="lymphodepletion", source=_SOURCE)
    for dose in patient.doses:
        name = DRUG_NAMES[dose.drug]
        builder.drug(name, start=_moment(dose.day), dose=dose.mg, dose_unit="mg", purpose="CRS", source=_SOURCE)


def _chart_vitals(builder: CourseBuilder, patient: SimulatedPatient, looks: Schedule) -> None:
    """Temperature, hypotension, vasopressors, oxygen; the readings that waiting drugs were given on among them."""
    where = looks.where("vitals")
    curves = (patient.values[name][where] for name in (TEMPERATURE, HYPOTENSION, HYPOXIA))
    rows = [(float(day), Reading(*read)) for day, *read in zip(looks.vitals, *curves, strict=True)]
    limits = patient.thresholds
    rows += [(dose.day, _on_the_limits(dose.reading, limits)) for dose in patient.doses if dose.reading is not None]
    rows.sort(key=lambda row: row[0])
    low_pressure = levels(np.array([read.hypotension for _, read in rows]), limits)
    low_oxygen = levels(np.array([read.hypoxia for _, read in rows]), limits)
    pressors = oxygen = False
    for (day, read), pressure, need in zip(rows, low_pressure.tolist(), low_oxygen.tolist(), strict=True):
        moment = _moment(day)
        builder.observe("temperature", float(read.temperature), moment=moment, unit="Cel", source=_SOURCE)
        builder.observe("hypotension", "yes" if pressure >= CHARTED_FROM else "no", moment=moment, source=_SOURCE)
        if pressure > CHARTED_FROM or pressors:
            builder.observe("vasopressors", VASOPRESSORS.get(pressure, "none"), moment=moment, source=_SOURCE)
        if need or oxygen:
            device, flow = OXYGEN.get(need, ("room_air", None))
            builder.observe("oxygen_device", device, moment=moment, source=_SOURCE)
            if flow is not None:
                builder.observe("oxygen_flow", flow, moment=moment, unit="L/min", source=_SOURCE)
        pressors, oxygen = pressure > CHARTED_FROM, need >= CHARTED_FROM


def _on_the_limits(read: Reading, limits: dict[int, float]) -> Reading:
    """The reading a drug waited for, on the limit where it misses one from below by a rounding error."""

    def raised(value: float, *near: float) -> float:
        return next((limit for limit in near if limit - LOCATED < value < limit), value)

    margins = (raised(margin, *limits.values()) for margin in (read.hypotension, read.hypoxia))
    return Reading(raised(read.temperature, FEVER_FROM), *margins)


def _chart_measurements(builder: CourseBuilder, patient: SimulatedPatient, looks: Schedule) -> None:
    for code, unit, output in patient.observed:
        if code == "temperature":
            continue
        kind = "marrow" if code == "blasts_percent" else "laboratory"
        site = "marrow" if code == "blasts_percent" else ""
        days = getattr(looks, kind)
        values = np.maximum(patient.values[output][looks.where(kind)], 0.0)
        source = Source(file=SIMULATED, text=output)
        for day, value in zip(days, values, strict=True):
            builder.observe(code, float(value), moment=_moment(day), unit=unit, site=site, source=source)
            if kind == "marrow":
                builder.observe("cells_counted", CELLS_COUNTED, moment=_moment(day), site=site, source=source)
                _chart_mrd(builder, day, float(value) / 100.0, source)


def _chart_mrd(builder: CourseBuilder, day: float, fraction: float, source: Source) -> None:
    seen = fraction >= MRD_LIMIT
    builder.mrd(
        moment=_moment(day),
        site="marrow",
        method="flow cytometry",
        status=Status.DONE if seen else Status.BELOW,
        fraction=fraction if seen else None,
        lod=MRD_LIMIT,
        lloq=MRD_LIMIT,
        gates_on_cd19=False,
        source=source,
    )


def _volumes(patient: SimulatedPatient, output: str) -> Floats:
    found: Floats = np.maximum(patient.values[output], 0.0)
    return found


def _chart_lesions(builder: CourseBuilder, patient: SimulatedPatient, looks: Schedule) -> None:
    """Every look at a site in which a lesion is ever seen."""
    for site, output, methods in LESIONS:
        volumes = _volumes(patient, output)[looks.where("lesions")]
        seen = volumes >= SEEN_FROM
        if not seen.any():
            continue
        for number, (day, volume) in enumerate(zip(looks.lesions, volumes, strict=True)):
            first = number > 0 and not seen[:number].any()
            finding = ("new" if first else "abnormal") if seen[number] else LESION_GONE[site]
            for method in methods:
                builder.lesion(
                    lesion=site,
                    site=site,
                    moment=_moment(day),
                    method=method,
                    volume_ml=float(volume) if seen[number] else 0.0,
                    finding=finding,
                    source=Source(file=SIMULATED, text=output),
                )


def _sites(patient: SimulatedPatient) -> tuple[DiseaseSite, ...]:
    marrow = next((output for code, _, output in patient.observed if code == "blasts_percent"), "")
    before = patient.values[marrow][0] if marrow else math.nan
    involved = {"marrow": bool(before >= MARROW_INVOLVED_FROM)}
    involved |= {site: bool(_volumes(patient, output)[0] >= SEEN_FROM) for site, output, _ in LESIONS}
    return tuple(DiseaseSite(site, phase="before infusion", involved=yes) for site, yes in involved.items())
