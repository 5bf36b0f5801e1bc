"""The intermediate form: written and read back it is the same; its digest names the equations, not the numbers."""

from __future__ import annotations

from dataclasses import replace

from cartrace.models.system import Event, Parameter, Rule, State, System, from_json

DECAY = System(
    id="decay",
    time_unit="d",
    parameters=(Parameter("k", 0.5, "1/d"), Parameter("x0", 2.0)),
    states=(State("x", "x0", "-k*x", "Mcells", extinct_below=1e-6),),
    rules=(Rule("half", "x/2"),),
    events=(Event("dose", "time >= 3", (("x", "x + 1"),)),),
)


def test_written_and_read_back_it_is_the_same():
    assert from_json(DECAY.to_json()) == DECAY


def test_the_digest_names_equations_not_values():
    other_value = replace(DECAY, parameters=(Parameter("k", 9.0, "1/d"), Parameter("x0", 2.0)))
    other_rate = replace(DECAY, states=(replace(DECAY.states[0], rate="-k*x*2"),))
    assert other_value.digest == DECAY.digest == replace(DECAY, id="other").digest
    assert other_rate.digest != DECAY.digest


def test_the_flow_leaves_the_events_out():
    assert DECAY.flow.events == ()
    assert DECAY.flow.states == DECAY.states
    assert DECAY.flow.digest != DECAY.digest
