"""A scenario's treatment as doses and events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.simulate import scenario_file
from cartrace.simulate.interface import NotTreatable
from cartrace.simulate.regimen import PlannedDose, treatment


def of(small, changes=None):
    return treatment(small, scenario_file.load("founding-case", changes or {}))


def test_the_founding_case_is_six_doses_and_no_event(small):
    treated = of(small)
    assert treated.planned == (
        PlannedDose(2.0, "LD", 1.0),
        PlannedDose(3.0, "LD", 1.0),
        PlannedDose(4.0, "LD", 1.0),
        PlannedDose(7.0, "C_D", pytest.approx(30.0)),
        PlannedDose(8.0, "C_D", pytest.approx(90.0)),
        PlannedDose(9.0, "C_D", pytest.approx(180.0)),
    )
    assert treated.system.events == ()
    assert treated.kept == ()


def test_a_flat_dose_and_a_dose_of_nothing(small):
    flat = of(small, {"dose": "{cells: 100}", "lymphodepletion": "nothing"})
    assert flat.planned == (PlannedDose(7.0, "C_D", 100.0),)
    assert of(small, {"dose": "{per_kg: 0}", "lymphodepletion": "nothing"}).planned == ()


def test_drugs_on_given_days_are_doses(small):
    treated = of(
        small, {"tocilizumab": "{day: 7, mg_per_kg: 8, doses: 2, interval_h: 12}", "lymphodepletion": "nothing"}
    )
    assert treated.planned[-2:] == (PlannedDose(14.0, "TOC1", 480.0), PlannedDose(14.5, "TOC1", 480.0))
    assert treated.system.events == ()


def test_parts_that_may_be_held_are_events_and_the_first_is_not(small):
    treated = of(small, {"dose.hold_on_fever": "38"})
    assert [dose.amount for dose in treated.planned if dose.state == "C_D"] == pytest.approx([30.0])
    assert treated.held_parts == ("rx_part_2", "rx_part_3")
    assert [event.id for event in treated.system.events] == ["rx_held", "rx_part_2", "rx_part_3"]
    assert treated.system.events[0].trigger == "TEMP >= 38.0 and time >= 7.0"


def test_a_single_dose_has_nothing_to_hold(small):
    assert of(small, {"dose": "{per_kg: 5, hold_on_fever: 38}"}).system.events == ()


def test_a_drug_that_waits_for_a_grade_needs_fever_and_the_patients_own_level(small):
    treated = of(small, {"tocilizumab": "{at: CRS grade 2, mg_per_kg: 8, doses: 2}"})
    trigger = treated.system.events[-1].trigger
    assert "TEMP >= 38.0" in trigger
    assert "rx_waived" in trigger
    assert "max(hypo, oxy) >= a_CRS2" in trigger
    assert len(dict(treated.waiting)["tocilizumab"]) == 2


def test_a_grade_the_model_does_not_know_is_refused(small):
    less = replace(small, parameters=tuple(item for item in small.parameters if item.id != "a_CRS3"))
    with pytest.raises(NotTreatable, match="says nothing of CRS grade 3"):
        of(less, {"steroid": "{at: CRS grade 3, mg: 10}"})


def test_treatments_add_discrete_states_only(small):
    changes = {"tocilizumab": "{at: fever, mg_per_kg: 8}", "dose.hold_on_fever": "38"}
    treated = of(small, changes)
    added = treated.system.states[len(small.states) :]
    assert added
    assert all(state.rate == "0" and state.id.startswith("rx_") for state in added)
    assert treated.system.rules == small.rules
