"""Where each quantity of one patient stands in the workspace.

In: the sections with their sizes. Out: the first slot of each, the size of the whole.
Decided here: the order of the sections and their names.

    P    parameters, in the order of the program
    H    terms of parameters alone, filled by hoist
    Y    states at the start of the step: the continuous ones first, then the discrete ones (rate "0"), in the order of the program
    YN   states at the end of the step; the initial states after init; what an event reads and writes
    U    states that rhs, observe and triggers read
    F    rates of the continuous states; in solve, the right-hand side and then the solution
    S    sums of earlier stages
    FT   derivative of the rates by time; empty when the system is autonomous
    K    eight stages of the continuous states, stage after stage
    A    decomposed matrix
    HS   step size h;  IH 1/h;  IHG 1/(gamma h), gamma of the tableau
    T0   time at the start of the step
    TT   time for rhs, observe, triggers, events and domain; step overwrites it when the system is not autonomous
    TH   fraction of the step for dense, 0..1
    TOL  first the relative tolerance, then one absolute tolerance per continuous state
    ERR  mean square of error/(absolute + relative*max(|y|, |yn|)) over the continuous states: a step is good when it is <= 1
    INF  rates of running infusions, one slot per infused state, added to its rate; the driver sets them
    EVT  times of the timed events
    G    root functions of the triggers
    O    outputs
    BAD  checks of domain
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SECTIONS = (
    "P", "H", "Y", "YN", "U", "F", "S", "FT", "K", "A", "HS", "IH", "IHG", "T0", "TT", "TH",
    "TOL", "ERR", "INF", "EVT", "G", "O", "BAD",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """Sections in order: name -> (first slot, number of slots). Every name of `SECTIONS` is there, some with 0 slots."""

    sections: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Layout:
        """The layout of sections with these numbers of slots; a section that is not named has none."""
        unknown = sorted(set(counts) - set(SECTIONS))
        if unknown:
            raise KeyError(f"not a section of the workspace: {', '.join(unknown)}")
        rows, offset = [], 0
        for name in SECTIONS:
            rows.append((name, offset, counts.get(name, 0)))
            offset += counts.get(name, 0)
        return cls(tuple(rows))

    @property
    def size(self) -> int:
        """Slots of one patient."""
        _, offset, count = self.sections[-1]
        return offset + count

    def offset(self, name: str) -> int:
        """First slot of a section."""
        return self._row(name)[1]

    def count(self, name: str) -> int:
        """Number of slots of a section."""
        return self._row(name)[2]

    def _row(self, name: str) -> tuple[str, int, int]:
        return next(row for row in self.sections if row[0] == name)
