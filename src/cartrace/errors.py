"""The exceptions of cartrace.

    CartraceError
    ├── UnknownUnit          a unit spelling outside the closed table
    ├── UnknownTerm          a code, drug, rule, metric or option that is not on its shelf
    ├── InputRefused         the input has findings of severity error; carries all of them
    ├── NotConvertible       a conversion that needs a second input which is missing
    └── MissingExtra         an optional library is needed and not installed

Bad input is normally reported as findings, not raised; `InputRefused` is raised at the door only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class CartraceError(Exception):
    """Anything cartrace says no to. The text is one clean sentence or list for a person."""


class UnknownUnit(CartraceError):
    """A unit spelling that is not in the closed table."""

    def __init__(self, unit: str, *, family: str, accepted: Sequence[str]) -> None:
        self.unit = unit
        self.family = family
        self.accepted = tuple(accepted)
        super().__init__(f'unit "{unit}" is not known for {family}; accepted: {", ".join(accepted)}')


class UnknownTerm(CartraceError):
    """A name that is not on its shelf, with the nearest ones, or the command that lists the shelf."""

    def __init__(self, kind: str, name: str, *, nearest: Sequence[str] = (), listed_by: str = "") -> None:
        self.kind = kind
        self.name = name
        self.nearest = tuple(nearest)
        hint = f"; {listed_by} lists them" if listed_by else ""
        if nearest:
            hint = f"; did you mean {' or '.join(nearest)}?"
        super().__init__(f'{kind} "{name}" is not known{hint}')


class InputRefused(CartraceError):
    """Input with errors. `findings` holds every finding, warnings included."""

    def __init__(self, findings: Sequence[Any]) -> None:
        self.findings = tuple(findings)
        errors = sum(1 for finding in findings if finding.severity == "error")
        counted = "1 error" if errors == 1 else f"{errors} errors"
        super().__init__(f"{counted} in the input; nothing was read")


class NotConvertible(CartraceError):
    """A conversion refused because a needed second input is missing."""


class MissingExtra(CartraceError):
    """An optional library is needed; the text says how to install it."""

    def __init__(self, need: str, *, extra: str) -> None:
        super().__init__(f'{need} needs an optional part: pip install "cartrace[{extra}]"')
