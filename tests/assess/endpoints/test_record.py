"""An endpoint says a time exactly when it has one."""

from __future__ import annotations

import pytest

from cartrace.assess.endpoints import CourseEndpoints, Endpoint, EndpointChoices
from cartrace.assess.result import Grade


def test_an_event_has_a_time_and_no_time_is_negative() -> None:
    with pytest.raises(ValueError, match="without a time"):
        Endpoint("os", "Overall survival", "event", start=0)
    with pytest.raises(ValueError, match="-1 days"):
        Endpoint("os", "Overall survival", "censored", start=0, time=-1)
    assert Endpoint("rfs", "Relapse-free survival", "not in set").time is None


def test_endpoints_are_found_by_their_id() -> None:
    made = Endpoint("os", "Overall survival", "censored", start=0, time=5)
    whole = CourseEndpoints("c", EndpointChoices(), Grade("response.ball@1", "not graded"), (made,))
    assert whole["os"] is made
    with pytest.raises(KeyError):
        whole["rfs"]
