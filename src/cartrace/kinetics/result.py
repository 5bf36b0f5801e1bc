"""What the kinetics room returns for one profile: the points as used, the metrics, and how they move with the BLQ policy."""

from __future__ import annotations

from dataclasses import dataclass

from cartrace.course import Quantity, Status


@dataclass(frozen=True, slots=True)
class Point:
    """One sample of a profile.

    time    [d] elapsed since the start of the infusion asked for
    value   canonical unit of the assay; for BELOW the LLOQ when known, else None
    used    the concentration after the BLQ policy; None when the policy drops the point
    """

    time: float
    value: float | None
    status: Status
    uid: int
    used: float | None


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """Metrics of one assay kind at one site by one method; kinds are never pooled.

    assay        analyte code, e.g. "car_copies_per_ug"
    settings     (name, value) of every choice made: BLQ policy, windows, LLOQ and where it came from, what time counts from
    sensitivity  the metrics once per BLQ policy: (policy, metrics)
    start        [d since the start of the first infusion] time 0 of the points; None when there is no such clock
    infusion     number of the infusion that the points count from
    """

    assay: str
    name: str
    unit: str
    site: str
    method: str
    lloq: float | None
    settings: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    metrics: tuple[Quantity, ...]
    sensitivity: tuple[tuple[str, tuple[Quantity, ...]], ...] = ()
    start: float | None = 0.0
    infusion: int = 1
