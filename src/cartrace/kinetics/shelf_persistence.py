"""Registrations of persistence: how long, at which month, and when the signal was lost."""

from __future__ import annotations

import numpy as np

from cartrace.course import Quantity
from cartrace.kinetics import blq
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric
from cartrace.kinetics.profile import NO_RECORD, Profile

MONTHS = ((3, 90.0), (6, 180.0), (12, 365.0))
"""Months and their days [d] at which persistence is asked for; cartrace, months named in criteria 7.1."""

VISIT_DAYS_UP_TO = 14.0
"""[d] how far from that day a sample may lie that stands for the month; cartrace."""


def _lost(profile: Profile) -> int:
    """Index of the first sample below the LLOQ after the last one with a signal; -1 when there is none."""
    seen = _seen(profile)
    below = np.flatnonzero(profile.kind == blq.BELOW)
    after = below[below > seen[-1]] if len(seen) else below
    return int(after[0]) if len(after) else -1


def _seen(profile: Profile) -> np.ndarray:
    """Indices of the samples with a signal."""
    return np.flatnonzero((profile.kind == blq.QUANTIFIED) | (profile.kind == blq.UNNUMBERED))


def duration(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    seen = _seen(profile)
    if not len(seen):
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    lost, last = _lost(profile), seen[-1]
    used = (profile.uid[last],) if lost < 0 else (profile.uid[last], profile.uid[lost])
    return (metric.quantity(profile, float(profile.time[last]), used=used, censored=lost < 0),)


DURATION = Metric(
    "persistence_duration",
    "Persistence",
    "d",
    "Time of the last sample at or above the LLOQ; a lower bound when no later one was below it.",
    "",
    ("pknca", "cartrace"),
    duration,
)


def at_months(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    return tuple(_at_month(metric, profile, month, day) for month, day in MONTHS)


def _at_month(metric: Metric, profile: Profile, month: int, day: float) -> Quantity:
    suffix, name = f"_month_{month}", f"Persistence at month {month}"
    found, reason = _judged(profile, day)
    if reason:
        return metric.quantity(profile, None, reason=reason, suffix=suffix, name=name)
    value = 0.0 if profile.kind[found] == blq.BELOW else 1.0
    return metric.quantity(profile, value, used=(profile.uid[found],), suffix=suffix, name=name)


def _judged(profile: Profile, day: float) -> tuple[int, str]:
    """Index of the sample that answers for `day`, or why none does."""
    seen = _seen(profile)
    later = seen[profile.time[seen] >= day]
    if len(later):
        return int(later[0]), ""
    said = np.flatnonzero((profile.kind != blq.NOTHING) & (profile.uid != NO_RECORD))
    distance = np.abs(profile.time[said] - day)
    if len(said) and distance.min() <= VISIT_DAYS_UP_TO:
        # Of two samples equally near the later one counts.
        return int(said[np.flatnonzero(distance == distance.min())[-1]]), ""
    after = said[profile.time[said] >= day]
    if not len(after):
        return -1, f"No sample within {VISIT_DAYS_UP_TO:g} days of day {day:g} or after it."
    lost = _lost(profile)
    if len(seen) and profile.time[lost] > day:
        gap = f"Quantifiable on day {profile.time[seen[-1]]:g}, below the LLOQ on day {profile.time[lost]:g}"
        return -1, f"{gap}, no sample between."
    return int(after[0]), ""


PERSISTENCE = Metric(
    "persistence",
    "Persistence at a month",
    "1",
    "1 when a sample on or after the day, or the nearest one within 14 days of it, is at or above the LLOQ, else 0.",
    "",
    ("cartrace",),
    at_months,
)


def loss(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    if not len(_seen(profile)):
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    lost = _lost(profile)
    if lost < 0:
        return (metric.quantity(profile, None, reason="No sample below the LLOQ after the last quantifiable one."),)
    return (metric.quantity(profile, float(profile.time[lost]), used=(profile.uid[lost],)),)


LOSS = Metric("loss_time", "Loss of signal", "d", "First sample below the LLOQ after Tlast.", "", ("cartrace",), loss)
