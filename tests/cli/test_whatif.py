"""`cartrace whatif`: the same patients twice."""

from __future__ import annotations

from cartrace.cli import whatif

FEW = ("--patients", "3", "--days", "30")


def test_a_knock_down_is_reported_under_both_hypotheses(run):
    done = run("whatif", "founding-case", "--change", "product.knock_down=0", *FEW)
    assert done.exit_code == 0
    assert "Changed: product.knock_down = 0" in done.stdout
    assert "3 patients, the same twice" in done.stdout
    peaks = [line for line in done.stdout.splitlines() if "Peak of IL-6" in line and "Day" not in line]
    assert [line.split()[0] for line in peaks] == ["H1", "H2"]


def test_json_and_csv_have_the_numbers(run, data):
    words = ("whatif", "conventional", "--change", "dose.per_kg=1", *FEW)
    record = data(*words)
    assert record["simulated"] is True
    assert record["changes"] == {"dose.per_kg": "1"}
    il6 = next(one for one in record["contrasts"] if one["outcome"]["id"] == "peak_car_copies")
    assert il6["after"] < il6["before"]
    assert run(*words, "--csv").stdout.splitlines()[0] == ",".join(whatif.CSV_HEADER)


def test_what_cannot_be_changed_is_a_sentence(run):
    assert "needs a change" in run("whatif", "founding-case", *FEW).stderr
    wrong = run("whatif", "founding-case", "--change", "product.knock_down=2", *FEW)
    assert wrong.exit_code == 1
    assert 'found "2"; expected 0 to 1' in wrong.stderr
