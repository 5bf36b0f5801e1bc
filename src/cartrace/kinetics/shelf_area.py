"""Registrations of the areas under the curve: windows, AUClast, AUCall, AUCinf, and how much was extrapolated."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cartrace.course import Quantity
from cartrace.kinetics import blq, exposure
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric, above
from cartrace.kinetics.profile import Profile
from cartrace.kinetics.shelf_decline import cautions, refusal

NEAR_END_DAYS_UP_TO = 7.0
"""[d] how near to the end of a window a sample must lie; criteria 7.3 (cartrace)."""

EXTRAPOLATED_ABOVE = 20.0
"""[%] of the area; pknca defaults."""

POINTS_FROM = 2
"""Fewest samples that span an area."""

REMEMBERED = 16
"""Areas kept at hand, because several metrics read the same one."""


class Area(NamedTuple):
    """One area and its making. `extrapolated`: the part after the last sample; `reason`: why there is no area."""

    measured: float = 0.0
    extrapolated: float = 0.0
    reason: str = ""
    used: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    censored: bool = False

    @property
    def percent(self) -> float:
        """[%] extrapolated; 0 for an empty area."""
        whole = self.measured + self.extrapolated
        return 100.0 * self.extrapolated / whole if whole > 0.0 else 0.0

    def refused(self, reason: str) -> Area:
        """The same area without a value."""
        return Area(reason=reason, flags=self.flags)


def to_last(profile: Profile, start: float, end: float, *, tail: int = 0) -> Area:
    """The area from `start` to `end` [d], at most to `tail` samples after Tlast; nothing extrapolated."""
    time, concentration, uid = profile.curve
    if not len(profile.quantified.time):
        return Area(reason=NONE_QUANTIFIABLE)
    count = int(np.searchsorted(time, profile.quantified.time[-1], side="right")) + tail
    time, concentration, uid = time[:count], concentration[:count], uid[:count]
    if len(time) < POINTS_FROM:
        return Area(reason="The area would rest on one sample; two are needed.")
    if time[0] >= end:
        return Area(reason=f"No sample before day {end:g}.")
    value = exposure.area(time, concentration, end) - exposure.area(time, concentration, start)
    # The samples on both sides of an edge decide the concentration there.
    first = max(int(np.searchsorted(time, start, side="right")) - 1, 0)
    used = uid[first : int(np.searchsorted(time, end)) + 1]
    flags = ["starts_after_zero"] if time[0] > start else []
    if np.any((profile.kind == blq.BELOW) & np.isnan(profile.used)) and profile.settings.policy == "half_lloq":
        flags.append("lloq_not_recorded")
    limited = above(profile, used)
    unnumbered = bool(np.any((profile.kind == blq.UNNUMBERED) & (profile.time <= end)))
    if limited or unnumbered:
        flags.append("above_uloq")
    return Area(max(value, 0.0), 0.0, "", tuple(int(u) for u in used), tuple(flags), bool(limited) or unnumbered)


def extrapolated(profile: Profile, area: Area, start: float, end: float) -> Area:
    """`area` with what lies between Tlast and `end`, along the terminal slope from Clast; refused without a slope."""
    slope, samples = profile.terminal, profile.quantified
    last = float(samples.time[-1])
    if refusal(slope, "after the peak"):
        return area.refused(f"Sampling ends on day {last:g} and no terminal slope can be reported.")
    begin = max(start, last)
    level = float(samples.concentration[-1]) * math.exp(-slope.rate * (begin - last))
    made = area._replace(extrapolated=exposure.tail(level, slope.rate, begin, end))
    flags = (*area.flags, "auc_extrapolated")
    if made.percent > EXTRAPOLATED_ABOVE:
        flags += ("extrapolated_above_20_percent",)
    flags += tuple(flag for flag in cautions(profile, slope) if flag not in flags)
    # Where the slope itself rests on a limited value, the area is no lower bound any more.
    bound = area.censored and not above(profile, samples.uid[slope.first : slope.last + 1])
    return made._replace(flags=flags, censored=bound)


@lru_cache(maxsize=REMEMBERED)
def _window(profile: Profile, start: float, end: float) -> Area:
    area = to_last(profile, start, end)
    if area.reason:
        return area
    last = profile.quantified.time[-1]
    lost = bool(np.any((profile.kind == blq.BELOW) & (profile.time > last)))
    if end > last and not lost:
        area = extrapolated(profile, area, start, end)
    if not area.reason and not np.any(np.abs(profile.time - end) <= NEAR_END_DAYS_UP_TO):
        area = area._replace(flags=(*area.flags, "no_sample_near_end"))
    return area


@lru_cache(maxsize=REMEMBERED)
def _last(profile: Profile) -> Area:
    return to_last(profile, 0.0, math.inf)


def _all(profile: Profile) -> Area:
    return to_last(profile, 0.0, math.inf, tail=1)


@lru_cache(maxsize=REMEMBERED)
def _inf(profile: Profile) -> Area:
    area = _last(profile)
    return area if area.reason else extrapolated(profile, area, 0.0, math.inf)


def _percent(metric: Metric) -> bool:
    return metric.unit == "%"


def _quantity(metric: Metric, profile: Profile, area: Area, *, suffix: str = "", name: str = "") -> Quantity:
    if area.reason:
        return metric.quantity(profile, None, reason=area.reason, flags=area.flags, suffix=suffix, name=name)
    if _percent(metric):
        return metric.quantity(profile, area.percent, used=area.used, suffix=suffix, name=name)
    return metric.quantity(
        profile,
        area.measured + area.extrapolated,
        used=area.used,
        flags=area.flags,
        censored=area.censored,
        suffix=suffix,
        name=name,
    )


def windows(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    found = []
    for start, end in profile.settings.windows:
        said = f"AUC {start:g}-{end:g} d"
        name = f"{said}, extrapolated" if _percent(metric) else said
        area = _window(profile, start, end)
        found.append(_quantity(metric, profile, area, suffix=f"_{start:g}_{end:g}", name=name))
    return tuple(found)


def _whole(area: Callable[[Profile], Area]) -> Callable[[Metric, Profile], tuple[Quantity, ...]]:
    return lambda metric, profile: (_quantity(metric, profile, area(profile)),)


AUC_WINDOW = Metric(
    "auc",
    "AUC over a window",
    "concentration.d",
    "Partial area; interpolated between samples; after the last one extrapolated only with a valid slope, 0 after a loss.",
    "AUCINT",
    ("pknca",),
    windows,
)
WINDOW_EXTRAPOLATED = Metric(
    "percent_extrapolated",
    "Extrapolated part of a window",
    "%",
    "Part of the window's area that lies after the last quantifiable sample.",
    "",
    ("pknca",),
    windows,
)
AUC_LAST = Metric("auc_last", "AUClast", "concentration.d", "Area to Tlast.", "AUCLST", ("pknca",), _whole(_last))
AUC_ALL = Metric(
    "auc_all",
    "AUCall",
    "concentration.d",
    "Area to the first sample below the LLOQ after Tlast, linear to 0.",
    "AUCALL",
    ("pknca",),
    _whole(_all),
)
AUC_INF = Metric(
    "auc_inf",
    "AUCinf",
    "concentration.d",
    "AUClast plus Clast/lambda_z; rarely meaningful for cells that divide.",
    "AUCIFO",
    ("pknca",),
    _whole(_inf),
)
INF_EXTRAPOLATED = Metric(
    "auc_inf_extrapolated",
    "AUCinf, extrapolated",
    "%",
    "Part of AUCinf that lies after Tlast.",
    "AUCPEO",
    ("pknca",),
    _whole(_inf),
)
