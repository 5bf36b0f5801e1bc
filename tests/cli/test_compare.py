"""`cartrace compare`."""

from __future__ import annotations

import csv


def rows_of(run, *words):
    return list(csv.DictReader(run("compare", "small", "--csv", *words).stdout.splitlines()))


def test_where_editions_differ_each_has_its_row_with_its_line(run):
    rows = {row["edition"]: row for row in rows_of(run)}
    assert {row["course"] for row in rows.values()} == {"small"}
    assert [rows[name]["grade"] for name in ("ASTCT 2019", "Penn 2018", "MSKCC 2018")] == ["2", "3", "2"]
    assert rows["Penn 2018"]["line"] == "hypoxia needing any supplemental oxygen"


def test_a_stretch_is_named_once_for_a_reader(run):
    said = run("compare", "small").stdout.splitlines()
    assert [line.startswith("small") for line in said].count(True) == 1
    assert any("low-flow cannula (up to 6 L/min) or blow-by." in line for line in said)
    assert "Would be settled by: creatinine, alt, ast, bilirubin." in " ".join(" ".join(said).split())


def test_an_option_of_one_edition_changes_its_row(run):
    def lee(*words):
        return next(row["grade"] for row in rows_of(run, *words) if row["edition"] == "Lee 2014")

    assert lee() == "2 to 4"
    assert lee("--option", "crs.lee2014.organ_silence=normal") == "2"


def test_as_data(data):
    (course,) = data("compare", "small")["courses"]
    difference = course["differences"][0]
    assert course["course"] == "small"
    assert difference["family"] == "crs"
    assert [s["title"] for s in difference["standings"]][:2] == ["ASTCT 2019", "Lee 2014"]


def test_no_difference_is_said(run):
    assert run("compare", "anc.csv").stdout == "The editions do not differ.\n"


def test_icans_and_cres_are_compared_too(run, inputs):
    (inputs / "neuro.csv").write_text(
        "day,code,value\n1,ice,10\n1,consciousness,alert\n1,seizure,brief\n1,seizure_type,generalised\n"
        "1,motor_weakness,no\n1,raised_icp_sign,none\n1,cartox10,10\n"
    )
    rows = list(csv.DictReader(run("compare", "neuro.csv", "--csv").stdout.splitlines()))
    said = [(row["scale"], row["edition"], row["grade"], row["line"]) for row in rows]
    assert ("ICANS", "CARTOX 2018", "4", "generalised seizure or status epilepticus") in said
