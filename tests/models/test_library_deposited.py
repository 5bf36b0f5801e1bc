"""Library models against what their authors or curators deposited: SBML files run to the same courses, tables of parameters agree.

The files are not in this repository: the tests skip when shared/data is not beside this checkout.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from cartrace.models import load
from cartrace.models.expression import evaluate, substituted
from cartrace.models.sbml import read_sbml
from cartrace.models.system import Event, System

DEPOSITED = Path(__file__).parents[3] / "shared" / "data" / "biomodels-sbml"
SAME = {
    "barros2021_hdlm2": ("BIOMD0000001019", {"Ct": "C_T", "T": "T", "Cm": "C_M"}, 200),
    "chaudhury2020_lotka": ("BIOMD0000001024", {"Expanding_CAR_T_cells": "C_E", "Tumor_cells": "U"}, 60),
    "chaudhury2020_ec50": (
        "BIOMD0000001025", {"Expanding_CAR_T_cells": "C_E", "Tumor_cells": "U", "Persistent_CAR_T_cells": "C_P"}, 60,
    ),
    # Later its tumour falls below any number.
    "chaudhury2020_linear": ("MODEL2109110005", {"C_E": "C_E", "U": "U"}, 7.5),
    "hanson2016": (
        "BIOMD0000000837",
        {"B": "B", "C_e": "C_e", "C_m": "C_m", "H_e": "H_e", "H_m": "H_m", "L": "L", "Inflam": "I"}, 300,
    ),
    "leontriana2020_reduced": (
        "BIOMD0000001011", {"CAR_T_cells": "C", "Leukaemic_B_cells": "L", "B_cells_healthy": "B"}, 60,
    ),
    "leontriana2021": (
        "BIOMD0000001014",
        {"CAR_T_cells_on_tumour": "C_T", "CAR_T_cells_off_tumour": "C_B", "Tumour_cells": "T", "B_cells": "B"}, 100,
    ),
    "kimmel2021": (
        "BIOMD0000001041", {"Normal_T_cells": "N", "CAR_T_cells": "C", "Antigen_presenting_tumour_cells": "B"}, 30,
    ),
}  # fmt: skip


def deposited(file: str) -> System:
    path = DEPOSITED / f"{file}.xml"
    if not path.is_file():
        pytest.skip("the public models are not beside this checkout (shared/data/biomodels-sbml)")
    return read_sbml(path.read_text(encoding="utf-8"))


def ours(name: str) -> System:
    """The system of the library; the deposited files know no extinction."""
    system = load(name).system
    return replace(system, states=tuple(replace(state, extinct_below=0.0) for state in system.states))


def courses_agree(oracle, first: System, second: System, states: dict[str, str], until: float, rtol: float) -> None:
    times = np.linspace(0, until, 25)
    theirs = oracle.solve(first, times, list(states))
    mine = oracle.solve(second, times, list(states.values()))
    np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=1e-9 * np.abs(theirs).max(axis=0).min())
    assert np.ptp(theirs, axis=0).max() > 0  # something moves


@pytest.mark.parametrize("name", [*sorted(SAME.keys() - {"barros2021_hdlm2"})])
def test_a_model_runs_as_the_deposited_one(name, oracle):
    file, states, until = SAME[name]
    courses_agree(oracle, deposited(file), ours(name), states, until, 1e-7)


def test_cells_against_hdlm_2_run_as_the_deposited_ones(oracle):
    """The file infuses CAR-T cells on day 45 and tumour on day 250; the library leaves doses to the run."""
    file, states, until = SAME["barros2021_hdlm2"]
    infusion = Event("infusion", "time >= 45", (("C_T", "2e6"),))
    whole = deposited(file)
    assert [event.trigger for event in whole.events] == ["time >= 45.0", "time >= 250.0"]
    courses_agree(oracle, whole, replace(ours("barros2021_hdlm2"), events=(infusion,)), states, until, 1e-7)


def test_the_full_form_of_leon_triana_differs_in_one_factor_alone(oracle):
    """In the file progenitors make CAR-T cells without a CAR-T cell (README); without that term the two agree."""
    states = {"CAR_T_cells": "C", "Leukaemic_B_cells": "L", "B_cells_healthy": "B"}
    without = [
        replace(
            system,
            parameters=tuple(replace(item, value=0.0) if item.id == "beta" else item for item in system.parameters),
        )
        for system in (deposited("BIOMD0000001012"), ours("leontriana2020_full"))
    ]
    courses_agree(oracle, *without, states, 60, 1e-7)


@pytest.mark.slow
def test_il6_and_crp_under_an_antibody_run_as_the_deposited_ones(oracle):
    """States are matched by their start values, as far as those are unique."""
    theirs, mine = deposited("BIOMD0000000537"), ours("dwivedi2014")
    factor = next(item.value for item in mine.parameters if item.id == "nM_per_mg")
    dose = Event("dose", "time >= 0.1", (("AB_s", f"AB_s + 300*{factor}"),))
    mine = replace(mine, events=(dose,))
    starts = [
        dict(zip(system.state_ids, oracle.solve(system, [0.0], system.state_ids)[0].tolist(), strict=True))
        for system in (theirs, mine)
    ]
    unique = [{value for value, count in Counter(values.values()).items() if count == 1} for values in starts]
    names = [{value: name for name, value in values.items()} for values in starts]
    states = {names[0][value]: names[1][value] for value in unique[0] & unique[1] if value > 1e-20}
    assert len(states) > 20
    assert "CRP_s" in states.values()
    assert "IL6_s" in states.values()
    courses_agree(oracle, theirs, mine, states, 100, 1e-5)


# ---------------------------------------------------------------------- tables of parameters


def rows_of(file: str) -> list[dict[str, str]]:
    path = DEPOSITED.parent / file
    if not path.is_file():
        pytest.skip("the public tables are not beside this checkout (shared/data)")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_table_of_stein_is_the_printed_one():
    ours_of = {"foldx": "fold_x", "Tmax": "T_max", "Cmax": "C_max", "alpha": "alpha", "FB": "F_B", "beta": "beta"}
    rows = {row.id: row for row in load("stein2019").parameters}
    printed = rows_of("published-parameter-tables/stein2019_base_model.csv")
    assert {row["parameter"] for row in printed} == ours_of.keys()
    for line in printed:
        row = rows[ours_of[line["parameter"]]]
        assert (row.value, row.variability) == (float(line["typical"]), float(line["random_effect_as_printed"]))


def test_the_effects_of_stein_are_the_printed_ones():
    """Set one covariate at a time: the logarithm of the maximum moves by the printed coefficient."""
    system = load("stein2019").system
    peak = next(rule.value for rule in system.rules if rule.id == "C_peak")
    effects = {rule.id: rule.value for rule in system.rules if rule.id in ("log_effect", "log_loss")}
    text = substituted(peak, effects)
    values = {item.id: item.value for item in system.parameters}
    one = {
        "female": "female", "asian": "asian", "race_other": "other_race", "down_syndrome": "down_syndrome",
        "prior_hsct": "transplant", "no_fludarabine": "no_fludarabine", "study_B2205J_vs_B2202": "ensign",
        "received_tocilizumab": "had_tocilizumab", "received_steroids": "had_steroid",
    }  # fmt: skip
    powers = {"transduction_efficiency_power_ref19pct": "transduction", "dose_per_kg_power_ref3_1e6": "dose_per_kg"}
    printed = rows_of("published-parameter-tables/stein2019_covariates_full_model.csv")
    assert {line["covariate"] for line in printed} == one.keys() | powers.keys()
    for line in printed:
        name = line["covariate"]
        changed = {one[name]: 1.0} if name in one else {powers[name]: values[powers[name]] * math.e}
        moved = math.log(evaluate(text, values | changed) / evaluate(text, values))
        assert moved == pytest.approx(float(line["effect_on_log_Cmax"]), rel=1e-12)


def test_the_patients_of_kirouac_are_published_ones():
    columns = {
        "B50": "B_50", "uB": "mu_B", "k_kill": "k_kill", "f_loss": "f_loss", "TK50": "TK_50", "kt": "k_t", "kb1": "k_b1",
        "kb2": "k_b2", "um": "mu_m", "km": "k_m", "f_max": "f_max", "ke": "k_e", "ue": "mu_e", "N": "N_div", "kex": "k_ex",
        "dm": "d_m", "de1": "d_e1", "de2": "d_e2", "dx": "d_x", "Bmax": "B_max", "kx": "k_x", "rm": "r_m", "kr": "k_r",
        "fractionTm": "p_m", "fractionTe1": "p_e1", "fractionTe2": "p_e2", "fractionTx": "p_x",
    }  # fmt: skip
    model = load("kirouac2023")
    published = [
        {columns[key]: float(value) for key, value in line.items() if key in columns}
        for line in rows_of("Kirouac2023-VP-parameters/kirouac2023_36_virtual_patients.csv")
    ]
    patients = [model.values, *(model.values | setting.parameters for setting in model.settings.values())]
    for patient in patients:
        assert {name: patient[name] for name in columns.values()} in published


def test_the_patient_of_santurio_is_the_one_refitted():
    columns = {
        "A": "A", "B": "B", "alpha": "alpha", "betaB": "beta_B", "betaC": "beta_C", "betaK": "beta_K", "deltaI": "delta_I",
        "deltaM": "delta_M", "eps": "eps", "eta": "eta", "g0": "g_0", "gamma": "gamma_T", "kappa": "kappa", "muE": "mu_E",
        "muI": "mu_I", "muP": "mu_P", "rho": "rho", "sigmaM": "sigma_M", "init_CI": "C_I0", "init_TP": "T_P0",
        "init_IL6": "IL6_0", "init_Mi": "M_i0",
    }  # fmt: skip
    lines = rows_of("Meshkin-FDA-CART-QSP/fitted_parameters_by_patient.csv")
    (line,) = [line for line in lines if line["patient"] == "L02"]
    values = load("santurio2025").values
    assert {name: values[name] for name in columns.values()} == {columns[key]: float(line[key]) for key in columns}


def test_the_quartiles_of_kimmel_are_the_printed_ones():
    expected = {entry.id: (entry.low, entry.high) for entry in load("kimmel2021").reproduce}
    for line in rows_of("published-parameter-tables/kimmel2021_zuma1_moffitt_car_per_uL.csv"):
        assert expected[f"car_{line['day']}"] == (float(line["q1"]), float(line["q3"]))


def test_the_values_of_hosseini_are_those_of_the_workbook():
    path = DEPOSITED.parent / "hosseini2020-blinatumomab" / "41540_2020_145_MOESM2_ESM.xlsx"
    if not path.is_file():
        pytest.skip("the workbook is not beside this checkout (shared/data/hosseini2020-blinatumomab)")
    header, *lines = openpyxl.load_workbook(path, data_only=True)["Sheet1"].iter_rows(values_only=True)
    workbook = {line[header.index("NAME")]: line[header.index("DLBCL")] for line in lines}
    rows = [row for row in load("hosseini2020").parameters if row.locator.startswith("workbook")]
    assert len(rows) > 50
    for row in rows:
        per = 1440 if row.evidence == "converted" else 1  # minutes to days
        assert row.value == pytest.approx(workbook[row.locator.rsplit(", ", 1)[1]] / per, rel=1e-12), row.id
