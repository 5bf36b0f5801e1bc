"""What a scenario says, in numbers."""

from __future__ import annotations

import pytest

from cartrace.simulate.scenario import CellDose, CellProduct, RescueDrug, Scenario, TreatedPatient, VirtualPatients


def test_a_dose_per_kg_goes_by_weight_and_a_flat_one_does_not():
    assert CellDose(per_kg=5.0).total(60.0) == 300.0
    assert CellDose(cells=100.0).total(60.0) == 100.0


@pytest.mark.parametrize(("weight", "mg"), [(30.0, 240.0), (99.0, 792.0), (100.0, 800.0), (120.0, 800.0)])
def test_tocilizumab_by_weight_stops_at_its_greatest_dose(weight, mg):
    assert RescueDrug(day=1.0, mg_per_kg=8.0, at_most_mg=800.0).amount(weight) == mg


def test_a_flat_dose_does_not_go_by_weight():
    assert RescueDrug(day=1.0, mg=10.0).amount(30.0) == RescueDrug(day=1.0, mg=10.0).amount(90.0) == 10.0


def test_patients_who_do_not_differ_are_one():
    parts = {"id": "a", "title": "a", "model": "m", "hypotheses": ("H1",)}
    who = {"patient": TreatedPatient(60.0), "product": CellProduct("p"), "dose": CellDose(per_kg=1.0)}
    assert Scenario(**parts, **who, virtual_patients=VirtualPatients(count=50)).patients == 50
    assert Scenario(**parts, **who, virtual_patients=VirtualPatients(count=50, vary=False)).patients == 1
