"""What is read from simulated patients, one number each, for the calibration targets.

In: a `Cohort`. Out: features: name to one number (or one row) per patient.
Decided here: how each quantity of targets.toml is read from a curve. Times of extremes are read between the looks, by a parabola
through the three highest (lowest) logarithms.
"""

from __future__ import annotations

import numpy as np
from calibration_cohort import Cohort
from numpy.typing import NDArray

from cartrace.assess.crs.astct2019 import FEVER_FROM

Floats = NDArray[np.float64]
Features = dict[str, Floats]
MONTH = 28.0
DAYS_OF_RANKS = np.arange(0.0, 29.0)
FEW = 1e-300


def extreme(day: Floats, log: Floats, top: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """(day, logarithm) of an extreme near the looks `top` (N,), by a parabola through three looks; at an end the look itself."""
    rows = np.arange(len(log))
    middle = np.clip(top, 1, len(day) - 2)
    before, here, after = (log[rows, middle + step] for step in (-1, 0, 1))
    bend = before - 2.0 * here + after
    inner = (middle == top) & (np.abs(bend) > 1e-12)
    shift = np.where(inner, 0.5 * (before - after) / np.where(inner, bend, 1.0), 0.0)
    step = day[middle + 1] - day[middle]
    value = np.where(inner, here - 0.25 * (before - after) * shift, log[rows, top])
    return np.where(inner, day[middle] + shift * step, day[top]), value


def crossing(day: Floats, log: Floats, level: Floats, rows: Floats, later: NDArray[np.int64]) -> Floats:
    """Day at which the logarithm meets the level on the way from look later - 1 to look `later`; rows: whether there is one."""
    n = np.arange(len(log))
    earlier = np.maximum(later - 1, 0)
    one, other = log[n, earlier], log[n, later]
    steep = np.abs(other - one) > 1e-12
    share = np.where(steep, (level - one) / np.where(steep, other - one, 1.0), 0.0)
    return np.where(rows, day[earlier] + np.clip(share, 0.0, 1.0) * (day[later] - day[earlier]), np.nan)


def kinetics(cohort: Cohort) -> Features:
    """Dip, lag, peak, rise and fall of the CAR-T cells. Looks from day 1 to day 75, and day 180 after the peak."""
    near = (cohort.day >= 1.0) & (cohort.day <= 75.0)
    day = cohort.day[near]
    copies = np.log(np.maximum(cohort.curves["QPCR"][:, near], FEW))
    cells = np.log(np.maximum(cohort.curves["CAR_uL"][:, near], FEW))
    found: Features = {}
    top = copies.argmax(axis=1)
    found["tmax"], found["log_cmax"] = extreme(day, copies, top)
    in_ten = np.minimum(top + 40, len(day) - 1)
    rows = np.arange(len(copies))
    found["fast_decline"] = np.where(top + 40 < len(day), (copies[rows, top] - copies[rows, in_ten]) / 10.0, np.nan)
    if cohort.day[-1] >= 255.0:
        every = np.log(np.maximum(cohort.curves["QPCR"], FEW))
        later = [np.interp(t + 180.0, cohort.day, row) for t, row in zip(found["tmax"], every, strict=True)]
        found["slow_fraction"] = np.exp(np.array(later) - found["log_cmax"] + 0.0032 * 180.0)
    return found | _of_cells(day, cells)


def _of_cells(day: Floats, cells: Floats) -> Features:
    rows, looks = np.arange(len(cells)), np.arange(len(day))
    top = cells.argmax(axis=1)
    peak_day, peak = extreme(day, cells, top)
    rising = looks <= top[:, None]
    low = np.where(rising, cells, np.inf).argmin(axis=1)
    dip_day, dip = extreme(day, cells, low)
    grows = top > low + 1
    tenth = peak - np.log(10.0)
    below = rising & (looks >= low[:, None]) & (cells <= tenth[:, None])
    last = np.where(below.any(axis=1), len(day) - 1 - below[:, ::-1].argmax(axis=1), 0)
    rise = peak_day - crossing(day, cells, tenth, below.any(axis=1), np.minimum(last + 1, len(day) - 1))
    under = ~rising & (cells <= tenth[:, None])
    fall = crossing(day, cells, tenth, under.any(axis=1), under.argmax(axis=1)) - peak_day
    slope = np.where(rising[:, 1:] & (looks[:-1] >= low[:, None]), np.diff(cells, axis=1) / np.diff(day), -np.inf)
    steepest = slope.argmax(axis=1)
    most = np.where(grows, slope[rows, steepest], np.nan)
    middle = 0.5 * (cells[rows, steepest] + cells[rows, np.minimum(steepest + 1, len(day) - 1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "peak_day_of_cells": peak_day,
            "dip": np.where(grows, dip_day, np.nan),
            "rise": rise,
            "fall": np.where(under.any(axis=1), fall, np.inf),
            "doubling": np.where(grows, np.log(2.0) * (peak_day - dip_day) / (peak - dip), np.nan),
            "lag": day[steepest] + 0.125 - (middle - dip) / most,
        }


def inflammation(cohort: Cohort) -> Features:
    """Peaks of IL-6, IFN-gamma and ferritin in the first 28 days; CRP and its rank beside IL-6."""
    early = cohort.day[cohort.day <= MONTH]
    looks = np.searchsorted(cohort.day, DAYS_OF_RANKS)
    il6 = cohort.window("IL6", 0.0, MONTH)
    return {
        "il6": il6.max(axis=1),
        "il6_day": early[il6.argmax(axis=1)],
        "ifn": cohort.window("IFN", 0.0, MONTH).max(axis=1),
        "ferritin": cohort.window("FER", 0.0, MONTH).max(axis=1),
        "crp_14": cohort.at("CRP", 14.0),
        "il6_daily": cohort.curves["IL6"][:, looks],
        "crp_daily": cohort.curves["CRP"][:, looks],
        "area_28": np.trapezoid(cohort.window("QPCR", 0.0, MONTH), early, axis=1),
    }


def crs(cohort: Cohort, slope: float, thresholds: dict[int, float]) -> Features:
    """CRS grade as the ASTCT rule has it: fever and, at the same look, a margin of hypotension or hypoxia at its threshold."""
    days = cohort.day <= 35.0
    fever = cohort.curves["TEMP"][:, days] >= FEVER_FROM
    score = slope * np.log10(cohort.curves["S6"][:, days] + 1.0) - cohort.parameters["u_CRS"][:, None]
    route = cohort.parameters["u_route"][:, None]
    margins = {"hypotension": score - np.maximum(route, 0.0), "oxygen": score - np.maximum(-route, 0.0)}
    found = {name: (fever & (margin >= thresholds[2])).any(axis=1).astype(float) for name, margin in margins.items()}
    grade = fever.astype(float)
    for threshold in thresholds.values():
        grade += fever & (score >= threshold)
    first = np.where(fever.any(axis=1), cohort.day[days][fever.argmax(axis=1)], np.nan)
    return {**found, "grade": grade.max(axis=1), "onset": first}


def strongest(cohort: Cohort) -> Floats:
    """log10(IL-6 signal + 1) at its strongest during fever, (N,); -inf without fever."""
    days = cohort.day <= 35.0
    fever = cohort.curves["TEMP"][:, days] >= FEVER_FROM
    found: Floats = np.where(fever, np.log10(cohort.curves["S6"][:, days] + 1.0), -np.inf).max(axis=1)
    return found


def counts(cohort: Cohort) -> Features:
    """Neutrophils and platelets."""
    return {
        "anc_28": cohort.at("ANC", 28.0),
        "plt_28": cohort.at("PLT", 28.0),
        "anc_90": cohort.at("ANC", 90.0) if cohort.day[-1] >= 90.0 else np.full(cohort.count, np.nan),
        "neutropenic_days": (cohort.window("ANC", 0.0, 60.0) <= 0.5).sum(axis=1) / 4.0,
        "late_anc": cohort.window("ANC", 21.0, 60.0).min(axis=1),
        "least_plt": cohort.window("PLT", 0.0, 60.0).min(axis=1),
    }


def response(cohort: Cohort) -> Features:
    """Remission on day 28; day of relapse (inf: none in 36 months), which clone, and B cells on that day beside those at the start."""
    was = (cohort.parameters["L_S0"] + cohort.parameters["L_T0"]) / 1000.0
    lesions = cohort.at("V_skin", MONTH) + cohort.at("V_test", MONTH)
    well = cohort.at("BM_pct", MONTH) < 5.0
    for site, start in (("V_skin", "L_S0"), ("V_test", "L_T0")):
        well &= (cohort.parameters[start] == 0.0) | (cohort.at(site, MONTH) < cohort.parameters[start] / 1e4)
    found: Features = {"remission": well.astype(float), "lesions_28": lesions, "lesions_0": was}
    if cohort.day[-1] < 1000.0:
        return found
    curves, rows = cohort.curves, np.arange(cohort.count)
    back = (curves["BM_pct"] >= 5.0) | (curves["V_skin"] >= 1.0) | (curves["V_test"] >= 1.0)
    back[:, cohort.day <= MONTH] = False
    first = back.argmax(axis=1)
    relapsed = back.any(axis=1) & well
    parts = {name: curves[name][rows, first] for name in ("L_M", "L_S", "L_T", "N_M", "N_S", "N_T")}
    lost = parts["N_M"] + parts["N_S"] + parts["N_T"] > parts["L_M"] + parts["L_S"] + parts["L_T"]
    found["relapse_day"] = np.where(relapsed, cohort.day[first], np.inf)
    found["negative"] = np.where(relapsed, lost.astype(float), np.nan)
    found["b_share"] = curves["B_uL"][rows, first] / (
        cohort.parameters["f_BB"] * cohort.parameters["B_c0"] / cohort.parameters["V_blood"]
    )
    found["b_12"] = cohort.at("B_uL", 365.0)
    return found


def features(cohort: Cohort, slope: float, thresholds: dict[int, float]) -> Features:
    """Everything that is read, and who the patients are."""
    share = cohort.parameters["L_M0"] / (cohort.parameters["L_M0"] + cohort.parameters["K_inf"])
    return {
        "overt": (share >= 0.05).astype(float),
        "kept": (cohort.parameters["f_rej"] == 0.0).astype(float),
        **kinetics(cohort),
        **inflammation(cohort),
        **crs(cohort, slope, thresholds),
        **counts(cohort),
        **response(cohort),
    }
