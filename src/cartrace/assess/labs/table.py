"""The published table as values: reader and checks.

In: a TSV such as `ctcae5.tsv`. Out: `Term`s, and the arrays a kernel reads. Decided here: the closed lists of words a
column may hold; bounds are converted to the analyte's canonical unit once, here; a term goes in one direction only.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.rule import Option
from cartrace.vocabulary import terms, units

# The interval a bound multiplies, and with it its row in the kernel's memory: 1, the reference limit, the baseline.
ONE, LIMIT, BASELINE = 1, 2, 3
TIMES = {"1": ONE, "LLN": LIMIT, "ULN": LIMIT, "baseline": BASELINE}

ALWAYS, BASELINE_NORMAL, BASELINE_ABNORMAL, VALUE_ABNORMAL, CONSEQUENCES, BASELINE_LOW = range(6)
APPLIES = {
    "": ALWAYS,
    "baseline normal": BASELINE_NORMAL,
    "baseline abnormal": BASELINE_ABNORMAL,
    "value abnormal": VALUE_ABNORMAL,
    "physiologic consequences": CONSEQUENCES,
    "baseline below LLN": BASELINE_LOW,
}
CLINICAL, TRANSFUSIONS = "clinical", ("red-cell transfusion", "platelet transfusion")

# operator: grades a decrease, at the bound itself not yet
OPERATORS = {"<": (True, True), "<=": (True, False), ">": (False, True), ">=": (False, False)}

LINE = 100
"""Characters of wording that fit on one line."""

# Columns of the kernel's `code`.
GRADE, STRICT, TIMES_OF, APPLIES_WHEN, OPTION, CHOICE = range(6)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the published table."""

    analyte: str
    term: str
    grade: int
    published_wording: str
    locator: str
    unit: str
    operator: str
    bound: str
    times: str
    applies_when: str
    option: str

    @property
    def threshold(self) -> str:
        """The name of the bound in case tables, e.g. "grade 2 < 1.5" or "grade 1 >= 1.5 baseline"."""
        return f"grade {self.grade} {self.operator} {self.bound} {self.times if self.times != '1' else ''}".strip()

    @property
    def canonical_bound(self) -> float:
        """The bound in the analyte's canonical unit; a multiple stays as it is."""
        if self.times != "1":
            return float(self.bound)
        return units.to_canonical(float(self.bound), unit=self.unit, family=terms.analytes()[self.analyte].family)


@dataclass(frozen=True, slots=True)
class Term:
    """One laboratory term. `rows` compare a value with a bound; `events` and `clinical` rows do not."""

    analyte: str
    title: str
    rows: tuple[Row, ...]
    events: tuple[Row, ...]
    clinical: tuple[Row, ...]

    @property
    def decreasing(self) -> bool:
        return OPERATORS[self.rows[0].operator][0]

    @property
    def has_limits(self) -> bool:
        """Whether any bound depends on the laboratory's own limits."""
        return any(row.times in ("LLN", "ULN") or row.applies_when == "value abnormal" for row in self.rows)

    @property
    def has_baseline(self) -> bool:
        """Whether any bound depends on the baseline."""
        return any(row.times == "baseline" or row.applies_when.startswith("baseline") for row in self.rows)

    @property
    def grades_the_baseline(self) -> bool:
        """Whether a value equal to its own baseline reaches a grade by the multiples of the baseline."""
        return any(row.times == "baseline" and float(row.bound) == 1.0 and row.operator == ">=" for row in self.rows)

    @property
    def event_grade(self) -> int:
        """The grade an event brings by itself; 0 when none does."""
        return max((row.grade for row in self.events), default=0)

    @property
    def published(self) -> str:
        """The term as published: its grades on one line when they fit."""
        grades: dict[int, dict[str, None]] = {}
        for row in sorted((*self.rows, *self.events, *self.clinical), key=lambda row: row.grade):
            grades.setdefault(row.grade, {})[row.published_wording] = None
        unit = self.rows[0].unit if any(row.times == "1" for row in self.rows) else ""
        title = f"{self.title}, {unit}" if unit and unit not in self.title else self.title
        lines = [f"{grade}: {'; '.join(wordings)}" for grade, wordings in grades.items()]
        joint = " | ".join(lines) if sum(map(len, lines)) < LINE else "\n        ".join(lines)
        return f"{title}\n        {joint}"


def read(name: str) -> tuple[Term, ...]:
    """The terms of a table in this folder, in file order.

    Raises KeyError or ValueError for words outside the lists, `UnknownUnit` for a unit the analyte does not have.
    """
    text = resources.files("cartrace.assess.labs").joinpath(name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    rows = [_row(cells) for cells in csv.DictReader(lines, delimiter="\t")]
    return tuple(_term(analyte, tuple(group)) for analyte, group in groupby(rows, key=lambda row: row.analyte))


def _row(cells: dict[str, str]) -> Row:
    return Row(grade=int(cells.pop("grade")), **{column: cell or "" for column, cell in cells.items()})


def _term(analyte: str, rows: tuple[Row, ...]) -> Term:
    clinical = tuple(row for row in rows if row.applies_when == CLINICAL)
    events = tuple(row for row in rows if row.applies_when in TRANSFUSIONS)
    compared = tuple(row for row in rows if row not in clinical and row not in events)
    if len({OPERATORS[row.operator][0] for row in compared}) != 1:
        raise ValueError(f"{analyte}: a term grades an increase or a decrease, not both")
    limit = "LLN" if OPERATORS[compared[0].operator][0] else "ULN"
    for row in compared:
        if row.applies_when not in APPLIES or row.times not in ("1", "baseline", limit) or row.canonical_bound <= 0:
            raise ValueError(f"{analyte}: {row.threshold!r} when {row.applies_when!r} is no row of this table")
    return Term(analyte, rows[0].term, compared, events, clinical)


def arrays(term: Term, options: tuple[Option, ...]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(code, bound) of the rows that compare: what the kernel reads. `options` of the term's rule resolve `option`."""
    code = np.zeros((len(term.rows), 6), dtype=np.int64)
    bound = np.zeros(len(term.rows))
    for i, row in enumerate(term.rows):
        option, choice = place_of(row.option, options)
        strict = OPERATORS[row.operator][1]
        code[i] = row.grade, strict, TIMES[row.times], APPLIES[row.applies_when], option, choice
        bound[i] = row.canonical_bound
    return code, bound


def place_of(written: str, options: tuple[Option, ...]) -> tuple[int, int]:
    """(place among the options, number of the choice) of "name=word"; (-1, 0) when nothing is written."""
    if not written:
        return -1, 0
    name, word = written.split("=")
    place = next(i for i, option in enumerate(options) if option.name == name)
    return place, int(options[place].number(word))
