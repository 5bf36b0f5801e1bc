import numpy as np
import pytest

from cartrace.engine.doses import Doses, no_doses, queue

STATES, INFUSED = ("a", "b", "c"), ("b", "c")


def entries(doses, patients=3):
    found, findings = queue(doses, patients, STATES, INFUSED)
    assert findings == []
    return [
        [(found.time[k], found.slot[k], found.amount[k]) for k in range(found.first[i], found.first[i + 1])]
        for i in range(patients)
    ]


def test_boluses_stand_by_patient_and_time_in_the_order_of_the_table():
    doses = Doses([2, 0, 2, 2], [5.0, 1.0, 1.0, 5.0], ["a", "c", "b", "b"], [1.0, 2.0, 3.0, 4.0])
    assert entries(doses) == [[(1.0, 2, 2.0)], [], [(1.0, 1, 3.0), (5.0, 0, 1.0), (5.0, 1, 4.0)]]


def test_an_infusion_is_a_rate_from_its_start_to_its_end():
    assert entries(Doses([1], [2.0], "c", [6.0], [3.0])) == [[], [(2.0, -2, 2.0), (5.0, -2, 0.0)], []]


def test_infusions_that_overlap_add_up_and_end_at_exactly_nothing():
    rows = entries(Doses([0, 0], [0.0, 1.0], "b", [0.3, 0.1], [3.0, 1.0]))[0]
    assert rows == [(0.0, -1, 0.3 / 3.0), (1.0, -1, 0.3 / 3.0 + 0.1), (2.0, -1, 0.3 / 3.0), (3.0, -1, 0.0)]


def test_an_infusion_right_after_another_does_not_stop_between():
    rows = entries(Doses([0, 0], [0.0, 2.0], "b", [2.0, 4.0], [2.0, 2.0]))[0]
    assert rows == [(0.0, -1, 1.0), (2.0, -1, 2.0), (4.0, -1, 0.0)]


def test_all_that_is_wrong_is_found_at_once():
    doses = Doses(
        [3, 0, 0, 0, 0],
        [0.0, -1.0, 0.0, 0.0, 0.0],
        ["a", "a", "x", "a", "a"],
        [1.0, 1.0, 1.0, np.nan, 1.0],
        [0, 0, 0, 0, 2],
    )
    found, findings = queue(doses, 3, STATES, INFUSED)
    assert {(item.row, item.check) for item in findings} == {
        (1, "doses.patient"),
        (2, "doses.time"),
        (3, "doses.state"),
        (4, "doses.amount"),
        (5, "doses.infused"),
    }
    assert (found.first == no_doses(3).first).all()


@pytest.mark.parametrize("duration", [-1.0, np.nan, np.inf])
def test_a_duration_is_a_positive_number(duration):
    assert [item.check for item in queue(Doses([0], [1.0], "b", [1.0], duration), 1, STATES, INFUSED)[1]] == [
        "doses.duration"
    ]
