"""Outcomes of simulated patients are those of their courses and curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cartrace.assess import rule
from cartrace.simulate import scenario_file
from cartrace.simulate.course import simulated_course
from cartrace.simulate.outcomes import OUTCOMES, outcomes
from cartrace.simulate.trajectory import prepare, run

DISEASE = "{marrow_blasts: 100, skin_ml: 0, testis_ml: 0, cd19_negative: 0}"


@pytest.fixture(scope="module")
def found(therapy):
    changes = {"disease": DISEASE, "product.knock_down": "0", "days": "400", "virtual_patients.count": "24"}
    prepared = prepare(therapy, scenario_file.load("founding-case", changes))
    return run(prepared, "H1", 0, 24)


@pytest.fixture(scope="module")
def values(found):
    return outcomes(found, compiled=False)


def test_every_outcome_has_a_number_for_every_patient(values):
    assert {outcome.id for outcome in OUTCOMES} <= set(values)
    assert all(len(column) == 24 for column in values.values())
    assert len({outcome.id for outcome in OUTCOMES}) == len(OUTCOMES)


def test_grades_are_those_of_the_rule_course_by_course(found, values):
    scenario, looks = found.prepared.scenario, found.prepared.looks
    grades = [
        rule("crs.astct2019").run(simulated_course(found.patient(n), scenario, looks)).overall.value for n in range(24)
    ]
    assert values["crs"].tolist() == grades
    assert values["crs_2"].tolist() == [float(grade >= 2) for grade in grades]
    assert {0.0, 1.0} == set(values["crs_2"])


@pytest.mark.slow
def test_compiled_rules_give_the_same_outcomes(found):
    plain, compiled = outcomes(found, compiled=False), outcomes(found, compiled=True)
    for name, column in plain.items():
        assert np.array_equal(column, compiled[name], equal_nan=True)


def test_clean_marrow_and_normal_counts_are_a_remission_that_lasts(values):
    assert set(values["cr_28"]) == {1.0}
    assert set(values["mrd_negative_28"]) == {1.0}
    assert set(values["relapse_free_6"]) == {1.0}
    assert set(values["relapse_free_12"]) == {1.0}


def test_a_remission_with_low_counts_is_a_cri(therapy):
    low = replace(therapy.system, rules=tuple(_low(item) for item in therapy.system.rules))
    changes = {"disease": DISEASE, "product.knock_down": "0", "days": "40", "virtual_patients.count": "2"}
    found = run(prepare(replace(therapy, system=low), scenario_file.load("founding-case", changes)), "H1", 0, 2)
    values = outcomes(found)
    assert set(values["cr_28"]) == {1.0}
    assert set(values["icaht_early"]) == {4.0}


def _low(item):
    return {"ANC": replace(item, value="0.1 + 0*time"), "PLT": replace(item, value="10 + 0*time")}.get(item.id, item)


def test_a_run_that_ends_early_leaves_later_outcomes_open(therapy):
    changes = {"disease": DISEASE, "product.knock_down": "0", "days": "100", "virtual_patients.count": "4"}
    found = run(prepare(therapy, scenario_file.load("founding-case", changes)), "H1", 0, 4)
    values = outcomes(found, compiled=False)
    assert np.isnan(values["relapse_free_6"]).all()
    assert set(values["cr_28"]) == {1.0}


@pytest.mark.parametrize(("days", "relapse_free"), [("120", np.nan), ("190", 0.0)])
def test_an_early_relapse_counts_only_where_the_run_reaches_the_day_asked_for(therapy, days, relapse_free):
    rules = tuple(
        replace(item, value="piecewise(0, time < 67, 30)") if item.id == "BM_pct" else item
        for item in therapy.system.rules
    )
    changes = {"disease": DISEASE, "product.knock_down": "0", "days": days, "virtual_patients.count": "2"}
    relapsing = replace(therapy, system=replace(therapy.system, rules=rules))
    found = outcomes(run(prepare(relapsing, scenario_file.load("founding-case", changes)), "H1", 0, 2))
    assert set(found["cr_28"]) == {1.0}
    assert np.array_equal(found["relapse_free_6"], [relapse_free] * 2, equal_nan=True)


def test_what_the_scenario_does_not_hold_is_not_asked(values):
    for name in ("tocilizumab", "steroid", "all_parts"):
        assert np.isnan(values[name]).all()


def test_peaks_are_those_of_the_curve_after_the_infusion(values):
    assert values["peak_il6"] == pytest.approx(403.0, rel=1e-4)
    assert values["day_of_peak_il6"] == pytest.approx(7.0, abs=0.3)
    assert set(values["nadir_anc"]) == {2.5}
    assert set(values["days_anc_500"]) == {0.0}


def test_a_signal_without_fever_is_counted_apart(therapy):
    cold = replace(therapy, hypotheses={"H1": (("heat", 0.5),), "H2": ()})
    cold = replace(cold, population=replace(cold.population, varied=()))
    changes = {"disease": DISEASE, "product.knock_down": "0", "days": "40", "virtual_patients.count": "16"}
    values = outcomes(run(prepare(cold, scenario_file.load("founding-case", changes)), "H1", 0, 16), compiled=False)
    assert set(values["crs"]) == {0.0}
    assert values["signal_without_fever"].mean() > 0.0


def test_patients_who_could_not_be_solved_have_no_outcome(therapy):
    broken = replace(therapy, hypotheses={"H1": (("peak", float("nan")),), "H2": ()})
    changes = {"disease": DISEASE, "virtual_patients.count": "2"}
    values = outcomes(run(prepare(broken, scenario_file.load("founding-case", changes)), "H1", 0, 2))
    assert all(np.isnan(column).all() for column in values.values())
