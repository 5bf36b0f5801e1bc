"""The published definitions as values: reader and checks.

In: `definitions.tsv`. Out: `Definition`s and the arrays a kernel reads. Decided here: the closed lists of words a column
may hold; bounds are converted to the analyte's canonical unit once, here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cartrace.vocabulary import terms, units

ANY, RUN, ON = range(3)
MODES = {"any": ANY, "run": RUN, "on": ON}
STRICT = {"<": 1, "<=": 0}

NO_END = 1_000_000
"""[study day] of a definition without a last day."""

EDITION = {"": -1, "edition=5": 0, "edition=6": 1}

# Columns of the kernel's `code`.
LINE, IS_STRICT, CHOICE = range(3)


@dataclass(frozen=True, slots=True)
class Bound:
    """One line of a definition: a value of `analyte` crosses when it stands in `operator` to `bound` [`unit`]."""

    analyte: str
    published_wording: str
    unit: str
    operator: str
    bound: str
    option: str

    @property
    def threshold(self) -> str:
        """The name of the bound in case tables, e.g. "anc <= 0.5"."""
        return f"{self.analyte} {self.operator} {self.bound}"

    @property
    def canonical_bound(self) -> float:
        """The bound in the analyte's canonical unit."""
        return units.to_canonical(float(self.bound), unit=self.unit, family=terms.analytes()[self.analyte].family)


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a number of days in a definition, as a threshold for case tables."""

    threshold: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One name with its lines. `day_to` is NO_END without a last day, `run_days` 0 without a run."""

    name: str
    title: str
    source: str
    locator: str
    mode: int
    day_from: int
    day_to: int
    run_days: int
    bounds: tuple[Bound, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Analytes, in order."""
        return tuple(dict.fromkeys(bound.analyte for bound in self.bounds))

    @property
    def has_editions(self) -> bool:
        """Whether the definition names a grade whose bound depends on the edition of CTCAE."""
        return any(bound.option for bound in self.bounds)

    @property
    def rows(self) -> tuple[Bound | Day, ...]:
        """Everything that has a below, an at and an above."""
        days = [Day(f"from day {self.day_from}")] if self.mode == ANY and self.day_from > 0 else []
        days += [Day(f"to day {self.day_to}")] if self.day_to < NO_END else []
        days += [Day(f"on day {self.day_from}")] if self.mode == ON else []
        days += [Day(f"run of {self.run_days} days")] if self.mode == RUN else []
        return (*self.bounds, *days)

    @property
    def published(self) -> str:
        """The definition as published."""
        wordings = "; ".join(bound.published_wording for bound in self.bounds)
        when = {ANY: "", RUN: "", ON: f", on day {self.day_from}"}[self.mode]
        if self.mode == ANY and (self.day_from > 0 or self.day_to < NO_END):
            end = f" to {self.day_to}" if self.day_to < NO_END else " or later"
            when = f", on days {self.day_from}{end}" if self.day_to < NO_END else f", on day {self.day_from}{end}"
        return f"{self.name} ({self.source}, {self.locator}){when}\n        {wordings}"


def read() -> tuple[Definition, ...]:
    """The definitions in file order. Raises KeyError or ValueError for words outside the lists."""
    text = resources.files("cartrace.assess.cytopenia").joinpath("definitions.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    rows = list(csv.DictReader(lines, delimiter="\t"))
    return tuple(_definition(list(group)) for _, group in groupby(rows, key=lambda row: row["name"]))


def _definition(rows: list[dict[str, str]]) -> Definition:
    first = rows[0]
    bounds = tuple(Bound(**{field: row[field] or "" for field in Bound.__slots__}) for row in rows)
    if any(bound.operator not in STRICT or bound.option not in EDITION for bound in bounds):
        raise ValueError(f"{first['name']}: an operator or an option outside the lists")
    return Definition(
        name=first["name"],
        title=first["title"],
        source=first["source"],
        locator=first["locator"],
        mode=MODES[first["mode"]],
        day_from=int(first["day_from"]),
        day_to=int(first["day_to"] or NO_END),
        run_days=int(first["run_days"] or 0),
        bounds=bounds,
    )


def arrays(definition: Definition) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(code, bound) of the lines: what the kernel reads."""
    code = np.zeros((len(definition.bounds), 3), dtype=np.int64)
    for i, bound in enumerate(definition.bounds):
        code[i] = definition.lines.index(bound.analyte), STRICT[bound.operator], EDITION[bound.option]
    return code, np.array([bound.canonical_bound for bound in definition.bounds])
