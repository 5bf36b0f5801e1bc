"""What a rule returns: a grade, a range or a reason, and the records that decided it.

"Not graded", "graded 0" and "not applicable" are three results; a missing input widens the range and never lowers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cartrace.course import Quantity

State = Literal["graded", "range", "not graded", "not applicable"]


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade at one time, over one day, or over the whole course.

    rule        id@version
    low, high   the grade with missing inputs at best and at worst; both None unless state is graded or range
    at, until   [d] the interval over which it holds; until is None for the last step and for instants
    day         study day when the grade is a day's; None otherwise
    words       the grade in the rule's own words when it has names ("CRh", "aplasia"); else ""
    reasons     codes of `Rule.reasons`: flags and, when not graded, why
    settles     names of the inputs that would settle a range
    evidence    uids of the records that decided it, what decided first before what stands beside it; not in order of time
    candidate   True while attribution to the cells is not decided by a clinician
    provisional True when a threshold that took part was written from memory and not yet verified
    """

    rule: str
    state: State
    low: int | None = None
    high: int | None = None
    at: float | None = None
    until: float | None = None
    day: int | None = None
    words: str = ""
    reasons: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    candidate: bool = False
    provisional: bool = False

    def __post_init__(self) -> None:
        graded = self.state in ("graded", "range")
        if graded != (self.low is not None and self.high is not None):
            raise ValueError(f"{self.rule}: bounds and state {self.state!r} disagree")
        if graded and (self.low == self.high) != (self.state == "graded"):
            raise ValueError(f"{self.rule}: {self.low}-{self.high} is not {self.state!r}")

    @property
    def value(self) -> int | None:
        """The grade when it is settled, else None."""
        return self.low if self.state == "graded" else None

    @property
    def text(self) -> str:
        """The grade for a reader: "2", "2 to 4", "CRh", "not graded", "not applicable"."""
        if self.words:
            return self.words
        if self.state == "graded":
            return str(self.low)
        if self.state == "range":
            return f"{self.low} to {self.high}"
        return self.state


@dataclass(frozen=True, slots=True)
class Assessment:
    """One rule on one course.

    rule      id@version
    title     what a reader calls it
    settings  options as used, (name, value) in the rule's order
    overall   the course's grade (for time-resolved rules: the worst)
    steps     the grade as a step function of time; empty for rules without one
    days      the worst grade of each study day with any input; empty for rules without one
    facts     onset, resolution, duration and the like: values or reasons
    parts     (part, grade) for rules that also judge parts of the whole, e.g. each extramedullary site; else empty
    """

    rule: str
    title: str
    settings: tuple[tuple[str, float], ...]
    overall: Grade
    steps: tuple[Grade, ...] = ()
    days: tuple[Grade, ...] = ()
    facts: tuple[Quantity, ...] = ()
    parts: tuple[tuple[str, Grade], ...] = ()
