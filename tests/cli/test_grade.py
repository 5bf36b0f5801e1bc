"""`cartrace grade`."""

from __future__ import annotations

import csv

from cartrace.cli.grade import GRADE, _folded


def test_a_table_of_neutrophils_needs_no_yaml(data):
    found = data("grade", "anc.csv", "--rule", "icaht")
    rules = {a["rule"].split("@")[0]: a for a in found["courses"][0]["assessments"]}
    assert set(rules) == {"icaht.early", "icaht.late"}
    # 0.4 on days 3 and 6; interpolation to 0.9 on day 9 leaves 500/uL on day 7 already behind: 0.4+0.5/3 > 0.5.
    assert rules["icaht.early"]["overall"]["low"] == 1
    assert rules["icaht.late"]["overall"]["state"] == "not graded"


def test_a_course_folder_is_graded_with_what_would_settle_it(run):
    result = run("grade", "small", "--rule", "crs.astct2019")
    assert result.exit_code == 0
    assert "crs.astct2019@1" in result.stdout
    assert " 2 " in result.stdout


def test_rows_by_day_and_by_step(data, run):
    days = run("grade", "small", "--rule", "crs.astct2019", "--by", "day", "--csv").stdout.splitlines()
    assert len(list(csv.DictReader(days))) == 1
    steps = list(
        csv.DictReader(run("grade", "small", "--rule", "crs.astct2019", "--by", "step", "--csv").stdout.splitlines())
    )
    assert next(row["low"] for row in steps) == "2"
    assert steps[0]["from_d"] == "0.25"


def test_an_option_changes_the_settings_that_are_printed(data):
    found = data("grade", "small", "--rule", "crs", "--option", "crs.astct2019.resolution_hours=48")
    assert ["resolution_hours", 48.0] in found["courses"][0]["assessments"][0]["settings"]


def test_a_folder_of_courses_gives_a_row_for_each(run):
    rows = list(csv.DictReader(run("grade", "two", "--rule", "crs.astct2019", "--csv").stdout.splitlines()))
    assert [(row["course"], row["low"]) for row in rows] == [("a", "2"), ("b", "0")]


def test_wrong_words_are_told_with_the_nearest(run):
    wrong_rule = run("grade", "small", "--rule", "crs.astct2018")
    assert wrong_rule.exit_code == 2
    assert "crs.astct2019" in wrong_rule.output
    wrong_option = run("grade", "small", "--option", "crs.astct2019.resolution=2")
    assert wrong_option.exit_code == 2
    assert "resolution_hours" in wrong_option.output
    assert run("grade", "small", "--option", "resolution").exit_code == 2


def test_bad_input_is_refused_whole(run):
    result = run("grade", "bad")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "nothing was read" in result.stderr


def test_terms_without_a_value_share_one_row(run):
    lines = run("grade", "small", "--rule", "ctcae5").stdout.splitlines()
    assert "terms)" in lines[1]
    assert "haemoglobin" in " ".join(lines)
    assert sum(line.startswith("small") for line in lines) == 1
    rows = list(csv.DictReader(run("grade", "small", "--rule", "ctcae5", "--csv").stdout.splitlines()))
    assert len(rows) > 20
    assert {row["state"] for row in rows} == {"not graded"}


def row(rule, grade, remarks="why"):
    return ("one", rule, "", "", "", "", grade, remarks)


def test_other_scales_without_a_grade_share_one_row():
    found = _folded(
        [
            row("crs.astct2019@1", "not graded", "No temperature."),
            row("crs.lee2014@1", "not graded"),
            row("crs.penn2018@1", "not applicable"),
            row("crs.mskcc2018@1", "2"),
            row("icans.cres2018@1", "not graded", "No CARTOX-10."),
            row("ctcae6.anc@1", "not graded"),
            row("ctcae6.alt@1", "not graded"),
        ]
    )
    said = {r[1]: (r[GRADE], r[-1]) for r in found}
    assert said == {
        "crs.astct2019@1": ("not graded", "No temperature."),
        "crs.mskcc2018@1": ("2", "why"),
        "CRS, 2 other scales": ("not graded", "No grade by crs.lee2014, crs.penn2018."),
        "icans.cres2018@1": ("not graded", "No CARTOX-10."),
        "ctcae6 (2 terms)": ("not graded", "Nothing recorded to grade: anc, alt."),
    }


def test_a_course_keeps_its_rows_together():
    other = ("two", *row("crs.lee2014", "not graded")[1:])
    assert [r[0] for r in _folded([row("crs.lee2014", "not graded"), other, row("crs.astct2019", "1")])] == [
        "one",
        "one",
        "two",
    ]
