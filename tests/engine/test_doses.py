import numpy as np
import pytest

from cartrace.engine.doses import Doses, columns, doses_of

STATES, INFUSED = ("a", "b", "c"), ("b", "c")


def test_one_value_may_stand_for_all_doses():
    found, findings = columns(Doses([0, 2], 1.5, "b", [3.0, 4.0]), 3, STATES, INFUSED)
    assert findings == []
    assert (found.time.tolist(), found.state.tolist(), found.infusion.tolist()) == ([1.5, 1.5], [1, 1], [0, 0])


def test_all_that_is_wrong_is_found_at_once():
    doses = Doses(
        [3, 0, 0, 0, 0],
        [0.0, -1.0, 0.0, 0.0, 0.0],
        ["a", "a", "x", "a", "a"],
        [1.0, 1.0, 1.0, np.nan, 1.0],
        [0, 0, 0, 0, 2],
    )
    found, findings = columns(doses, 3, STATES, INFUSED)
    assert {(item.row, item.check) for item in findings} == {
        (1, "doses.patient"),
        (2, "doses.time"),
        (3, "doses.state"),
        (4, "doses.amount"),
        (5, "doses.infused"),
    }
    assert found is None
    assert all(item.action and item.column for item in findings)


@pytest.mark.parametrize("duration", [-1.0, np.nan, np.inf])
def test_a_duration_is_a_positive_number(duration):
    assert [item.check for item in columns(Doses([0], [1.0], "b", [1.0], duration), 1, STATES, INFUSED)[1]] == [
        "doses.duration"
    ]


def test_lengths_that_do_not_fit_are_findings():
    found, findings = columns(Doses([0, 1], [1.0, 2.0, 3.0], ["a"] * 4, [1.0, 2.0, 3.0]), 2, STATES, INFUSED)
    assert found is None
    assert [(item.check, item.column) for item in findings] == [
        ("doses.length", name) for name in ("time", "amount", "state")
    ]


def test_doses_of_some_patients_keep_their_order_and_may_be_copied():
    doses = Doses([5, 2, 5, 0], [1.0, 2.0, 3.0, 4.0], ["a", "b", "c", "a"], 7.0)
    some = doses_of(doses, np.array([2, 5]), copies=2)
    assert np.asarray(some.patient).tolist() == [2, 3, 0, 1, 2, 3]
    assert np.asarray(some.time).tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    assert some.state == ["a", "a", "b", "b", "c", "c"]
    assert doses_of(None, np.array([1])) is None
