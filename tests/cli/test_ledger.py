"""`cartrace ledger`."""

from __future__ import annotations

import csv

DRUGS = """
patient: {weight_kg: 60}
drugs:
  - {drug: tocilizumab, start: {hour: 30}, dose: 8, unit: mg/kg}
  - {drug: tocilizumab, start: {hour: 36}, dose: 600, unit: mg}
  - {drug: prednisone, start: 2, end: 3, dose: 50, unit: mg, frequency: daily}
  - {drug: norepinephrine, start: {hour: 10}, end: not recorded, dose: 0.1, unit: ug/kg/min}
"""


def treated(inputs):
    folder = inputs / "treated"
    folder.mkdir()
    text = (inputs / "small" / "course.yaml").read_text().replace("id: small", "id: treated")
    (folder / "course.yaml").write_text(text + DRUGS)
    return "treated"


def values(found):
    return {quantity["id"]: quantity["value"] for quantity in found["ledgers"][0]["quantities"]}


def test_totals_by_hand(inputs, data):
    found = data("ledger", treated(inputs))
    total = values(found)
    assert (total["tocilizumab_doses"], total["tocilizumab_total"]) == (2, 1080)
    assert total["dexamethasone_equivalent"] == 15.0
    second = found["ledgers"][0]["tocilizumab"][1]
    assert second["interval"]["value"] == 6.0
    assert second["cautions"] == ["above_dose_per_kilogram", "sooner_than_interval"]


def test_text_says_lower_bounds_and_why(inputs, run):
    said = " ".join(run("ledger", treated(inputs)).stdout.split())
    assert "Vasopressors, hours >= 0 h" in said
    assert "An end is not recorded; only what is certain is counted." in said
    assert "600 mg, 10 mg/kg, 6 h after the dose before." in said
    assert "Corticosteroids as dexamethasone, study day 2 7.5 mg" in said
    assert "None given" not in said


def test_nothing_recorded_is_a_reason_or_zero(run):
    small = " ".join(run("ledger", "small").stdout.split())
    # The chart of drugs is declared complete in this course, that of transfusions is not.
    assert "Tocilizumab, doses 0" in small
    assert "None recorded, and the transfusion chart is not declared complete." in small


def test_days_factors_and_csv(inputs, run, data):
    folder = treated(inputs)
    assert values(data("ledger", folder, "--to-day", "2"))["dexamethasone_equivalent"] == 7.5
    changed = data("ledger", folder, "--factor", "dexamethasone.prednisone=0.16")
    assert values(changed)["dexamethasone_equivalent"] == 16.0
    rows = list(csv.DictReader(run("ledger", folder, "--csv").stdout.splitlines()))
    by_id = {row["id"]: row for row in rows}
    assert (by_id["tocilizumab_2_interval"]["value"], by_id["tocilizumab_2_interval"]["day"]) == ("6.0", "1")
    assert by_id["vasopressor_hours"]["censored"] == "yes"
    assert by_id["dexamethasone_equivalent_day_3"]["value"] == "7.5"
    assert "goradia2021vasopressors" in run("ledger", folder, "--factors").stdout


def test_factors_that_do_not_exist_or_are_no_numbers(run):
    assert "did you mean" in run("ledger", "small", "--factor", "dexamethasone.prednison=1").stderr
    assert run("ledger", "small", "--factor", "dexamethasone.prednisone=-1").exit_code == 2
    assert run("ledger", "small", "--factor", "dexamethasone.prednisone").exit_code == 2
    assert run("ledger", "bad").exit_code == 1
