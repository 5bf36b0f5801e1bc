"""One question to the people who keep the chart: what, when, why, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cartrace.course import Moment
from cartrace.vocabulary import terms

Weight = Literal["high", "medium", "low"]
WEIGHTS: tuple[Weight, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    check      id of the check that asks, e.g. "overdue.ice"
    severity   high: a grade or an endpoint hangs on it; medium: a range or an area does; low: worth a look
    what       what stands there, or does not
    why        what it does to the analysis
    look_up    where the answer is likely to be found
    at, until  [d] elapsed since the first infusion; `until` for stretches; None when not known
    day        study day of `at`
    evidence   uids of the records in question
    """

    check: str
    severity: Weight
    what: str
    why: str
    look_up: str
    at: float | None = None
    until: float | None = None
    day: int | None = None
    evidence: tuple[int, ...] = ()

    @property
    def rank(self) -> tuple[int, float, str, tuple[int, ...]]:
        """Order of a list: the weightiest first, then by time."""
        at = float("inf") if self.at is None else self.at
        return WEIGHTS.index(self.severity), at, self.check, self.evidence


def elapsed(moment: Moment) -> float | None:
    """[d] for a query; None when the moment is not known."""
    return moment.time if moment.known else None


def said(code: str, value: float | None, unit: str) -> str:
    """A value for a reader: "Heart rate 720 /min"."""
    name = terms.analytes()[code].name
    return f"{name} not recorded" if value is None else f"{name} {value:g} {unit}".strip()
