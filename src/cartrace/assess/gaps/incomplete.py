"""Drug records that cannot be counted or added up as they stand.

In: a course. Out: queries "drug.<caution>".
Decided here: only treatments that the ledger counts are asked about, in the ledger's own words.
"""

from __future__ import annotations

from cartrace.assess.gaps.query import Query, Weight, elapsed
from cartrace.assess.ledger import CAUTIONS, Factors, factors
from cartrace.assess.ledger.doses import given, span
from cartrace.assess.ledger.vasopressors import as_norepinephrine
from cartrace.course import Course
from cartrace.course.record import DrugCourse

COUNTED = frozenset({"anticytokine", "corticosteroid", "vasopressor", "growth_factor", "transfusion"})
WITHOUT_AMOUNT = frozenset({"growth_factor", "transfusion"})
ASKED: dict[str, Weight] = {
    "start_not_recorded": "high",
    "end_not_recorded": "medium",
    "frequency_not_recorded": "medium",
    "frequency_not_read": "medium",
    "dose_not_recorded": "medium",
    "unit_not_recorded": "medium",
    "unit_not_convertible": "low",
    "weight_not_recorded": "medium",
    "surface_not_recorded": "medium",
}
OF_AMOUNTS = frozenset(
    {"dose_not_recorded", "unit_not_recorded", "unit_not_convertible", "weight_not_recorded", "surface_not_recorded"}
)


def incomplete(course: Course) -> list[Query]:
    """One query for each drug record and each thing that it lacks."""
    table = factors()
    return [
        _query(drug, caution)
        for drug in course.drugs
        if drug.drug_class in COUNTED
        for caution in dict.fromkeys(_cautions(course, drug, table))
        if caution in ASKED and not (caution in OF_AMOUNTS and drug.drug_class in WITHOUT_AMOUNT)
    ]


def _cautions(course: Course, drug: DrugCourse, table: Factors) -> tuple[str, ...]:
    if drug.drug_class != "vasopressor":
        return given(course, drug, table).cautions
    if not drug.start.known:
        return ("start_not_recorded",)
    rate = as_norepinephrine(course, drug, drug.start.day or 0, "norepinephrine", table)
    return (*span(course, drug).cautions, *rate.cautions)


def _query(drug: DrugCourse, caution: str) -> Query:
    name = drug.drug.replace("_", " ").capitalize()
    return Query(
        check=f"drug.{caution}",
        severity=ASKED[caution],
        what=f"{name}: {CAUTIONS[caution][0].lower()}{CAUTIONS[caution][1:-1]}",
        why="the ledger gives a lower bound, and episodes of treatment stay open",
        look_up="the drug chart or the infusion pump's record",
        at=elapsed(drug.start),
        day=drug.start.day,
        evidence=(drug.uid,),
    )
