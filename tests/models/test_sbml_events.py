"""Events of SBML: truth before the start, delays, priorities; what is refused."""

from __future__ import annotations

import pytest

from cartrace.errors import InputRefused
from cartrace.models.antimony import read_antimony
from cartrace.models.sbml import read_sbml
from cartrace.models.system import Event, State


def events(text: str) -> tuple[Event, ...]:
    return read_antimony(f"model m() x' = -x; x = 5; y' = 1; y = 0; n = 0; d = 2; {text} end").events


def test_an_event_keeps_its_trigger_targets_and_the_truth_before_the_start():
    assert events("e: at (x < 1 && y > 2), t0=false: x = x + 3, n = y;") == (
        Event("e", "x < 1 and y > 2", (("x", "x + 3"), ("n", "y")), initially=False),
    )


def test_what_an_event_assigns_is_a_state():
    system = read_antimony("model m() n = 3; e: at (time >= 1): n = 4; end")
    assert system.states == (State("n", "3.0", "0"),)
    assert system.parameters == ()


def test_a_delay_of_nothing_is_none():
    assert events("e: at 0 after (x < 1): x = 3;") == (Event("e", "x < 1", (("x", "3"),)),)


def test_a_fixed_value_comes_later_by_the_delay():
    assert events("e: at 1.5 after (time >= 2): x = d + 1;") == (Event("e", "time >= 2.0 + 1.5", (("x", "d + 1"),)),)


def test_a_value_of_the_trigger_is_held_until_the_assignment():
    assert events("e: at d after (time >= 2): x = y;") == (
        Event("e_holds", "time >= 2", (("x_at_e", "y"),)),
        Event("e", "time >= 2.0 + d", (("x", "x_at_e"),)),
    )


def test_a_value_of_the_assignment_needs_no_holding():
    assert events("e: at 1.5 after (time >= 2), fromTrigger=false: x = y;")[0].assignments == (("x", "y"),)


def test_events_of_higher_priority_come_first_and_those_without_last():
    found = events(
        "a: at (x<1): n = 1; b: at (x<1), priority=2: n = 2; c: at (x<1), priority=-3: n = 3; f: at (x<1), priority=9: n=4;"
    )
    assert [event.id for event in found] == ["f", "b", "c", "a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("e: at 1 after (x < 1): x = 3;", "delay behind a trigger"),
        ("e: at 1 after (time >= d): x = 3;", "delay behind a trigger"),
        ("e: at y after (time >= 2): x = 3;", "delay behind a trigger"),
        ("e: at -1 after (time >= 2): x = 3;", "delay below 0"),
        ("e: at (x < 1), priority=y: x = 3;", "priority"),
    ],
)
def test_what_a_system_cannot_hold_is_refused(text, said):
    with pytest.raises(InputRefused) as refused:
        events(text)
    assert said in refused.value.findings[0].found


def test_an_event_without_a_trigger_is_refused():
    text = """<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model>
      <listOfParameters><parameter id="x" value="1" constant="false"/></listOfParameters>
      <listOfEvents><event id="e" useValuesFromTriggerTime="true"/></listOfEvents></model></sbml>"""
    with pytest.raises(InputRefused) as refused:
        read_sbml(text)
    assert [finding.found for finding in refused.value.findings] == ['event "e" without a trigger']
