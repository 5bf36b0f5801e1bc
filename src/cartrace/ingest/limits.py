"""Value, limits and status of one row, held against each other and against what can be.

In: numbers in the canonical unit of the analyte. Out: whether they can stand together, and the value that is stored.
Decided here: no analyte can be below zero (a missing-value code such as -99 would pass for a very good or bad result);
a value outside the plausible range is kept with a warning; below or above a limit, the limit is the value.
"""

from __future__ import annotations

from typing import NamedTuple

from cartrace.course import Severity, Status
from cartrace.ingest.collector import Collector
from cartrace.vocabulary import units
from cartrace.vocabulary.terms import Analyte


class Place(NamedTuple):
    """Where a row's value stands."""

    file: str
    row: int
    column: str


class Bounds(NamedTuple):
    """Limits of quantification."""

    lloq: float | None
    uloq: float | None


def can_be(
    analyte: Analyte, number: float | None, bounds: Bounds, status: Status, place: Place, collector: Collector
) -> bool:
    """Whether value, limits and status can stand together; findings where they cannot."""
    lloq, uloq = bounds
    unit = units.canonical(analyte.code)

    def say(severity: Severity, check: str, column: str, found: str, expected: str, action: str) -> None:
        collector.add(
            severity,
            check,
            file=place.file,
            row=place.row,
            column=column,
            found=found,
            expected=expected,
            action=action,
        )

    if number is not None and number < 0:
        action = "correct it; a code for a missing value (-99) is written not recorded"
        say("error", "value.negative", place.column, f"{analyte.name} {number:g} {unit}", "0 or more", action)
        return False
    if lloq is not None and uloq is not None and lloq > uloq:
        found = f"an LLOQ of {lloq:g} above the ULOQ of {uloq:g} {unit}"
        say("error", "limit.order", "lloq", found, "an LLOQ below the ULOQ", "correct the limits")
        return False
    if number is None or lloq is None:
        return True
    if status is Status.BELOW and number > lloq:
        found = f"below together with {number:g}, above the LLOQ of {lloq:g} {unit}"
        say("error", "status.below_above_lloq", "status", found, "a value up to the LLOQ", "correct one of the three")
        return False
    if status is Status.DONE and number < lloq:
        found = f"{analyte.name} {number:g} as a value, under its LLOQ of {lloq:g} {unit}"
        action = "the value is kept; kinetics reads it as below the LLOQ"
        say("warning", "value.below_lloq", place.column, found, f"<{lloq:g}, or the status below", action)
    return True


def limited(
    number: float | None, bounds: Bounds, status: Status, *, written: Status
) -> tuple[float | None, float | None, float | None]:
    """(value, LLOQ, ULOQ) as stored. Below or above: the limit written as <50, else the row's limit, else the number."""
    lloq, uloq = bounds
    if status is Status.BELOW:
        value = number if written is Status.BELOW or lloq is None else lloq
        return value, number if lloq is None else lloq, uloq
    if status is Status.ABOVE:
        value = number if written is Status.ABOVE or uloq is None else uloq
        return value, lloq, number if uloq is None else uloq
    return number, lloq, uloq


def check_plausible(analyte: Analyte, number: float | None, status: Status, place: Place, collector: Collector) -> None:
    """A warning for a value outside the plausible range of the vocabulary."""
    if number is None or analyte.plausible is None or status is not Status.DONE:
        return
    low, high = analyte.plausible
    if not low <= number <= high:
        unit = units.canonical(analyte.code)
        collector.add(
            "warning",
            "value.implausible",
            file=place.file,
            row=place.row,
            column=place.column,
            found=f"{analyte.name} {number:g} {unit}",
            expected=f"{low:g} to {high:g} {unit}",
            action="the value is kept; check its unit and decimal sign",
        )
