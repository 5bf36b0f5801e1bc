"""Registrations of the exposure metrics: Cmax, Tmax, Clast, Tlast, areas."""

from __future__ import annotations

import numpy as np

from cartrace.course import Quantity, Status
from cartrace.kinetics import decline, exposure
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric, kept_arrays
from cartrace.kinetics.profile import Profile

NEAR_END_DAYS_UP_TO = 7.0
"""[d] how near to the end of a window a sample must lie; criteria 7.3 (cartrace)."""

EARLY_PEAK_BELOW = 1.0
"""[d] a peak before this may be catheter contents; mueller2018tisagenlecleucel."""

EXTRAPOLATED_ABOVE = 20.0
"""[%] of the area; pknca defaults."""


def _uids(profile: Profile, index: int) -> tuple[int, ...]:
    return (int(kept_arrays(profile)[2][index]),) if index >= 0 else ()


def _peak(profile: Profile) -> int:
    return exposure.peak(kept_arrays(profile)[1])


def cmax(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    _, concentration, _ = kept_arrays(profile)
    index = _peak(profile)
    if index < 0:
        return (metric.quantity(profile, None, reason="No sample is left by the BLQ policy."),)
    above = bool(np.any(profile.status == int(Status.ABOVE)))
    flags = ("above_uloq",) if above else ()
    value = float(concentration[index])
    return (metric.quantity(profile, value, used=_uids(profile, index), flags=flags, censored=above),)


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
    time, concentration, _ = kept_arrays(profile)
    index = _peak(profile)
    if index < 0 or concentration[index] <= 0.0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    flags = ("early_peak_review",) if time[index] < EARLY_PEAK_BELOW else ()
    return (metric.quantity(profile, float(time[index]), used=_uids(profile, index), flags=flags),)


TMAX = Metric("tmax", "Tmax", "d", "Time of the first Cmax.", "TMAX", ("pknca",), tmax)


def tlast(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, _ = kept_arrays(profile)
    index = exposure.last_quantifiable(concentration)
    if index < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    value = float(time[index]) if metric.id == "tlast" else float(concentration[index])
    return (metric.quantity(profile, value, used=_uids(profile, index)),)


TLAST = Metric(
    "tlast", "Tlast", "d", "Last time with a value at or above the LLOQ; persistence.", "TLST", ("pknca",), tlast
)
CLAST = Metric("clast", "Clast", "concentration", "Value at Tlast.", "CLST", ("pknca",), tlast)


def _until_last(profile: Profile) -> tuple[np.ndarray, np.ndarray, int]:
    time, concentration, _ = kept_arrays(profile)
    return time, concentration, exposure.last_quantifiable(concentration)


def auc_last(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, last = _until_last(profile)
    if last < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    value = exposure.area(time[: last + 1], concentration[: last + 1], float(time[last]))
    flags = ("starts_after_zero",) if time[0] > 0.0 else ()
    return (metric.quantity(profile, value, used=profile.quantified_uids, flags=flags),)


AUC_LAST = Metric("auc_last", "AUClast", "concentration.d", "Area to Tlast.", "AUCLST", ("pknca",), auc_last)


def auc_all(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, last = _until_last(profile)
    if last < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    stop = min(last + 1, len(time) - 1)
    value = exposure.area(time[: stop + 1], concentration[: stop + 1], float(time[stop]))
    flags = ("starts_after_zero",) if time[0] > 0.0 else ()
    return (metric.quantity(profile, value, used=profile.quantified_uids, flags=flags),)


AUC_ALL = Metric(
    "auc_all",
    "AUCall",
    "concentration.d",
    "Area to the first sample below the LLOQ after Tlast, linear to 0.",
    "AUCALL",
    ("pknca",),
    auc_all,
)


def terminal(profile: Profile) -> tuple[float, float, float, int, int, int]:
    """The terminal slope of the profile as `decline.best_fit` gives it."""
    time, concentration, _ = kept_arrays(profile)
    return decline.best_fit(time, concentration, exposure.peak(concentration) + 1)


def auc_inf(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    time, concentration, last = _until_last(profile)
    if last < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    rate = terminal(profile)[decline.RATE]
    if not rate > 0.0:
        return (
            metric.quantity(profile, None, reason="No terminal slope can be reported, so nothing is extrapolated."),
        )
    measured = exposure.area(time[: last + 1], concentration[: last + 1], float(time[last]))
    extra = float(concentration[last]) / rate
    flags = ["auc_extrapolated"]
    if 100.0 * extra / (measured + extra) > EXTRAPOLATED_ABOVE:
        flags.append("extrapolated_above_20_percent")
    return (metric.quantity(profile, measured + extra, used=profile.quantified_uids, flags=tuple(flags)),)


AUC_INF = Metric(
    "auc_inf",
    "AUCinf",
    "concentration.d",
    "AUClast plus Clast/lambda_z; rarely meaningful for cells that divide.",
    "AUCIFO",
    ("pknca",),
    auc_inf,
)


def auc_windows(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    return tuple(_window(metric, profile, start, end) for start, end in profile.settings.windows)


def _window(metric: Metric, profile: Profile, start: float, end: float) -> Quantity:
    suffix = f"_{start:g}_{end:g}"
    name = f"AUC {start:g}-{end:g} d"
    time, concentration, last = _until_last(profile)
    if last < 0:
        return metric.quantity(profile, None, reason=NONE_QUANTIFIABLE, suffix=suffix, name=name)
    if time[0] >= end:
        reason = f"No sample before day {end:g}."
        return metric.quantity(profile, None, reason=reason, suffix=suffix, name=name)
    t, c = time[: last + 1], concentration[: last + 1]
    value = exposure.area(t, c, end) - exposure.area(t, c, start)
    flags: list[str] = ["starts_after_zero"] if time[0] > start else []
    sampled_after = bool(profile.time[-1] > time[last])
    if end > time[last] and not sampled_after:
        rate = terminal(profile)[decline.RATE]
        if not rate > 0.0:
            reason = f"Sampling ends on day {time[last]:g} and no terminal slope can be reported."
            return metric.quantity(profile, None, reason=reason, suffix=suffix, name=name)
        begin = max(start, float(time[last]))
        clast_at_begin = float(concentration[last]) * float(np.exp(-rate * (begin - float(time[last]))))
        extra = exposure.tail(clast_at_begin, rate, begin, end)
        value += extra
        flags.append("auc_extrapolated")
        if value > 0 and 100.0 * extra / value > EXTRAPOLATED_ABOVE:
            flags.append("extrapolated_above_20_percent")
    if not np.any(np.abs(profile.time - end) <= NEAR_END_DAYS_UP_TO):
        flags.append("no_sample_near_end")
    used = tuple(int(u) for u, at in zip(profile.uid, profile.time, strict=True) if start <= at <= end)
    return metric.quantity(profile, value, used=used, flags=tuple(flags), suffix=suffix, name=name)


AUC_WINDOW = Metric(
    "auc",
    "AUC over a window",
    "concentration.d",
    "Partial area; the end is interpolated between samples, and extrapolated after the last sample only with a valid slope.",
    "AUCINT",
    ("pknca",),
    auc_windows,
)
