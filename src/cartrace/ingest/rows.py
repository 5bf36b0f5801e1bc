"""Rows of tables, and of `observations` in course.yaml, to observations and drug courses.

In: one cell per column as text. Out: records in the course builder.
Decided here: units are converted here and nowhere else; a number without a unit is refused when its analyte has one;
exact repeats are left out, conflicting repeats are both kept; a value outside the plausible range is kept with a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cartrace.course import Clock, CourseBuilder, Moment, Status
from cartrace.course.record import Source
from cartrace.errors import UnknownUnit
from cartrace.ingest import numbers, times
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.vocabulary import terms, units
from cartrace.vocabulary.terms import Analyte

UNITLESS_FAMILIES = frozenset({"score", "ratio", "no_unit"})
CAR_FAMILIES = ("car_copies_per_microgram", "car_copies_per_microlitre")


@dataclass(frozen=True, slots=True)
class DrugRow:
    """One row that says how much of a drug ran from a moment on; 0 = stopped."""

    drug: str
    drug_class: str
    moment: Moment
    dose: float | None
    unit: str
    source: Source


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
    ) -> None:
        self.builder = builder
        self.file = file
        self.clock = clock
        self.collector = collector
        self.decimal = decimal
        self.elapsed_time = elapsed_time
        self.drug_rows: list[DrugRow] = []
        self.seen: dict[tuple[Any, ...], tuple[float | None, str, Status, int]] = {}

    def _finding(
        self, severity: Any, check: str, row: int, column: str, found: str, expected: str, action: str
    ) -> None:
        self.collector.add(
            severity, check, file=self.file, row=row, column=column, found=found, expected=expected, action=action
        )

    def read(self, cells: Mapping[str, str], *, row: int, column: str = "value") -> None:
        """One row: keys of [observation] in fields.toml. `column` names the value's column in findings."""
        moment = self._moment(cells, row)
        code = cells.get("code", "")
        analyte = terms.analyte(code)
        drug = terms.drug(code) if analyte is None else None
        if analyte is None and drug is None:
            near = terms.nearest_analytes(code) or terms.nearest_drugs(code)
            expected = one_of(near) if near else "an analyte or drug of the vocabulary (cartrace vocabulary)"
            found = quoted(code) if code else "no code"
            self._finding("error", "code.unknown", row, "code", found, expected, "correct the code")
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
            near = terms.nearest(text, words)
            self._finding("error", "status.unknown", row, "status", quoted(text), one_of(words, near), "correct it")
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
            if value.status is Status.BELOW and fields["lloq"] is None:
                fields["lloq"] = number
            if value.status is Status.ABOVE and fields["uloq"] is None:
                fields["uloq"] = number
        if status is Status.BELOW and number is None:
            number = fields["lloq"]
        if status is Status.DONE and number is None and not value.word:
            status = Status.NOT_RECORDED
        self._plausible(analyte, number, value.status, row, source.column)
        word = self._word(analyte, value.word, row, source.column) if value.word else ""
        if word is None:
            return
        key = (analyte.code, moment.time, moment.day, moment.label, cells.get("site", ""), cells.get("method", ""))
        if moment.known and self._repeated(key, number, word, status, row):
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
        near = terms.nearest(text, analyte.values)
        self._finding(
            "error", "value.unknown_word", row, column, quoted(text), one_of(analyte.values, near), "correct it"
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
            limits[field] = units.to_canonical(limit, unit=unit, family=analyte.family)
        return {"raw_unit": unit, "attributed": attributed, **limits}

    def _unit_known(self, analyte: Analyte, unit: str, row: int) -> bool:
        accepted = units.accepted(analyte.family)
        if not unit:
            if analyte.family in UNITLESS_FAMILIES:
                return True
            self._finding(
                "error",
                "unit.missing",
                row,
                "unit",
                f"{analyte.name} without a unit",
                one_of(accepted),
                "give the unit; units are never guessed",
            )
            return False
        try:
            units.to_canonical(1.0, unit=unit, family=analyte.family)
        except UnknownUnit:
            action = "correct the unit"
            for family in CAR_FAMILIES:
                if family != analyte.family and units.fold(unit) in units.families()[family].spellings:
                    action = "use the analyte of this unit; converting needs the DNA yield of the sample (dna_per_ul)"
            near = terms.nearest(unit, accepted)
            found = f"the unit {quoted(unit)} for {analyte.name}"
            self._finding("error", "unit.unknown", row, "unit", found, one_of(accepted, near), action)
            return False
        return True

    def _plausible(self, analyte: Analyte, number: float | None, status: Status, row: int, column: str) -> None:
        if number is None or analyte.plausible is None or status is not Status.DONE:
            return
        low, high = analyte.plausible
        if not low <= number <= high:
            unit = units.canonical(analyte.code)
            self._finding(
                "warning",
                "value.implausible",
                row,
                column,
                f"{analyte.name} {number:g} {unit}",
                f"{low:g} to {high:g} {unit}",
                "the value is kept; check its unit and decimal sign",
            )

    def _repeated(self, key: tuple[Any, ...], number: float | None, word: str, status: Status, row: int) -> bool:
        """Whether this row repeats an earlier one exactly. A conflicting repeat is a warning and is kept."""
        before = self.seen.get(key)
        if before is None:
            self.seen[key] = (number, word, status, row)
            return False
        if before[:3] == (number, word, status):
            self._finding(
                "info", "row.repeated", row, "value", f"row {before[3]} again", "each value once", "read once"
            )
            return True
        self._finding(
            "warning",
            "row.conflict",
            row,
            "value",
            f"{key[0]} at the same time as row {before[3]} with another value",
            "one value per analyte, time, site and method",
            "both are kept; rules take the worst of the same time",
        )
        return False

    def _drug(
        self, drug: tuple[str, str], cells: Mapping[str, str], moment: Moment, row: int, source: Source, column: str
    ) -> None:
        text = cells.get("value", "").strip()
        yes = {"yes": 1.0, "on": 1.0, "given": 1.0, "no": 0.0, "off": 0.0, "stopped": 0.0}
        dose = numbers.number(text, decimal=self.decimal)
        if dose is None and text.lower() not in yes and text:
            self._finding(
                "error", "drug.dose", row, column, quoted(text), "a dose; 0 or stopped for the end", "correct the dose"
            )
            return
        if text.lower() in yes:
            dose = 0.0 if yes[text.lower()] == 0.0 else None
        self.drug_rows.append(DrugRow(drug[0], drug[1], moment, dose, cells.get("unit", ""), source))

    def close(self) -> None:
        """Turn the collected drug rows into drug courses: each row runs until the next row of the same drug."""
        known = [row for row in self.drug_rows if row.moment.known]
        for row in (row for row in self.drug_rows if not row.moment.known):
            self._add_drug(row, None)
        for name in dict.fromkeys(row.drug for row in known):
            rows = sorted((row for row in known if row.drug == name), key=lambda row: row.moment.time)
            # Infusions are charted as rates with a stop; single doses have no stop row.
            stopped = any(row.dose == 0.0 for row in rows)
            for i, row in enumerate(rows):
                if row.dose == 0.0:
                    continue
                after = rows[i + 1] if i + 1 < len(rows) else None
                self._add_drug(row, after if stopped or row.drug_class == "vasopressor" else None)

    def _add_drug(self, row: DrugRow, after: DrugRow | None) -> None:
        state = "ended" if after is not None else "single"
        if row.drug_class == "vasopressor" and after is None:
            state = "not recorded"
            self._finding(
                "warning",
                "drug.no_end",
                row.source.row or 0,
                "value",
                f"{row.drug} without a row that ends it",
                "a later row with 0 or stopped",
                "from its start on nobody knows whether it ran; add the end",
            )
        self.builder.drug(
            row.drug,
            start=row.moment,
            end=after.moment if after is not None else None,
            end_state=state,
            dose=row.dose,
            dose_unit=row.unit,
            source=row.source,
        )
