"""Findings of one folder or file of a model, as they are met.

In: what is wrong, and where. Out: the list, for one refusal at the end.
Decided here: nothing stops at the first problem.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cartrace.course.finding import Finding
from cartrace.errors import InputRefused
from cartrace.vocabulary import sources, terms

SOURCED = ("measured", "fitted by source", "fixed by source", "converted", "fitted by us")
UNSOURCED = ("assumed", "from memory", "input")
"""Evidence that has no source and needs a note in its place."""

EVIDENCE = (*SOURCED, *UNSOURCED)


class Said(NamedTuple):
    """How a value is known, as a table or file says it."""

    evidence: str
    source: str
    locator: str
    note: str


class Findings:
    """Collects the findings of one reading. `prefix` stands before the name of every file."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.items: list[Finding] = []

    def error(
        self, check: str, file: str, found: str, expected: str, action: str, *, row: int | None = None, column: str = ""
    ) -> None:
        """Add one error."""
        self.items.append(Finding("error", check, f"{self.prefix}{file}", row, column, found, expected, action))

    def unknown(
        self, kind: str, file: str, name: str, known: Iterable[str], *, row: int | None = None, column: str = ""
    ) -> None:
        """A name that stands nowhere, with the nearest that does."""
        near = terms.nearest(name, list(known))
        expected = f"{kind}; did you mean {' or '.join(near)}?" if near else kind
        self.error("name.unknown", file, f'"{name}"', expected, "correct the name", row=row, column=column)

    def source(self, file: str, key: str, locator: str, *, row: int | None = None, column: str = "") -> None:
        """A source must stand in the bibliography, and a place in it must be said."""
        if key not in sources.sources():
            self.unknown(
                "a key of the bibliography (sources.toml)", file, key, sources.sources(), row=row, column=column
            )
        if not locator:
            self.error(
                "source.locator",
                file,
                f'"{key}" without a place',
                "table, page or file",
                "say where",
                row=row,
                column=column,
            )

    def evidence(self, file: str, said: Said, *, row: int | None = None, column: str = "") -> None:
        """Evidence with a source and its place, or evidence without a source and with a note."""
        if said.evidence not in EVIDENCE:
            expected = f"one of {', '.join(EVIDENCE)}"
            self.error(
                "evidence.word", file, f'"{said.evidence}"', expected, "say how it is known", row=row, column=column
            )
        if said.source or said.evidence in SOURCED:
            self.source(file, said.source, said.locator, row=row, column=column)
        elif said.evidence in UNSOURCED and not said.note:
            found = f'"{said.evidence}" without a note'
            self.error("evidence.note", file, found, "a note", "say why this value", row=row, column=column)

    def refuse_errors(self) -> None:
        """Raise InputRefused with everything when there is anything."""
        if self.items:
            raise InputRefused(self.items)
