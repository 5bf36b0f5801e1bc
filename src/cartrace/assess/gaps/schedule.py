"""How often a course should have been looked at: the schedule that the gap watch holds it against.

In: `schedule.tsv`, or a table of the same columns by the user. Out: `Visit`s.
Decided here: the default schedule is our own and no guideline; it asks for no more than the rules and metrics of this
package need. A protocol's own schedule takes its place.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cartrace.assess.gaps.query import WEIGHTS, Weight
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms

COLUMNS = ("id", "name", "codes", "from_day", "to_day", "every_hours", "severity", "source", "why", "look_up")


@dataclass(frozen=True, slots=True)
class Visit:
    """One line: from study day to study day, at least one of the analytes at least every so many hours."""

    id: str
    name: str
    codes: tuple[str, ...]
    from_day: int
    to_day: int
    every_hours: float
    severity: Weight
    source: str
    why: str
    look_up: str


@cache
def default_schedule() -> tuple[Visit, ...]:
    """Our own schedule."""
    return read_schedule(resources.files("cartrace.assess.gaps").joinpath("schedule.tsv").read_text(encoding="utf-8"))


def read_schedule(text: str) -> tuple[Visit, ...]:
    """A schedule from a tab-separated table. Raises `UnknownTerm` for an analyte or word that does not exist, ValueError for
    a number that is none or a line that ends before it begins."""
    reader = csv.DictReader(text.splitlines(), delimiter="\t")
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise UnknownTerm("schedule without column", ", ".join(missing), nearest=COLUMNS)
    return tuple(_visit(row) for row in reader)


def _visit(row: dict[str, str]) -> Visit:
    severity = next((word for word in WEIGHTS if word == row["severity"]), None)
    if severity is None:
        raise UnknownTerm("severity", row["severity"], nearest=WEIGHTS)
    for code in row["codes"].split():
        if code not in terms.analytes():
            raise UnknownTerm("analyte", code, nearest=terms.nearest_analytes(code))
    first, last, every = int(row["from_day"]), int(row["to_day"]), float(row["every_hours"])
    if last < first or not every > 0.0:
        raise ValueError(f"{row['id']}: day {first} to {last}, every {every:g} h is no schedule")
    return Visit(
        id=row["id"],
        name=row["name"],
        codes=tuple(row["codes"].split()),
        from_day=first,
        to_day=last,
        every_hours=every,
        severity=severity,
        source=row["source"],
        why=row["why"],
        look_up=row["look_up"],
    )
