"""What each change to the therapy model gained: `python bench/therapy_model.py` runs it and renews the tables of `docs/therapy_model.md`.

In: the model `cartrace2026` with its setting `version_0_2`, its population, the engine. Out: two tables, each number beside its target.
Decided here: changes are compared by the values that switch them off; a change to the kinetics is judged with its own best values for
the typical patient, the changes after it one on top of the other in the same virtual patients.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cartrace import engine
from cartrace.models.library import folder_of, load
from cartrace.simulate.patients import draw
from cartrace.simulate.population import Varied, population
from cartrace.simulate.scenario import VirtualPatients

Floats = NDArray[np.float64]
PAGE = Path(__file__).parents[1] / "docs" / "therapy_model.md"
MODEL = "cartrace2026"
T_INF = 7.0
PER_DAY = 24
DOSE = 186.0
"""[10*6] CAR+ cells: 3.1 million per kg, 60 kg (stein2019tisagenlecleucel)."""

OLD = dict(load(MODEL).settings["version_0_2"].parameters)
NEW = {item.id: item.value for item in load(MODEL).system.parameters}
NO_LESION = {"L_S0": 0.0, "L_T0": 0.0, "KD": 0.0}
PATIENTS = {
    "20 %": {"L_M0": 1.25e5, **NO_LESION},
    "60 %": {"L_M0": 7.5e5, **NO_LESION},
    "minimal": {"L_M0": 300.0, **NO_LESION},
}
# Values of each step fitted by us to the same targets (least squares, typical patient): what the step can do at its best.
# fmt: off
LAG = {
    "f_DB": 0.204, "k_eng": 1.78, "k_act": 0.622, "rho": 3.57, "del_E": 0.341, "g_off": 0.468, "C_ref": 15600,
    "f_eng": 0.16, "k_EM": 0.00452,
}
CAP = {
    "f_DB": 0.208, "k_eng": 1.53, "k_act": 0.613, "rho": 3.58, "del_E": 0.725, "g_off": 0.367, "C_ref": 21000,
    "f_eng": 0.167,
}
WORN = {
    "f_DB": 0.211, "k_eng": 1.42, "k_act": 0.514, "k_ex": 2.57, "del_X": 0.28, "rho": 2.66, "del_E": 0.239,
    "g_off": 0.363, "C_ref": 30400, "f_eng": 0.173, "k_EM": 0.00264,
}
SHARED = {
    "c_AE": 2.16, "f_DB": 0.209, "k_eng": 1.33, "k_act": 0.397, "rho": 2.95, "del_E": 0.28, "g_off": 0.25,
    "C_ref": 21100, "f_eng": 0.137, "k_EM": 0.0029,
}
# fmt: on
KINETICS = (
    *("k_eng", "f_eng", "k_act", "f_DB", "rho", "k_ex", "c_AE", "C_ref", "del_E", "k_EM"),
    *("K_AM", "g_on", "g_off", "g_cap"),
)
CYTOKINES = ("K_loc", "K_C", "z_max", "k_6M", "k_IFN", "K_Z", "n_Z", "k_6C", "K_IFN")
RELAPSE = ("r_L", "f_niche", "phi_P", "m_out")
MARROW = ("ktr", "S_LD", "E_inf", "k_MI", "d_MI", "IC_inf", "gam_P", "h_PLT", "gam_HB")
FERRITIN = ("F_max", "K_FER", "n_FER")
EXHAUSTION = ("k_exh", "k_rest")
BEFORE = (KINETICS, CYTOKINES, RELAPSE, MARROW, FERRITIN)
LATER = ("F_max", "FER_0", "K_T6")
"""Parameters that differ between patients only since the step on ferritin."""

SHARP_CAP = ("crowd", "(max(0.0, C_tot) / C_max) ** 1.8")


def new(*groups: Sequence[str]) -> dict[str, float]:
    """Version 0.2 with the present values of these parameters."""
    return OLD | {name: NEW[name] for group in groups for name in group}


KINETIC_STEPS: tuple[tuple[str, dict[str, float], tuple[str, str] | None], ...] = (
    ("version 0.2", OLD, None),
    ("+ lag, dip", OLD | LAG, None),
    ("+ lag, sharper cap (not kept)", OLD | CAP, SHARP_CAP),
    ("+ lag, exhaustion", OLD | WORN, None),
    ("+ lag, shared targets", OLD | SHARED, None),
    ("+ all three (kept)", new(KINETICS), None),
)
POPULATION_STEPS = (
    ("version 0.2", OLD),
    ("+ kinetics, cytokines", new(KINETICS, CYTOKINES)),
    ("+ niche, growth", new(KINETICS, CYTOKINES, RELAPSE)),
    ("+ marrow", new(KINETICS, CYTOKINES, RELAPSE, MARROW)),
    ("+ ferritin", new(*BEFORE)),
    ("+ exhaustion by antigen (present)", new(*BEFORE, EXHAUSTION)),
)
OUTPUTS = (
    *("QPCR", "CAR_uL", "IL6", "TEMP", "FER", "ANC", "PLT", "BM_pct", "V_skin", "V_test", "B_uL", "hypo", "oxy"),
    *("L_M", "L_S", "L_T", "N_M", "N_S", "N_T"),
)


class Runner:
    """The model, compiled, with one dose after lymphodepletion."""

    def __init__(self, rule: tuple[str, str] | None = None) -> None:
        system = load(MODEL).system
        if rule is not None:
            rules = tuple(replace(item, value=rule[1]) if item.id == rule[0] else item for item in system.rules)
            system = replace(system, rules=rules)
        self.system, self.kernel = system, engine.compile_system(system, outputs=OUTPUTS)

    def run(
        self, people: Sequence[Mapping[str, float]], dose: float, until: float, per_day: int
    ) -> tuple[Floats, Floats]:
        """Days after the infusion (T,), outputs (N, T, O); NaN where the solver failed."""
        number = len(people)
        table = engine.parameter_table(
            self.system, number, {name: np.array([person[name] for person in people]) for name in people[0]}
        )
        given = [(T_INF - day, "LD", 1.0) for day in (5, 4, 3)] + [(T_INF, "C_D", dose)]
        doses = engine.Doses(
            np.repeat(np.arange(number), len(given)),
            np.tile([time for time, _, _ in given], number),
            [state for _, state, _ in given] * number,
            np.tile([amount for _, _, amount in given], number),
        )
        times = np.linspace(0.0, until + T_INF, int((until + T_INF) * per_day) + 1)
        return times - T_INF, engine.solve(self.kernel, table, times, doses, rtol=1e-5).values


def shape(day: Floats, level: Floats) -> dict[str, float]:
    """Dip, peak, rise and fall of CAR-T cells in blood."""
    first = int(np.searchsorted(day, 1.0))
    top = first + int(level[first:].argmax())
    low = first + int(level[first : top + 1].argmin())
    before, after = level[low : top + 1], level[top:]

    def rise(part: float) -> float:
        under = np.flatnonzero(before <= part * level[top])
        return float(day[top] - day[low + under[-1]]) if len(under) else np.nan

    def fall(part: float) -> float:
        under = np.flatnonzero(after <= part * level[top])
        return float(day[top + under[0]] - day[top]) if len(under) else np.nan

    growth = np.log(level[top] / level[low]) / (day[top] - day[low])
    return {
        "dip": float(day[low]),
        "tmax": float(day[top]),
        "cmax": float(level[top]),
        "doubling": float(np.log(2) / growth),
        "rise10": rise(0.1),
        "rise50": rise(0.5),
        "fall50": fall(0.5),
        "fall10": fall(0.1),
    }


def kinetics(values: Mapping[str, float], rule: tuple[str, str] | None) -> dict[str, float]:
    """The typical patient under one step."""
    runner = Runner(rule)
    day, found = runner.run([{**values, **patient} for patient in PATIENTS.values()], DOSE, 100.0, PER_DAY)
    copies, il6 = found[:, :, OUTPUTS.index("QPCR")], found[:, :, OUTPUTS.index("IL6")]
    shapes = {name: shape(day, copies[n]) for n, name in enumerate(PATIENTS)}
    typical = {**values, **PATIENTS["20 %"]}
    peaks = [
        runner.run([typical], dose, 40.0, PER_DAY)[1][0, int((T_INF + 3) * PER_DAY) :, OUTPUTS.index("QPCR")].max()
        for dose in (60.0, 600.0)
    ]
    return shapes["20 %"] | {
        "lead": shapes["20 %"]["tmax"] - float(day[il6[0].argmax()]),
        "minimal_cmax": shapes["minimal"]["cmax"],
        "burden": shapes["60 %"]["cmax"] / shapes["20 %"]["cmax"],
        "dose": float(np.log10(peaks[1] / peaks[0])),
    }


def patients(count: int, values: Mapping[str, float], seed: int = 1) -> list[dict[str, float]]:
    """Virtual patients of the model's population around these typical values, conventional product."""
    model = load(MODEL)
    varied = [Varied(row.id, row.scale, row.variability) for row in model.parameters if row.variability]
    people = population((folder_of(MODEL) / "population.toml").read_text(encoding="utf-8"), varied)
    drawn = draw(people, NEW | dict(values), VirtualPatients(count=count, seed=seed), 0, count)
    same = {"KD": 0.0}
    if values["n_FER"] == OLD["n_FER"]:
        same |= {name: (NEW | dict(values))[name] for name in LATER}
    return [
        {**values, **{name: float(column[n]) for name, column in drawn.parameters.items()}, **same}
        for n in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Cohort:
    """The courses of one population: days (T,), each output (N, T)."""

    day: Floats
    of: dict[str, Floats]
    overt: NDArray[np.bool_]

    def window(self, name: str, start: float, end: float) -> Floats:
        return self.of[name][:, (self.day >= start) & (self.day <= end)]

    def at(self, name: str, day: float) -> Floats:
        return self.of[name][:, int(np.searchsorted(self.day, day))]


def cohort(count: int, values: Mapping[str, float]) -> Cohort:
    """Two years of `count` virtual patients; those the solver lost are left out."""
    people = patients(count, values)
    day, tables = Runner().run(people, DOSE, 740.0, 4)
    kept = np.isfinite(tables).all(axis=(1, 2))
    of = {name: tables[kept, :, number] for number, name in enumerate(OUTPUTS)}
    marrow = np.array([person["L_M0"] for person in people])[kept]
    return Cohort(day, of, marrow / (marrow + NEW["K_inf"]) >= 0.05)


def remission(found: Cohort) -> NDArray[np.bool_]:
    """Who is in remission at day 28."""
    lesions = found.at("V_skin", 28) + found.at("V_test", 28)
    well: NDArray[np.bool_] = (found.at("BM_pct", 28) < 5) & (lesions < 0.2)
    return well


def relapses(found: Cohort, well: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """Of patients in remission at day 28: day of relapse (inf: none to day 740), whether it is CD19-negative."""
    back = (found.of["BM_pct"] >= 5) | (found.of["V_skin"] >= 1) | (found.of["V_test"] >= 1)
    back[:, found.day <= 28] = False
    when, negative = [], []
    for n in np.flatnonzero(well):
        first = int(back[n].argmax())
        when.append(found.day[first] if back[n].any() else np.inf)
        parts = {name: found.of[name][n, first] for name in ("L_M", "L_S", "L_T", "N_M", "N_S", "N_T")}
        negative.append(parts["N_M"] + parts["N_S"] + parts["N_T"] > parts["L_M"] + parts["L_S"] + parts["L_T"])
    return np.array(when), np.array(negative)


def crs(found: Cohort, margins: Mapping[int, float]) -> dict[str, str]:
    """CRS by the margins of hypotension and hypoxia; fever is the model's temperature."""
    fever = found.window("TEMP", 0, 28).max(axis=1) >= 38.0
    hypotension = found.window("hypo", 0, 28).max(axis=1)
    hypoxia = found.window("oxy", 0, 28).max(axis=1)
    worse = np.maximum(hypotension, hypoxia)
    onset = [found.day[found.day >= 0][int((row >= 38.0).argmax())] for row in found.window("TEMP", 0, 28)[fever]]
    return {
        "fever": f"{fever.mean():.2f}",
        "onset": f"{np.median(onset):.1f}",
        "hypotension": f"{(hypotension[fever] >= margins[2]).mean():.2f}",
        "oxygen": f"{(hypoxia[fever] >= margins[2]).mean():.2f}",
        "severe": f"{(fever & (worse >= margins[3])).mean():.2f}",
    }


def figures(value: float) -> str:
    """Three figures, thousands marked."""
    return f"{float(f'{value:.3g}'):,.12g}"


def quantiles(values: Floats, shares: Sequence[float]) -> str:
    """Quantiles, as the table prints them."""
    return " / ".join(figures(value) for value in np.percentile(values, shares))


def crowd(count: int, values: Mapping[str, float]) -> dict[str, str]:
    """The population under one step."""
    found = cohort(count, values)
    after = found.day >= 1
    copies = found.of["QPCR"][:, after]
    peak, when = copies.max(axis=1), found.day[after][copies.argmax(axis=1)]
    il6 = found.window("IL6", 0, 28)
    early = found.day[(found.day >= 0) & (found.day <= 28)]
    ferritin = found.window("FER", 0, 28).max(axis=1)
    score = np.maximum(found.window("hypo", 0, 28).max(axis=1), found.window("oxy", 0, 28).max(axis=1))
    severe = score >= NEW["a_CRS3"]
    well = remission(found)
    logs = {"peaks": np.log(peak), "areas": np.log(np.trapezoid(found.window("QPCR", 0, 28), early, axis=1))}
    relapse, negative = relapses(found, well)
    again = np.isfinite(relapse)
    days = {
        kind: f"{np.median(relapse[again & is_it]):.0f}" if (again & is_it).any() else "-"
        for kind, is_it in (("negative", negative), ("positive", ~negative))
    }
    return {
        "solved": f"{len(peak)}",
        "cmax": figures(np.exp(np.log(peak[found.overt]).mean())),
        "tmax": f"{np.median(when[found.overt]):.1f}",
        "spread": f"{logs['peaks'].var():.2f}",
        **{name: f"{np.exp(of[well].mean() - of[~well].mean()):.2f}" for name, of in logs.items()},
        "late_peak": f"{np.median(when[~well]):.1f}",
        "lasting": " / ".join(
            f"{(found.window('TEMP', day, 740).max(axis=1) >= 38.0).mean():.3f}" for day in (60, 180)
        ),
        "il6": quantiles(il6.max(axis=1), (5, 25, 50, 75, 95)),
        "lead": quantiles(when - early[il6.argmax(axis=1)], (25, 50, 75)),
        **crs(found, {2: NEW["a_CRS2"], 3: NEW["a_CRS3"]}),
        "ferritin": f"{figures(np.median(ferritin[~severe]))} / {figures(np.median(ferritin[severe]))}",
        "anc28": f"{(found.at('ANC', 28) >= 0.5).mean():.2f}",
        "plt28": f"{(found.at('PLT', 28) >= 50).mean():.2f}",
        "neutropenic": f"{np.median((found.window('ANC', 0, 60) <= 0.5).sum(axis=1) / 4):.1f}",
        "late": f"{(found.window('ANC', 21, 60).min(axis=1) <= 1.0).mean():.2f}",
        "thrombopenic": f"{(found.window('PLT', 0, 60).min(axis=1) < 50).mean():.2f}",
        "remission": f"{len(relapse) / len(peak):.2f}",
        "free": " / ".join(f"{(relapse > day).mean():.2f}" for day in (183, 365, 730)),
        "negative": f"{negative[again].mean():.2f}",
        "days": f"{days['negative']} / {days['positive']}",
    }


KINETIC_ROWS: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
    ("dip", "least value, day", "3 (2-3)", "{:.1f}".format),
    ("tmax", "peak, day", "9.3", "{:.1f}".format),
    ("doubling", "doubling from the least value to the peak, d", "0.78", "{:.2f}".format),
    ("rise10", "from a tenth of the peak to it, d", "4.3 (2.1-6.2)", "{:.1f}".format),
    ("rise50", "from half of the peak to it, d", "2.3 (1.2-4.2)", "{:.1f}".format),
    ("fall50", "to half of the peak, d", "2.6 (2.3-3.4)", "{:.1f}".format),
    ("fall10", "to a tenth of the peak, d", "8.5 (6.5-12.7); 14.4 by alpha", "{:.1f}".format),
    ("cmax", "peak, copies/ug", "24,000", figures),
    ("minimal_cmax", "peak at minimal disease, copies/ug", "lower", figures),
    ("burden", "peak at 60 % over peak at 20 % blasts", "1.9 (1.4-2.6) at 70 %", "{:.2f}".format),
    ("dose", "slope of log peak on log dose", "0.093", "{:.3f}".format),
    ("lead", "IL-6 peak before CAR-T peak, d", "3.0 (0.7-5.2)", "{:.1f}".format),
)
POPULATION_ROWS = (
    ("solved", "patients solved", ""),
    ("cmax", "peak, >= 5 % blasts, copies/ug", "24,000"),
    ("tmax", "day of it", "9.3"),
    ("spread", "variance of the logarithm of the peak, all patients", "0.65"),
    ("peaks", "peak in remission over the others", "1.74"),
    ("areas", "area to day 28 in remission over the others", "2.04"),
    ("late_peak", "day of the peak without remission", "20"),
    ("lasting", "share with fever after day 60 / 180", ""),
    ("il6", "peak IL-6, 5/25/50/75/95 %, pg/mL", "6 / 34 / 138 / 749 / 1530"),
    ("lead", "IL-6 peak before CAR-T peak, quartiles, d", "0.7 / 3.0 / 5.2"),
    ("fever", "fever of 38.0 C", "0.79 (any CRS)"),
    ("onset", "its first day", "3"),
    ("hypotension", "hypotension among them", "0.56"),
    ("oxygen", "oxygen among them", "0.50"),
    ("severe", "CRS grade 3 or more, conventional", "0.375"),
    ("ferritin", "peak ferritin, grade 0-2 / 3 or more, ug/L", "2035 / 5467"),
    ("anc28", "neutrophils >= 0.5 at day 28", "0.81"),
    ("plt28", "platelets >= 50 at day 28", "0.75"),
    ("neutropenic", "days with neutrophils <= 0.5, median", "9.5"),
    ("late", "neutrophils <= 1.0 on day 21 or later", "0.57"),
    ("thrombopenic", "platelets < 50 by day 60", "0.57"),
    ("remission", "remission at day 28", "0.885"),
    ("free", "relapse-free at month 6 / 12 / 24", "0.84 / 0.69 / 0.59"),
    ("negative", "CD19-negative share of relapses", "0.44"),
    ("days", "median day of relapse, CD19-negative / positive", "268 / 283"),
)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def renewed(page: str, name: str, text: str) -> str:
    """The page with this text between the marks of this name."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    assert start in page, name
    assert end in page, name
    return page[: page.index(start)] + f"{start}\n\n{text}\n\n" + page[page.index(end) :]


def main() -> None:
    """Run both comparisons and renew the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--patients", type=int, default=256, help="virtual patients of each step")
    count = options.parse_args().patients
    typical = [kinetics(values, rule) for _, values, rule in KINETIC_STEPS]
    groups = [crowd(count, values) for _, values in POPULATION_STEPS]
    first = table(
        ["", "target", *(name for name, _, _ in KINETIC_STEPS)],
        [[label, target, *(show(step[key]) for step in typical)] for key, label, target, show in KINETIC_ROWS],
    )
    second = table(
        ["", "target", *(name for name, _ in POPULATION_STEPS)],
        [[label, target, *(step[key] for step in groups)] for key, label, target in POPULATION_ROWS],
    )
    page = PAGE.read_text(encoding="utf-8")
    page = renewed(page, "kinetics of the typical patient", first)
    PAGE.write_text(renewed(page, "virtual patients", second), encoding="utf-8")


if __name__ == "__main__":
    main()
