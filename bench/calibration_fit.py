"""The fit: values of the model and of its population, block by block, by least squares over the same virtual patients.

In: `Bench`, the targets that may be fitted. Out: fitted values, in a record that also serves to go on after an interruption.
Decided here: which values are free and with which targets they are fitted; how far a value may move. A value is pulled to where it
started (log or logit, standard deviation PULL); residuals are differences of logarithms, of shares in units of POINTS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from calibration_cohort import EARLY, LATE, Bench, bounds_of
from calibration_readings import Features, counts, inflammation, kinetics, response
from calibration_targets import READ, Target, targets
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit, logit

Floats = NDArray[np.float64]
PULL = 0.4
RELATIVE, POINTS, OF_VARIANCE = 0.10, 0.04, 0.15
STEP = 0.05
WIDEST = 4.0
"""Standard deviation of the pull; scale of a residual of a number without interval (10 %), of a share (4 points), of the variance of 90
patients (15 %); step of a derivative; how far a spread or a part of a mixture may move from its start (factor, or odds)."""

LEAST = {"n_Z": 1.0, "g_cap": 0.24}
"""A Hill exponent below 1 has no mechanism; below 0.24 the effect of burden leaves its published confidence interval."""

TO_300 = LATE[LATE <= 300.0]


@dataclass(frozen=True, slots=True)
class Block:
    """Values fitted together with the targets they speak to, days that must be solved, under which hypothesis."""

    name: str
    free: tuple[str, ...]
    targets: tuple[str, ...]
    days: Floats
    read: Callable[..., Features]
    hypothesis: str = "H1"


def _with_groups(*parts: Callable[..., Features]) -> Callable[..., Features]:
    def read(cohort) -> Features:
        share = cohort.parameters["L_M0"] / (cohort.parameters["L_M0"] + cohort.parameters["K_inf"])
        found = {"overt": (share >= 0.05).astype(float), "kept": (cohort.parameters["f_rej"] == 0.0).astype(float)}
        for part in parts:
            found |= part(cohort)
        return found

    return read


KINETICS = (
    *("cmax_typical", "cmax_spread", "tmax", "fast_decline", "slow_fraction", "dip", "rise_from_a_tenth"),
    *("fall_to_a_tenth", "burden_on_peak", "dose_on_peak"),
)
BLOCKS = (
    Block(
        "response",
        (
            *("dysfunctional.probability", "dysfunctional.k_kill", "early_loss.probability", "cd19_loss.probability"),
            *("cd19_loss.f_neg.high", "f_niche", "phi_P", "m_out", "r_L~"),
        ),
        ("remission_28", "relapse_free", "negative_share_of_relapses"),
        np.concatenate([EARLY, LATE]),
        _with_groups(response),
    ),
    Block(
        "kinetics",
        (
            *("rho", "C_ref", "C_ref~", "f_eng", "f_eng~", "k_eng", "k_act", "del_E", "k_ex", "del_X", "k_EM", "g_cap"),
            *("c_AE", "K_AM", "K_AM~", "g_on", "g_off"),
        ),
        KINETICS,
        np.concatenate([EARLY, TO_300]),
        _with_groups(kinetics),
    ),
    Block(
        "inflammation",
        ("z_max", "z_max~", "K_Z", "K_Z~", "n_Z", "K_loc", "k_6M", "k_6M~", "k_6C", "k_IFN", "k_IFN~", "K_IFN"),
        ("il6_peak", "ifn_peak"),
        EARLY[EARLY <= 28.0],
        _with_groups(inflammation),
    ),
    Block("weights of H2", ("H2.w_C", "H2.w_D"), ("il6_peak",), EARLY[EARLY <= 28.0], _with_groups(inflammation), "H2"),
    Block(
        "counts",
        ("S_LD", "E_inf", "IC_inf", "h_PLT"),
        ("anc_recovered_28", "platelets_recovered_28"),
        np.concatenate([EARLY, LATE[LATE == 90.0]]),
        _with_groups(counts),
    ),
)


class Scale:
    """Free values on a line: logarithms, logits of probabilities."""

    def __init__(self, names: tuple[str, ...], start: Mapping[str, float]) -> None:
        self.names = names
        self.start = np.array([self.to_line(name, start[name]) for name in names])
        ends = [self._ends(name, start[name]) for name in names]
        self.low, self.high = (np.array([end[side] for end in ends]) for side in (0, 1))

    def to_line(self, name: str, value: float) -> float:
        """A value on its line."""
        return float(logit(value) if name.endswith("probability") else np.log(value))

    def _ends(self, name: str, value: float) -> tuple[float, float]:
        here, wide = self.to_line(name, value), np.log(WIDEST)
        bounds = bounds_of(name)
        low, high = (here - wide, here + wide) if bounds is None else (np.log(bounds[0]), np.log(bounds[1]))
        if name == "cd19_loss.f_neg.high":
            high = here + np.log(1e3)
        low = max(low, np.log(LEAST[name])) if name in LEAST else low
        return max(low, here - 4.0 * wide), min(high, here + 4.0 * wide)

    def values(self, place: Floats) -> dict[str, float]:
        """Natural values, to four figures, as they will be written."""
        natural = {
            name: float(expit(at)) if name.endswith("probability") else float(np.exp(at))
            for name, at in zip(self.names, place, strict=True)
        }
        return {name: float(f"{value:.10g}") for name, value in natural.items()}


def of_typical(bench: Bench, guess: Mapping[str, float]) -> dict[str, float]:
    """Targets of the typical patient: burden, dose and lymphodepletion on the peak."""
    days = EARLY[(EARLY >= 1.0) & (EARLY <= 40.0)]
    marrow = {share: bench.nominal["K_inf"] * share / (1.0 - share) for share in (0.2, 0.7)}

    def peak(marrow_blasts: float, dose: float = 186.0, *, depleted: bool = True) -> float:
        cohort = bench.one(guess, days, dose, depleted=depleted, L_M0=marrow_blasts)
        return float(np.exp(kinetics(cohort)["log_cmax"][0]))

    usual = peak(marrow[0.2])
    return {
        "burden_on_peak": peak(marrow[0.7]) / usual,
        "dose_on_peak": float(np.log10(peak(marrow[0.2], 600.0) / peak(marrow[0.2], 60.0))),
        "no_fludarabine": peak(marrow[0.2], depleted=False) / usual,
    }


def scale_of(target: Target) -> float:
    """Standard error of the logarithm of a published number: from its interval, where it has one."""
    said, ends = target.raw.get("interval", ""), target.raw.get("range")
    if target.id == "cmax_spread":
        return OF_VARIANCE
    if ends and "confidence" in said:
        return float(np.log(ends[1] / ends[0]) / 3.92)
    patients = re.search(r"(\d+) patients", target.raw["locator"])
    if ends and said == "quartiles" and patients and len(target.values) == 1:
        # Of a median: 1.253 standard deviations over the root of the number; quartiles are 1.349 of them apart.
        return float(np.log(ends[1] / ends[0]) / 1.349 * 1.253 / np.sqrt(int(patients[1])))
    return RELATIVE


def residuals(target: Target, found: tuple[float, ...]) -> list[float]:
    """How far each value is from its target, in units of its scale."""
    weight = float(target.raw.get("weight", 1.0))
    share = target.raw["unit"] == "1" and "share" in target.raw["how"]
    rows = []
    for value, aim in zip(found, target.values, strict=True):
        if share:
            rows.append(weight * (value - aim) / POINTS)
        else:
            rows.append(weight * float(np.log(max(value, 1e-12) / aim)) / scale_of(target))
    # A quantile is one of several; together they count like two numbers.
    several = np.sqrt(2.0 / len(rows)) if len(rows) > 2 and not share else 1.0
    return [float(np.clip(row, -20.0, 20.0)) * several for row in rows]


def misfit(bench: Bench, block: Block, guess: Mapping[str, float], count: int, seed: int) -> Floats:
    """Residuals of the targets of a block under a guess."""
    aims = {target.id: target for target in targets() if target.id in block.targets}
    assert all(target.use == "fitted" for target in aims.values()), "only targets declared as fitted are fitted"
    found = block.read(bench.cohort(guess, count, days=block.days, seed=seed, hypothesis=block.hypothesis))
    typical = of_typical(bench, guess) if "burden_on_peak" in aims else {}
    rows: list[float] = []
    for name in block.targets:
        rows += residuals(aims[name], (typical[name],) if name in typical else READ[name](found))
    return np.array(rows)


def fit_block(
    bench: Bench, block: Block, start: Mapping[str, float], other: Mapping[str, float], count: int, seed: int
) -> tuple[dict[str, float], float, float]:
    """Fitted values of a block, and the sum of squares of its targets before and after. `other`: what is fitted so far."""
    scale = Scale(block.free, start)

    def every(place: Floats) -> Floats:
        rows = misfit(bench, block, {**other, **scale.values(place)}, count, seed)
        return np.concatenate([rows, (place - scale.start) / PULL])

    def slopes(place: Floats) -> Floats:
        return np.array([_slope(every, place, n, scale) for n in range(len(place))]).T

    here = np.array([scale.to_line(name, other.get(name, start[name])) for name in block.free])
    inside = np.clip(here, scale.low + 1e-9, scale.high - 1e-9)
    best = least_squares(every, inside, jac=slopes, bounds=(scale.low, scale.high), max_nfev=12, xtol=1e-3, ftol=1e-3)
    last = len(best.fun) - len(here)
    before = misfit(bench, block, {**other, **scale.values(here)}, count, seed)
    return scale.values(best.x), float(np.sum(before**2)), float(np.sum(best.fun[:last] ** 2))


def _slope(function: Callable[[Floats], Floats], place: Floats, number: int, scale: Scale) -> Floats:
    """Derivative by one value, from both sides where there is room."""
    step = np.zeros(len(place))
    step[number] = STEP
    up = place[number] + STEP < scale.high[number]
    down = place[number] - STEP > scale.low[number]
    above = function(place + step) if up else function(place)
    below = function(place - step) if down else function(place)
    found: Floats = (above - below) / (STEP * (int(up) + int(down)))
    return found
