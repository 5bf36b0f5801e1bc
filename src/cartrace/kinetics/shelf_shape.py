"""Registrations of the metrics of rise and fall: onset, growth, doubling, contraction, terminal slope, persistence."""

from __future__ import annotations

import math

import numpy as np

from cartrace.course import Quantity, Status
from cartrace.kinetics import decline, expansion, exposure
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric, kept_arrays
from cartrace.kinetics.profile import Profile
from cartrace.kinetics.shelf_exposure import terminal

SPAN_BELOW = 2.0
"""Half-lives the points of a fit should span; pknca defaults."""

R_SQUARED_BELOW = 0.9
"""R2 of a fit under which it is flagged; pknca defaults."""

RE_EXPANSION_FOLD = 2.0
"""A rise to more than twice an earlier low after the peak is called a re-expansion (cartrace)."""

MONTHS = ((3, 90.0), (6, 180.0), (12, 365.0))
"""Months and their days [d] at which persistence is asked for; cartrace, months named in criteria 7.1."""


def onset(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, uid = kept_arrays(profile)
    index = exposure.first_quantifiable(concentration)
    if index < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    return (metric.quantity(profile, float(time[index]), used=(int(uid[index]),)),)


ONSET = Metric("tonset", "Onset", "d", "First time with a value at or above the LLOQ.", "", ("pknca",), onset)


def growth(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, uid = kept_arrays(profile)
    peak = exposure.peak(concentration)
    if peak < 0 or concentration[peak] <= 0.0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    rate, r_squared, points = expansion.growth(time, concentration, peak)
    if math.isnan(rate):
        reason = f"Only {points} quantifiable sample(s) up to the peak; three are needed."
        return (metric.quantity(profile, None, reason=reason),)
    if rate <= 0.0:
        return (metric.quantity(profile, None, reason="The samples up to the peak do not rise."),)
    used = tuple(int(u) for u in uid[: peak + 1])
    flags = ("r_squared_below_0.9",) if r_squared < R_SQUARED_BELOW else ()
    value = rate if metric.id == "growth_rate" else math.log(2.0) / rate
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
    _, concentration, uid = kept_arrays(profile)
    first, peak = exposure.first_quantifiable(concentration), exposure.peak(concentration)
    if first < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    if first == peak:
        return (metric.quantity(profile, None, reason="The first quantifiable sample is the peak."),)
    value = float(concentration[peak] / concentration[first])
    return (metric.quantity(profile, value, used=(int(uid[first]), int(uid[peak]))),)


FOLD = Metric(
    "fold_rise",
    "Observed fold rise",
    "1",
    "Cmax over the first quantifiable value; no model fold expansion.",
    "",
    ("cartrace",),
    fold,
)


def _slope(metric: Metric, profile: Profile, slope: tuple[float, float, float, int, int, int], what: str) -> Quantity:
    rate, _, r_squared, first, last, points = slope
    time, concentration, uid = kept_arrays(profile)
    flags: list[str] = []
    if decline.re_expands(time, concentration, exposure.peak(concentration), RE_EXPANSION_FOLD):
        flags.append("re_expansion")
    if math.isnan(rate):
        reason = f"Only {points} quantifiable sample(s) {what}; three are needed."
        return metric.quantity(profile, None, reason=reason, flags=tuple(flags))
    if rate <= 0.0:
        return metric.quantity(profile, None, reason=f"The samples {what} do not fall.", flags=tuple(flags))
    half_life = math.log(2.0) / rate
    if (time[last] - time[first]) / half_life < SPAN_BELOW:
        flags.append("span_below_2")
    if r_squared < R_SQUARED_BELOW:
        flags.append("r_squared_below_0.9")
    used = tuple(int(u) for u, c in zip(uid[first : last + 1], concentration[first : last + 1], strict=True) if c > 0)
    return metric.quantity(profile, rate if metric.unit == "/d" else half_life, used=used, flags=tuple(flags))


def terminal_slope(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    return (_slope(metric, profile, terminal(profile), "after the peak"),)


LAMBDA_Z = Metric(
    "lambda_z", "Terminal rate", "/d", "Best-fit slope after Tmax (criteria 7.4).", "LAMZ", ("pknca",), terminal_slope
)
HALF_LIFE = Metric(
    "half_life", "Terminal half-life", "d", "ln 2 / terminal rate.", "LAMZHL", ("pknca",), terminal_slope
)


def contraction(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, _ = kept_arrays(profile)
    peak = exposure.peak(concentration)
    if peak < 0 or concentration[peak] <= 0.0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    inflection = profile.settings.inflection_day
    slope = decline.window_slope(time, concentration, float(time[peak]), inflection)
    return (_slope(metric, profile, slope, f"between the peak and day {inflection:g}"),)


CONTRACTION = Metric(
    "contraction_half_life",
    "Contraction half-life",
    "d",
    "Half-life of ln C after Tmax up to the inflection day.",
    "",
    ("stein2019tisagenlecleucel",),
    contraction,
)


def late(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, _ = kept_arrays(profile)
    if exposure.last_quantifiable(concentration) < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    peak = exposure.peak(concentration)
    inflection = max(profile.settings.inflection_day, float(time[peak]))
    slope = decline.window_slope(time, concentration, inflection, np.inf)
    return (_slope(metric, profile, slope, f"after day {inflection:g}"),)


PERSISTENCE_HALF_LIFE = Metric(
    "persistence_half_life",
    "Persistence half-life",
    "d",
    "Half-life of ln C after the inflection day.",
    "",
    ("stein2019tisagenlecleucel",),
    late,
)


def persistence(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    return tuple(_persists(metric, profile, month, day) for month, day in MONTHS)


def _persists(metric: Metric, profile: Profile, month: int, day: float) -> Quantity:
    suffix, name = f"_month_{month}", f"Persistence at month {month}"
    measured = np.isin(profile.status, (int(Status.DONE), int(Status.BELOW), int(Status.ABOVE)))
    positive = profile.used > 0.0
    if np.any(positive & (profile.time >= day)):
        index = int(np.flatnonzero(positive & (profile.time >= day))[0])
        return metric.quantity(profile, 1.0, used=(int(profile.uid[index]),), suffix=suffix, name=name)
    if np.any(measured & (profile.time >= day)):
        index = int(np.flatnonzero(measured & (profile.time >= day))[0])
        return metric.quantity(profile, 0.0, used=(int(profile.uid[index]),), suffix=suffix, name=name)
    reason = f"No sample on or after day {day:g}."
    return metric.quantity(profile, None, reason=reason, suffix=suffix, name=name)


PERSISTENCE = Metric(
    "persistence",
    "Persistence",
    "1",
    "1 when a value at or above the LLOQ was found on or after the day, 0 when only lower ones were.",
    "",
    ("cartrace",),
    persistence,
)


def loss(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    _, concentration, _ = kept_arrays(profile)
    if exposure.last_quantifiable(concentration) < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    last_positive = profile.time[profile.used > 0.0].max()
    after = np.flatnonzero((profile.status == int(Status.BELOW)) & (profile.time > last_positive))
    if not len(after):
        return (metric.quantity(profile, None, reason="No sample below the LLOQ after the last quantifiable one."),)
    index = int(after[0])
    return (metric.quantity(profile, float(profile.time[index]), used=(int(profile.uid[index]),)),)


LOSS = Metric("loss_time", "Loss of signal", "d", "First sample below the LLOQ after Tlast.", "", ("cartrace",), loss)
