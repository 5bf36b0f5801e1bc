"""The records behind a number, one row each: what it is, when it was, and what stood in which file.

In: a course and uids. Out: `Evidence`.
Decided here: how each kind of record is said in one row. Values are given to six figures; what stood in the source is beside them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cartrace.assess import neutrophils
from cartrace.assess.extremes import LOWER_BOUND, UPPER_BOUND
from cartrace.course import Course, Moment, Quantity, Status
from cartrace.course.record import (
    DrugCourse,
    Image,
    Infusion,
    InvestigatorGrade,
    LesionMeasurement,
    MrdResult,
    Observation,
    Panel,
    Procedure,
    Record,
    Source,
)
from cartrace.figures import wording
from cartrace.vocabulary import terms


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record. `value` has its unit; `text` is what stood in the source, empty when the reader kept none."""

    what: str
    value: str
    when: str
    file: str
    row: int | None
    column: str
    text: str

    @property
    def place(self) -> str:
        """file, row N, column C, as far as known."""
        parts = [self.file, f"row {self.row}" if self.row is not None else "", self.column]
        return ", ".join(part for part in parts if part)

    @property
    def line(self) -> str:
        """The row as one line of text."""
        said = f"{self.what}: {self.value}" if self.value else self.what
        stood = f' (there: "{self.text}")' if self.text else ""
        return ", ".join(part for part in (said, self.when, self.place) if part) + stood


def rows(course: Course, uids: Iterable[int]) -> tuple[Evidence, ...]:
    """The records with these uids, in this order. A uid that no record has is a programming error (KeyError)."""
    return tuple(row(course.record(uid)) for uid in uids)


def rows_in_time(course: Course, uids: Iterable[int]) -> tuple[Evidence, ...]:
    """The records with these uids in the order of time; those without a known time last."""
    return rows(course, sorted(uids, key=lambda uid: _time(course.record(uid))))


def row(record: Record) -> Evidence:
    """One record as a row."""
    what, value = _said(record)
    source: Source = record.source
    return Evidence(what, value, _when(record), source.file, source.row, source.column, source.text)


def exact(value: float) -> str:
    """A number to six figures, all those that a laboratory reports: 38.6, 24 000, 0.0003."""
    if value != 0 and (abs(value) < 1e-4 or abs(value) >= 1e9):
        return wording.number(value)
    text = f"{value:,.0f}" if value == round(value) else f"{value:,.6g}" if abs(value) < 1e5 else f"{value:,.1f}"
    text = text.replace(",", "\u202f")
    return text.replace("-", "−")


def with_unit(value: float, ucum: str) -> str:
    """A number with its unit as a reader writes it."""
    return spelled(exact(value), ucum)


def spelled(number: str, ucum: str) -> str:
    """A number already written, with its unit: "3.2 × 10⁹/L", "38.6 °C"."""
    unit = "" if ucum == "1" else wording.unit(ucum)
    times = " × " if unit.startswith("10") else " "
    return f"{number}{times}{unit}".strip()


def quantity_said(quantity: Quantity) -> str:
    """A value for a reader: "day 3", "4.5 days", "≥ 4.5 days", "≤ 40 mg/dL", "21 400 copies/µg DNA"; its reason when there is none."""
    if quantity.value is None:
        return quantity.reason
    bound = "≥ " if quantity.censored else ""
    if not quantity.id.endswith("_day"):
        bound = "≥ " if LOWER_BOUND.code in quantity.flags else "≤ " if UPPER_BOUND.code in quantity.flags else bound
    if quantity.unit == "d" and (quantity.id.endswith("_day") or re.search(r"study day\b", quantity.name.lower())):
        return f"{bound}day {wording.day(quantity.value)}"
    if quantity.unit == "d" and quantity.value == 1:
        return f"{bound}1 day"
    return bound + spelled(wording.number(quantity.value), quantity.unit)


def words(name: str) -> str:
    """A name of the vocabulary as words: "nasal_cannula" is "nasal cannula"."""
    return name.replace("_", " ")


def analyte(code: str) -> str:
    """The reader's name of an analyte."""
    known = terms.analytes().get(code)
    return known.name if known else words(code)


def observed(observation: Observation) -> str:
    """The value of an observation with unit or state: "38.6 °C", "below 50 copies/µg DNA", "not done"."""
    if observation.status is Status.BELOW:
        limit = observation.lloq if observation.lloq is not None else observation.lod
        return f"below {with_unit(limit, observation.unit)}" if limit is not None else "below the limit"
    if observation.status is Status.ABOVE:
        limit = observation.uloq if observation.uloq is not None else observation.value
        return f"above {with_unit(limit, observation.unit)}" if limit is not None else "above the limit"
    if observation.text:
        return words(observation.text)
    if observation.value is None:
        return observation.status.word
    named = wording.unit(observation.unit) == analyte(observation.code)
    return exact(observation.value) if named else with_unit(observation.value, observation.unit)


def dose(drug: DrugCourse) -> str:
    """Dose, frequency and route of a drug as far as recorded."""
    amount = with_unit(drug.dose, "") if drug.dose is not None else ""
    return " ".join(
        part for part in (amount, wording.unit(drug.dose_unit) if amount else "", drug.frequency, drug.route) if part
    )


def size(look: LesionMeasurement) -> str:
    """What was seen of a lesion: axes, volume, Deauville score, finding; or that it is not recorded."""
    if look.status in (Status.NOT_DONE, Status.NOT_RECORDED):
        return f"size {look.status.word}"
    parts = []
    if look.axes_mm:
        parts.append(" × ".join(exact(axis) for axis in look.axes_mm) + " mm")
    if look.volume_ml is not None:
        parts.append(f"{exact(look.volume_ml)} mL")
    if look.deauville is not None:
        parts.append(f"Deauville {look.deauville}")
    if look.finding:
        parts.append(look.finding)
    return ", ".join(parts) or "size not recorded"


def mrd(result: MrdResult) -> str:
    """An MRD result: "3×10⁻⁴ of nucleated cells", "negative at 10⁻⁴", "not recorded"."""
    if result.status is Status.BELOW:
        return f"negative at {wording.number(result.lod)}" if result.lod is not None else "negative, limit not recorded"
    if result.fraction is None:
        return result.status.word
    return f"{wording.number(result.fraction)} of nucleated cells"


def cells(infusion: Infusion) -> str:
    """The dose of an infusion with its unit and its share of the plan."""
    amount, unit = wording.dose(infusion)
    share = f" ({exact(round(infusion.fraction * 100, 6))} % of the plan)" if infusion.fraction is not None else ""
    times = " × " if unit.startswith("10") else " "
    return f"{amount}{times}{unit}".strip() + share


def _said(record: Record) -> tuple[str, str]:
    match record:
        case Infusion():
            return f"CAR-T infusion {record.number}", cells(record)
        case DrugCourse():
            return words(record.drug), dose(record)
        case Procedure():
            return " ".join(p for p in (words(record.kind), record.site) if p), record.note or record.detail
        case Observation():
            if record.method == neutrophils.DERIVED:
                return f"{analyte(record.code)}, derived from white cells and their percentage", observed(record)
            where = f" ({', '.join(p for p in (record.site, record.method) if p)})" if record.site else ""
            return analyte(record.code) + where, observed(record)
        case Panel():
            blasts = "not recorded" if record.blasts_percent is None else f"{exact(record.blasts_percent)} %"
            return f"blasts in {record.site}, {record.method or 'panel'}", blasts
        case LesionMeasurement():
            by = f" by {record.method}" if record.method else ""
            return f"{record.lesion or record.site}{by}", size(record)
        case MrdResult():
            return f"MRD, {record.site}, {record.method}", mrd(record)
        case InvestigatorGrade():
            return f"{record.toxicity} grade by the investigators", str(record.grade)
        case Image():
            return f"{record.kind} of {record.site}", record.caption


def _time(record: Record) -> float:
    """[d] when a record was, or began; infinite when nobody wrote it down."""
    at = record.start if isinstance(record, DrugCourse) else record.moment
    return at.time if at.known else math.inf


def _when(record: Record) -> str:
    if isinstance(record, DrugCourse):
        return interval(record)
    return moment(record.moment)


def moment(when: Moment) -> str:
    """A time for a reader; empty when neither day nor label is known."""
    if not when.known or when.day is None:
        return when.label or "day not recorded"
    return wording.moment(when)


def interval(drug: DrugCourse) -> str:
    """From when to when a drug was given, as far as recorded."""
    start = moment(drug.start)
    if drug.end_state == "ongoing":
        return f"{start}, ongoing"
    if drug.end_state == "not recorded":
        return f"{start}, end not recorded"
    if drug.end_state == "ended" and drug.end is not None and drug.end.known:
        return f"{start} to {moment(drug.end)}"
    return start
