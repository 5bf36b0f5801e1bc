"""A simulated patient goes through the same rules as a real one."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.assess import rule
from cartrace.assess.options import options_of, wrong_options
from cartrace.simulate import scenario_file
from cartrace.simulate.course import GivenDose, Reading, SimulatedPatient, simulated_course
from cartrace.simulate.schedule import schedule

LOOKS = schedule(90.0)
SCENARIO = scenario_file.load("founding-case")
OBSERVED = (
    ("temperature", "Cel", "TEMP"),
    ("anc", "10^9/L", "ANC"),
    ("platelets", "10^9/L", "PLT"),
    ("blasts_percent", "%", "BM_pct"),
    ("il6", "pg/mL", "IL6"),
)


def bell(height: float, day: float = 7.0, width: float = 2.0) -> np.ndarray:
    return height * np.exp(-(((LOOKS.times - day) / width) ** 2) / 2)


def course(doses: tuple[GivenDose, ...] = (), thresholds: dict[int, float] | None = None, **values: np.ndarray):
    flat = np.ones_like(LOOKS.times)
    given = {
        "TEMP": 36.8 * flat,
        "hypo": 0.0 * flat,
        "oxy": 0.0 * flat,
        "ANC": 2.0 * flat,
        "PLT": 150.0 * flat,
        "BM_pct": 0.0 * flat,
        "IL6": 3.0 * flat,
        "V_skin": 0.0 * flat,
        "V_test": 0.0 * flat,
    }
    patient = SimulatedPatient(
        id="p-1",
        values=given | values,
        observed=OBSERVED,
        thresholds=thresholds if thresholds is not None else {2: 2.0, 3: 4.0, 4: 6.0},
        parts=((0.0, 30.0, 0.1), (1.0, 90.0, 0.3), (2.0, 180.0, 0.6)),
        doses=doses,
        knock_down=0.85,
    )
    return simulated_course(patient, SCENARIO, LOOKS)


def grade(one, rule_id: str = "crs.astct2019"):
    return rule(rule_id).run(one).overall


@pytest.mark.parametrize(
    ("signal", "heat", "expected"),
    [
        (0.0, 1.19, 0),
        (0.0, 1.2, 1),
        (1.999, 2.0, 1),
        (2.0, 2.0, 2),
        (3.999, 2.0, 2),
        (4.0, 2.0, 3),
        (6.0, 2.0, 4),
        (6.0, 1.0, 0),
    ],
)
@pytest.mark.parametrize("axis", ["hypo", "oxy"])
def test_crs_grade_is_fever_and_the_level_of_the_worse_margin(signal, heat, expected, axis):
    found = grade(course(TEMP=36.8 + bell(heat), **{axis: bell(signal)}))
    assert found.state == "graded"
    assert found.value == expected


def test_a_waiting_drug_is_charted_with_the_fever_it_waited_for():
    # Fever between two readings only, then the drug works: the rule sees the reading on which it was given.
    heat = np.where((LOOKS.times > 6.9) & (LOOKS.times < 6.99), 38.2, 37.0)
    dose = GivenDose("tocilizumab", 6.93, 480.0, Reading(37.9999999, 1.9999999, 0.0))
    found = rule("crs.astct2019").run(course(doses=(dose,), TEMP=heat))
    assert found.overall.value == 2
    graded = [step for step in found.steps if step.low]
    assert graded[0].at == pytest.approx(6.93, abs=1e-3)


def test_after_the_drug_the_signal_alone_is_graded_until_the_episode_is_over():
    heat = np.where(LOOKS.times < 7.1, 36.8 + bell(2.0), 37.0)
    dose = GivenDose("tocilizumab", 6.5, 480.0, Reading(38.5, 2.0, 0.0))
    signal = np.where(LOOKS.times > 7.9, bell(4.5, 9.0), 0.0)
    assert grade(course(doses=(dose,), TEMP=heat, hypo=signal)).value == 3
    assert grade(course(TEMP=heat, hypo=signal)).value == 1
    late = np.where(LOOKS.times > 8.2, bell(4.5, 9.0), 0.0)
    assert grade(course(doses=(dose,), TEMP=heat, hypo=late)).value == 2


def test_the_course_says_that_it_is_simulated():
    one = course()
    assert one.synthetic
    assert "No person stands behind it" in one.summary
    assert {o.source.file for o in one.observations} == {"simulated"}
    assert all(record.source.file == "simulated" for group in one.groups() for record in group)
    assert "Simulated." in one.notes


def test_the_choices_of_rules_in_a_simulated_course_exist():
    assert wrong_options(course()) == ()


def test_infusions_and_drugs_are_those_given():
    one = course(doses=(GivenDose("steroid", 8.0, 10.0),))
    assert [infusion.dose_per_kg for infusion in one.infusions] == pytest.approx([0.5, 1.5, 3.0])
    assert [drug.drug for drug in one.drugs].count("fludarabine") == 3
    assert ("dexamethasone", 10.0) in [(drug.drug, drug.dose) for drug in one.drugs]


@pytest.mark.parametrize(
    ("anc", "platelets", "blasts", "words"),
    [
        (2.0, 150.0, 0.0, "CR"),
        (0.6, 60.0, 0.0, "CRh"),
        (2.0, 40.0, 0.9, "CRi"),
        (0.2, 20.0, 0.0, "CRi"),
        (2.0, 150.0, 1.0, "not CR"),
    ],
)
def test_response_goes_by_marrow_and_counts(anc, platelets, blasts, words):
    flat = np.ones_like(LOOKS.times)
    one = course(ANC=anc * flat, PLT=platelets * flat, BM_pct=blasts * flat)
    response = rule("response.ball")
    steps = response.run(one, options_of(response, one, {})).steps
    at_28 = next(step for step in steps if step.day == 28)
    assert at_28.words == words


def test_mrd_is_negative_below_the_limit_of_detection():
    flat = np.ones_like(LOOKS.times)
    assert rule("response.mrd").run(course(BM_pct=0.00999 * flat)).steps[-1].words == "negative"
    assert rule("response.mrd").run(course(BM_pct=0.0101 * flat)).steps[-1].words == "failure"


def test_lesions_that_go_are_a_complete_response_and_one_that_comes_back_is_progression():
    gone = np.where(LOOKS.times < 10.0, 8.0, 0.0)
    back = np.where(LOOKS.times > 80.0, 2.0, gone)
    assert grade(course(V_skin=gone, V_test=gone), "response.extramedullary").words == "CR"
    last = rule("response.extramedullary").run(course(V_skin=gone, V_test=back)).steps[-1]
    assert last.words == "PD"


def test_a_lesion_that_shrinks_is_judged_by_its_volume():
    one = course(V_test=np.where(LOOKS.times < 10.0, 8.0, 3.9))
    extramedullary = rule("response.extramedullary")
    steps = extramedullary.run(one, options_of(extramedullary, one, {})).steps
    assert next(step for step in steps if step.day == 28).words == "PR"


def test_a_lesion_too_small_to_be_seen_is_never_charted():
    flat = np.ones_like(LOOKS.times)
    assert course(V_skin=0.0999 * flat).lesions == ()
    assert course(V_skin=0.1 * flat).lesions != ()


def test_nothing_below_zero_is_charted():
    one = course(IL6=-1e-9 * np.ones_like(LOOKS.times))
    assert min(o.value for o in one.observations if o.code == "il6") == 0.0


def test_neutropenia_of_the_curve_is_the_icaht_of_the_rule():
    low = np.where((LOOKS.times > 3.0) & (LOOKS.times < 12.0), 0.4, 2.0)
    found = rule("icaht.early").run(course(ANC=low)).overall
    # Nine mornings, days 3 to 11, at or below 500.
    assert found.value == 2
