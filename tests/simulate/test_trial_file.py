"""Trial files: the bundled ones load; what is wrong, in their scenarios as well, is said at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.errors import InputRefused
from cartrace.simulate import scenario_file, trial_file

TEXT = """cartrace_trial: 1
id: t
title: a trial
arms:
  - {name: a, scenario: conventional, patients: 20}
  - {name: b, scenario: founding-case, changes: {dose.per_kg: 1}, patients: 30}
pool: 50
"""


def refused(text: str) -> str:
    with pytest.raises(InputRefused) as caught:
        trial_file.read(text)
    return "\n".join(finding.sentence for finding in caught.value.findings)


@pytest.mark.parametrize("name", scenario_file.bundled("trials"))
def test_a_bundled_trial_loads(name):
    trial = trial_file.load(name)
    assert trial.id == name
    assert trial.pool >= sum(arm.patients for arm in trial.arms)


def test_the_published_comparison_has_the_published_counts():
    trial = trial_file.load("sscart19-vs-conventional")
    assert [(arm.name, arm.patients) for arm in trial.arms] == [("conventional", 40), ("ssCART-19", 47)]
    counts = {(seen.outcome, seen.arm): (seen.events, seen.of) for seen in trial.observed}
    assert counts["crs_3", "ssCART-19"] == (7, 47)
    assert counts["crs_3", "conventional"] == (15, 40)
    assert [arm.scenario.product.knock_down for arm in trial.arms] == [0.0, None]
    same = ("patient", "dose", "lymphodepletion", "disease", "days", "tocilizumab")
    assert all(len({repr(getattr(arm.scenario, name)) for arm in trial.arms}) == 1 for name in same)


def test_changes_of_an_arm_reach_its_scenario():
    trial = trial_file.read(TEXT)
    assert [arm.scenario.dose.per_kg for arm in trial.arms] == [5.0, 1.0]


def test_every_problem_is_said_at_once():
    said = refused("""cartrace_trial: 1
id: t
title: a trial
arms:
  - {name: a, scenario: conventinal, patients: 20}
  - {name: a, scenario: founding-case, changes: {dose.per_kgs: 1}, patients: 40}
endpoints: [crs_33]
pool: 20
observed:
  - {endpoint: peak_il6, arm: c, events: 5, of: 4, locator: here}
sources: [nobody2020]
""")
    for part in (
        "did you mean conventional",
        "did you mean per_kg",
        "2 arms, 1 names",
        "did you mean crs_3",
        'found "peak_il6"',
        'found "c"',
        "5 of 4",
        'found "nobody2020"',
    ):
        assert part in said


@pytest.mark.parametrize(("pool", "accepted"), [(49, False), (50, True)])
def test_a_pool_holds_the_patients_of_all_arms(pool, accepted):
    text = TEXT.replace("pool: 50", f"pool: {pool}")
    if accepted:
        assert trial_file.read(text).pool == 50
    else:
        assert "50 or more" in refused(text)
        with pytest.raises(trial_file.PoolTooSmall):
            trial_file.checked(replace(trial_file.read(TEXT), pool=pool))


def test_a_trial_of_one_arm_and_an_empty_file_are_refused():
    one = TEXT.replace("  - {name: b, scenario: founding-case, changes: {dose.per_kg: 1}, patients: 30}\n", "")
    assert "two arms or more" in refused(one)
    assert "an empty file" in refused("")


def test_a_scenario_beside_the_trial_file(tmp_path):
    (tmp_path / "mine.yaml").write_text(scenario_file.text_of("founding-case", "scenarios")[1])
    (tmp_path / "trial.yaml").write_text(TEXT.replace("scenario: founding-case", "scenario: mine.yaml"))
    assert trial_file.load(str(tmp_path / "trial.yaml")).arms[1].scenario.id == "founding-case"


@pytest.mark.parametrize(("hypothesis", "accepted"), [("both", True), ("H1", False), ("H2", False)])
def test_arms_that_differ_in_the_knock_down_are_compared_under_both_hypotheses(hypothesis, accepted):
    _, text = scenario_file.text_of("sscart19-vs-conventional", "trials")
    text = text.replace("hypothesis: both", f"hypothesis: {hypothesis}")
    if accepted:
        assert len(trial_file.read(text).hypotheses) == 2
    else:
        with pytest.raises(InputRefused) as refusal:
            trial_file.read(text)
        assert "arms that differ in the knock-down" in refusal.value.findings[0].sentence
