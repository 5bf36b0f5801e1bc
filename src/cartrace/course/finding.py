"""One problem in the input, said in four parts: what was found, where, what is allowed or nearest, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem.

    check      id of the check that found it, e.g. "unit.unknown"
    file       file as the user named it; row counts from 1 with the header as row 1; column by its header
    found      what stands there
    expected   what is allowed, or the nearest
    action     what to do
    """

    severity: Severity
    check: str
    file: str
    row: int | None
    column: str
    found: str
    expected: str
    action: str

    @property
    def place(self) -> str:
        """file, row N, column C, as far as known."""
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(part for part in parts if part)

    @property
    def sentence(self) -> str:
        """The finding as one line for a person."""
        return f"{self.severity}: {self.place}: found {self.found}; expected {self.expected}; {self.action}"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read: its name as the user gave it (never a machine path), its hash, and the number of rows of a table."""

    name: str
    sha256: str
    rows: int | None = None
