"""Registrations of the metrics of the rise: onset, growth rate, doubling time, fold rise."""

from __future__ import annotations

import math

from cartrace.course import Quantity
from cartrace.kinetics import expansion
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric, above, too_few
from cartrace.kinetics.profile import Profile
from cartrace.kinetics.shelf_decline import R_SQUARED_BELOW


def onset(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    samples = profile.quantified
    if not len(samples.time):
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    return (metric.quantity(profile, float(samples.time[0]), used=samples.uid[:1]),)


ONSET = Metric("tonset", "Onset", "d", "First time with a value at or above the LLOQ.", "", ("pknca",), onset)


def growth(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    """Growth rate or doubling time, whichever `metric` is."""
    samples = profile.quantified
    if profile.peak < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    line = expansion.growth(samples.time, samples.concentration, profile.peak)
    if math.isnan(line.rate):
        reason = too_few(line.points, "up to the peak", needed="three")
        return (metric.quantity(profile, None, reason=reason),)
    if line.rate <= 0.0:
        return (metric.quantity(profile, None, reason="The samples up to the peak do not rise."),)
    used = samples.uid[: profile.peak + 1]
    flags = above(profile, used)
    if line.r_squared < R_SQUARED_BELOW:
        flags += ("r_squared_below_0.9",)
    value = line.rate if metric.unit == "/d" else math.log(2.0) / line.rate
    return (metric.quantity(profile, value, used=used, flags=flags),)


GROWTH_RATE = Metric(
    "growth_rate",
    "Growth rate",
    "/d",
    "Slope of ln C from the first quantifiable sample to the peak.",
    "",
    ("cartrace",),
    growth,
)
DOUBLING = Metric("doubling_time", "Doubling time", "d", "ln 2 / growth rate.", "", ("cartrace",), growth)


def fold(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    samples = profile.quantified
    if profile.peak < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    if profile.peak == 0:
        return (metric.quantity(profile, None, reason="The first quantifiable sample is the peak."),)
    used = (samples.uid[0], samples.uid[profile.peak])
    flags = above(profile, used)
    value = float(samples.concentration[profile.peak] / samples.concentration[0])
    return (metric.quantity(profile, value, used=used, flags=flags, censored=bool(flags)),)


FOLD = Metric(
    "fold_rise",
    "Observed fold rise",
    "1",
    "Cmax over the first quantifiable value; no model fold expansion.",
    "",
    ("cartrace",),
    fold,
)
