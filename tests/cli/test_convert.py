"""`cartrace convert`."""

from __future__ import annotations

from cartrace.ingest import car22_cohort


def test_the_converter_of_the_data_set_is_called(run, inputs, monkeypatch):
    (inputs / "source").mkdir()
    called = []
    monkeypatch.setattr(car22_cohort, "convert", lambda source, target: called.append((source, target)) or ("a", "b"))
    result = run("convert", "car22", "source", "target")
    assert result.exit_code == 0, result.output
    assert [(source.name, target.name) for source, target in called] == [("source", "target")]
    assert "2 course folders in target" in result.stdout


def test_wrong_words(run, inputs):
    assert run("convert", "car99", "source", "target").exit_code == 2
    assert run("convert", "car22", "nowhere", "target").exit_code == 2
