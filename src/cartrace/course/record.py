"""The course record: one patient's treatment course around one or more infusions, as frozen records.

In: nothing. Out: `Course` and its parts.
Decided here: what can be recorded. `None`, an empty text and `Status.NOT_RECORDED` all mean "not recorded", never "absent".
Every record carries a `uid` (its number within the course, the address of evidence) and a `Source`
(file, row, column it was read from). Fields are described in vocabulary/fields.toml.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cartrace.course.clock import Clock, Moment
from cartrace.course.status import Status


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record was read: file, row (header = 1; line for YAML), column, and the text that stood there."""

    file: str = ""
    row: int | None = None
    column: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    age_years: float | None = None
    sex: str = ""
    weight_kg: float | None = None
    height_cm: float | None = None
    developmental_delay: bool | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class DiseaseSite:
    """A place of disease: marrow, blood, cns, skin, testis, node or other, at one phase of the disease."""

    site: str
    detail: str = ""
    phase: str = ""
    involved: bool | None = None
    method: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Disease:
    name: str = ""
    status: str = ""
    sites: tuple[DiseaseSite, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class GeneEdit:
    """A change besides the CAR: kind (shrna, knock_out, knock_in, secreted), target (e.g. IL-6), fraction silenced if measured."""

    kind: str
    target: str
    knock_down: float | None = None


@dataclass(frozen=True, slots=True)
class Product:
    name: str = ""
    target: str = ""
    construct: str = ""
    costimulatory_domain: str = ""
    gene_edits: tuple[GeneEdit, ...] = ()
    manufacturer: str = ""
    trial: str = ""


@dataclass(frozen=True, slots=True)
class Infusion:
    """One infusion. Doses in 10*6 cells/kg or 10*6 cells; `fraction` of the planned total for split doses."""

    uid: int
    number: int
    moment: Moment
    dose_per_kg: float | None = None
    dose: float | None = None
    fraction: float | None = None
    purpose: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class DrugCourse:
    """One drug given once or over an interval.

    end_state  "ended" (end is known), "ongoing" (at the end of the record), "single" (one dose, no interval),
               "not recorded" (it lasted, but nobody wrote until when)
    """

    uid: int
    drug: str
    drug_class: str
    start: Moment
    end: Moment | None = None
    end_state: str = "single"
    dose: float | None = None
    dose_unit: str = ""
    frequency: str = ""
    route: str = ""
    purpose: str = ""
    note: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Procedure:
    """Apheresis, biopsy, transplant, lumbar puncture, imaging session, radiotherapy ..."""

    uid: int
    kind: str
    moment: Moment
    site: str = ""
    detail: str = ""
    note: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one analyte at one time, in the canonical unit of the vocabulary.

    value       number, or index of the coded value in the analyte's `values`; None unless status is done, below or above
                (below: the LLOQ if known; above: the ULOQ if known)
    text        coded value as a word; empty for numbers
    reference   the laboratory's own lower and upper limit of normal
    attributed  True / False by a clinician's decision: due / not due to the CAR-T cells; None = not decided
    """

    uid: int
    code: str
    moment: Moment
    status: Status
    value: float | None = None
    text: str = ""
    unit: str = ""
    site: str = ""
    method: str = ""
    lod: float | None = None
    lloq: float | None = None
    uloq: float | None = None
    reference_low: float | None = None
    reference_high: float | None = None
    attributed: bool | None = None
    raw: str = ""
    raw_unit: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Marker:
    """One antigen of a panel: percent positive among blasts; `partial` for partial or variable expression (+/-)."""

    name: str
    percent: float | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """An immunophenotype panel of one specimen."""

    uid: int
    moment: Moment
    site: str
    method: str = ""
    blasts_percent: float | None = None
    markers: tuple[Marker, ...] = ()
    note: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class LesionMeasurement:
    """One look at one lesion: up to three axes [mm], volume [mL], Deauville 1-5, or a finding in words.

    finding  "normal", "abnormal", "resolved", "new", "equivocal", or empty
    status   NOT_RECORDED: it was looked at, but the size is not known to us
    """

    uid: int
    lesion: str
    site: str
    moment: Moment
    method: str = ""
    axes_mm: tuple[float, ...] = ()
    volume_ml: float | None = None
    deauville: int | None = None
    finding: str = ""
    status: Status = Status.DONE
    note: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class MrdResult:
    """One MRD test: fraction of nucleated cells, or negative at a limit of detection."""

    uid: int
    moment: Moment
    site: str
    method: str
    status: Status
    fraction: float | None = None
    lod: float | None = None
    lloq: float | None = None
    gates_on_cd19: bool | None = None
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class InvestigatorGrade:
    """A grade set by a clinician, kept beside the computed one and never overwritten.

    moment  unknown and `scope` "maximum" for the worst grade of the course
    """

    uid: int
    toxicity: str
    scale: str
    grade: int
    moment: Moment
    scope: str = "maximum"
    attributed: bool | None = None
    note: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Image:
    """A photograph, histology or imaging picture; `file` is empty when the picture itself is not in the folder."""

    uid: int
    kind: str
    site: str
    moment: Moment
    caption: str
    phase: str = ""
    file: str = ""
    stain: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the patient, as far as recorded, in words and status."""

    statement: str = ""
    last_day: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """One patient's course. `complete` names the charts declared complete: what they do not list was not given or not seen.

    complete    any of "drugs", "vasopressors", "oxygen", "transfusions"
    synthetic   True for made-up courses; every figure and report says so
    """

    id: str
    title: str = ""
    summary: str = ""
    synthetic: bool = False
    clock: Clock = field(default_factory=Clock)
    patient: Patient = field(default_factory=Patient)
    disease: Disease = field(default_factory=Disease)
    product: Product = field(default_factory=Product)
    infusions: tuple[Infusion, ...] = ()
    drugs: tuple[DrugCourse, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    observations: tuple[Observation, ...] = ()
    panels: tuple[Panel, ...] = ()
    lesions: tuple[LesionMeasurement, ...] = ()
    mrd: tuple[MrdResult, ...] = ()
    grades: tuple[InvestigatorGrade, ...] = ()
    images: tuple[Image, ...] = ()
    outcome: Outcome = field(default_factory=Outcome)
    complete: frozenset[str] = frozenset()
    not_recorded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def record(self, uid: int) -> Record:
        """The record with this uid; KeyError when there is none."""
        for group in self.groups():
            for record in group:
                if record.uid == uid:
                    return record
        raise KeyError(uid)

    def groups(self) -> tuple[tuple[Record, ...], ...]:
        """Every tuple of records that carry a uid."""
        return (
            self.infusions,
            self.drugs,
            self.procedures,
            self.observations,
            self.panels,
            self.lesions,
            self.mrd,
            self.grades,
            self.images,
        )


Record = (
    Infusion | DrugCourse | Procedure | Observation | Panel | LesionMeasurement | MrdResult | InvestigatorGrade | Image
)
