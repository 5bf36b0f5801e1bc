"""The page of the calibration: `docs/calibration.md`, from the record of the fit and the model as its folder has it.

In: record, number of virtual patients. Out: Markdown.
Decided here: what stands in a row. Intervals of achieved values: 95 % percentile bootstrap over the virtual patients, which says how
exactly the model was read, not how sure it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from calibration_cohort import EARLY, LATE, SEED, Bench, Cohort, present
from calibration_crs import (
    KNOCK_DOWNS,
    SHOWN_KNOCK_DOWNS,
    SHOWN_SLOPES,
    SLOPE_SD,
    THRESHOLD_SD,
    Signals,
    counts,
    posterior,
    signals,
)
from calibration_crs import OUTPUTS as SIGNALS
from calibration_fit import of_typical
from calibration_readings import Features, features
from calibration_targets import READ, Target, hits, targets

RESAMPLES = 200
CHART_DAYS = np.concatenate([EARLY, LATE])
UNITS = {"1": ""}
WHY = {
    "cmax_spread": "burden, product and capacity all spread the peak; the published variance is that of one random effect",
    "fast_decline": "with many targets left CAR-T cells stay on a plateau; also at odds with `fall_to_a_tenth`, of another cohort",
    "fall_to_a_tenth": "at odds with `fast_decline`, of another cohort: 0.16 per day needs 14 days to a tenth",
    "slow_fraction": "early loss and memory are few parameters for a long tail",
    "cmax_by_response": "in the model those without remission are mostly those with many blasts, who have high peaks",
    "auc28_by_response": "in the model those without remission are mostly those with many blasts, and their cells stay for longer",
    "no_fludarabine": "published is the effect of fludarabine alone, the model leaves out all lymphodepletion; peaks are per ug of DNA, "
    "so the white cells that stay dilute them",
    "ferritin_by_severity": "more patients have mild activation of macrophages since the low IL-6 peaks are fitted; "
    "ferritin was not refitted",
    "doubling": "read from the dip to the peak, over which growth slows down; the published one is one exponential",
    "il6_peak": "one form for the local signal gives either the low or the high tail",
    "crp_by_day": "the product of the source expands a week later than the model's",
    "il6_after_tocilizumab": "clearance by the receptor saturates; the published rise is of patients who do well",
    "crs_any": "fever of the model begins with the IL-6 signal and misses mild CRS; the source used the Penn scale",
    "counts_month_3": "neither infections nor second marrow failures are in the model; the source is of lymphoma and others",
    "b_cell_aplasia_12": "set by the share of patients who lose the CAR-T cells early",
    "relapse_without_b_cells": "B cells come back late in the model, so nearly every relapse comes under aplasia",
    "severe_crs_silenced": "the average over any knock-down; a strong one gives the published share, see below",
    "late_neutropenia": "from lymphoma, after more chemotherapy",
    "remission_28": "set by the share of products that do not work",
}


INTRODUCTION = """\
Written by `python bench/calibration.py --write`; `--fit --apply` repeats the fit. Research software: it says what a model gives,
never what a patient should get.

`targets.toml` of `cartrace2026` names the targets and how each is read. It was written before any fit of the population.
*fitted*: in the objective of the fit. *seen*: in view while the equations were tuned by hand, in no objective. *checked*: looked at
only afterwards. The model is read from {count} virtual patients (Sobol points, seed {seed}): one dose of 3.1 million cells per kg after
three days of lymphodepletion, conventional product, no tocilizumab, hypothesis H1; beside it H2, of which only the weights
`w_C` and `w_D` were fitted (peaks of IL-6). The arms of the trial get 5 million per kg.

A **hit** lies inside the published range or the 95 % Wilson interval of published counts. A published quantile is hit when the share
of virtual patients below it is one that 59 real patients could show (95 % Wilson). Without a range: within a quarter of the value, or
within ten points of a share. A target of several values is a hit when each is. The rule was written before the fit.
Intervals of achieved values say how exactly the model was read, not how sure it is.

**Hits: {told}.** Misses are explained below the table as far as we can."""

OF_OVERT = ("cmax_spread", "cmax_by_response", "auc28_by_response")
OVERT = """\
The trials behind three kinetic targets took patients with at least 5 % marrow blasts (from memory); the targets were declared over all
virtual patients, two thirds of whom have fewer, and their verdicts stay. Read in patients with at least 5 % blasts:

{table}"""

LINK = """\
Severe CRS was seen in {ill} of {of} patients with a conventional product and in {silent} of {silenced} with ssCART-19 (`ma2024sscart`,
post hoc, not randomised). The log odds of grade 3 are slope x log10(IL-6 signal + 1) less a threshold, read at the strongest signal
during fever; the model has slope {slope:g} (59 patients, `lichtenstein2021car22`) and threshold {threshold:g}, which gives the
conventional arm its share. Two arms cannot tell a strong knock-down with a flat link from a weaker one with a steep link: **the trial
fixes a curve, not a knock-down.** No knock-down was read in any source and none is printed as one; the numbers below are what the
model would need.

Share of severe CRS by knock-down (KD), the threshold of each row set so that KD 0 gives {share:.3f}:

{curves}

Posterior: both counts, binomial. Knock-down uniform on 0 to 1. Slope around 1.40 (log-normal, standard deviation of the logarithm
{slope_sd:g}, assumed), or flat in its logarithm from 0.7 to 5.6. Threshold around that of the 59 patients at their middle IL-6 (standard
deviation {threshold_sd:g}, assumed). Medians with 5th and 95th percentile; the last column is the evidence for the hypothesis over H2.

{posteriors}

Under H2 a knock-down does next to nothing, and the trial's difference must be chance. The evidence is that of 87 patients whose arms
were not matched; it assumes that one of the two hypotheses holds as it stands in `settings.toml`."""

VALUES = """\
{patients} virtual patients, seed {seed}, block by block, twice. Misfit: sum of squares of the block's targets, in units of 10 % of a
number and 4 points of a share. The fit set out from the values of the one before it. Every value is also pulled to its start, that of
the first fit (standard deviation {pull:g} of its logarithm or log odds).
Scales of residuals, the pull and the list of free values were settled in seven trial fits, in which checked targets were in view; targets,
their use and the rule of a hit were not touched. `cmax_by_response` and `auc28_by_response` keep the use they were declared with, but were
in view when the exhaustion of cells by antigen was added: they are no independent check of it. Its rates are assumed, fitted to nothing.
`a_CRS3` follows from the conventional arm. `n_Z` was kept from 1 on, where it ends, and `g_cap` from 0.24 on, where the effect of burden
stays in its interval.

{blocks}

{values}"""


def page(record: dict[str, Any], count: int) -> str:
    """The whole page."""
    bench, narrow = Bench(), Bench(SIGNALS)
    found = {name: signals(narrow, {}, name, count) for name in ("H1", "H2")}
    read = {name: readings(bench, name, count, found[name]) for name in found}
    cells = [_row(target, read) for target in targets()]
    verdicts = {use: [row[-1] for row in cells if row[1] == use] for use in dict.fromkeys(row[1] for row in cells)}
    told = ", ".join(f"{sum(word == 'hit' for word in words)} of {len(words)} {use}" for use, words in verdicts.items())
    return "\n".join(
        (
            "<!-- Generated by bench/calibration.py. Do not edit. -->",
            "",
            "# Calibration of the therapy model",
            "",
            _introduction(count, told),
            "",
            "## Targets",
            "",
            _table(("target", "use", "published", "achieved (95 % interval)", "H2", "source", "verdict"), cells),
            "",
            _misses(cells),
            "",
            _overt(bench, count),
            "",
            "## Knock-down and the link from IL-6 to severe CRS",
            "",
            _link(bench, found),
            "",
            "## Fitted values",
            "",
            _values(record),
            "",
        )
    )


def _introduction(count: int, told: str) -> str:
    return INTRODUCTION.format(count=count, seed=SEED, told=told)


def readings(bench: Bench, hypothesis: str, count: int, signal: Signals) -> dict[str, tuple[Any, ...]]:
    """Target to (values, intervals, hits) under one hypothesis."""
    thresholds = {grade: bench.nominal[f"a_CRS{grade}"] for grade in (2, 3, 4)}
    slope = bench.nominal["b_CRS"]
    cohort = bench.cohort({}, count, days=CHART_DAYS, hypothesis=hypothesis)
    of = features(cohort, slope, thresholds)
    found: dict[str, tuple[Any, ...]] = {}
    samples = _resamples(cohort.count)
    known = {target.id: target for target in targets()}
    for name, read in READ.items():
        values = read(of)
        drawn = np.array([read({key: column[rows] for key, column in of.items()}) for rows in samples])
        found[name] = values, np.nanquantile(drawn, (0.025, 0.975), axis=0).T, hits(known[name], values, of)
    for name, value in of_typical(bench, {}).items():
        found[name] = (value,), None, hits(known[name], (value,), of)
    found |= _trial(slope, thresholds[3], signal, known, of)
    found["il6_after_tocilizumab"] = _tocilizumab(bench, hypothesis, count, cohort, known, of, (slope, thresholds))
    return found


def _resamples(count: int) -> list[Any]:
    random = np.random.default_rng(SEED)
    return [random.integers(0, count, count) for _ in range(RESAMPLES)]


def _trial(
    slope: float, threshold: float, signal: Signals, known: dict[str, Target], of: Features
) -> dict[str, tuple[Any, ...]]:
    """Severe CRS of both arms; the silenced one over a knock-down that could be anything, with its ends."""
    curve = signal.severe(slope, threshold)
    mean = float(np.trapezoid(curve, KNOCK_DOWNS))
    conventional, silenced = (float(curve[0]),), (mean,)
    return {
        "severe_crs_conventional": (conventional, None, hits(known["severe_crs_conventional"], conventional, of)),
        "severe_crs_silenced": (
            silenced,
            np.array([[curve[-1], curve[0]]]),
            hits(known["severe_crs_silenced"], silenced, of),
        ),
    }


def _tocilizumab(
    bench: Bench,
    hypothesis: str,
    count: int,
    cohort: Cohort,
    known: dict[str, Target],
    of: Features,
    link: tuple[float, dict[int, float]],
) -> tuple[Any, ...]:
    """IL-6 in the 3 days after tocilizumab, given at the first look with CRS of grade 2, over the value before it."""
    del of
    slope, thresholds = link
    days = cohort.day <= 28.0
    score = slope * np.log10(cohort.curves["S6"][:, days] + 1.0) - cohort.parameters["u_CRS"][:, None]
    ill = (cohort.curves["TEMP"][:, days] >= 38.0) & (score >= thresholds[2])
    when = np.where(ill.any(axis=1), cohort.day[days][ill.argmax(axis=1)], np.nan)
    treated = bench.cohort({}, count, days=EARLY[EARLY <= 35.0], hypothesis=hypothesis, tocilizumab=when)
    il6 = treated.curves["IL6"]
    rows = np.flatnonzero(np.isfinite(when))
    start = np.searchsorted(treated.day, when[rows])
    window = start[:, None] + np.arange(0, 13)
    ratio = il6[rows[:, None], window].max(axis=1) / il6[rows, start]
    value = (float(np.median(ratio)),)
    random = np.random.default_rng(SEED)
    drawn = [np.median(random.choice(ratio, len(ratio))) for _ in range(RESAMPLES)]
    return value, np.array([np.quantile(drawn, (0.025, 0.975))]), hits(known["il6_after_tocilizumab"], value, {})


def _row(target: Target, read: dict[str, dict[str, tuple[Any, ...]]]) -> tuple[str, ...]:
    values, intervals, good = read["H1"][target.id]
    others = read["H2"][target.id][0]
    unit = UNITS.get(target.raw["unit"], f" {target.raw['unit']}")
    published = " / ".join(_figures(value) for value in target.values)
    if "range" in target.raw and len(target.values) == 1:
        published += f" ({_figures(target.raw['range'][0])} to {_figures(target.raw['range'][1])})"
    elif "counts" in target.raw:
        published += f" ({target.raw['counts'][0]} of {target.raw['counts'][1]})"
    if target.raw.get("sign"):
        published = f"{target.raw['sign']} {published}"
    achieved = " / ".join(
        _figures(value) + ("" if intervals is None else f" ({_figures(low)} to {_figures(high)})")
        for value, (low, high) in zip(
            values, intervals if intervals is not None else [(0, 0)] * len(values), strict=True
        )
    )
    if target.id == "severe_crs_silenced":
        achieved = f"{_figures(values[0])} over all knock-downs ({_figures(intervals[0][1])} at 0, {_figures(intervals[0][0])} at 1)"
    verdict = "hit" if all(good) else "MISS" if len(good) == 1 else f"MISS ({sum(good)} of {len(good)} hit)"
    return (
        f"`{target.id}`",
        target.use,
        published + unit,
        achieved,
        " / ".join(_figures(value) for value in others),
        f"{target.raw['source']}" + (" (from memory)" if target.raw["read"] == "memory" else ""),
        verdict,
    )


def _misses(rows: Sequence[Sequence[str]]) -> str:
    missed = [row[0].strip("`") for row in rows if row[-1] != "hit"]
    lines = [f"- `{name}`: {WHY.get(name, 'no explanation yet')}." for name in missed]
    return "\n".join(("Misses:", "", *lines)) if lines else "No miss."


def _overt(bench: Bench, count: int) -> str:
    """Targets of trials that took patients with overt disease, read in these patients alone; no verdict."""
    of = features(bench.cohort({}, count, days=CHART_DAYS), bench.nominal["b_CRS"], dict.fromkeys((2, 3, 4), 0.0))
    overt = {key: column[of["overt"] == 1.0] for key, column in of.items()}
    rows = [
        (
            f"`{target.id}`",
            _figures(target.values[0]),
            _figures(READ[target.id](of)[0]),
            _figures(READ[target.id](overt)[0]),
        )
        for target in targets()
        if target.id in OF_OVERT
    ]
    return OVERT.format(table=_table(("target", "published", "all patients", "at least 5 % blasts"), rows))


def _link(bench: Bench, found: dict[str, Signals]) -> str:
    (ill, of), (silent, silenced) = counts()
    share, other = ill / of, silent / silenced
    slope, threshold = bench.nominal["b_CRS"], bench.nominal["a_CRS3"]
    head = (
        "hypothesis, slope",
        *(f"KD {value:g}" for value in SHOWN_KNOCK_DOWNS),
        f"knock-down that gives {other:.3f}",
    )
    rows = []
    for name, signal in found.items():
        for steep in SHOWN_SLOPES:
            level = signal.threshold_for(steep, share)
            curve = signal.severe(steep, level)
            shown = [f"{np.interp(value, KNOCK_DOWNS, curve):.3f}" for value in SHOWN_KNOCK_DOWNS]
            gives = signal.knock_down_for(steep, level, other)
            rows.append((f"{name}, {steep:g}", *shown, "none" if np.isnan(gives) else f"{gives:.2f}"))
    every = {(name, flat): posterior(signal, flat=flat) for name, signal in found.items() for flat in (False, True)}
    lines = []
    for (name, flat), one in every.items():
        low, middle, high = one.quantiles("knock_down")
        flatter, centre, steeper = one.quantiles("slope")
        lines.append(
            (
                name,
                "flat" if flat else "59 patients",
                f"{middle:.2f} ({low:.2f} to {high:.2f})",
                f"{centre:.1f} ({flatter:.1f} to {steeper:.1f})",
                f"{one.evidence / every['H2', flat].evidence:.1f}",
            )
        )
    return LINK.format(
        ill=ill,
        of=of,
        silent=silent,
        silenced=silenced,
        slope=slope,
        threshold=threshold,
        share=share,
        slope_sd=SLOPE_SD,
        threshold_sd=THRESHOLD_SD,
        curves=_table(head, rows),
        posteriors=_table(("hypothesis", "prior of the slope", "knock-down", "slope", "evidence over H2"), lines),
    )


def _values(record: dict[str, Any]) -> str:
    now = present(list(record["values"]))
    rows = [(_named(name), _figures(record["start"][name]), _figures(now[name])) for name in record["values"]]
    blocks = [(step["block"], f"{step['before']:.1f}", f"{step['after']:.1f}") for step in record["blocks"]]
    return VALUES.format(
        patients=record["patients"],
        seed=record["seed"],
        pull=record["pull"],
        blocks=_table(("block", "misfit before", "after"), blocks),
        values=_table(("value", "start", "now"), rows),
    )


def _named(name: str) -> str:
    if name.endswith("~"):
        return f"`{name[:-1]}`, spread between patients"
    mixture, _, part = name.partition(".")
    return f"`{name}`" if not part else f"`{mixture}`: {part.replace('.high', ', upper end')}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _figures(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.12g}"
