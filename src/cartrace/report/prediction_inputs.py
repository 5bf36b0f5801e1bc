"""From a recorded course to the scenario of patients like this one: what the record holds, and what is taken where it holds nothing.

In: a course. Out: `Predicted` with the inputs, `NotPredicted` with a sentence.
Decided here: the model covers CD19 CAR-T cells in B-ALL. What the record lacks is that of the bundled scenario of the founding case;
a site that nobody called involved carries no leukaemia. Infusions within a week of the first are parts of one dose.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cartrace.course import Course
from cartrace.course.record import DiseaseSite, Infusion
from cartrace.figures import wording

if TYPE_CHECKING:
    from cartrace.simulate.prediction import Prediction
    from cartrace.simulate.scenario import CellDose, DiseaseBurden, Scenario

BASE = "founding-case"
PARTS_WITHIN = 7.0
"""[d] later infusions are not parts of the first dose."""

NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the model: what the record says of it and what was taken; `own`: taken from the record."""

    name: str
    recorded: str
    taken: str
    own: bool


@dataclass(frozen=True, slots=True)
class Predicted:
    """What simulated patients do, and the inputs they were given."""

    prediction: Prediction
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class NotPredicted:
    """Why there is no prediction. Nothing to say of it where another disease or target is treated."""

    reason: str


def predicted(course: Course) -> Predicted | NotPredicted | None:
    """The prediction for one course; None where the model has nothing to do with it."""
    name = course.disease.name.lower()
    if course.product.target != "CD19" or not re.search(r"\bb-(all|lymphoblastic)|\bb-cell acute lymph", name):
        return None
    if not course.infusions:
        return NotPredicted("no infusion is recorded")
    first = course.infusions[0]
    if any(not infusion.moment.known for infusion in course.infusions):
        return NotPredicted("the day of an infusion is not recorded")
    parts = [i for i in course.infusions if i.moment.time - first.moment.time <= PARTS_WITHIN]
    if not (all(i.dose_per_kg for i in parts) or all(i.dose for i in parts)):
        return NotPredicted("the dose of an infusion is not recorded")
    from cartrace.simulate.prediction import predict

    scenario, inputs = scenario_of(course, parts)
    return Predicted(predict(scenario), inputs)


def scenario_of(course: Course, parts: list[Infusion]) -> tuple[Scenario, tuple[Input, ...]]:
    """The scenario of a course whose doses are `parts`, and where each input comes from."""
    from cartrace.simulate import scenario_file
    from cartrace.simulate.prediction import DAYS, PATIENTS, SEED
    from cartrace.simulate.scenario import HYPOTHESES, CellProduct, TreatedPatient, VirtualPatients

    base = scenario_file.load(BASE)
    weight, age = course.patient.weight_kg, course.patient.age_years
    dose, said = _dose(parts)
    depletion = _depletion_days(course)
    burden, lesions = _burden(course, base.disease)
    silenced = [edit for edit in course.product.gene_edits if edit.target.upper() == "IL-6" and edit.kind != "secreted"]
    measured = next((edit.knock_down for edit in silenced if edit.knock_down is not None), None)
    knock_down = measured if silenced else 0.0
    usual = base.lymphodepletion
    taken_depletion = usual if not depletion or usual is None else replace(usual, days=depletion, intensity=1.0)
    inputs = (
        _input("Body weight", weight, "{} kg", f"{base.patient.weight_kg:g} kg, assumed"),
        _input("Age", age, "{} years", "of no effect in the model"),
        Input("Cell dose", said, said, own=True),
        Input(
            "Lymphodepletion",
            f"days {', '.join(map(wording.day, depletion))}" if depletion else "days not recorded",
            f"days {', '.join(map(wording.day, taken_depletion.days))}, each at the intensity of fludarabine 30 and "
            "cyclophosphamide 300 mg/m²" + ("" if depletion else ", assumed")
            if taken_depletion
            else "none",
            own=bool(depletion),
        ),
        *lesions,
        Input(
            "Clone without CD19",
            NOT_RECORDED,
            "drawn from the population of the model; a phenotype by flow is no clone fraction",
            own=False,
        ),
        _knock_down(bool(silenced), measured),
        _rescue(course),
    )
    kept = scenario_file.load(BASE, {"virtual_patients.count": str(PATIENTS), "virtual_patients.seed": str(SEED)})
    return replace(
        base,
        id="prediction",
        title="",
        hypotheses=HYPOTHESES,
        patient=TreatedPatient(weight or base.patient.weight_kg, age, course.patient.sex),
        product=CellProduct(course.product.name, knock_down),
        dose=dose,
        lymphodepletion=taken_depletion,
        disease=burden,
        virtual_patients=VirtualPatients(kept.virtual_patients.count, SEED),
        days=DAYS,
        sources=(),
        assumed=(),
    ), inputs


def _input(name: str, value: float | None, words: str, default: str) -> Input:
    said = NOT_RECORDED if value is None else words.format(f"{value:g}")
    return Input(name, said, default if value is None else said, own=value is not None)


def _dose(parts: list[Infusion]) -> tuple[CellDose, str]:
    from cartrace.simulate.scenario import CellDose

    per_kg = all(i.dose_per_kg for i in parts)
    amounts = [float((i.dose_per_kg if per_kg else i.dose) or 0.0) for i in parts]
    total = round(sum(amounts), 9)
    fractions = tuple(amount / sum(amounts) for amount in amounts)
    days = tuple(round(i.moment.time - parts[0].moment.time, 6) for i in parts)
    unit = "10⁶/kg" if per_kg else "10⁶ cells"
    said = f"{wording.number(total)} × {unit}"
    if len(parts) > 1:
        shares = "/".join(f"{100 * share:.3g}" for share in fractions)
        said += f", split {shares} % on days {', '.join(map(wording.day, days))}"
    return CellDose(total if per_kg else None, None if per_kg else total, fractions, days), said


def _depletion_days(course: Course) -> tuple[float, ...]:
    """Days on which fludarabine or cyclophosphamide was given in the two weeks before the infusion."""
    found: set[float] = set()
    for drug in course.drugs:
        if drug.drug not in ("fludarabine", "cyclophosphamide") or not drug.start.known or drug.start.day is None:
            continue
        last = drug.end.day if drug.end is not None and drug.end.known and drug.end.day is not None else drug.start.day
        found |= {float(day) for day in range(int(drug.start.day), int(last) + 1) if -7 < day < 0}
    return tuple(sorted(found))


def _latest(course: Course, site: str) -> list[DiseaseSite]:
    """What the record says of a site in the last phase in which it is named; after the infusion is another matter."""
    found = [one for one in course.disease.sites if one.site == site and not one.phase.startswith("after")]
    return [one for one in found if one.phase == found[-1].phase] if found else []


def _burden(course: Course, base: DiseaseBurden) -> tuple[DiseaseBurden, list[Input]]:
    from cartrace.simulate.scenario import DiseaseBurden

    involved = {site: [one.involved for one in _latest(course, site)] for site in ("marrow", "skin", "testis")}
    percent = _marrow_percent(course)
    inputs, blasts = [], None
    if percent is not None and 0.0 < percent < 100.0:
        inputs.append(Input("Marrow", f"{percent:g} % blasts", f"{percent:g} % blasts", own=True))
    elif percent is None and False in involved["marrow"] and True not in involved["marrow"]:
        blasts, percent = base.marrow_blasts, None
        inputs.append(Input("Marrow", "free", f"{blasts:g} × 10⁶ blasts, assumed: below detection", own=False))
    else:
        percent = None
        said = "involved, extent not recorded" if True in involved["marrow"] else NOT_RECORDED
        inputs.append(Input("Marrow", said, "drawn from the population of the model", own=False))
    volumes = {}
    for site, usual in (("skin", base.skin_ml), ("testis", base.testis_ml)):
        seen = [look for look in course.lesions if look.site == site and look.moment.known and look.moment.time <= 0.0]
        sized = {look.lesion: look.volume_ml for look in seen if look.volume_ml is not None}
        if sized:
            volumes[site] = sum(sized.values())
            inputs.append(Input(site.title(), f"{volumes[site]:g} mL", f"{volumes[site]:g} mL", own=True))
        elif True in involved[site]:
            volumes[site] = usual or 0.0
            inputs.append(Input(site.title(), "involved, volume not recorded", f"{usual:g} mL, assumed", own=False))
        else:
            volumes[site] = 0.0
            inputs.append(Input(site.title(), "not recorded as involved", "no leukaemia", own=False))
    return DiseaseBurden(blasts, percent, volumes["skin"], volumes["testis"], base.cd19_negative), inputs


def _marrow_percent(course: Course) -> float | None:
    """The last recorded share of blasts in marrow [%] before the infusion."""
    found = [
        (o.moment.time, o.value)
        for o in course.observations
        if o.code == "blasts_percent" and o.site == "marrow" and o.value is not None and o.moment.known
    ]
    found += [
        (p.moment.time, p.blasts_percent)
        for p in course.panels
        if p.site == "marrow" and p.blasts_percent is not None and p.moment.known
    ]
    before = sorted(pair for pair in found if pair[0] <= 0.0)
    return before[-1][1] if before else None


def _knock_down(silenced: bool, measured: float | None) -> Input:
    name = "Knock-down of IL-6"
    if not silenced:
        return Input(name, "no silencing recorded", "0", own=True)
    if measured is not None:
        return Input(name, f"{measured:g}", f"{measured:g}", own=True)
    return Input(
        name, NOT_RECORDED, "drawn between 0 and 1 for each patient: no published value could be read", own=False
    )


def _rescue(course: Course) -> Input:
    """Drugs against CRS after the infusion. They are not simulated: patients of a model have their CRS on other days."""
    given = [
        drug
        for drug in course.drugs
        if drug.drug_class in ("anticytokine", "corticosteroid") and drug.start.known and drug.start.time >= 0.0
    ]
    said = ", ".join(dict.fromkeys(drug.drug for drug in given)) or NOT_RECORDED
    taken = "none given in the simulation"
    if given:
        first = min((drug.start for drug in given), key=lambda start: start.time)
        day = math.floor(first.time) if first.day is None else first.day
        taken += f": from day {day} on its patients are not treated as this one was"
    return Input("Drugs against CRS", said, taken, own=False)
