"""Scenario files: the bundled ones load; what is wrong is said all at once, with line and remedy."""

from __future__ import annotations

import pytest

from cartrace.errors import InputRefused, UnknownTerm
from cartrace.simulate import scenario_file
from cartrace.simulate.scenario import CellDose, RescueDrug

LEAST = """cartrace_scenario: 1
id: least
title: The least a scenario says
patient: {weight_kg: 60}
product: {name: p}
dose: {per_kg: 2}
"""


def refused(text: str, changes: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(InputRefused) as caught:
        scenario_file.read(text, changes=changes)
    return [finding.sentence for finding in caught.value.findings]


@pytest.mark.parametrize("name", scenario_file.bundled("scenarios"))
def test_a_bundled_scenario_loads_under_its_own_name(name):
    scenario = scenario_file.load(name)
    assert scenario.id == name
    assert scenario.title
    assert scenario.hypotheses == ("H1", "H2")


def test_what_is_left_out_has_its_default():
    scenario = scenario_file.read(LEAST)
    assert scenario.dose == CellDose(per_kg=2.0, fractions=(1.0,), days=(0.0,))
    assert (scenario.lymphodepletion, scenario.tocilizumab, scenario.steroid) == (None, None, None)
    assert scenario.product.knock_down is None
    assert scenario.disease.marrow_blasts is None
    assert (scenario.days, scenario.virtual_patients.count) == (90.0, 200)


def test_the_founding_case_is_the_reported_split():
    dose = scenario_file.load("founding-case").dose
    assert [fraction * dose.total(60.0) for fraction in dose.fractions] == pytest.approx([30.0, 90.0, 180.0])
    assert dose.days == (0.0, 1.0, 2.0)


def test_the_comparator_differs_from_the_founding_case_in_the_product_alone():
    case, other = scenario_file.load("founding-case"), scenario_file.load("conventional")
    same = ("patient", "dose", "lymphodepletion", "tocilizumab", "steroid", "disease", "virtual_patients", "days")
    assert all(getattr(case, name) == getattr(other, name) for name in same)
    assert (case.product.knock_down, other.product.knock_down) == (None, 0.0)


def test_every_problem_is_said_at_once_with_its_line():
    said = refused("""cartrace_scenario: 1
id: x
title: y
patient: {weight_kg: sixty}
product: {name: a, knockdown: 1}
dose: {per_kg: 5, cells: 3, fractions: [0.5, 0.6], days: [1, 2]}
tocilizumab: {mg_per_kg: 8, at: CRS grade 5}
steroid: {mg: 10, day: 8, repeat: anyway}
disease: {marrow_percent: 10, marrow_blasts: 3}
sources: [lee2019]
parameters: {KD: high}
""")
    expected = [
        'row 4, column weight_kg: found "sixty"',
        "did you mean knock_down?",
        "found days 1, 2; expected ascending days, the first one 0",
        "fractions that add up to 1.1",
        "found both per_kg and cells",
        "did you mean CRS grade 3 or CRS grade 2?",
        "expected no repeat with a day",
        "found both marrow_blasts and marrow_percent",
        "did you mean lee2019astct",
        'found KD: "high"; expected a number',
    ]
    text = "\n".join(said)
    assert [part for part in expected if part not in text] == []
    assert len(said) == len(expected)


@pytest.mark.parametrize(
    ("fractions", "days", "accepted"),
    [
        ("[0.5, 0.5]", "[0, 1]", True),
        ("[0.5, 0.4999999]", "[0, 1]", True),
        ("[0.5, 0.499]", "[0, 1]", False),
        ("[0.5, 0.5]", "[0, 0]", False),
        ("[0.5, 0.5]", "[1, 0]", False),
        ("[0.5, 0.5]", "[0]", False),
        ("[1]", "[0]", True),
    ],
)
def test_parts_add_up_and_their_days_ascend(fractions, days, accepted):
    changes = {"dose.fractions": fractions, "dose.days": days}
    if accepted:
        assert len(scenario_file.read(LEAST, changes=changes).dose.days) == len(days.split(","))
    else:
        assert refused(LEAST, changes)


def test_a_change_replaces_adds_or_takes_away():
    changes = {"product.knock_down": "0.5", "steroid": "{mg: 10, at: CRS grade 3, doses: 3}", "dose.per_kg": "4"}
    scenario = scenario_file.read(LEAST, changes=changes)
    assert (scenario.product.knock_down, scenario.dose.per_kg) == (0.5, 4.0)
    assert scenario.steroid == RescueDrug(at="CRS grade 3", mg=10.0, doses=3, interval_h=24.0, lasting=False)
    assert scenario_file.load("founding-case", {"disease.skin_ml": "nothing"}).disease.skin_ml is None
    assert scenario_file.load("founding-case", {"lymphodepletion": "nothing"}).lymphodepletion is None


def test_a_change_of_a_key_that_does_not_exist_is_refused():
    assert "did you mean knock_down?" in refused(LEAST, {"product.knock_dwn": "0.5"})[0]


def test_tocilizumab_repeats_while_its_reason_lasts_and_a_steroid_anyway():
    changes = {"tocilizumab": "{mg_per_kg: 8, at: fever}", "steroid": "{mg: 10, at: fever}"}
    scenario = scenario_file.read(LEAST, changes=changes)
    assert scenario.tocilizumab is not None
    assert scenario.steroid is not None
    assert (scenario.tocilizumab.lasting, scenario.tocilizumab.interval_h) == (True, 8.0)
    assert (scenario.steroid.lasting, scenario.steroid.interval_h) == (False, 24.0)


def test_an_empty_file_and_a_broken_one_are_findings():
    assert "an empty file" in refused("")[0]
    assert "YAML" in refused("a: [")[0]


def test_a_scenario_that_is_not_there_names_the_nearest():
    with pytest.raises(UnknownTerm, match="did you mean founding-case"):
        scenario_file.load("founding-cse")
    with pytest.raises(UnknownTerm, match="nor is there such a file; cartrace simulate lists them"):
        scenario_file.load("qqq")


def test_what_is_wrong_in_a_change_names_the_change():
    changes = {"product.knock_down": "2", "dose": "{per_kg: x, fractionz: [1]}", "days": "["}
    said = "\n".join(refused(LEAST, changes))
    assert 'change product.knock_down, column knock_down: found "2"' in said
    assert 'change dose, column per_kg: found "x"' in said
    assert "change dose, column fractionz" in said
    assert "change days, row 1" in said


def test_a_key_taken_away_makes_room_for_the_other_one():
    dose = scenario_file.read(LEAST, changes={"dose.per_kg": "nothing", "dose.cells": "50"}).dose
    assert (dose.per_kg, dose.cells) == (None, 50.0)


def test_a_dose_without_a_number_is_no_dose_of_nothing():
    assert "neither per_kg nor cells" in refused(LEAST, {"dose.per_kg": ""})[0]
    text = LEAST.replace("per_kg: 2", "per_kg: ")
    assert text != LEAST
    assert "neither per_kg nor cells" in refused(text)[0]
    assert scenario_file.read(LEAST, changes={"days": ""}).days == 90.0


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        ({"dose.fractions": "[0.5, 0.5]", "dose.days": "[0, 29]"}, True),
        ({"dose.fractions": "[0.5, 0.5]", "dose.days": "[0, 30]"}, False),
        ({"tocilizumab": "{day: 29, mg_per_kg: 8}"}, True),
        ({"tocilizumab": "{day: 30, mg_per_kg: 8}"}, False),
        ({"steroid": "{day: 31, mg: 10}"}, False),
        ({"steroid": "{at: fever, mg: 10}"}, True),
    ],
)
def test_nothing_is_planned_after_the_last_day(changes, accepted):
    changes = {"days": "30"} | changes
    if accepted:
        scenario_file.read(LEAST, changes=changes)
    else:
        assert "of 30 days simulated; expected a day before 30" in refused(LEAST, changes)[0]


def test_the_typical_patient_needs_a_knock_down_of_his_own():
    alone = {"virtual_patients": "{vary: no}"}
    assert "no knock_down, and patients who do not differ" in refused(LEAST, alone)[0]
    assert scenario_file.read(LEAST, changes=alone | {"product.knock_down": "0.5"}).patients == 1


def test_the_model_and_its_parameters_are_checked_with_the_rest():
    said = "\n".join(refused(LEAST, {"parameters": "{rhoo: 3, KD: 0.5}", "dose.per_kg": "x"}))
    assert "found rhoo: 3; expected a parameter of cartrace2026; did you mean rho" in said
    assert "found KD: 0.5; expected the key product.knock_down" in said
    assert 'found "x"' in said
    assert "did you mean cartrace2026" in refused(LEAST, {"model": "cartrace2027"})[0]


def test_a_file_that_is_no_text_is_a_finding(tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputRefused) as refusal:
        scenario_file.load(str(path))
    assert "scenario.yaml: found text that is not UTF-8" in refusal.value.findings[0].sentence
