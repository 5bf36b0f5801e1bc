"""What a model does with this regimen and disease, beside what the patient did, and never mistaken for it.

In: contents. Out: the section "Predicted course (simulation)", its lines of the methods.
Decided here: order and words. No section where the model does not cover the course.
"""

from __future__ import annotations

from cartrace.report import drawing
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Block, Cell, Heading, Listing, Section, Table, plain
from cartrace.report.prediction_inputs import NotPredicted, Predicted

TITLE = "Predicted course (simulation)"
MARK = "SIMULATION: it says what the model does, not what the patient will do"
HYPOTHESES = (
    "Two hypotheses are kept apart. H1: IL-6 of the CAR-T cells triggers the macrophages, so a knock-down matters. "
    "H2: contact and dying cells trigger them, so a knock-down changes little. Nothing recorded here decides between them."
)
KNOCK_DOWN = (
    "For the fraction of IL-6 that is silenced no published value could be read, so none is printed: "
    "each virtual patient draws one between 0 and 1."
)
INTERVALS = (
    "95 % Wilson intervals of shares speak of the number of virtual patients alone; peaks are the median with the 5th and "
    "95th percentile of patients. What the model does not know stands in no interval. No drug against CRS is given in the "
    "simulation. CRS by the bounds of ASTCT 2019."
)


def section(contents: ReportContents, *, interactive: bool) -> Section | None:
    """The section; None where there is no prediction."""
    found = contents.prediction
    if not isinstance(found, Predicted):
        return None
    from cartrace.figures import prediction as figures
    from cartrace.simulate.prediction import CONVENTIONAL, GIVEN, SILENCED_SHOWN, SINGLE

    made = found.prediction
    count = made.scenario.virtual_patients.count
    lead = f"{count} virtual patients of the model {made.scenario.model} with this regimen and disease, in each arm the same ones."
    blocks: list[Block] = [plain(lead), plain(HYPOTHESES)]
    blocks += [plain(KNOCK_DOWN)] if made.scenario.product.knock_down is None else []
    blocks += [plain(sentence, "warning") for sentence in made.said]
    blocks += [_inputs(found), _shares(contents, found)]
    shown = {
        GIVEN: figures.as_given(made, contents.course),
        **{
            key: figures.contrast(made, key, names)
            for key, names in (
                (CONVENTIONAL, SILENCED_SHOWN),
                (SINGLE, ("car_copies_per_ug", "il6", "temperature")),
            )
            if made.arm(key, "H1") is not None
        },
    }
    titles = {
        GIVEN: "As given",
        CONVENTIONAL: "Silenced against conventional product",
        SINGLE: "Split dose against all cells on one day",
    }
    for key, described in shown.items():
        blocks.append(Heading(f"{titles[key]} (simulation)", f"prediction-{key}"))
        blocks.append(drawing.prediction(described, f"figure-prediction-{key}", interactive=interactive))
    return Section("prediction", TITLE, tuple(blocks), mark=MARK)


def methods(contents: ReportContents) -> list[Block]:
    """Model, digests, seed and evidence; or, in one line, why there is no prediction."""
    found = contents.prediction
    if isinstance(found, NotPredicted):
        return [plain(f"No predicted course: {found.reason}.", "calm")]
    if not isinstance(found, Predicted):
        return []
    made = found.prediction
    people = made.scenario.virtual_patients
    counted = ", ".join(f"{number} {word}" for word, number in made.evidence)
    total = sum(number for _, number in made.evidence)
    items = (
        f"Model {made.scenario.model}, equations {made.digest[:16]}, values and population {made.values[:16]}.",
        f"{people.count} virtual patients by {people.sampling.replace('_', ' ')}, seed {people.seed}, both hypotheses.",
        f"Of {total} parameters: {counted}.",
        "Which data each parameter comes from: cartrace models show " + made.scenario.model + ".",
    )
    return [Heading("Simulation", "methods-simulation"), Listing(tuple(map(Cell, items)))]


def _inputs(found: Predicted) -> Table:
    rows = tuple(
        (Cell(one.name), Cell(one.recorded), Cell("as recorded" if one.own else one.taken)) for one in found.inputs
    )
    caption = "What the simulation was given: inputs that the record does not hold were taken from the model's scenario"
    return Table(caption, ("Input", "In the record", "Taken"), rows)


def _shares(contents: ReportContents, found: Predicted) -> Table:
    from cartrace.figures import wording
    from cartrace.simulate.prediction import ARMS

    rows = []
    for arm in found.prediction.arms:
        crs = tuple(
            Cell(f"{100 * share.value:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})")
            for share in arm.crs.values()
        )
        peaks = tuple(
            Cell(f"{wording.number(peak.value)} ({wording.number(peak.low)} to {wording.number(peak.high)})")
            for peak in (arm.peaks["il6"], arm.peaks["temperature"])
        )
        rows.append((Cell(f"{arm.hypothesis}, {ARMS[arm.key]}"), Cell(str(arm.of)), *crs, *peaks))
    recorded = [f"grade {g.grade}" for g in contents.course.grades if g.toxicity == "CRS" and g.scope == "maximum"]
    seen = f" Recorded in this course: CRS {', '.join(recorded)}." if recorded else ""
    head = ("Simulated arm", "Patients", "CRS ≥ 1", "CRS ≥ 3", "Peak IL-6 [pg/mL]", "Peak temperature [°C]")
    return Table("Simulated CRS and peaks", head, tuple(rows), INTERVALS + seen)
