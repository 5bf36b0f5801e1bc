"""Which courses the model covers, and which inputs are the record's own and which are taken from the scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import cartrace
from cartrace import ingest
from cartrace.course.record import Disease, GeneEdit, Product
from cartrace.report.prediction_inputs import NotPredicted, predicted, scenario_of
from cartrace.simulate import scenario_file

EXAMPLES = Path(cartrace.__file__).parent / "examples"


@pytest.fixture(scope="module")
def founding():
    return ingest.read(EXAMPLES / "founding-case").courses[0]


@pytest.fixture(scope="module")
def busy():
    return ingest.read(EXAMPLES / "busy-course").courses[0]


def scenario(course):
    return scenario_of(course, list(course.infusions))


def by_name(inputs):
    return {one.name: one for one in inputs}


def test_the_founding_case_gives_the_bundled_scenario_of_the_founding_case(founding):
    found, _ = scenario(founding)
    bundled = scenario_file.load("founding-case")
    for part in ("patient", "product", "lymphodepletion", "disease"):
        assert getattr(found, part) == getattr(bundled, part), part
    assert found.dose.per_kg == bundled.dose.per_kg
    assert found.dose.fractions == pytest.approx(bundled.dose.fractions)
    assert found.dose.days == bundled.dose.days


def test_what_the_founding_record_lacks_is_said_and_what_it_holds_is_its_own(founding):
    inputs = by_name(scenario(founding)[1])
    assert {name for name, one in inputs.items() if one.own} == {"Age", "Cell dose"}
    assert inputs["Body weight"].taken == "60 kg, assumed"
    assert "no published value" in inputs["Knock-down of IL-6"].taken
    assert inputs["Drugs against CRS"].taken == "none given in the simulation"


def test_no_course_is_said_to_be_free_of_a_clone_that_nobody_looked_for(founding, busy):
    for course in (founding, busy):
        found, inputs = scenario(course)
        assert found.disease.cd19_negative is None
        assert by_name(inputs)["Clone without CD19"].taken.startswith("drawn from the population")


def test_a_fuller_record_is_used(busy):
    found, inputs = scenario(busy)
    assert found.patient.weight_kg == 68
    assert found.dose.per_kg == pytest.approx(2.0)
    assert found.lymphodepletion.days == (-5.0, -4.0, -3.0)
    assert found.product.knock_down == 0.0
    drugs = by_name(inputs)["Drugs against CRS"]
    assert drugs.recorded.startswith("tocilizumab")
    first = min(drug.start.day for drug in busy.drugs if drug.drug == "tocilizumab")
    assert f"from day {first:.0f} on its patients are not treated as this one was" in drugs.taken


def test_a_measured_knock_down_is_used_and_a_secreted_molecule_is_none(founding):
    measured = replace(founding, product=Product("x", "CD19", gene_edits=(GeneEdit("shrna", "IL-6", 0.8),)))
    assert scenario(measured)[0].product.knock_down == 0.8
    secreted = replace(founding, product=Product("x", "CD19", gene_edits=(GeneEdit("secreted", "IL-6"),)))
    assert scenario(secreted)[0].product.knock_down == 0.0


@pytest.mark.parametrize(
    ("disease", "target"), [("DLBCL", "CD19"), ("B-ALL", "BCMA"), ("B-ALL", ""), ("T-ALL", "CD19"), ("", "CD19")]
)
def test_other_diseases_and_targets_are_no_matter_of_this_model(founding, disease, target):
    other = replace(founding, disease=Disease(disease), product=Product("x", target))
    assert predicted(other) is None


def test_a_dose_or_a_day_that_is_not_recorded_is_the_reason(founding):
    first, *rest = founding.infusions
    no_dose = replace(founding, infusions=(replace(first, dose_per_kg=None), *rest))
    assert predicted(no_dose) == NotPredicted("the dose of an infusion is not recorded")
    assert predicted(replace(founding, infusions=())) == NotPredicted("no infusion is recorded")
