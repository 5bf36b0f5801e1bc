"""A treated model solved: when waiting drugs are given, and that the rules see it the same way afterwards."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cartrace.assess import rule
from cartrace.errors import UnknownTerm
from cartrace.simulate import scenario_file
from cartrace.simulate.course import simulated_course
from cartrace.simulate.schedule import VITALS_UNTIL
from cartrace.simulate.trajectory import prepare, run

PLAIN = {
    "disease": "{marrow_blasts: 100, skin_ml: 0, testis_ml: 0, cd19_negative: 0}",
    "product.knock_down": "0",
    "days": "40",
}
MINUTE = 1.0 / 1440.0
TOUCHED = 0.01
"""Log odds: a margin that passes its threshold by less may come and go between two steps of the solver."""


def made(therapy, changes=None, count=1, vary=False):
    """`parameters` among the changes are those of the small model, a mapping."""
    people = {"virtual_patients.count": str(count), "virtual_patients.vary": "yes" if vary else "no"}
    words = PLAIN | people | (changes or {})
    parameters = words.pop("parameters", {})
    return prepare(therapy, replace(scenario_file.load("founding-case", words), parameters=tuple(parameters.items())))


def crossing(height: float, level: float) -> float:
    """Day on which a bell of this height, centred on day 7 with width 3, rises through a level."""
    return 7.0 - 3.0 * math.sqrt(2.0 * math.log(height / level))


def typical(therapy, changes):
    return run(made(therapy, changes), "H1", 0, 1).patient(0)


def test_tocilizumab_at_the_first_fever_is_given_when_the_curve_meets_38(therapy):
    (dose,) = typical(therapy, {"tocilizumab": "{at: fever, mg_per_kg: 8}"}).doses
    assert dose.day == pytest.approx(crossing(3.0, 1.2), abs=2 * MINUTE)
    assert dose.mg == 480.0
    assert dose.reading is not None
    assert dose.reading.temperature == pytest.approx(38.0, abs=1e-6)


@pytest.mark.parametrize(("grade", "level"), [(2, 2.83), (3, 4.67)])
def test_tocilizumab_at_a_grade_is_given_when_the_margin_meets_its_threshold(therapy, grade, level):
    (dose,) = typical(therapy, {"tocilizumab": f"{{at: CRS grade {grade}, mg_per_kg: 8}}"}).doses
    assert dose.day == pytest.approx(crossing(6.0, level), abs=2 * MINUTE)


def test_a_margin_without_fever_waits_for_the_fever(therapy):
    cool = {"tocilizumab": "{at: CRS grade 2, mg_per_kg: 8}", "parameters": {"heat": 1.25}}
    (dose,) = typical(therapy, cool).doses
    assert dose.day == pytest.approx(crossing(1.25, 1.2), abs=2 * MINUTE)
    assert typical(therapy, cool | {"parameters": {"heat": 1.19}}).doses == ()


def test_doses_that_come_anyway_follow_on_the_interval(therapy):
    doses = typical(therapy, {"steroid": "{at: fever, mg: 10, doses: 3, interval_h: 24}"}).doses
    days = [dose.day for dose in doses]
    assert np.diff(days) == pytest.approx([1.0, 1.0], abs=2 * MINUTE)
    assert [dose.mg for dose in doses] == [10.0, 10.0, 10.0]


def test_a_further_dose_while_it_lasts_needs_the_reason_again(therapy):
    weak = {"tocilizumab": "{at: CRS grade 2, mg_per_kg: 0.05, doses: 2, interval_h: 12}"}
    first, second = typical(therapy, weak).doses
    assert second.day - first.day == pytest.approx(0.5, abs=2 * MINUTE)
    strong = {"tocilizumab": "{at: CRS grade 2, mg_per_kg: 8, doses: 2, interval_h: 12}"}
    assert len(typical(therapy, strong).doses) == 1


@pytest.mark.parametrize(("limit", "given"), [("37.5", [0.0]), ("39.5", [0.0, 3.0]), ("39.75", [0.0, 3.0, 6.0])])
def test_parts_are_given_until_the_first_fever(therapy, limit, given):
    split = {"dose": f"{{per_kg: 5, fractions: [0.1, 0.3, 0.6], days: [0, 3, 6], hold_on_fever: {limit}}}"}
    patient = typical(therapy, split)
    assert [day for day, _, _ in patient.parts] == given
    expected = sum((30.0, 90.0, 180.0)[: len(given)])
    assert sum(cells for _, cells, _ in patient.parts) == pytest.approx(expected)


def test_a_part_that_was_held_never_reaches_the_blood(therapy):
    split = {"dose": "{per_kg: 5, fractions: [0.5, 0.5], days: [0, 6], hold_on_fever: 38}"}
    one = made(therapy, split)
    at_once = made(therapy, {"dose": "{per_kg: 2.5}"})
    for prepared in (one, at_once):
        assert prepared.treatment.planned[-1].amount == 150.0
    found = [run(prepared, "H1", 0, 1).values for prepared in (one, at_once)]
    column = [prepared.kernel.outputs.index("BM_pct") for prepared in (one, at_once)]
    assert found[0][0, :, column[0]] == pytest.approx(found[1][0, :, column[1]], rel=1e-4)


def test_a_drug_is_given_exactly_to_those_whom_the_rule_grades_so(therapy):
    crs = rule("crs.astct2019")
    weak = {"parameters": {"strength": 3}}
    order = weak | {"tocilizumab": "{at: CRS grade 2, mg_per_kg: 8}"}
    treated, untreated = (made(therapy, changes, 50, vary=True) for changes in (order, weak))
    after, before = (run(one, "H1", 0, 50) for one in (treated, untreated))
    given = 0
    for position in range(50):
        patient = after.patient(position)
        natural = crs.run(simulated_course(before.patient(position), untreated.scenario, untreated.looks)).overall
        found = crs.run(simulated_course(patient, treated.scenario, treated.looks))
        reached = [step.at for step in found.steps if step.low is not None and step.low >= 2]
        if patient.doses:
            given += 1
            assert reached[0] == pytest.approx(patient.doses[0].day, abs=2 * MINUTE)
        elif not 2.83 <= before.of("hypo")[position].max() < 2.83 + TOUCHED:
            assert reached == []
            assert natural.value is not None
            assert natural.value < 2
    assert 10 < given < 40


def test_two_drugs_that_become_due_at_one_moment_are_both_given(therapy):
    # A patient whose signal is of grade 3 before the fever: with the fever both orders are met, and the first drug acts at once.
    crs = rule("crs.astct2019")
    orders = {
        "parameters": {"strength": 3},
        "tocilizumab": "{at: CRS grade 2, mg_per_kg: 8}",
        "steroid": "{at: CRS grade 3, mg: 10}",
    }
    treated = made(therapy, orders, 50, vary=True)
    found = run(treated, "H1", 0, 50)
    together = 0
    for position in range(50):
        patient = found.patient(position)
        days = {drug: [dose.day for dose in patient.doses if dose.drug == drug] for drug in ("tocilizumab", "steroid")}
        steps = crs.run(simulated_course(patient, treated.scenario, treated.looks)).steps
        severe = [step.at for step in steps if step.low is not None and step.low >= 3]
        if severe:
            assert days["steroid"], position
            assert severe[0] == pytest.approx(days["steroid"][0], abs=2 * MINUTE)
            together += days["steroid"][0] == pytest.approx(days["tocilizumab"][0], abs=MINUTE)
    assert together


def test_the_same_patient_is_in_every_arm_and_chunk(therapy):
    whole = run(made(therapy, {}, 20, vary=True), "H1", 0, 20)
    part = run(made(therapy, {}, 20, vary=True), "H1", 7, 5)
    other = run(made(therapy, {"dose.per_kg": "1"}, 20, vary=True), "H1", 0, 20)
    assert np.array_equal(whole.values[7:12], part.values)
    for name in ("heat", "strength", "u_CRS"):
        assert np.array_equal(whole.parameter(name), other.parameter(name))
    assert part.patient(0).id == "founding-case-H1-0000008"


def test_threads_change_no_digit(therapy):
    one = made(therapy, {"tocilizumab": "{at: fever, mg_per_kg: 8}"}, 64, vary=True)
    assert np.array_equal(run(one, "H1", 0, 64).values, run(one, "H1", 0, 64, threads=2).values)


def test_the_scenario_wins_over_what_was_drawn_and_the_hypothesis_over_the_model(therapy):
    found = run(made(therapy, {}, 5, vary=True), "H2", 0, 5)
    assert found.parameter("KD").tolist() == [0.0] * 5
    assert found.parameter("L_M0").tolist() == [100.0] * 5
    fixed = run(made(therapy, {"parameters": {"heat": 2.5}}, 5, vary=True), "H1", 0, 5)
    assert fixed.parameter("heat").tolist() == [2.5] * 5
    typical_h2 = run(made(therapy), "H2", 0, 1)
    assert typical_h2.parameter("strength").tolist() == [8.0]


def test_a_knock_down_that_is_not_known_is_drawn(therapy):
    found = run(made(therapy, {"product.knock_down": "nothing"}, 64, vary=True), "H1", 0, 64).parameter("KD")
    assert 0.0 < found.min() < 0.1
    assert 0.9 < found.max() < 1.0


def test_a_parameter_that_the_model_lacks_is_refused(therapy):
    with pytest.raises(UnknownTerm, match="did you mean heat"):
        made(therapy, {"parameters": {"haet": 2.5}})


def test_a_patient_who_cannot_be_solved_says_why_and_harms_nobody(therapy):
    broken = replace(therapy, hypotheses={"H1": (), "H2": (("peak", float("nan")),)})
    found = run(made(broken, {}, 3, vary=True), "H2", 0, 3)
    assert set(found.reasons) == {0, 1, 2}
    with pytest.raises(ValueError, match="not a finite number"):
        found.patient(0)


def test_nobody_is_given_a_drug_for_what_nobody_sees(therapy):
    order = {"tocilizumab": "{at: fever, mg_per_kg: 8}", "days": "60"}
    late = {"peak": 7.0 + 44.0, "width": 3.0}
    seen = {"peak": 7.0 + VITALS_UNTIL + 1.0, "width": 3.0}
    assert typical(therapy, order | {"parameters": late}).doses == ()
    (dose,) = typical(therapy, order | {"parameters": seen}).doses
    assert VITALS_UNTIL - 5.0 < dose.day < VITALS_UNTIL


@pytest.mark.parametrize("share", [0.0, 0.091, 0.5, 1.0])
def test_the_burden_is_what_the_scenario_says_whatever_part_of_it_lost_cd19(therapy, share):
    disease = f"{{marrow_blasts: 100, skin_ml: 8, testis_ml: 0, cd19_negative: {share}}}"
    found = run(made(therapy, {"disease": disease}), "H1", 0, 1)
    ratio = found.parameter("f_neg")[0]
    for name, burden in (("L_M0", 100.0), ("L_S0", 8000.0), ("L_T0", 0.0)):
        positive = found.parameter(name)[0]
        assert positive + positive * ratio == pytest.approx(burden)
        assert positive == pytest.approx(burden * (1.0 - share), abs=1e-6)
