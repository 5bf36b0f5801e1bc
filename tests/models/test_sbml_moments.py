"""Events at one moment: what becomes one event, what stays apart, what is refused. Values: `test_sbml`, against libRoadRunner."""

from __future__ import annotations

import pytest

from cartrace.errors import InputRefused
from cartrace.models.antimony import read_antimony
from cartrace.models.sbml_moments import fixed_time
from cartrace.models.system import Event


def events(text: str) -> tuple[Event, ...]:
    return read_antimony(f"model m() x' = -x; x = 5; y' = 1; y = 0; n = 0; r := 2*n; {text} end").events


def refused(text: str) -> list[str]:
    with pytest.raises(InputRefused) as found:
        events(text)
    return [finding.found for finding in found.value.findings]


@pytest.mark.parametrize(
    ("trigger", "time"),
    [("time >= 3", 3), ("time > 1.5 + 2", 3.5), ("time >= d", None), ("3 <= time", None), ("x > 3", None)],
)
def test_a_time_that_is_a_number(trigger, time):
    assert fixed_time(trigger) == time


def test_events_that_do_nothing_to_each_other_stay_apart():
    found = events("a: at (time >= 2): x = 3; b: at (time >= 2): n = 4;")
    assert [event.id for event in found] == ["a", "b"]


def test_events_of_other_times_stay_apart():
    found = events("a: at (time >= 2): x = n; b: at (time >= 3): n = x;")
    assert [event.id for event in found] == ["a", "b"]


@pytest.mark.parametrize("also", ["time >= 2", "time > 2"])
def test_events_that_read_what_the_others_set_are_one(also):
    assert events(f"a: at (time >= 2): x = n; b: at ({also}): n = x;") == (
        Event("a", "time >= 2", (("x", "n"), ("n", "x"))),
    )


def test_what_is_read_by_way_of_a_rule_counts():
    assert events("a: at (time >= 2): n = 1; b: at (time >= 2): x = r;")[0].assignments == (("n", "1"), ("x", "r"))


def test_of_two_values_that_of_the_lower_priority_comes_last():
    found = events("a: at (x < 1), priority=1: n = 5; b: at (x < 1), priority=3: n = n + 7, x = n;")
    assert found == (Event("b", "x < 1", (("n", "5"), ("x", "n"))),)
    found = events("a: at (x < 1), priority=1: n = n + 5; b: at (x < 1), priority=3: n = n + 7;")
    assert found == (Event("b", "x < 1", (("n", "n + 5"),)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: at (time >= 2): n = 5; b: at (time >= 2): n = 7;", 'both set "n" at one moment'),
        ("a: at (x < 1): x = 5; b: at (x < 1), fromTrigger=false: n = x;", "another event does"),
        ("a: at (x < 1): x = 5; b: at (x < 1), persistent=false: n = x;", "another event does"),
        ("a: at (time >= 2): n = 5; b: at (time >= 2 && x > 1): x = n;", 'share "n"'),
        ("a: at (x < 3 && y > 1): n = 5; b: at (x < 3 && n < 1): y = 0;", "may happen together"),
    ],
)
def test_an_order_that_cannot_be_known_is_refused(text, said):
    (found,) = refused(text)
    assert said in found


@pytest.mark.parametrize(
    "text",
    [
        "a: at (time >= 2): n = 5; b: at (time >= 2), fromTrigger=false: x = n;",
        "a: at (x < 1): x = 5; b: at (x < 1), persistent=false: n = 7;",
    ],
)
def test_events_that_are_meant_to_act_in_turn_stay_apart(text):
    assert [event.id for event in events(text)] == ["a", "b"]


def test_a_priority_settles_the_order():
    found = events("a: at (time >= 2), priority=1: n = 5; b: at (time >= 2), priority=2: n = 7;")
    assert [event.id for event in found] == ["b", "a"]


def test_a_shared_condition_does_no_harm_where_nothing_else_is_shared():
    assert len(events("a: at (x < 3): y = 5; b: at (x < 3 && time > 1): n = 7;")) == 2


def test_a_compartment_and_a_concentration_in_it_at_one_moment_are_refused():
    text = "compartment V = 2; species A in V; A = 1;"
    for both in ("e: at (time >= 2): V = 4, A = 3;", "e: at (time >= 2): V = 4; f: at (time >= 2): A = 3;"):
        assert 'sets the concentration "A"' in refused(text + both)[0]


@pytest.mark.parametrize("trigger", ["time == 2", "x == 1", "x != 1", "n + y == 2"])
def test_a_trigger_that_holds_for_an_instant_is_refused(trigger):
    assert "for one instant" in refused(f"e: at ({trigger}): n = 1;")[0]


def test_a_counter_may_equal_a_number():
    assert events("e: at (n == 2): x = 1;")[0].trigger == "n == 2"
