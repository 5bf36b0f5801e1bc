"""`cartrace kinetics`."""

from __future__ import annotations

import csv

import pytest


def metrics(found):
    return {metric["id"]: metric for metric in found["courses"][0]["profiles"][0]["metrics"]}


def test_a_table_of_profiles_needs_no_yaml(data):
    found = metrics(data("kinetics", "profiles.csv", "--windows", "0-7,0-14", "--lloq", "50"))
    assert found["cmax"]["value"] == 200
    assert found["tmax"]["value"] == 1
    assert {"auc_0_7", "auc_0_14"} <= set(found)
    # 0-1: 100; 1-2: 50/ln(200/150); 2-4: 120/ln(150/90); 4-7: 90/ln(90/60)
    assert found["auc_0_7"]["value"] == pytest.approx(100 + 173.803 + 234.914 + 221.968, abs=0.01)


def test_the_table_of_policies(run):
    rows = list(csv.DictReader(run("kinetics", "profiles.csv", "--sensitivity", "--csv").stdout.splitlines()))
    assert {row["policy"] for row in rows} == {"standard", "zero_all", "half_lloq", "drop_all"}


def test_a_metric_without_a_value_says_why(run):
    rows = list(csv.DictReader(run("kinetics", "profiles.csv", "--csv").stdout.splitlines()))
    assert all(bool(row["value"]) != bool(row["reason"]) for row in rows)


def test_no_profile_is_said_in_words(run):
    assert "No CAR-T measurement" in run("kinetics", "small").stdout


def test_wrong_words(run):
    assert "0-28" in run("kinetics", "profiles.csv", "--windows", "28").output
    wrong = run("kinetics", "profiles.csv", "--policy", "half")
    assert wrong.exit_code == 2
    assert "half_lloq" in wrong.output
