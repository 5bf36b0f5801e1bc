"""`cartrace models`: the list, one model whole, what is wrong with one, published numbers beside ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cartrace.cli import models as command
from cartrace.models import MODELS, Parameter, State, System, load
from cartrace.models.published import Published, Reading
from cartrace.models.reproduce import Dose, Outcome

FREY = Path(command.__file__).parents[1] / "models" / "library" / "frey2010"


def test_the_list_names_every_model_with_its_numbers(run):
    listed = run("models").stdout
    assert all(name in listed for name in MODELS)
    data = json.loads(run("models", "--json").stdout)["models"]
    assert [row["model"] for row in data] == list(MODELS)
    assert {row["model"]: int(row["numbers"]) for row in data}["frey2010"] == len(load("frey2010").reproduce)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_prints_equations_parameters_observables_and_numbers(name):
    model, said = load(name), command.text(load(name))
    words = " ".join(said.split())
    assert f"model {name}" in said or f"model *{name}" in said
    assert all(f"{row.value:g}" in said and row.evidence in said for row in model.parameters)
    assert all(
        row.id in said for row in (*model.states, *model.parameters, *model.observables, *model.settings.values())
    )
    assert all(entry.id in words for entry in model.reproduce)


def test_one_model_as_data(run):
    data = json.loads(run("models", "frey2010", "--json").stdout)
    assert data["system"]["states"][0]["id"] == "CENTRAL"
    assert {row["id"]: row["value"] for row in data["parameters"]}["V2"] == 2.9


def test_an_unknown_model_is_told_with_the_nearest(run):
    wrong = run("models", "stein2018")
    assert wrong.exit_code == 2
    assert "did you mean stein2019" in wrong.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("models", "check"), "check what?"),
        (("models", "frey2010", "stein2019"), "neither check nor reproduce"),
        (("models", "frey2010", "--write"), "--write goes with check"),
    ],
)
def test_a_wrong_command_is_explained(run, words, said):
    wrong = run(*words)
    assert wrong.exit_code == 2
    assert said in wrong.output


def test_a_sound_folder_and_file_are_counted(run, tmp_path):
    (tmp_path / "decay.ant").write_text(
        "model m() x' = -k*x; x = 1; k = 2; y := x; e: at (x < 0.1): x = 1; end", encoding="utf-8"
    )
    done = run("models", "check", str(FREY), str(tmp_path / "decay.ant"))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1] == "decay.ant: 1 state, 1 parameter, 1 rule, 1 event"
    assert done.stdout.splitlines()[0].endswith(" numbers")


def test_findings_of_all_paths_are_said_and_the_exit_code_is_1(run, tmp_path):
    (tmp_path / "a.ant").write_text("model m() x' = -k*x; x = 1; end", encoding="utf-8")
    (tmp_path / "b.xml").write_text("<sbml", encoding="utf-8")
    (tmp_path / "c").mkdir()
    wrong = run("models", "check", *(str(tmp_path / name) for name in ("a.ant", "b.xml", "c")))
    assert wrong.exit_code == 1
    assert all(f"error: {name}" in wrong.output for name in ("a.ant", "b.xml", "c/model.ant"))
    assert "Traceback" not in wrong.output
    data = json.loads(run("models", "check", str(tmp_path / "b.xml"), "--json").stdout)
    assert data["checked"][0]["findings"] == len(data["findings"]) > 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.md", b"text", "error: notes.md: found another kind of file; expected .xml, .sbml or .ant"),
        ("a.ant", "x = 1 // \u00fcber".encode("latin-1"), "error: a.ant: found other letters; expected UTF-8"),
    ],
)
def test_a_file_that_is_no_model_is_a_finding(run, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    wrong = run("models", "check", str(tmp_path / name))
    assert wrong.exit_code == 1
    assert said in wrong.output


def test_a_mark_of_the_byte_order_is_no_part_of_a_model(run, tmp_path):
    (tmp_path / "a.ant").write_bytes(b"\xef\xbb\xbfmodel m() x' = -x; x = 1; end")
    assert run("models", "check", str(tmp_path / "a.ant")).stdout == "a.ant: 1 state, 0 parameters, 0 rules, 0 events\n"


def test_a_folder_gets_its_generated_system(run, tmp_path):
    folder = tmp_path / "frey2010"
    folder.mkdir()
    for path in FREY.iterdir():
        if path.name != "system.json":
            (folder / path.name).write_bytes(path.read_bytes())
    assert run("models", "check", str(folder), "--write").exit_code == 0
    assert (folder / "system.json").read_bytes() == (FREY / "system.json").read_bytes()


def test_a_missing_file_is_no_traceback(run, tmp_path):
    wrong = run("models", "check", str(tmp_path / "nothing.ant"))
    assert wrong.exit_code == 2
    assert "nothing.ant" in wrong.output


def test_published_numbers_are_set_beside_ours(run):
    done = run("models", "reproduce", "frey2010")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-2:] == [
        "8 of 8 published numbers returned: 8 printed",
        "0 of 0 other numbers returned: none",
    ]
    data = json.loads(run("models", "reproduce", "frey2010", "--json").stdout)["numbers"]
    assert all(row["low"] <= row["got"] <= row["high"] and row["passed"] for row in data)


def test_a_number_that_is_not_returned_is_exit_code_1(run, monkeypatch):
    monkeypatch.setattr(
        command, "engine", lambda system, values, times, outputs, doses: np.full((len(times), len(outputs)), np.nan)
    )
    wrong = run("models", "reproduce", "frey2010")
    assert wrong.exit_code == 1
    assert "0 of 8 published numbers returned: 8 printed" in wrong.stdout
    assert "the run gives no such number" in wrong.stdout


def test_a_reading_is_said_in_words():
    reading = Reading("case", "time_of_peak", "IL6", None, 0.0, None, None)
    level = Reading("case", "first_above", "IL6", None, None, 5.0, 100.0)
    at = Reading("case", "value", "IL6", 28.0, None, None, None)
    entry = Published("a", reading, level, at, 10.5, 10.0, 11.0, "d", "r", "printed", "key", "Table 1", "2 x 5", "", "")
    assert command.read_as(entry) == (
        "time of peak of IL6, 0 to end (case), over first above of IL6 at level 100, start to 5 (case), minus value of IL6 at 28 (case)"
    )
    assert command.expected(entry) == "10.5 (10 to 11)"
    assert command.outcome_row("m", Outcome(entry, 12.0, False, "outside 10 to 11"))[-1] == "outside 10 to 11"


def test_the_engine_gives_the_closed_form_under_doses_and_infusions():
    system = System("decay", "d", (Parameter("k", 1.0),), (State("x", "2", "-k*x"),))
    times = np.array([0.0, 1.0, 2.0, 4.0])
    doses = (Dose(1.0, "x", 3.0), Dose(2.0, "x", 6.0, 2.0))
    got = command.engine(system, {"k": 0.5}, times, ["x"], doses)[:, 0]
    after = 2 * np.exp(-0.5) + 3
    at_2 = after * np.exp(-0.5)
    expected = [2, 2 * np.exp(-0.5), at_2, at_2 * np.exp(-1) + 3 / 0.5 * (1 - np.exp(-1))]
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_letters_that_are_not_utf_8_are_found(run, tmp_path):
    (tmp_path / "a.ant").write_bytes("model m() // K\u00f6rper\n x' = 1; x = 0; end".encode("latin-1"))
    wrong = run("models", "check", str(tmp_path / "a.ant"))
    assert wrong.exit_code == 1
    assert "save the file as UTF-8" in wrong.output


def test_a_model_asked_for_twice_is_run_once(run):
    assert run("models", "reproduce", "frey2010", "frey2010").stdout == run("models", "reproduce", "frey2010").stdout


def test_numbers_of_our_own_are_counted_apart():
    entries = load("ogasawara2021").reproduce
    outcomes = [Outcome(entry, 0.0, entry.id != "fold", "") for entry in entries]
    assert command.tally(outcomes) == (
        "5 of 5 published numbers returned: 5 printed\n0 of 1 other numbers returned: 1 from the equations"
    )
    assert command.summary(load("ogasawara2021"))[3:5] == ("6", "5")


def test_known_misses_are_counted_as_misses(run):
    done = run("models", "reproduce", "tsuji2017")
    assert done.exit_code == 0
    assert "4 of 5 published numbers returned, 1 known to be missed: 2 printed, 3 computed by others" in done.stdout
    assert "known miss: with the printed values" in " ".join(done.stdout.split())
    assert "; missed: with the printed values" in " ".join(run("models", "tsuji2017").stdout.split())
