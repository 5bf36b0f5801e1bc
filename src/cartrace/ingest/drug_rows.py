"""Rows of drugs in a table to drug courses.

In: one row per change: from this moment on, so much of this drug ran; 0 or a word such as stopped ends it.
Out: drug courses in the course builder.
Decided here: a drug with a stop row somewhere was charted as a rate, each row running until the next; without any stop row
each row is one dose. Doses stay in the unit as written. A vasopressor that nobody stopped ran until nobody knows when.
"""

from __future__ import annotations

from dataclasses import dataclass

from cartrace.course import CourseBuilder, Moment
from cartrace.course.record import Source
from cartrace.ingest import numbers
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.vocabulary import terms, units

DOSE_WORDS = {"yes": None, "on": None, "given": None, "no": 0.0, "off": 0.0, "stopped": 0.0}


@dataclass(frozen=True, slots=True)
class DrugRow:
    """From `moment` on `dose` of the drug ran; 0 = stopped, None = given, amount not recorded."""

    drug: str
    drug_class: str
    moment: Moment
    dose: float | None
    unit: str
    source: Source


def dose_of(text: str, *, decimal: str) -> tuple[float | None, bool]:
    """(dose, readable): the dose that a cell says, None when it says only that the drug was given."""
    word = text.strip().lower()
    if word in DOSE_WORDS or not word:
        return DOSE_WORDS.get(word), True
    dose = numbers.number(text, decimal=decimal)
    return dose, dose is not None and dose >= 0.0


def check_dose_unit(unit: str, *, file: str, row: int | None, collector: Collector) -> None:
    """A warning for a unit of a dose outside the unit table. Doses are stored as written, so nothing is misread."""
    if not unit or any(units.known(unit, family=family) for family in units.DOSE_FAMILIES):
        return
    accepted = sorted({spelling for family in units.DOSE_FAMILIES for spelling in units.accepted(family)})
    near = [word for family in sorted(units.DOSE_FAMILIES) for word in units.nearest(unit, family=family)]
    collector.add(
        "warning",
        "dose.unit_unknown",
        file=file,
        row=row,
        column="unit",
        found=f"the unit {quoted(unit)} of a dose",
        expected=one_of(accepted, terms.nearest(unit, near, limit=1)),
        action="the dose is kept as written; correct the unit if it is misspelt",
    )


def add_drugs(rows: list[DrugRow], builder: CourseBuilder, collector: Collector) -> None:
    """Turn rows into drug courses."""
    known = [row for row in rows if row.moment.known]
    for row in rows:
        if not row.moment.known and row.dose != 0.0:
            _add(row, None, builder, collector)
    for name in dict.fromkeys(row.drug for row in known):
        of_drug = sorted((row for row in known if row.drug == name), key=lambda row: row.moment.time)
        stopped = any(row.dose == 0.0 for row in of_drug)
        for i, row in enumerate(of_drug):
            if row.dose == 0.0:
                continue
            after = of_drug[i + 1] if i + 1 < len(of_drug) else None
            _add(row, after if stopped or row.drug_class == "vasopressor" else None, builder, collector)


def _add(row: DrugRow, after: DrugRow | None, builder: CourseBuilder, collector: Collector) -> None:
    state = "ended" if after is not None else "single"
    if row.drug_class == "vasopressor" and after is None:
        state = "not recorded"
        collector.add(
            "warning",
            "drug.no_end",
            file=row.source.file,
            row=row.source.row,
            column=row.source.column,
            found=f"{row.drug} without a row that ends it",
            expected="a later row with 0 or stopped",
            action="from its start on nobody knows whether it ran; add the end",
        )
    builder.drug(
        row.drug,
        start=row.moment,
        end=after.moment if after is not None else None,
        end_state=state,
        dose=row.dose,
        dose_unit=row.unit,
        source=row.source,
    )
