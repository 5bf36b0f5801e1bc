"""`cartrace episodes`."""

from __future__ import annotations

import csv


def test_fields_of_a_course_as_text(run):
    said = " ".join(run("episodes", "small").stdout.split())
    assert "Did it occur? yes Asked by CIBMTR and EBMT." in said
    assert "Highest grade 2 Asked by CIBMTR (from memory) and EBMT." in said
    assert "Strongest respiratory support during an episode nasal cannula" in said
    assert "Highest temperature during an episode 38.6 °C" in said
    assert "Tocilizumab during an episode no" in said


def test_rows_and_records(run, data):
    rows = list(csv.DictReader(run("episodes", "two", "--csv").stdout.splitlines()))
    found = {(row["course"], row["syndrome"], row["field"]): row for row in rows}
    assert found["a", "CRS", "occurred"]["answer"] == "yes"
    assert found["b", "CRS", "occurred"]["answer"] == "no"
    assert found["b", "CRS", "onset_day"]["reason"] == "no episode"
    assert found["a", "ICANS", "occurred"]["reason"] == "not graded by the rule"
    assert {form["toxicity"] for form in data("episodes", "two")["forms"]} == {"CRS", "ICANS"}


def test_options_of_the_rules_are_taken(run):
    assert run("episodes", "small", "--option", "crs.astct2019.resolution_hours=48").exit_code == 0
    assert run("episodes", "small", "--option", "crs.astct2019.resolution=48").exit_code == 2
    assert run("episodes", "bad").exit_code == 1
