"""What a metric is: one function over a profile, registered beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cartrace.course import Quantity
from cartrace.kinetics.profile import Profile

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, or one family of metrics over the AUC windows.

    id           address, e.g. "cmax"; a family appends the window ("auc_0_28")
    unit         "concentration", "concentration.d", or a UCUM unit
    cdisc        CDISC PPTESTCD where there is one; empty otherwise
    calculate    profile -> quantities
    """

    id: str
    name: str
    unit: str
    description: str
    cdisc: str
    sources: tuple[str, ...]
    calculate: Callable[[Metric, Profile], tuple[Quantity, ...]]

    def quantity(
        self,
        profile: Profile,
        value: float | None,
        *,
        reason: str = "",
        used: Iterable[int] = (),
        flags: Iterable[str] = (),
        censored: bool = False,
        suffix: str = "",
        name: str = "",
    ) -> Quantity:
        """This metric's result for a profile. A number that is not finite is a programming error."""
        unit = {"concentration": profile.unit, "concentration.d": f"{profile.unit}.d"}.get(self.unit, self.unit)
        if value is not None and not math.isfinite(value):
            raise ValueError(f"{self.id}: {value} is no result")
        return Quantity(
            id=self.id + suffix,
            name=name or self.name,
            value=None if reason or value is None else float(value),
            unit=unit,
            method=f"kinetics.{self.id}@{VERSION}",
            reason=reason,
            used=tuple(int(uid) for uid in used if uid >= 0),
            left_out=profile.left_out,
            flags=tuple(flags),
            censored=censored,
        )


FLAGS = {
    "above_uloq": "A sample above the upper limit of the assay counts as that limit.",
    "auc_extrapolated": "Part of the area lies after the last quantifiable sample and was extrapolated.",
    "extrapolated_above_20_percent": "More than 20 % of the area was extrapolated.",
    "no_sample_near_end": "No sample within 7 days of the end of the window.",
    "starts_after_zero": "The first sample lies after the start of the area; what lies before it is not counted.",
    "span_below_2": "The points of the slope span less than two half-lives.",
    "r_squared_below_0.9": "R2 of the slope is below 0.9.",
    "re_expansion": "The profile rises again after its peak.",
    "early_peak_review": "The peak lies on the first day and may be catheter contents.",
    "lloq_not_recorded": "A sample below the LLOQ was dropped because no LLOQ is recorded for it.",
}
"""Cautions that travel with a value, in words."""

NONE_QUANTIFIABLE = "No sample is quantifiable."


def too_few(number: int, where: str, *, needed: str) -> str:
    """ "Only 2 quantifiable samples after the peak; three are needed." """
    if number == 0:
        return f"No quantifiable sample {where}; {needed} are needed."
    return f"Only {number} quantifiable sample{'' if number == 1 else 's'} {where}; {needed} are needed."


def above(profile: Profile, used: Iterable[int]) -> tuple[str, ...]:
    """The flag of values made from samples above the upper limit of the assay."""
    return ("above_uloq",) if profile.above_uloq.intersection(int(uid) for uid in used) else ()
