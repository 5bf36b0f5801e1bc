"""`cartrace gaps`."""

from __future__ import annotations

import csv

SLIP = """
  - {day: 1, code: platelets, value: 150, unit: 10^9/L}
  - {day: 2, code: platelets, value: 140000, unit: 10^9/L}
  - {day: 3, code: platelets, value: 130, unit: 10^9/L}
  - {day: 20, code: last_follow_up, value: "yes"}
"""
NEVER = "id\tname\tcodes\tfrom_day\tto_day\tevery_hours\tseverity\tsource\twhy\tlook_up\n"


def slipped(inputs):
    (inputs / "slipped").mkdir()
    text = (inputs / "small" / "course.yaml").read_text().replace("id: small", "id: slipped")
    (inputs / "slipped" / "course.yaml").write_text(text.rstrip("\n") + SLIP)
    return "slipped"


def test_a_slip_and_the_days_nobody_looked(inputs, data):
    (course,) = data("gaps", slipped(inputs))["courses"]
    checks = [query["check"] for query in course["queries"]]
    assert checks[0:2] == ["overdue.ice", "value.unit_slip"]
    assert "overdue.temperature" in checks


def test_a_protocols_own_schedule_takes_the_place_of_ours(inputs, run):
    (inputs / "never.tsv").write_text(NEVER)
    rows = list(csv.DictReader(run("gaps", slipped(inputs), "--schedule", "never.tsv", "--csv").stdout.splitlines()))
    assert [(row["check"], row["day"], row["severity"]) for row in rows] == [("value.unit_slip", "2", "high")]
    assert run("gaps", "small", "--schedule", "never.tsv").stdout.strip() == "Nothing to look up."


def test_text_says_what_why_and_where(inputs, run):
    said = " ".join(run("gaps", slipped(inputs)).stdout.split())
    assert "lies 1000-fold above its neighbours (150 and 130)" in said
    assert "See the unit on the laboratory's own report." in said


def test_the_default_schedule_is_printed_and_can_be_read_back(inputs, run, data):
    printed = run("gaps", "--default-schedule").stdout
    (inputs / "ours.tsv").write_text(printed)
    folder = slipped(inputs)
    assert data("gaps", folder, "--schedule", "ours.tsv")["courses"] == data("gaps", folder)["courses"]


def test_schedules_that_are_none(inputs, run):
    (inputs / "wrong.tsv").write_text(NEVER + "x\tx\tanc\t3\t1\t24\tlow\tus\twhy\twhere\n")
    assert run("gaps", "small", "--schedule", "wrong.tsv").exit_code == 2
    (inputs / "word.tsv").write_text(NEVER + "x\tx\tancc\t1\t3\t24\tlow\tus\twhy\twhere\n")
    assert "anc" in run("gaps", "small", "--schedule", "word.tsv").stderr
    assert run("gaps", "small", "--schedule", "absent.tsv").exit_code == 2
