"""Rows of tables, and of `observations` in course.yaml, to observations and drug courses.

In: one cell per column as text. Out: records in the course builder.
Decided here: units are converted here and nowhere else; a number without a unit is refused when its analyte has one;
exact repeats are left out, conflicting repeats are both kept; a value outside the plausible range is kept with a warning,
one that cannot be (below zero) is refused; a row whose parts contradict each other is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cartrace.course import Clock, CourseBuilder, Moment, Status
from cartrace.course.record import Source
from cartrace.ingest import numbers, times
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.columns import UNITLESS_FAMILIES
from cartrace.ingest.drug_rows import DrugRow, add_drugs, check_dose_unit, dose_of
from cartrace.ingest.limits import Bounds, Place, can_be, check_plausible, limited
from cartrace.vocabulary import terms, units
from cartrace.vocabulary.terms import Analyte

CAR_FAMILIES = ("car_copies_per_microgram", "car_copies_per_microlitre")


@dataclass(slots=True)
class Seen:
    """What was read into one course so far, so that a repeat is found in whichever file it stands."""

    observations: dict[tuple[Any, ...], tuple[float | None, str, Status, str]] = field(default_factory=dict)


class RowReader:
    """Reads rows of one file into one course."""

    def __init__(
        self,
        builder: CourseBuilder,
        *,
        file: str,
        clock: Clock,
        collector: Collector,
        decimal: str = ".",
        elapsed_time: bool = False,
        seen: Seen | None = None,
    ) -> None:
        self.builder = builder
        self.file = file
        self.clock = clock
        self.collector = collector
        self.decimal = decimal
        self.elapsed_time = elapsed_time
        self.drug_rows: list[DrugRow] = []
        self.seen = seen if seen is not None else Seen()

    def _finding(
        self,
        severity: Any,
        check: str,
        row: int,
        column: str,
        found: str,
        expected: str | Callable[[], str],
        action: str,
    ) -> None:
        self.collector.add(
            severity, check, file=self.file, row=row, column=column, found=found, expected=expected, action=action
        )

    def read(self, cells: Mapping[str, str], *, row: int, column: str = "value") -> None:
        """One row: keys of [observation] in fields.toml, and `header_unit`, the unit in the header of the value column.

        `column` names the value's column in findings.
        """
        moment = self._moment(cells, row)
        code = cells.get("code", "")
        analyte = terms.analyte(code)
        drug = terms.drug(code) if analyte is None else None
        if analyte is None and drug is None:
            found = quoted(code) if code else "no code"
            self._finding("error", "code.unknown", row, "code", found, lambda: _codes_near(code), "correct the code")
            return
        if moment is None:
            return
        source = Source(self.file, row, column, cells.get("value", ""))
        if drug is not None:
            self._drug(drug, cells, moment, row, source, column)
        elif analyte is not None:
            self._observation(analyte, cells, moment, row, source)

    def _moment(self, cells: Mapping[str, str], row: int) -> Moment | None:
        found = times.moment(cells, clock=self.clock, decimal=self.decimal, elapsed_time=self.elapsed_time)
        if isinstance(found, times.Problem):
            self._finding(
                "error", "time.unreadable", row, found.key, quoted(found.found), found.expected, "correct the time"
            )
            return None
        if not found.known and not found.label:
            self._finding(
                "warning",
                "time.missing",
                row,
                "day",
                "no time",
                "a time in every row",
                "the row is kept and takes part in no rule; add its time",
            )
        return found

    def _status(self, cells: Mapping[str, str], value: numbers.Value, row: int) -> Status | None:
        text = cells.get("status", "").strip()
        if not text:
            return value.status
        try:
            status = Status.from_word(text)
        except KeyError:
            words = tuple(status.word for status in Status)
            near = terms.nearest(text, words, limit=1)
            self._finding("error", "status.unknown", row, "status", quoted(text), one_of(words, near), "correct it")
            return None
        if value.status in (Status.BELOW, Status.ABOVE) and status is not value.status:
            self._finding(
                "error",
                "status.with_limit",
                row,
                "status",
                f"{status.word} together with the limit {quoted(cells.get('value', ''))}",
                f"{value.status.word}, or no status",
                "correct the status or the value",
            )
            return None
        if status in (Status.NOT_DONE, Status.NOT_RECORDED) and (value.number is not None or value.word):
            self._finding(
                "error",
                "status.with_value",
                row,
                "status",
                f"{status.word} together with a value",
                "one of the two",
                "remove the value or the status",
            )
            return None
        return status

    def _observation(
        self, analyte: Analyte, cells: Mapping[str, str], moment: Moment, row: int, source: Source
    ) -> None:
        value = numbers.value(cells.get("value", ""), decimal=self.decimal, coded=not analyte.is_number)
        if value.problem:
            self._finding(
                "error",
                "value.unreadable",
                row,
                source.column,
                quoted(cells.get("value", "")),
                "a number" if analyte.is_number else one_of(analyte.values),
                value.problem,
            )
            return
        status = self._status(cells, value, row)
        fields = self._fields(analyte, cells, row, needed=value.number is not None)
        if status is None or fields is None:
            return
        number = value.number
        if number is not None and analyte.is_number:
            number = units.to_canonical(number, unit=fields["raw_unit"], family=analyte.family)
        if status is Status.DONE and number is None and not value.word:
            status = Status.NOT_RECORDED
        if analyte.is_number:
            place = Place(self.file, row, source.column)
            bounds = Bounds(fields["lloq"], fields["uloq"])
            if not can_be(analyte, number, bounds, status, place, self.collector):
                return
            number, fields["lloq"], fields["uloq"] = limited(number, bounds, status, written=value.status)
            check_plausible(analyte, number, status, place, self.collector)
        word = self._word(analyte, value.word, row, source.column) if value.word else ""
        if word is None:
            return
        key = (
            analyte.code,
            moment.time,
            moment.day,
            moment.label,
            terms.fold(cells.get("site", "")),
            cells.get("method", ""),
        )
        if moment.known and self._repeated(key, number, word, status, row, source.column):
            return
        self.builder.observe(
            analyte.code,
            word or number,
            moment=moment,
            status=status,
            site=terms.fold(cells.get("site", "")),
            method=cells.get("method", ""),
            attributed=fields.pop("attributed"),
            raw=cells.get("value", ""),
            source=source,
            **fields,
        )

    def _word(self, analyte: Analyte, text: str, row: int, column: str) -> str | None:
        word = terms.fold(text)
        if word in analyte.values:
            return word
        yes = numbers.yes_no(text)
        if set(analyte.values) == {"no", "yes"} and yes is not None:
            return "yes" if yes else "no"
        self._finding(
            "error",
            "value.unknown_word",
            row,
            column,
            quoted(text),
            lambda: one_of(analyte.values, terms.nearest(text, analyte.values)),
            "correct the word",
        )
        return None

    def _fields(self, analyte: Analyte, cells: Mapping[str, str], row: int, *, needed: bool) -> dict[str, Any] | None:
        """Unit, limits and attribution of a row, limits converted; None with findings."""
        attributed = None
        if cells.get("attributed", "").strip() and cells["attributed"].strip().lower() not in (
            "unknown",
            "not recorded",
        ):
            attributed = numbers.yes_no(cells["attributed"])
            if attributed is None:
                found = quoted(cells["attributed"])
                self._finding(
                    "error", "attributed.unknown", row, "attributed", found, "yes, no or unknown", "correct it"
                )
                return None
        if not analyte.is_number:
            return {"attributed": attributed}
        unit = cells.get("unit", "").strip()
        texts = {key: cells.get(key, "").strip() for key in ("lod", "lloq", "uloq", "low", "high")}
        needed = needed or any(texts.values())
        if needed and not self._unit_known(analyte, unit, row):
            return None
        stated = cells.get("header_unit", "")
        if unit and stated and not self._units_agree(analyte, unit, stated, row):
            return None
        if not unit:
            unit = units.canonical(analyte.code)
        limits: dict[str, Any] = {}
        for key, text in texts.items():
            field = {"low": "reference_low", "high": "reference_high"}.get(key, key)
            limits[field] = None
            if not text:
                continue
            limit = numbers.number(text, decimal=self.decimal)
            if limit is None:
                self._finding("error", "limit.unreadable", row, key, quoted(text), "a number", "correct the limit")
                return None
            if limit < 0:
                self._finding("error", "limit.negative", row, key, quoted(text), "0 or more", "correct the limit")
                return None
            limits[field] = units.to_canonical(limit, unit=unit, family=analyte.family)
        return {"raw_unit": unit, "attributed": attributed, **limits}

    def _unit_known(self, analyte: Analyte, unit: str, row: int) -> bool:
        family = analyte.family
        if not unit:
            if family in UNITLESS_FAMILIES:
                return True
            self._finding(
                "error",
                "unit.missing",
                row,
                "unit",
                f"{analyte.name} without a unit",
                one_of(units.accepted(family)),
                "give the unit; units are never guessed",
            )
            return False
        if units.known(unit, family=family):
            return True
        action = "correct the unit"
        near: Callable[[], tuple[str, ...]] = functools.partial(units.nearest, unit, family=family)
        if family in CAR_FAMILIES and any(units.known(unit, family=other) for other in CAR_FAMILIES):
            action = "use the analyte of this unit; converting needs the DNA yield of the sample (dna_per_ul)"
            near = tuple
        self._finding(
            "error",
            "unit.unknown",
            row,
            "unit",
            f"the unit {quoted(unit)} for {analyte.name}",
            lambda: one_of(units.accepted(family), near()),
            action,
        )
        return False

    def _units_agree(self, analyte: Analyte, unit: str, stated: str, row: int) -> bool:
        """Whether the unit of the row and the one of the header or of course.yaml are the same. Analytes that do not know
        the second are not meant by it."""
        family = analyte.family
        if not units.known(stated, family=family) or units.agree(unit, stated, family=family):
            return True
        self._finding(
            "error",
            "unit.conflict",
            row,
            "unit",
            f"{quoted(unit)} in the row and {quoted(stated)} in the header or in course.yaml",
            "one unit",
            "correct the one that is wrong",
        )
        return False

    def _repeated(
        self, key: tuple[Any, ...], number: float | None, word: str, status: Status, row: int, column: str
    ) -> bool:
        """Whether this row repeats an earlier one exactly. A conflicting repeat is a warning and is kept."""
        before = self.seen.observations.get(key)
        if before is None:
            self.seen.observations[key] = (number, word, status, f"{self.file}, row {row}")
            return False
        if before[:3] == (number, word, status):
            self._finding(
                "info", "row.repeated", row, column, f"the same as {before[3]}", "each value once", "it is read once"
            )
            return True
        self._finding(
            "warning",
            "row.conflict",
            row,
            column,
            f"{key[0]} at the same time as {before[3]} with another value",
            "one value per analyte, time, site and method",
            "both are kept; rules take the worst of the same time",
        )
        return False

    def _drug(
        self, drug: tuple[str, str], cells: Mapping[str, str], moment: Moment, row: int, source: Source, column: str
    ) -> None:
        text = cells.get("value", "")
        dose, readable = dose_of(text, decimal=self.decimal)
        if not readable:
            expected = "a dose of 0 or more; 0 or stopped for the end"
            self._finding("error", "drug.dose", row, column, quoted(text), expected, "correct the dose")
            return
        unit = cells.get("unit", "").strip()
        check_dose_unit(unit, file=self.file, row=row, collector=self.collector)
        self.drug_rows.append(DrugRow(drug[0], drug[1], moment, dose, unit, source))

    def close(self) -> None:
        """Turn the collected drug rows into drug courses."""
        add_drugs(self.drug_rows, self.builder, self.collector)


def _codes_near(code: str) -> str:
    near = terms.nearest_analytes(code) or terms.nearest_drugs(code)
    anything = "an analyte or drug of the vocabulary (cartrace vocabulary lists them)"
    return one_of((anything,), near) if code else anything
