"""Registrations of what is read from single samples: Cmax, Tmax, Clast, Tlast."""

from __future__ import annotations

from cartrace.course import Quantity
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric, above
from cartrace.kinetics.profile import Profile

EARLY_PEAK_BELOW = 1.0
"""[d] a peak before this may be catheter contents; mueller2018tisagenlecleucel."""


def cmax(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    samples = profile.quantified
    flags = ("above_uloq",) if profile.above_uloq else ()
    if profile.peak >= 0:
        value, uid = float(samples.concentration[profile.peak]), samples.uid[profile.peak]
        return (metric.quantity(profile, value, used=(uid,), flags=flags, censored=bool(flags)),)
    if not len(profile.curve.time):
        return (metric.quantity(profile, None, reason="The BLQ policy leaves no sample.", flags=flags),)
    return (metric.quantity(profile, 0.0, used=profile.curve.uid, flags=flags, censored=bool(flags)),)


CMAX = Metric(
    "cmax",
    "Cmax",
    "concentration",
    "Highest observed value; 0 when every sample is below the LLOQ.",
    "CMAX",
    ("pknca",),
    cmax,
)


def tmax(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    if profile.peak < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    time, uid = float(profile.quantified.time[profile.peak]), profile.quantified.uid[profile.peak]
    # Among several samples above the upper limit nobody knows which was the highest.
    flags: tuple[str, ...] = ("above_uloq",) if profile.above_uloq else ()
    if time < EARLY_PEAK_BELOW:
        flags += ("early_peak_review",)
    return (metric.quantity(profile, time, used=(uid,), flags=flags),)


TMAX = Metric("tmax", "Tmax", "d", "Time of the first Cmax.", "TMAX", ("pknca", "mueller2018tisagenlecleucel"), tmax)


def tlast(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    samples = profile.quantified
    if not len(samples.time):
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    return (metric.quantity(profile, float(samples.time[-1]), used=samples.uid[-1:]),)


TLAST = Metric("tlast", "Tlast", "d", "Last time with a value at or above the LLOQ.", "TLST", ("pknca",), tlast)


def clast(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    samples = profile.quantified
    if not len(samples.time):
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    used = samples.uid[-1:]
    flags = above(profile, used)
    value = float(samples.concentration[-1])
    return (metric.quantity(profile, value, used=used, flags=flags, censored=bool(flags)),)


CLAST = Metric("clast", "Clast", "concentration", "Value at Tlast.", "CLST", ("pknca",), clast)
