"""`cartrace trial`: arms beside what a real trial saw."""

from __future__ import annotations

import pytest

from cartrace.cli import trial

TRIAL = """cartrace_trial: 1
id: mine
title: Two arms
arms:
  - {name: conventional, scenario: conventional, changes: {days: 30}, patients: 5}
  - {name: silenced, scenario: founding-case, changes: {days: 30}, patients: 5}
endpoints: [crs_3, peak_il6]
hypothesis: both
pool: 10
repeats: 20
observed:
  - {endpoint: crs_3, arm: conventional, events: 15, of: 40, locator: "abstract, CRS of grade 3 or more"}
  - {endpoint: crs_3, arm: silenced, events: 7, of: 47, locator: "abstract, CRS of grade 3 or more"}
sources: [ma2024sscart]
"""


@pytest.fixture
def mine(inputs):
    (inputs / "mine.yaml").write_text(TRIAL)
    return "mine.yaml"


def test_arms_stand_beside_what_was_observed(run, mine):
    done = run("trial", mine)
    assert done.exit_code == 0
    assert "Simulation. No patient stands behind these numbers. 20 trials drawn from 10 virtual patients" in done.stdout
    assert "7/47 = 14.9 %" in done.stdout
    assert "Against conventional" in done.stdout
    assert "-22.6 %" in done.stdout
    assert "p 0.025" in done.stdout


def test_json_and_csv_have_the_numbers(run, data, mine):
    record = data("trial", mine)
    assert record["simulated"] is True
    assert {arm["arm"] for arm in record["arms"]} == {"conventional", "silenced"}
    rows = run("trial", mine, "--csv").stdout.splitlines()
    assert rows[0] == ",".join(trial.CSV_HEADER)
    assert all(len(row.split(",")) >= len(trial.CSV_HEADER) for row in rows)


def test_without_a_trial_the_bundled_ones_are_listed(run):
    listed = run("trial").stdout
    assert "sscart19-vs-conventional" in listed
    assert "split-vs-single" in listed


def test_a_pool_that_is_too_small_is_a_sentence(run, mine, inputs):
    small = run("trial", "sscart19-vs-conventional", "--pool", "50")
    assert small.exit_code == 2
    assert "a pool of 50 is less than the 87 patients of all arms" in small.stderr
    (inputs / "mine.yaml").write_text(TRIAL.replace("founding-case", "founding-cas"))
    wrong = run("trial", mine)
    assert wrong.exit_code == 1
    assert "did you mean founding-case" in wrong.stderr
