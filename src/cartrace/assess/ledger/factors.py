"""Conversion factors and limits of the ledger, read from `factors.tsv`.

In: the table, and the factors somebody wants otherwise. Out: `Factors`.
Decided here: a factor written from memory is provisional, a changed one is the user's own; neither hides that.
"""

from __future__ import annotations

import csv
import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms


@dataclass(frozen=True, slots=True)
class Factor:
    """One number with its provenance.

    id        group and what it is for: "dexamethasone.prednisone"
    source    key of the bibliography; empty once the value was changed by the user
    evidence  what of the source was read: reprint, code, memory; decision = our own; changed = by the user
    """

    id: str
    value: float
    unit: str
    source: str
    locator: str
    evidence: str
    meaning: str

    @property
    def provisional(self) -> bool:
        """Whether it was written from memory and awaits the primary source."""
        return self.evidence == "memory"


@dataclass(frozen=True, slots=True)
class Factors:
    """Every factor by id."""

    table: tuple[Factor, ...]

    def get(self, group: str, name: str) -> Factor | None:
        """The factor `group.name`, or None when the group has none of that name."""
        wanted = f"{group}.{name}"
        return next((factor for factor in self.table if factor.id == wanted), None)

    def value(self, group: str, name: str) -> float:
        """The number `group.name`; KeyError when there is none."""
        factor = self.get(group, name)
        if factor is None:
            raise KeyError(f"{group}.{name}")
        return factor.value


def factors(changed: Mapping[str, float] | None = None) -> Factors:
    """The published factors with `changed` in place of their values.

    Raises `UnknownTerm` for an id that is not in the table, ValueError for a number that is no factor.
    """
    changed = dict(changed or {})
    ids = tuple(factor.id for factor in _published())
    for name, value in changed.items():
        if name not in ids:
            raise UnknownTerm("factor", name, nearest=terms.nearest(name, ids) or ids)
        if not math.isfinite(value) or value < 0.0:
            raise ValueError(f"{name}: {value} is no factor; 0 or more")
    return Factors(tuple(_with(factor, changed.get(factor.id)) for factor in _published()))


def _with(factor: Factor, value: float | None) -> Factor:
    if value is None or value == factor.value:
        return factor
    return dataclasses.replace(factor, value=value, source="", locator="", evidence="changed")


@cache
def _published() -> tuple[Factor, ...]:
    text = resources.files("cartrace.assess.ledger").joinpath("factors.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return tuple(
        Factor(r["id"], float(r["value"]), r["unit"], r["source"], r["locator"], r["evidence"], r["meaning"])
        for r in rows
    )
