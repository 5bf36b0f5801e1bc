"""A course put together piece by piece: numbers the records, orders them, freezes the whole.

In: records' fields from a reader, a test or a simulation. Out: a frozen `Course`.
Decided here: uids are given in the order of adding; observations are kept in that order (rules sort for themselves).
"""

from __future__ import annotations

from typing import Any

from cartrace.course.clock import Clock, Moment
from cartrace.course.record import (
    Course,
    DrugCourse,
    Image,
    Infusion,
    InvestigatorGrade,
    LesionMeasurement,
    MrdResult,
    Observation,
    Panel,
    Procedure,
)
from cartrace.course.status import Status
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms, units


class CourseBuilder:
    """Collects records and gives each its uid. `course()` freezes them."""

    def __init__(self, course_id: str, *, clock: Clock | None = None, **fields: Any) -> None:
        self.clock = clock or Clock()
        self._fields = {"id": course_id, "clock": self.clock, **fields}
        self._groups: dict[str, list[Any]] = {}
        self._next_uid = 0

    def _add(self, group: str, record_type: type, /, **fields: Any) -> int:
        uid = self._next_uid
        self._groups.setdefault(group, []).append(record_type(uid=uid, **fields))
        self._next_uid += 1
        return uid

    def infusion(self, **fields: Any) -> int:
        """Add an infusion; numbered in the order of adding unless `number` is given. Returns its uid."""
        fields.setdefault("number", len(self._groups.get("infusions", ())) + 1)
        return self._add("infusions", Infusion, **fields)

    def drug(self, name: str, *, start: Moment, **fields: Any) -> int:
        """Add a drug course by any accepted spelling of the drug. Raises `UnknownTerm`."""
        known = terms.drug(name)
        if known is None:
            raise UnknownTerm("drug", name, nearest=terms.nearest_drugs(name))
        return self._add("drugs", DrugCourse, drug=known[0], drug_class=known[1], start=start, **fields)

    def observe(self, code: str, value: float | str | None, *, moment: Moment, unit: str = "", **fields: Any) -> int:
        """Add an observation. `value` is a number in `unit` (empty = canonical), a coded word, or None with a status.

        Raises `UnknownTerm` for an unknown code or coded word, `UnknownUnit` for an unknown unit.
        """
        analyte = terms.analyte(code)
        if analyte is None:
            raise UnknownTerm("analyte", code, nearest=terms.nearest_analytes(code))
        fields.setdefault("status", Status.DONE if value is not None else Status.NOT_RECORDED)
        if analyte.is_number:
            number = None if value is None else float(value)
            family = analyte.family
            if number is not None and unit:
                number = units.to_canonical(number, unit=unit, family=family)
            return self._add(
                "observations",
                Observation,
                code=analyte.code,
                moment=moment,
                value=number,
                unit=units.canonical(analyte.code),
                **fields,
            )
        word = "" if value is None else terms.fold(str(value))
        if word and word not in analyte.values:
            raise UnknownTerm(
                f"value of {analyte.code}", word, nearest=terms.nearest(word, analyte.values) or analyte.values
            )
        index = float(analyte.values.index(word)) if word else None
        return self._add(
            "observations", Observation, code=analyte.code, moment=moment, value=index, text=word, **fields
        )

    def procedure(self, **fields: Any) -> int:
        """Add a procedure."""
        return self._add("procedures", Procedure, **fields)

    def panel(self, **fields: Any) -> int:
        """Add an immunophenotype panel."""
        return self._add("panels", Panel, **fields)

    def lesion(self, **fields: Any) -> int:
        """Add a lesion measurement."""
        return self._add("lesions", LesionMeasurement, **fields)

    def mrd(self, **fields: Any) -> int:
        """Add an MRD result."""
        return self._add("mrd", MrdResult, **fields)

    def grade(self, **fields: Any) -> int:
        """Add an investigator's grade."""
        return self._add("grades", InvestigatorGrade, **fields)

    def image(self, **fields: Any) -> int:
        """Add an image."""
        return self._add("images", Image, **fields)

    def course(self, **fields: Any) -> Course:
        """The frozen course. `fields` adds or replaces fields of `Course`."""
        groups = {name: tuple(records) for name, records in self._groups.items()}
        return Course(**{**self._fields, **groups, **fields})
