"""What-if: the same patients twice, both hypotheses whenever the knock-down is touched."""

from __future__ import annotations

import pytest

from cartrace.errors import InputRefused
from cartrace.simulate import scenario_file
from cartrace.simulate.whatif import NoPair, NothingChanged, hypotheses_of, what_if

SHARED = {
    "disease": "{marrow_blasts: 100, skin_ml: 0, testis_ml: 0, cd19_negative: 0}",
    "days": "30",
    "virtual_patients.count": "12",
    "hypothesis": "H1",
    "product.knock_down": "0",
}


def contrasts(changes, **more):
    found = what_if("founding-case", changes, before_changes=SHARED | more)
    return {(one.hypothesis, one.outcome.id): one for one in found.contrasts}


@pytest.mark.parametrize(
    ("key", "both"),
    [("product.knock_down", True), ("product", True), ("parameters.KD", True), ("dose.per_kg", False), ("days", False)],
)
def test_the_knock_down_is_always_seen_under_both_hypotheses(key, both):
    scenario = scenario_file.load("founding-case", {"hypothesis": "H1"})
    assert hypotheses_of(scenario, {key: "x"}) == (("H1", "H2") if both else ("H1",))


def test_a_change_that_changes_nothing_differs_by_nothing(shelf):
    for one in contrasts({"title": "another title"}).values():
        assert one.before == one.after
        assert (one.difference.low, one.difference.value, one.difference.high) == (0.0, 0.0, 0.0)


def test_a_knock_down_lowers_the_signal_in_each_patient_and_leaves_the_rest(shelf):
    found = contrasts({"product.knock_down": "1"})
    assert {hypothesis for hypothesis, _ in found} == {"H1", "H2"}
    grade = found["H1", "crs_2"]
    assert grade.difference.high < 0.0
    assert grade.difference.value == pytest.approx(grade.after - grade.before)
    assert found["H1", "peak_temperature"].difference.value == 0.0


def test_a_what_if_without_a_change_or_with_a_wrong_key_is_refused(shelf):
    with pytest.raises(NothingChanged):
        what_if("founding-case", {})
    with pytest.raises(InputRefused):
        what_if("founding-case", {"dose.per_kgg": "1"})


@pytest.mark.parametrize(
    "key", ["virtual_patients", "virtual_patients.count", "virtual_patients.vary", "hypothesis", "model"]
)
def test_a_change_after_which_there_is_no_pair_of_the_same_patients_is_refused(shelf, key):
    with pytest.raises(NoPair, match="a what-if"):
        what_if("founding-case", {key: "2", "dose.per_kg": "1"})
