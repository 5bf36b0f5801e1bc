"""A run in pieces: the same for any pieces and workers, resumable, never mixed with another."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from cartrace.simulate import run, scenario_file

CHANGES = {
    "disease": "{marrow_blasts: 100, skin_ml: 0, testis_ml: 0, cd19_negative: 0}",
    "days": "20",
    "virtual_patients.count": "5",
}


def scenario(**changes: str):
    return scenario_file.load("founding-case", CHANGES | changes)


def test_pieces_change_no_digit(shelf):
    whole = run.simulate(scenario())
    assert whole.table.num_rows == 10
    for chunk in (2, 3):
        assert run.simulate(scenario(), chunk=chunk).table.equals(whole.table)


def test_a_folder_holds_patients_curves_and_what_made_them(shelf, tmp_path):
    folder = tmp_path / "run"
    results = run.simulate(scenario(), folder, chunk=2, curves=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["simulated"] is True
    assert manifest["seed"] == 1
    assert manifest["model"]["digest"] == shelf.system.digest
    assert manifest["engine"]["rtol"] == run.RTOL
    assert manifest["scenario"]["dose"]["per_kg"] == 5
    parts = sorted(path.name for path in (folder / "patients").iterdir())
    assert parts == [f"{h}-{start:08d}.parquet" for h in ("H1", "H2") for start in (0, 2, 4)]
    curves = pq.read_table(folder / "curves" / "H2-00000002.parquet")
    assert set(curves["patient"].to_pylist()) == {3, 4}
    assert {"day", "TEMP", "hypo"} <= set(curves.column_names)
    assert results.table.equals(run.simulate(scenario()).table)


def test_the_manifest_names_no_machine_and_is_the_same_again(shelf, tmp_path):
    texts = []
    for name in ("a", "b"):
        run.simulate(scenario(), tmp_path / name)
        texts.append((tmp_path / name / "manifest.json").read_bytes())
    assert texts[0] == texts[1]
    assert str(tmp_path).encode() not in texts[0]


def test_a_stopped_run_goes_on_where_it_was(shelf, tmp_path, monkeypatch):
    folder, work, done = tmp_path / "run", run.run_piece, []

    def stopped(piece):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(piece.name)
        return work(piece)

    monkeypatch.setattr(run, "run_piece", stopped)
    with pytest.raises(KeyboardInterrupt):
        run.simulate(scenario(), folder, chunk=2)
    assert len(list((folder / "patients").glob("*.parquet"))) == 3
    again = []
    monkeypatch.setattr(run, "run_piece", lambda piece: (again.append(piece.name), work(piece))[1])
    told = []
    results = run.simulate(scenario(), folder, chunk=2, progress=lambda n, of: told.append((n, of)))
    assert set(again).isdisjoint(done)
    assert len(again) == 3
    assert told[0] == (3, 6)
    assert told[-1] == (6, 6)
    assert results.table.equals(run.simulate(scenario()).table)


def test_a_half_written_file_is_no_piece(shelf, tmp_path, monkeypatch):
    folder = tmp_path / "run"

    def broken(table, path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(run.pq, "write_table", broken)
        with pytest.raises(OSError, match="disk full"):
            run.simulate(scenario(), folder)
    assert list((folder / "patients").iterdir()) == []
    assert run.simulate(scenario(), folder).table.num_rows == 10


@pytest.mark.parametrize("other", [{"virtual_patients.seed": "2"}, {"dose.per_kg": "4"}, {"days": "21"}])
def test_another_run_is_refused_the_folder(shelf, tmp_path, other):
    run.simulate(scenario(), tmp_path / "run")
    with pytest.raises(run.AnotherRun, match=r"run holds another run \(differs in s.*: choose another folder"):
        run.simulate(scenario(**other), tmp_path / "run")


def test_results_by_hypothesis(shelf):
    results = run.simulate(scenario(**{"dose.per_kg": "6"}))
    h1, h2 = results.of("H1"), results.of("H2")
    assert len(h1["crs"]) == len(h2["crs"]) == 5
    assert results.failures("H1") == ()
    assert results.said
    assert results.said[0].startswith("Outside the data: the dose is 6")


def test_courses_and_curves_of_patients_for_figures(shelf):
    (third,) = run.courses(scenario(), "H2", 2, 1)
    assert third.id == "founding-case-H2-0000003"
    assert third.synthetic
    curves = run.trajectories(scenario(), "H2", 0, 5).of("TEMP")
    assert curves.shape[0] == 5
    readings = [o.value for o in third.observations if o.code == "temperature"]
    assert max(readings) == pytest.approx(curves[2].max())


def test_curves_wanted_later_are_made_later(shelf, tmp_path):
    folder = tmp_path / "run"
    run.simulate(scenario(), folder, chunk=2)
    assert not (folder / "curves").exists()
    run.simulate(scenario(), folder, chunk=2, curves=True)
    assert len(list((folder / "curves").iterdir())) == 6


def test_a_file_that_cannot_be_read_is_made_again(shelf, tmp_path):
    folder = tmp_path / "run"
    whole = run.simulate(scenario(), folder, chunk=2)
    damaged = folder / "patients" / "H1-00000002.parquet"
    before = damaged.read_bytes()
    damaged.write_bytes(before[:100])
    assert run.simulate(scenario(), folder, chunk=2).table.equals(whole.table)
    assert damaged.read_bytes() == before


def test_a_manifest_that_cannot_be_read_is_another_run(shelf, tmp_path):
    folder = tmp_path / "run"
    run.simulate(scenario(), folder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(run.AnotherRun, match=r"run/manifest.json cannot be read"):
        run.simulate(scenario(), folder)


def test_a_worker_ends_when_the_process_that_wants_its_work_is_gone(monkeypatch):
    ended = []
    parents = iter([7, 7, 1])
    monkeypatch.setattr(run.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(run.os, "_exit", ended.append)
    monkeypatch.setattr(run.time, "sleep", lambda seconds: None)
    run._end_with(7)
    assert ended == [1]
    assert next(parents, None) is None
