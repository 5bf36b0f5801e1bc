"""`cartrace vocabulary`."""

from __future__ import annotations

from cartrace.vocabulary import terms


def test_everything_is_listed(run, data):
    said = run("vocabulary").stdout
    assert all(code in said for code in terms.analytes())
    assert {"Analytes and coded findings", "Drugs by class"} <= set(data("vocabulary"))


def test_a_term_by_any_spelling(data, run):
    assert data("vocabulary", "temp")["code"] == "temperature"
    assert "°F" in data("vocabulary", "temperature")["accepted_units"]
    assert data("vocabulary", "noradrenaline")["drug"] == "norepinephrine"
    assert "lod" in data("vocabulary", "mrd") or data("vocabulary", "mrd")["code"] == "mrd"
    assert "10*9/L" in run("vocabulary", "anc").stdout


def test_an_unknown_term_is_told_with_the_nearest(run):
    wrong = run("vocabulary", "temprature")
    assert wrong.exit_code == 2
    assert "temperature" in wrong.output
