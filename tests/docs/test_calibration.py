"""The calibration: how targets are read, what a hit is, what is fitted, and that its page is what the script gives."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cartrace.models.library import folder_of, load
from cartrace.simulate import scenario_file
from cartrace.simulate.outcomes import outcomes
from cartrace.simulate.therapy import load_therapy
from cartrace.simulate.trajectory import prepare, run

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "bench"


def script(name: str):
    """A script of bench/, by its path."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


cohorts, readings, aims, fitting, crs, written, pages = (
    script(f"calibration_{name}") for name in ("cohort", "readings", "targets", "fit", "crs", "values", "page")
)
RECORD = json.loads((BENCH / "calibration.json").read_text(encoding="utf-8"))
TARGETS = {target.id: target for target in aims.targets()}


@pytest.fixture(scope="module")
def bench():
    return cohorts.Bench()


def made(day, level):
    """A cohort with these CAR-T cells in blood, (patients, days)."""
    curves = {"QPCR": level * 100.0, "CAR_uL": level}
    return cohorts.Cohort(day, curves, {}, np.zeros(len(level)), 0)


def test_dip_peak_rise_and_fall_are_read_from_a_curve_of_straight_lines():
    day = cohorts.EARLY
    # Falls to day 3, doubles every half day to day 9, then falls by 0.2 a day.
    log = np.where(day < 3, 3.0 - day, np.where(day < 9, (day - 3.0) * 2 * np.log(2), 12 * np.log(2) - 0.2 * (day - 9)))
    found = readings.kinetics(made(day, np.exp(log)[None, :]))
    assert found["tmax"][0] == pytest.approx(9.0, abs=0.15)
    assert found["log_cmax"][0] == pytest.approx(12 * np.log(2) + np.log(100), abs=0.06)
    assert found["dip"][0] == pytest.approx(3.0, abs=0.15)
    assert found["doubling"][0] == pytest.approx(0.5, rel=0.03)
    assert found["rise"][0] == pytest.approx(np.log(10) / (2 * np.log(2)), abs=0.2)
    assert found["fall"][0] == pytest.approx(np.log(10) / 0.2, abs=0.3)
    assert found["fast_decline"][0] == pytest.approx(0.2, rel=1e-6)
    assert found["lag"][0] == pytest.approx(3.0, abs=0.15)


def test_a_curve_that_only_falls_has_no_dip_and_no_doubling():
    found = readings.kinetics(made(cohorts.EARLY, np.exp(-0.1 * cohorts.EARLY)[None, :]))
    assert np.isnan(found["dip"][0])
    assert np.isnan(found["doubling"][0])
    assert np.isnan(found["rise"][0])
    assert found["fall"][0] == pytest.approx(np.log(10) / 0.1, abs=1e-6)


def test_crs_of_the_calibration_is_the_grade_of_the_published_rule(bench):
    changes = {"product.knock_down": "0", "virtual_patients.count": "48", "days": "36"}
    scenario = scenario_file.load("trial-patient", changes)
    graded = outcomes(run(prepare(load_therapy("cartrace2026"), scenario), "H1", 0, 48))["crs"]
    cohort = bench.cohort({}, 48, days=cohorts.CRS_DAYS, dose=cohorts.TRIAL_DOSE, seed=1)
    thresholds = {grade: bench.nominal[f"a_CRS{grade}"] for grade in (2, 3, 4)}
    read = readings.crs(cohort, bench.nominal["b_CRS"], thresholds)["grade"]
    assert len(set(graded)) > 2
    assert read.tolist() == graded.tolist()


def test_the_share_of_severe_crs_is_that_of_drawn_resistances(bench):
    count = 512
    cohort = bench.cohort({}, count, days=cohorts.CRS_DAYS, dose=cohorts.TRIAL_DOSE)
    thresholds = {grade: bench.nominal[f"a_CRS{grade}"] for grade in (2, 3, 4)}
    drawn = np.mean(readings.crs(cohort, bench.nominal["b_CRS"], thresholds)["grade"] >= 3)
    signal = crs.Signals("H1", readings.strongest(cohort)[None, :])
    assert signal.severe(bench.nominal["b_CRS"], thresholds[3])[0] == pytest.approx(drawn, abs=0.03)


def test_a_knock_down_that_does_nothing_leaves_its_prior():
    strongest = np.tile(np.linspace(0.5, 3.5, 200), (len(crs.KNOCK_DOWNS), 1))
    found = crs.posterior(crs.Signals("none", strongest), flat=False)
    assert found.knock_down == pytest.approx(np.full(len(crs.KNOCK_DOWNS), 1 / len(crs.KNOCK_DOWNS)))
    assert found.joint.sum() == pytest.approx(1.0)


def test_the_posterior_is_bayes_rule_summed_by_hand():
    random = np.random.default_rng(1)
    strongest = np.sort(random.uniform(0.0, 3.0, (len(crs.KNOCK_DOWNS), 50)), axis=0)[::-1]
    found = crs.posterior(crs.Signals("any", strongest), flat=True)
    weights = stats.norm.pdf(crs.THRESHOLDS)
    total = 0.0
    for k in range(len(crs.KNOCK_DOWNS)):
        for slope in crs.SLOPES:
            for shift, weight in zip(crs.THRESHOLDS, weights / weights.sum(), strict=True):
                level = 4.67 + (slope - 1.4) * np.log10(139.0) + shift
                shares = [np.mean(1 / (1 + np.exp(level - slope * strongest[n]))) for n in (0, k)]
                likely = stats.binom.pmf(15, 40, shares[0]) * stats.binom.pmf(7, 47, shares[1])
                total += weight * likely / len(crs.SLOPES) / len(crs.KNOCK_DOWNS)
    assert found.evidence == pytest.approx(total, rel=1e-9)


def test_a_silencing_that_works_is_found():
    full = np.linspace(2.0, 3.5, 100)
    strongest = np.array([np.where(value > 0.5, -np.inf, full) for value in crs.KNOCK_DOWNS])
    found = crs.posterior(crs.Signals("step", strongest), flat=False)
    assert found.knock_down[crs.KNOCK_DOWNS <= 0.5].sum() > 0.95  # no severe CRS at all is no fit for 7 of 47


@pytest.mark.parametrize(
    ("name", "value", "hit"),
    [
        ("cmax_typical", 24000 / 1.25 - 1, False),
        ("cmax_typical", 24000 / 1.25 + 1, True),
        ("cmax_typical", 24000 * 1.25 + 1, False),
        ("burden_on_peak", 1.39, False),
        ("burden_on_peak", 1.4, True),
        ("anc_recovered_28", 0.705, False),
        ("anc_recovered_28", 0.715, True),
        ("anc_recovered_28", 0.905, True),
        ("anc_recovered_28", 0.915, False),
        ("remission_28", 0.80, False),
        ("remission_28", 0.81, True),
        ("il6_after_tocilizumab", 3.99, False),
        ("il6_after_tocilizumab", 40.0, True),
    ],
)
def test_a_hit(name, value, hit):
    assert aims.hits(TARGETS[name], (value,), {}) == (hit,)


def test_published_quantiles_are_hit_by_a_population_that_has_them():
    levels = (0.0, *aims.QUANTILES["il6_peak"], 1.0)
    edges = np.log((3.0, *TARGETS["il6_peak"].values, 4000.0))
    values = np.exp(np.interp(np.linspace(0, 1, 1000), levels, edges))
    found = aims.READ["il6_peak"]({"il6": values})
    assert all(aims.hits(TARGETS["il6_peak"], found, {"il6": values}))
    # Twice as high: the published quarter and median then have too few below them.
    assert not all(aims.hits(TARGETS["il6_peak"], found, {"il6": 3.0 * values}))


def test_only_targets_declared_as_fitted_are_fitted_and_none_is_forgotten():
    fitted = {target.id for target in TARGETS.values() if target.use == "fitted"}
    of_blocks = [(name, block.hypothesis) for block in fitting.BLOCKS for name in block.targets]
    assert len(of_blocks) == len(set(of_blocks))
    assert fitted == {
        *(name for name, hypothesis in of_blocks if hypothesis == "H1"),
        "severe_crs_conventional",
        "severe_crs_silenced",
    }


def test_every_target_is_on_the_page():
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| (fitted|seen|checked) \|", page, re.MULTILINE) == [
        (target.id, target.use) for target in TARGETS.values()
    ]


def test_the_knock_down_is_no_fitted_value():
    assert "KD" not in RECORD["values"]
    row = next(row for row in load("cartrace2026").parameters if row.id == "KD")
    assert row.evidence in {"input", "assumed"}


def test_the_folder_holds_the_fitted_values():
    now = cohorts.present(list(RECORD["values"]))
    assert now == pytest.approx(RECORD["values"], rel=1e-12)
    equations = (folder_of("cartrace2026") / "model.ant").read_text(encoding="utf-8")
    assert written.in_equations(equations, RECORD["values"]) == equations


def test_values_go_into_each_file_and_nothing_else_changes():
    folder = folder_of("cartrace2026")
    table = (folder / "parameters.tsv").read_text(encoding="utf-8")
    changed = written.in_table(table, {"rho": 9.87654, "C_ref~": 0.123456})
    differing = [line for line, was in zip(changed.splitlines(), table.splitlines(), strict=True) if line != was]
    assert [line.split("\t")[0] for line in differing] == ["rho", "C_ref"]
    assert differing[0].split("\t")[5] == "9.88"
    assert "0.123" in differing[1].split("\t")
    people = (folder / "population.toml").read_text(encoding="utf-8")
    changed = written.in_population(people, {"dysfunctional.probability": 0.3, "cd19_loss.f_neg.high": 0.02})
    differing = [line for line, was in zip(changed.splitlines(), people.splitlines(), strict=True) if line != was]
    assert [line for line in differing if not line.startswith("evidence")] == [
        next(line for line in differing if "high = 0.02" in line),
        "probability = 0.3",
    ]


def test_weights_go_into_their_hypothesis_alone():
    text = (folder_of("cartrace2026") / "settings.toml").read_text(encoding="utf-8")
    changed = written.in_settings(text, {"H2.w_C": 0.777, "rho": 9.0, "dysfunctional.probability": 0.3})
    differing = [line for line, was in zip(changed.splitlines(), text.splitlines(), strict=True) if line != was]
    assert len(differing) == 1
    assert "w_6 = 0.0, w_C = 0.777" in differing[0]
    assert written.in_settings(text, RECORD["values"]) == text


def test_a_fitted_weight_moves_its_hypothesis_and_no_other(bench):
    guess = {"H2.w_C": 3.0, "H2.w_D": 3.0}
    days = cohorts.EARLY[cohorts.EARLY <= 28.0]
    for hypothesis, moved in (("H1", False), ("H2", True)):
        was, now = (bench.cohort(one, 32, days=days, hypothesis=hypothesis).curves["IL6"] for one in ({}, guess))
        assert (not np.array_equal(was, now)) == moved


@pytest.mark.parametrize(("b_cells", "share"), [(0.99, 1.0), (1.0, 0.0), (1.01, 0.0)])
def test_aplasia_is_read_below_the_declared_limit_in_patients_in_remission(b_cells, share):
    assert "below 1/uL" in TARGETS["b_cell_aplasia_12"].raw["how"]
    found = aims.READ["b_cell_aplasia_12"]({"b_12": np.array([b_cells, 0.0]), "remission": np.array([1.0, 0.0])})
    assert found == (share,)


def numbers(cell):
    """Numbers of a cell without their intervals."""
    return [float(part.replace(",", "")) for part in re.sub(r"\([^)]*\)", "", cell).split(" / ")]


def test_the_page_has_the_numbers_of_the_script(bench):
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    rows = {cells[1].strip("` "): cells for line in page.splitlines() if len(cells := line.split(" | ")) > 6}
    rows = {
        line.split("`")[1]: line.split(" | ")
        for line in page.splitlines()
        if line.startswith("| `") and line.count(" | ") > 5
    }
    count = int(re.search(r"from (\d+) virtual patients", page)[1])
    cohort = bench.cohort({}, count, days=pages.CHART_DAYS)
    thresholds = {grade: bench.nominal[f"a_CRS{grade}"] for grade in (2, 3, 4)}
    of = readings.features(cohort, bench.nominal["b_CRS"], thresholds)
    for name, read in aims.READ.items():
        values = read(of)
        assert numbers(rows[name][3]) == pytest.approx(list(values), rel=0.02, abs=0.003), name
        verdict = "hit" if all(aims.hits(TARGETS[name], values, of)) else "MISS"
        assert rows[name][6].startswith(verdict), name
    for name, value in fitting.of_typical(bench, {}).items():
        assert numbers(rows[name][3]) == pytest.approx([value], rel=0.02), name


@pytest.mark.slow
def test_the_fit_has_lowered_the_misfit_of_every_block(bench):
    fitted, other = {}, RECORD["values"]
    for block in fitting.BLOCKS:
        scale = fitting.Scale(block.free, RECORD["start"])
        before = fitting.misfit(bench, block, RECORD["start"], RECORD["patients"], RECORD["seed"])
        after = fitting.misfit(bench, block, other, RECORD["patients"], RECORD["seed"])
        fitted[block.name] = float(np.sum(after**2))
        assert np.sum(after**2) <= np.sum(before**2)
        place = np.array([scale.to_line(name, other[name]) for name in block.free])
        assert np.all((scale.low - 1e-6 <= place) & (place <= scale.high + 1e-6))
    kept = {step["block"]: step["after"] for step in RECORD["blocks"]}
    # Blocks fitted later move earlier ones a little, and values are rounded to three figures.
    assert sum(fitted.values()) == pytest.approx(sum(kept.values()), rel=0.25, abs=3.0)
