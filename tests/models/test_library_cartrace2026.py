"""The integrated therapy model: balances, limits, signs, and the declarations beside it."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from cartrace.models.expression import evaluate
from cartrace.models.library import folder_of, load
from cartrace.vocabulary import sources

from .oracle import Dose, solve

MODEL = "cartrace2026"
SPLIT = [Dose(2.0, "LD", 1.0), Dose(3.0, "LD", 1.0), Dose(4.0, "LD", 1.0)] + [
    Dose(7.0 + day, "C_D", amount) for day, amount in ((0, 30.0), (1, 90.0), (2, 180.0))
]
BURDENS = {
    "case": {},
    "minimal": {"L_M0": 300.0, "L_S0": 0.0, "L_T0": 0.0},
    "overt": {"L_M0": 2e5, "L_S0": 0.0, "L_T0": 0.0},
}
DAYS = np.linspace(0.0, 97.0, 971)


def course(outputs, doses=SPLIT, days=DAYS, **values):
    """One array over the days for each output."""
    found = solve(load(MODEL).system, days, outputs, parameters=values, doses=doses, rtol=1e-8, atol=1e-10)
    return dict(zip(outputs, found.T, strict=True))


def setting(name):
    return dict(load(MODEL).settings[name].parameters)


def declared(file):
    return tomllib.loads((folder_of(MODEL) / file).read_text(encoding="utf-8"))


def test_one_inlet_for_each_drug_and_no_event_of_its_own():
    system = load(MODEL).system
    assert not system.events
    assert {"C_D", "TOC1", "DEX", "LD"} <= {item.id for item in system.states}
    blasts = {"L_M", "L_S", "L_T", "L_P", "N_M", "N_S", "N_T"}
    cells = {"C_L1", "C_L2", "E_B", "E_M", "E_S", "E_T", "E_X", "M"}
    assert {item.id for item in system.states if item.extinct_below} == blasts | cells
    assert {item.extinct_below for item in system.states if item.extinct_below} == {1e-6}


def test_infused_cells_are_neither_made_nor_lost_when_nothing_divides_or_dies():
    still = dict.fromkeys(("rho", "rho_h", "del_E", "k_ex", "k_EM", "theta_M"), 0.0)
    sites = ("C_D", "C_L1", "C_L2", "E_B", "E_M", "E_S", "E_T")
    found = course(sites, **still, b_div=1.0)
    engrafting = load(MODEL).system.parameters
    share = next(item.value for item in engrafting if item.id == "f_eng")
    total = share * found["C_D"] + sum(found[site] for site in sites[1:])
    assert total[DAYS > 9.05] == pytest.approx(share * 300.0, rel=1e-6)


def test_tocilizumab_stays_when_it_is_not_eliminated():
    found = course(("TOC1", "TOC2"), [Dose(10.0, "TOC1", 480.0)], CLt=0.0, VMt=0.0)
    assert (found["TOC1"] + found["TOC2"])[DAYS > 10.05] == pytest.approx(480.0, rel=1e-6)


@pytest.mark.parametrize("hypothesis", ["H1", "H2"])
def test_without_a_product_no_car_t_cell_and_no_inflammation(hypothesis):
    found = course(("C_tot", "IL6", "IFN", "MA", "L_M"), SPLIT[:3], **BURDENS["overt"], **setting(hypothesis))
    assert np.abs(found["C_tot"]).max() < 1e-9
    assert found["IL6"] == pytest.approx(3.0, rel=2e-3)  # its own small feedback
    assert found["IFN"] == pytest.approx(5.0, rel=1e-6)
    assert found["L_M"][-1] > found["L_M"][60]


def test_without_disease_no_blast_and_little_inflammation():
    found = course(("L_M", "L_P", "N_M", "IL6", "B_uL"), L_M0=0.0, L_S0=0.0, L_T0=0.0, KD=0.0)
    assert max(found[name].max() for name in ("L_M", "L_P", "N_M")) == 0.0
    assert found["IL6"].max() < 10.0
    assert found["B_uL"][280] < 0.1


def test_without_drugs_and_disease_the_body_rests():
    names = ("ANC", "PLT", "HB", "B_P", "B_c", "IL6", "CRP", "FER", "IFN", "MI")
    found = course(names, [], L_M0=0.0, L_S0=0.0, L_T0=0.0)
    for name in names:
        assert found[name] == pytest.approx(found[name][0], rel=2e-3, abs=1e-9), name


@pytest.mark.parametrize("burden", BURDENS)
def test_nothing_is_negative(burden):
    names = [item.id for item in load(MODEL).system.states]
    found = course(names, **BURDENS[burden], KD=0.0)
    assert {name for name in names if found[name].min() < -1e-6 * max(found[name].max(), 1e-3)} == set()


@pytest.mark.parametrize("burden", BURDENS)
def test_cells_dip_after_the_infusion_then_grow(burden):
    cells = course(("CAR_uL",), [*SPLIT[:3], Dose(7.0, "C_D", 300.0)], **BURDENS[burden])["CAR_uL"]
    after = DAYS - 7.0
    dip = after[(after > 1) & (after < 8)][cells[(after > 1) & (after < 8)].argmin()]
    assert 2.0 <= dip <= 3.97  # quartiles of liu2022 and the upper limit of the lag of ogasawara2021
    assert cells[after == 1.0][0] > 2 * cells[np.isclose(after, dip)][0]
    # stein2019tisagenlecleucel 9.3, mueller2018tisagenlecleucel 9.9; calibrated over the population, 8 in the typical patient.
    assert 7.0 <= after[cells.argmax()] <= 12.0


def test_exhaustion_has_the_declared_rate_under_full_antigen():
    # Nothing divides, dies or kills and no effector leaves the marrow: every effector meets antigen all the time.
    still = dict.fromkeys(
        ("rho", "rho_h", "del_E", "k_ex", "k_EM", "theta_M", "k_kill", "k_killB", "c_AE", "k_MB"), 0.0
    )
    left = 1.0 - course(("EXH",), **BURDENS["overt"], **still, k_BM=50.0, K_AM=1e-6)["EXH"]
    after = DAYS - 7.0
    start, end = np.isclose(after, 50.0), np.isclose(after, 80.0)
    assert left[end] / left[start] == pytest.approx(np.exp(-0.066 * 30.0), rel=2e-3)
    assert 1.0 - (1.0 - np.exp(-0.066 * 28.0)) ** 4 == pytest.approx(0.5, abs=0.01)  # half of the function after 28 d


@pytest.mark.parametrize("burden", BURDENS)
def test_a_usual_product_is_hardly_exhausted_at_its_peak_and_recovers_at_rest(burden):
    found = course(("CAR_uL", "fresh", "EXH"), **BURDENS[burden])
    after = DAYS > 8.0
    assert found["fresh"][: np.flatnonzero(after)[found["CAR_uL"][after].argmax()]].min() > 0.9
    assert 0.0 <= found["EXH"].min() <= found["EXH"].max() < 1.0
    assert found["EXH"][-1] < found["EXH"].max()


def test_cells_whose_targets_persist_shrink_by_exhaustion_alone():
    names = ("C_tot", "TEMP")
    idle = {**BURDENS["overt"], "KD": 0.0, "k_kill": 0.0}
    worn, kept = course(names, **idle), course(names, **idle, k_exh=0.0)
    early, late = np.isclose(DAYS, 27.0), np.isclose(DAYS, 97.0)
    assert kept["C_tot"][late] > 0.8 * kept["C_tot"][early]
    assert worn["C_tot"][late] < 0.5 * worn["C_tot"][early]
    assert worn["TEMP"][late] < kept["TEMP"][late]


def test_a_knock_down_touches_il6_and_what_follows_from_it_and_nothing_else():
    names = ("C_tot", "L_S", "L_T", "IFN", "ANC", "B_c", "IL6")
    full, none = course(names, KD=1.0), course(names, KD=0.0)
    for name in names[:-1]:
        assert full[name] == pytest.approx(none[name], rel=1e-5, abs=1e-6), name
    assert full["IL6"].max() < none["IL6"].max()


def test_a_knock_down_matters_under_h1_and_hardly_under_h2():
    def peak(hypothesis, knock_down):
        return course(("IL6",), **BURDENS["overt"], **setting(hypothesis), KD=knock_down)["IL6"].max()

    assert peak("H1", 0.0) / peak("H1", 0.9) > 2.0
    assert 1.0 <= peak("H2", 0.0) / peak("H2", 0.9) < 1.1


def test_tocilizumab_raises_il6_in_serum_and_lowers_its_signal_crp_and_fever():
    names = ("IL6", "S6", "CRP", "TEMP")
    without = course(names, **BURDENS["overt"], KD=0.0)
    given = course(names, [*SPLIT, Dose(14.0, "TOC1", 480.0)], **BURDENS["overt"], KD=0.0)
    soon = (DAYS > 14.0) & (DAYS < 17.0)
    assert given["IL6"][soon].max() > 2.0 * without["IL6"][soon].max()
    assert given["S6"][soon].max() < 0.2 * without["S6"][soon].max()
    two_days = np.isclose(DAYS, 16.0)
    assert given["CRP"][two_days] < 0.6 * without["CRP"][two_days]
    assert given["TEMP"][two_days] < without["TEMP"][two_days] - 0.5


def test_cd19_relapse_follows_the_loss_of_the_cells_only_through_the_niche():
    days = np.linspace(0.0, 700.0, 1401)
    lost = {**BURDENS["overt"], "KD": 0.0, "f_rej": 1.0, "t_rej": 60.0}
    niche = course(("BM_pct",), days=days, **lost)["BM_pct"]
    none = course(("BM_pct",), days=days, **lost, f_niche=0.0, m_seed=0.0)["BM_pct"]
    kept = course(("BM_pct",), days=days, **BURDENS["overt"], KD=0.0)["BM_pct"]
    assert niche[70] < 5.0
    assert niche[-1] > 50.0
    assert none[100:].max() < 1e-3
    assert kept[100:].max() < 1e-3


def test_late_neutropenia_follows_inflammation():
    late = (DAYS > 28.0) & (DAYS < 67.0)
    inflamed = course(("ANC",), **BURDENS["overt"], KD=0.0)["ANC"][late].min()
    quiet = course(("ANC",), **BURDENS["overt"], KD=0.0, k_MI=0.0)["ANC"][late].min()
    assert inflamed < 1.0 < quiet


def test_latent_resistance_and_route_give_the_ordinal_logit_back():
    system = load(MODEL).system
    rules = {rule.id: rule.value for rule in system.rules}
    values = {item.id: item.value for item in system.parameters}
    random = np.random.default_rng(1)
    resistance, route = random.logistic(size=20_000), random.normal(scale=2.0, size=20_000)
    for score in (1.0, 3.0, 4.5):
        margins = [
            [
                evaluate(rules[name], {**values, "CRS_score": score, "u_CRS": u, "u_route": r})
                for name in ("hypo", "oxy")
            ]
            for u, r in zip(resistance[:4000], route[:4000], strict=True)
        ]
        worse = np.max(margins, axis=1)
        for grade in ("a_CRS2", "a_CRS3", "a_CRS4"):
            expected = 1.0 / (1.0 + np.exp(values[grade] - score))
            assert (worse >= values[grade]).mean() == pytest.approx(expected, abs=0.025)


def test_every_target_is_declared_whole_and_none_is_fitted_from_memory():
    targets = declared("targets.toml")["target"]
    assert len({item["id"] for item in targets}) == len(targets)
    for item in targets:
        assert item["use"] in {"fitted", "checked", "seen"}, item["id"]
        assert item["read"] in {"text", "digest", "data", "memory"}, item["id"]
        assert all(item[key] for key in ("how", "quantity", "unit", "locator")), item["id"]
        assert item["source"] in sources.sources(), item["id"]
        assert not (item["use"] == "fitted" and item["read"] == "memory"), item["id"]
        if "counts" in item:
            assert item["counts"][0] / item["counts"][1] == pytest.approx(item["value"], abs=0.05), item["id"]


def test_the_population_speaks_of_parameters_of_the_model():
    known = {item.id for item in load(MODEL).system.parameters}
    people = declared("population.toml")
    named = {item["parameter"] for item in (*people["draw"], *people["latent"], *people["covariate"])}
    for mixture in people["mixture"]:
        assert 0.0 < mixture["probability"] < 1.0
        named |= {item["parameter"] for item in mixture.get("draw", ())}
        named |= {name for key in ("set", "times", "otherwise") for name in mixture.get(key, {})}
    varied = {row.id for row in load(MODEL).parameters if row.variability}
    correlated = {name for item in people["correlation"] for name in item["parameters"]}
    assert named <= known
    assert correlated <= varied
    for item in (*people["draw"], *people["latent"], *people["mixture"], *people["correlation"], *people["covariate"]):
        assert item["evidence"]
        assert item["note"]


def test_a_range_has_its_source():
    for item in declared("ranges.toml")["range"]:
        assert item["low"] <= item["high"]
        assert item["source"] in sources.sources()


def test_no_value_of_the_knock_down_is_taken_from_the_literature():
    row = next(row for row in load(MODEL).parameters if row.id == "KD")
    assert row.evidence in {"assumed", "input"}
    assert (row.lower, row.upper, row.estimated) == (0.0, 1.0, True)
