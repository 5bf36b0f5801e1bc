"""The tables of a model's folder: states.tsv, parameters.tsv, observables.tsv.

In: the text of a table. Out: its rows, and findings in `Findings`.
Decided here: columns and what each may hold, row by row. What rows must have to do with the equations: `checks`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from cartrace.models.findings import Findings, Said
from cartrace.models.model import NOISE, SCALES, ObservableRow, ParameterRow, StateRow
from cartrace.models.unit import WORDS, unknown_words
from cartrace.vocabulary import terms, units

STATES = ("stateId", "stateName", "unit", "extinctBelow", "note")
PARAMETERS = (
    "parameterId", "parameterName", "parameterScale", "lowerBound", "upperBound", "nominalValue", "estimate", "unit",
    "sourceKey", "sourceLocator", "evidence", "variability", "variabilitySource", "note",
)  # fmt: skip
OBSERVABLES = (
    "observableId", "observableName", "observableFormula", "unit", "noiseDistribution", "noiseFormula", "noiseSource",
    "analyte", "note",
)  # fmt: skip


class _Row:
    """One row: its fields by column, and how to complain about one."""

    def __init__(self, file: str, number: int, fields: dict[str, str], findings: Findings) -> None:
        self.file, self.number, self.fields, self.findings = file, number, fields, findings

    def __getitem__(self, column: str) -> str:
        return self.fields[column]

    def wrong(self, check: str, column: str, expected: str, action: str) -> None:
        found = f'"{self[column]}"' if self[column] else "nothing"
        self.findings.error(check, self.file, found, expected, action, row=self.number, column=column)

    def number_or_none(self, column: str) -> float | None:
        """The number of a field; None when it is empty, or, with a finding, when it is no number."""
        if not self[column]:
            return None
        try:
            value = float(self[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.wrong("table.number", column, "a number", "write it with a decimal point")
            return None
        return value

    def one_of(self, column: str, words: Sequence[str]) -> str:
        """The word of a field, which must be one of `words`."""
        if self[column] not in words:
            self.wrong("table.word", column, f"one of {', '.join(word for word in words if word)}", "use one of them")
        return self[column]

    def filled(self, *columns: str) -> None:
        """Complain about empty fields."""
        for column in columns:
            if not self[column]:
                self.wrong("table.empty", column, "a value", "fill it in; a plain number has the unit 1")

    def unit(self) -> None:
        """The unit is there and spelt with the words of units."""
        self.filled("unit")
        for word in unknown_words(self["unit"]):
            self.findings.unknown("a word of units", self.file, word, WORDS, row=self.number, column="unit")

    def origin(self, column: str) -> None:
        """A field that says `key: locator`, or `assumed`."""
        key, _, locator = self[column].partition(":")
        if self[column] == "assumed":
            return
        if not self[column]:
            self.wrong("table.origin", column, '"key: locator" or "assumed"', "say where the number comes from")
            return
        self.findings.source(self.file, key.strip(), locator.strip(), row=self.number, column=column)


def _rows(text: str, file: str, columns: Sequence[str], findings: Findings) -> Iterator[_Row]:
    lines = text.splitlines()
    header = lines[0].split("\t") if lines else []
    if header != list(columns):
        findings.error(
            "table.header", file, _differs(header, columns), ", ".join(columns), "write them in this order", row=1
        )
        return
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], start=2):
        fields = [field.strip() for field in line.split("\t")]
        if not any(fields):
            continue
        if len(fields) > len(columns):
            findings.error(
                "table.fields", file, f"{len(fields)} fields", f"{len(columns)}", "remove what is too much", row=number
            )
            continue
        row = _Row(file, number, dict.fromkeys(columns, "") | dict(zip(columns, fields, strict=False)), findings)
        row.filled(columns[0])
        if row[columns[0]] in seen:
            row.wrong("table.twice", columns[0], "each id once", "remove one of the two rows")
        seen.add(row[columns[0]])
        yield row


def _differs(header: Sequence[str], columns: Sequence[str]) -> str:
    """How a header is not the one that is asked for."""
    missing = [column for column in columns if column not in header]
    unknown = [column for column in header if column not in columns]
    parts = [f"no column {', '.join(missing)}"] if missing else []
    parts += [f"the column {', '.join(unknown)}"] if unknown else []
    return "; ".join(parts) or "the columns in another order"


def read_states(text: str, file: str, findings: Findings) -> list[StateRow]:
    """The rows of states.tsv."""
    rows = []
    for row in _rows(text, file, STATES, findings):
        row.filled("stateName")
        row.unit()
        threshold = row.number_or_none("extinctBelow") or 0.0
        if threshold < 0:
            row.wrong("table.range", "extinctBelow", "0 or more", "leave it empty when the state never dies out")
        if threshold and not row["note"]:
            row.wrong("table.empty", "note", "why a state below that value is extinct", "say why")
        rows.append(StateRow(row["stateId"], row["stateName"], row["unit"], threshold, row["note"]))
    return rows


def read_parameters(text: str, file: str, findings: Findings) -> list[ParameterRow]:
    """The rows of parameters.tsv."""
    return [_parameter(row) for row in _rows(text, file, PARAMETERS, findings)]


def _parameter(row: _Row) -> ParameterRow:
    row.filled("parameterName", "nominalValue")
    row.unit()
    lower, upper, value = (row.number_or_none(column) for column in ("lowerBound", "upperBound", "nominalValue"))
    scale = row.one_of("parameterScale", SCALES)
    estimated = row.one_of("estimate", ("0", "1")) == "1"
    if estimated and (lower is None or upper is None):
        row.wrong(
            "table.bounds", "lowerBound" if lower is None else "upperBound", "bounds of what is estimated", "give both"
        )
    if value is not None:
        _inside(row, scale, value, lower, upper)
    said = Said(row["evidence"], row["sourceKey"], row["sourceLocator"], row["note"])
    row.findings.evidence(row.file, said, row=row.number, column="evidence")
    variability = row.number_or_none("variability")
    if variability is not None:
        row.origin("variabilitySource")
        if variability < 0:
            row.wrong("table.range", "variability", "0 or more", "give a standard deviation")
    return ParameterRow(
        row["parameterId"], row["parameterName"], scale, lower, upper, value if value is not None else math.nan, estimated,
        row["unit"], row["sourceKey"], row["sourceLocator"], row["evidence"], variability, row["variabilitySource"], row["note"],
    )  # fmt: skip


def _inside(row: _Row, scale: str, value: float, lower: float | None, upper: float | None) -> None:
    """The value lies within its bounds, and a value that is estimated or varies lies where its scale has numbers."""
    if lower is not None and upper is not None and lower > upper:
        row.wrong("table.range", "lowerBound", f"at most the upper bound {upper:g}", "exchange the bounds")
    elif (lower is not None and value < lower) or (upper is not None and value > upper):
        row.wrong(
            "table.range", "nominalValue", f"{row['lowerBound']} to {row['upperBound']}", "correct the value or a bound"
        )
    moves = row["estimate"] == "1" or row["variability"]
    if moves and scale == "log" and value <= 0:
        row.wrong("table.range", "nominalValue", "above 0 on the scale log", "use the scale lin")
    if moves and scale == "logit" and not 0 < value < 1:
        row.wrong("table.range", "nominalValue", "between 0 and 1 on the scale logit", "use another scale")


def read_observables(text: str, file: str, findings: Findings) -> list[ObservableRow]:
    """The rows of observables.tsv."""
    rows = []
    for row in _rows(text, file, OBSERVABLES, findings):
        row.filled("observableName", "observableFormula")
        row.unit()
        row.one_of("noiseDistribution", ("", *NOISE))
        if (
            row["noiseFormula"]
            and not row["noiseFormula"].isidentifier()
            and row.number_or_none("noiseFormula") is not None
        ):
            row.origin("noiseSource")
        if row["analyte"]:
            _analyte(row)
        rows.append(ObservableRow(*(row[column] for column in OBSERVABLES)))
    return rows


def _analyte(row: _Row) -> None:
    known = terms.analytes()
    if row["analyte"] not in known:
        row.findings.unknown(
            "a code of the vocabulary", row.file, row["analyte"], known, row=row.number, column="analyte"
        )
        return
    family = known[row["analyte"]].family
    if family and not units.known(row["unit"], family=family):
        row.wrong("table.unit", "unit", f"one of {', '.join(units.accepted(family))}", "use a unit of the analyte")
