import numpy as np

from cartrace.engine.dose_queue import queue
from cartrace.engine.doses import Doses, columns

STATES, INFUSED = ("a", "b", "c"), ("b", "c")


def entries(doses, patients=3):
    checked, findings = columns(doses, patients, STATES, INFUSED)
    assert findings == []
    found = queue(checked, patients)
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


def test_the_entries_of_a_patient_do_not_depend_on_the_others():
    draw = np.random.default_rng(4)
    count, patients = 3000, 400
    doses = Doses(
        draw.integers(0, patients, count),
        draw.integers(0, 12, count) * 1.0,
        ["b" if k % 2 else "c" for k in range(count)],
        1.0,
        draw.choice([0.0, 1.0, 2.5], count),
    )
    rows = entries(doses, patients)
    for i in range(0, patients, 37):
        own = np.flatnonzero(np.asarray(doses.patient) == i)
        times, durations = np.asarray(doses.time)[own], np.asarray(doses.duration)[own]
        alone = Doses(np.zeros(len(own), int), times, [doses.state[k] for k in own], 1.0, durations)
        assert entries(alone, 1)[0] == rows[i]
        for name, slot in (("b", -1), ("c", -2)):
            last = [amount for time, place, amount in rows[i] if place == slot][-1:]
            assert last in ([], [0.0]), name
