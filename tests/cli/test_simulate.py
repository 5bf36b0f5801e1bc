"""`cartrace simulate`: what it prints, keeps and refuses."""

from __future__ import annotations

import json

import pytest

from cartrace.cli import simulate

FEW = ("--patients", "3", "--days", "30", "--set", "hypothesis=H1")


def test_a_bundled_scenario_is_a_table_that_says_it_is_a_simulation(run):
    done = run("simulate", "founding-case", *FEW)
    assert done.exit_code == 0
    assert "Simulation. No patient stands behind these numbers. 3 patients, seed 1" in done.stdout
    assert "CRS of any grade" in done.stdout
    assert "Assumed: Body weight 60 kg: not recorded." in done.stderr
    assert "Outside the data: the age is 29" in done.stderr


def test_without_a_scenario_the_bundled_ones_are_listed(run):
    done = run("simulate")
    assert done.exit_code == 0
    assert "founding-case" in done.stdout
    assert "conventional" in done.stdout


def test_json_and_csv_have_the_numbers(run, data):
    record = data("simulate", "founding-case", *FEW)
    assert record["simulated"] is True
    assert record["scenario"]["virtual_patients"]["count"] == 3
    shares = {line["outcome"]["id"]: line for line in record["outcomes"]["H1"]}
    assert shares["crs_any"]["of"] == 3
    rows = run("simulate", "founding-case", *FEW, "--csv").stdout.splitlines()
    assert rows[0] == ",".join(simulate.CSV_HEADER)
    assert any(row.startswith("founding-case,H1,crs_any,share") for row in rows)


def test_a_kept_run_has_a_manifest_and_refuses_another(run, inputs):
    assert run("simulate", "founding-case", *FEW, "-o", "out").exit_code == 0
    manifest = json.loads((inputs / "out" / "manifest.json").read_text())
    assert manifest["seed"] == 1
    again = run("simulate", "founding-case", *FEW, "-o", "out", "--seed", "2")
    assert again.exit_code == 2
    assert "out holds another run (differs in scenario, seed): choose another folder" in again.stderr


def test_a_wrong_key_and_a_wrong_name_are_sentences(run):
    wrong = run("simulate", "founding-case", "--set", "dose.per_kgs=3")
    assert wrong.exit_code == 1
    assert "did you mean per_kg?" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    unknown = run("simulate", "founding-cse")
    assert unknown.exit_code == 2
    assert 'scenario "founding-cse" is not known; did you mean founding-case' in unknown.stderr
    no_value = run("simulate", "founding-case", "--set", "dose.per_kg")
    assert no_value.exit_code == 2
    assert "is not KEY=VALUE" in no_value.stderr


def test_a_scenario_file_of_ones_own(run, inputs):
    from cartrace.simulate import scenario_file

    text = scenario_file.text_of("conventional", "scenarios")[1].replace("id: conventional", "id: mine")
    (inputs / "mine.yaml").write_text(text)
    assert "mine,H1,crs_any" in run("simulate", "mine.yaml", *FEW, "--csv").stdout
    (inputs / "bad.yaml").write_text(text.replace("weight_kg: 60", "weight_kg: heavy"))
    bad = run("simulate", "bad.yaml")
    assert bad.exit_code == 1
    assert 'bad.yaml, row 8, column weight_kg: found "heavy"' in bad.stderr


def test_ctrl_c_says_how_to_go_on(inputs, capsys):
    def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        simulate.kept_when_stopped(stopped, inputs / "out")
    assert ended.value.code == 1
    assert "stopped; what is done stands in out; the same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "said"), [(0.001234, "0.00123"), (38.05, "38"), (999.4, "999"), (1000.0, "1 000"), (31841.7, "31 842")]
)
def test_numbers_for_a_reader(value, said):
    assert simulate.number(value) == said
