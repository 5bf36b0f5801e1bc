"""Which record speaks for an input at one marrow."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.response import evidence, marrow
from cartrace.course import Events


def events_of(given: str) -> tuple[Events, int]:
    """Events and the event of the marrow of day 28."""
    events = marrow.gather(read_given("d28 blasts_percent 1 site=marrow; " + given), marrow.CHANNELS)
    (found,) = np.flatnonzero((events.channel == marrow.MARROW_BLASTS) & (events.day == 28))
    return events, int(found)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("d27 anc 0.4; d30 anc 2", 0.4),
        ("d26 anc 0.4; d30 anc 2", 0.4),
        ("d20 anc 0.4", None),
        ("d21 anc 0.4", 0.4),
        ("d0 anc 0.4", None),
        ("d27 anc status=not_recorded; d30 anc 2", 2.0),
    ],
)
def test_the_nearest_value_speaks_and_of_two_equally_near_the_earlier(given: str, value: float | None) -> None:
    events, at = events_of(given)
    found = evidence.near(events, marrow.ANC, at, 7.0)
    assert (events.value[found] if found >= 0 else None) == value


@pytest.mark.parametrize(
    ("given", "open_"),
    [
        ("d28 cns_status cns1", False),
        ("d28 cns_status cns1; d29 cns_status status=not_recorded", False),
        ("d26 cns_status cns1; d28 cns_status status=not_recorded", True),
        ("d28 cns_status status=not_done", False),
        ("d28 cns_status status=not_recorded", True),
        ("d43 cns_status status=not_recorded", False),
    ],
)
def test_a_nearer_look_without_a_result_leaves_the_compartment_open(given: str, open_: bool) -> None:
    events, at = events_of(given)
    found = evidence.near(events, marrow.CNS, at, 14.0)
    assert evidence.unread(events, marrow.CNS, at, 14.0, found) is open_


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("d-5 cns_status cns3a", 1.0),
        ("d-5 cns_status cns1", 0.0),
        ("d-5 cns_status status=not_recorded", evidence.MAYBE),
        ("d-5 cns_status status=not_recorded; d-2 cns_status cns1", 0.0),
        ("d-9 cns_status cns3a; d-5 cns_status status=not_recorded", 1.0),
        ("d5 cns_status cns3a", None),
        ("site cns involved=yes", 1.0),
    ],
)
def test_what_was_known_before_the_infusion(given: str, answer: float | None) -> None:
    found = evidence.known_before(events_of(given)[0], marrow.CNS)
    assert (None if np.isnan(found) else found) == answer


@pytest.mark.parametrize(
    ("given", "assumed", "answer"),
    [
        ("complete transfusions; d22 platelet_transfusion yes", False, 1),
        ("complete transfusions; d21 platelet_transfusion yes", False, 0),
        ("d21 platelet_transfusion yes", False, 2),
        ("d21 platelet_transfusion yes", True, 0),
        ("complete transfusions; d22 platelet_transfusion no", False, 0),
        ("complete transfusions; d28 platelet_transfusion status=not_recorded", False, 2),
    ],
)
def test_seven_days_without_platelets(given: str, assumed: bool, answer: int) -> None:
    assert evidence.support(events_of(given)[0], marrow.TRANSFUSION, 28.0, assumed) == answer


def test_bounds_of_a_count() -> None:
    events, _ = events_of("d28 anc status=below lloq=0.5; d28 platelets 20 status=above")
    low, high = evidence.bounds(events, int(np.flatnonzero(events.channel == marrow.ANC)[0]), np.inf)
    assert low == 0.0
    assert 0.499 < high < 0.5
    assert evidence.bounds(events, int(np.flatnonzero(events.channel == marrow.PLATELETS)[0]), 900.0) == (20.0, 900.0)
    assert evidence.bounds(events, -1, 100.0) == (0.0, 100.0)


def test_platelets_given_after_the_count_do_not_support_it() -> None:
    given = "complete drugs transfusions; d18-20 drug platelet_concentrate; d30-31 drug platelet_concentrate"
    assert evidence.support(events_of(given)[0], marrow.TRANSFUSION, 28.0, False) == 0
    assert evidence.support(events_of(given)[0], marrow.TRANSFUSION, 30.0, False) == 1
