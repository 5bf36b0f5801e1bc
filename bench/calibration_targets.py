"""The calibration targets and what simulated patients give for each.

In: targets.toml of the model, features of patients. Out: a value (or several) for each target, hit or miss.
Decided here, before the first fit: what counts as a hit. A range of the target, the 95 % Wilson interval of its counts, for published
quantiles what as many patients could show; without any of these a quarter of the value, or ten points of a share.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from calibration_readings import Features
from numpy.typing import NDArray
from scipy import stats

from cartrace.models.library import folder_of
from cartrace.simulate.comparison import proportion

Floats = NDArray[np.float64]
QUANTILES = {"il6_peak": (0.05, 0.25, 0.50, 0.75, 0.95), "ifn_peak": (0.25, 0.50, 0.75)}
PATIENTS_OF_QUANTILES = 59
"""Patients of lichtenstein2021car22."""

QUARTER, TEN_POINTS = 1.25, 0.10
APLASIA = 1.0
"""[1/uL] B cells, as targets.toml says."""


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of targets.toml: id, use ("fitted" or "checked"), values, bounds of a hit (one pair for each value), entry as written."""

    id: str
    use: str
    values: tuple[float, ...]
    bounds: tuple[tuple[float, float], ...]
    raw: dict[str, Any]


def targets() -> tuple[Target, ...]:
    """Every target, in the order of the file."""
    text = (folder_of("cartrace2026") / "targets.toml").read_text(encoding="utf-8")
    return tuple(_target(item) for item in tomllib.loads(text)["target"])


def _target(item: dict[str, Any]) -> Target:
    said = item["value"]
    values = tuple(float(value) for value in (said if isinstance(said, list) else [said]))
    if item["id"] == "ifn_peak":
        values = (item["range"][0], *values, item["range"][1])
    return Target(item["id"], item["use"], values, tuple(_bounds(item, value) for value in values), item)


def _bounds(item: dict[str, Any], value: float) -> tuple[float, float]:
    if item.get("sign") == "at least":
        return value, np.inf
    if item["id"] in QUANTILES:
        return 0.0, np.inf  # judged by the share of patients below it, see hits()
    if "range" in item:
        return tuple(item["range"])
    if "counts" in item:
        wilson = proportion(*item["counts"])
        return wilson.low, wilson.high
    if item["unit"] == "1" and value < 1.0 and "share" in item["how"]:
        return value - TEN_POINTS, value + TEN_POINTS
    return value / QUARTER, value * QUARTER


def hits(target: Target, found: tuple[float, ...], features: Features) -> tuple[bool, ...]:
    """Whether each value is a hit."""
    if target.id in QUANTILES:
        name = target.id.removesuffix("_peak")
        judged = []
        for level, value in zip(QUANTILES[target.id], target.values, strict=True):
            wilson = proportion(round(level * PATIENTS_OF_QUANTILES), PATIENTS_OF_QUANTILES)
            judged.append(bool(wilson.low <= np.mean(features[name] < value) <= wilson.high))
        return tuple(judged)
    pairs = zip(found, target.bounds, strict=True)
    return tuple(bool(low <= value <= high) for value, (low, high) in pairs)


def _median(name: str, *where: str) -> Callable[[Features], tuple[float, ...]]:
    def read(of: Features) -> tuple[float, ...]:
        kept = ~np.isnan(of[name])
        for group in where:
            kept &= of[group] == 1.0
        return (float(np.median(of[name][kept])),)

    return read


def _share(name: str, test: Callable[[Floats], Any]) -> Callable[[Features], tuple[float, ...]]:
    return lambda of: (float(np.mean(test(of[name]))),)


def _quantiles(name: str, levels: tuple[float, ...]) -> Callable[[Features], tuple[float, ...]]:
    return lambda of: tuple(float(value) for value in np.quantile(of[name], levels))


def _geometric(name: str, log: bool) -> Callable[[Features], tuple[float, ...]]:
    def read(of: Features) -> tuple[float, ...]:
        values = of[name] if log else np.log(of[name])
        well = of["remission"] == 1.0
        return (float(np.exp(values[well].mean() - values[~well].mean())),)

    return read


def _relapse_free(of: Features) -> tuple[float, ...]:
    days = of["relapse_day"][of["remission"] == 1.0]
    return tuple(float(np.mean(days > month)) for month in (183.0, 365.0, 730.0))


def _relapse_day(of: Features) -> tuple[float, ...]:
    again = np.isfinite(of["relapse_day"])
    return tuple(float(np.median(of["relapse_day"][again & (of["negative"] == kind)])) for kind in (1.0, 0.0))


def _aplastic_relapses(of: Features) -> tuple[float, ...]:
    aplastic = np.isfinite(of["relapse_day"]) & (of["b_share"] < 0.1)
    return (float(of["negative"][aplastic].mean()),)


def _in_crs(name: str) -> Callable[[Features], tuple[float, ...]]:
    return lambda of: (float(of[name][of["grade"] >= 1.0].mean()),)


def _ferritin(of: Features) -> tuple[float, ...]:
    severe = of["grade"] >= 3.0
    return float(np.median(of["ferritin"][~severe])), float(np.median(of["ferritin"][severe]))


def _lead(of: Features) -> tuple[float, ...]:
    return (float(np.median(of["tmax"] - of["il6_day"])),)


READ: dict[str, Callable[[Features], tuple[float, ...]]] = {
    "cmax_typical": lambda of: (float(np.exp(of["log_cmax"][of["overt"] == 1.0].mean())),),
    "cmax_spread": lambda of: (float(of["log_cmax"].var()),),
    "tmax": _median("tmax", "overt"),
    "fast_decline": _median("fast_decline"),
    "slow_fraction": _median("slow_fraction", "kept"),
    "dip": _median("dip"),
    "rise_from_a_tenth": _median("rise"),
    "fall_to_a_tenth": _median("fall"),
    "doubling": _median("doubling"),
    "lag": _median("lag"),
    "cmax_by_response": _geometric("log_cmax", log=True),
    "auc28_by_response": _geometric("area_28", log=False),
    "il6_peak": _quantiles("il6", QUANTILES["il6_peak"]),
    "ifn_peak": _quantiles("ifn", QUANTILES["ifn_peak"]),
    "crp_by_day": _median("crp_14"),
    "ferritin_by_severity": _ferritin,
    "il6_before_car": _lead,
    "il6_crp_rank": lambda of: (float(stats.spearmanr(of["il6_daily"].ravel(), of["crp_daily"].ravel()).statistic),),
    "crs_any": _share("grade", lambda grade: grade >= 1.0),
    "crs_onset": _median("onset"),
    "hypotension_in_crs": _in_crs("hypotension"),
    "oxygen_in_crs": _in_crs("oxygen"),
    "anc_recovered_28": _share("anc_28", lambda anc: anc >= 0.5),
    "platelets_recovered_28": _share("plt_28", lambda plt: plt >= 50.0),
    "severe_neutropenia_days": _median("neutropenic_days"),
    "late_neutropenia": _share("late_anc", lambda anc: anc <= 1.0),
    "severe_thrombocytopenia": _share("least_plt", lambda plt: plt < 50.0),
    "counts_month_3": _share("anc_90", lambda anc: anc >= 1.0),
    "remission_28": _share("remission", lambda well: well == 1.0),
    "relapse_free": _relapse_free,
    "negative_share_of_relapses": lambda of: (float(np.nanmean(of["negative"])),),
    "relapse_day": _relapse_day,
    "relapse_without_b_cells": _aplastic_relapses,
    "b_cell_aplasia_12": lambda of: (float(np.mean(of["b_12"][of["remission"] == 1.0] < APLASIA)),),
}
"""How each target of a population is read; those of the typical patient and of the arms of the trial are read elsewhere."""
