"""`cartrace endpoints`."""

from __future__ import annotations

import csv

COURSE = """cartrace: 1
id: {id}
title: A course
clock: {{infusion_time: "00:00"}}
infusions: [{{day: 0, time: "00:00", dose: 2, unit: 10^6/kg}}]
complete: [drugs, transfusions]
observations:
  - {{day: 28, code: blasts_percent, value: 1, unit: "%", site: marrow}}
  - {{day: 28, code: anc, value: 1.2, unit: 10^9/L}}
  - {{day: 28, code: platelets, value: 120, unit: 10^9/L}}
  - {{day: {day}, code: {code}, value: {value}}}
"""


def folder(inputs):
    for name, day, code, value in (("a", 48, "progression", "yes"), ("b", 60, "death", "infection")):
        (inputs / "registry" / name).mkdir(parents=True)
        text = COURSE.format(id=name, day=day, code=code, value=value)
        (inputs / "registry" / name / "course.yaml").write_text(text)


def test_a_folder_of_courses_gives_a_row_for_each_endpoint(run, inputs):
    folder(inputs)
    rows = list(csv.DictReader(run("endpoints", "registry", "--csv").stdout.splitlines()))
    found = {(row["course"], row["endpoint"]): (row["state"], row["time_d"]) for row in rows}
    assert found["a", "rfs"] == ("event", "20")
    assert found["a", "maintained"] == ("not met", "20")
    assert found["a", "best_response"] == ("CR", "")
    assert found["b", "cir"] == ("competing", "32")
    assert found["b", "os"] == ("event", "60")
    assert {row["endpoint"] for row in rows if row["provisional"] == "yes" and row["endpoint"] != "best_response"} == {
        "dor",
        "nrm",
    }


def test_choices_and_sources_stand_beside_the_answers(data, inputs):
    folder(inputs)
    found = data("endpoints", "registry", "--dor-death", "any", "--landmark", "30")
    assert found["choices"]["dor_death"] == "any"
    assert found["choices"]["landmark_day"] == 30
    states = {e["id"]: e["state"] for e in found["courses"][1]["endpoints"]}
    assert states["dor"] == "event"
    assert "maude2018eliana" in found["sources"]


def test_a_reader_is_told_why(run, inputs):
    folder(inputs)
    text = run("endpoints", "registry").stdout
    assert "Relapse-free survival: Relapse." in text
    assert "Death of another cause. Definition from memory." in " ".join(text.split())


def test_wrong_words(run, inputs):
    assert run("endpoints", "small", "--censor-at", "never").exit_code == 2
    assert run("endpoints", "small", "--response", "response.balls").exit_code == 2
    assert run("endpoints", "bad").exit_code == 1
