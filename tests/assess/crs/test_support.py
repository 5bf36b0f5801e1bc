"""Oxygen and vasopressors as the editions before ASTCT count them."""

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import episode, evidence, support

NONE, LESS, MORE, VENTILATED = range(4)


def oxygen(given, *, cpap=0.0):
    """(lowest, highest, flags) at the end of the entries."""
    events = evidence.gather_evidence(read_given(given), evidence.CHANNELS)
    state = episode.begin(events, episode.reading_holds(np.array([24.0])))
    for i in range(len(events.time)):
        if np.isfinite(events.time[i]):
            state.current[events.channel[i]] = i
            episode.track_device(events, state, round(events.time[i] * 1440))
    support.oxygen_need(events, state, cpap, state.oxygen)
    return tuple(int(state.oxygen[k]) for k in (axes.LOW, axes.HIGH, axes.FLAGS))


@pytest.mark.parametrize(
    ("flow", "percent"), [(0, 20), (1, 24), (2, 28), (4, 36), (5, 40), (6, 44), (7, 44), (15, 44), (-np.inf, 20)]
)
def test_fio2_of_a_cannula_rises_by_four_points_a_litre_up_to_44(flow, percent):
    assert support.estimated(float(flow)) == percent


@pytest.mark.parametrize("device", ["blow_by", "high_flow_cannula", "face_mask", "non_rebreather", "cpap", "bipap"])
@pytest.mark.parametrize(("fio2", "level"), [("", (LESS, MORE)), ("39", (LESS, LESS)), ("40", (MORE, MORE))])
def test_every_device_counts_by_its_fio2(device, fio2, level):
    given = f"h6 oxygen_device {device}" + (f"; h6 fio2 {fio2}" if fio2 else "")
    assert oxygen(given) == (*level, 0)


def test_ventilation_is_its_own_level_and_cpap_on_request():
    assert oxygen("h6 oxygen_device invasive_ventilation; h6 fio2 30")[:2] == (VENTILATED, VENTILATED)
    assert oxygen("h6 oxygen_device cpap; h6 fio2 30", cpap=1.0)[:2] == (VENTILATED, VENTILATED)
    assert oxygen("h6 oxygen_device face_mask; h6 fio2 30", cpap=1.0)[:2] == (LESS, LESS)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("h6 oxygen_device room_air", (NONE, NONE)),
        ("h6 oxygen_device room_air; h6 fio2 50", (NONE, NONE)),
        ("h6 oxygen_device room_air; h8 fio2 21", (NONE, NONE)),
        ("h6 oxygen_device room_air; h8 fio2 22", (LESS, VENTILATED)),
        ("h6 oxygen_device room_air; h8 fio2 50 attributed=no", (NONE, NONE)),
        ("h6 fio2 50", (MORE, VENTILATED)),
        ("h6 fio2 21", (NONE, VENTILATED)),
        ("h6 fio2 21; complete oxygen", (NONE, NONE)),
        ("h6 oxygen_flow 3", (LESS, VENTILATED)),
        ("complete oxygen", (NONE, NONE)),
        ("h6 heart_rate 90", (NONE, VENTILATED)),
        ("h6 oxygen_device nasal_cannula; h6 fio2 45 status=below", (LESS, MORE)),
    ],
)
def test_what_devices_flows_and_fractions_leave_open(given, found):
    assert oxygen(given)[:2] == found
