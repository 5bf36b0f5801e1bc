import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from cartrace.engine.composition import program
from cartrace.engine.program import from_json
from cartrace.engine.reading import SystemRefused
from cartrace.models.system import Event, Parameter, Rule, State, System


def test_states_with_a_rate_come_first_and_keep_their_order(dosed):
    made = program(dosed, ["half", "x"])
    assert made.states == ("x", "z", "n")
    assert made.n_continuous == 2
    assert made.parameters == ("k", "t1", "dose")
    assert made.outputs == ("half", "x")
    assert made.extinct_below == (1e-3, 0.0, 0.0)
    assert made.autonomous


def test_events_are_told_apart_and_numbered_in_their_order(dosed):
    made = program(dosed, [])
    assert [(event.id, event.timed, event.slot, event.initially) for event in made.events] == [
        ("first", True, 0, True),
        ("swap", False, 0, True),
        ("early", True, 1, False),
    ]
    assert (made.n_timed, made.n_triggers) == (2, 1)


def test_the_start_gives_states_and_times_of_events(dosed, workspace):
    here = workspace(dosed)
    here.call("hoist", "init")
    assert here["YN"][:, 0].tolist() == [10.0, 1.0, 0.0]
    assert here["EVT"][:, 0].tolist() == [3.0, -3.0]


def test_all_assignments_of_an_event_use_the_values_before_it(dosed, workspace):
    here = workspace(dosed)
    here["YN"] = np.array([[1.5], [7.0], [1.0]])
    here["TT"] = 4.25
    here.call("hoist", "event_1")
    assert here["YN"][:, 0].tolist() == [7.0, 1.5, 1.75]
    here.call("event_0")
    assert here["YN"][:, 0].tolist() == [11.0, 1.5, 2.75]
    here.call("event_2")
    assert here["YN"][:, 0].tolist() == [11.0, 1.5, 4.25]


def test_an_event_of_one_lane_leaves_its_neighbours_to_the_driver(dosed, workspace):
    here = workspace(dosed, lanes=3)
    here["YN"] = np.array([[1.5, 2.5, 3.5], [7.0, 8.0, 9.0], [1.0, 1.0, 1.0]])
    here.call("hoist", "event_1")
    assert here["YN"].tolist() == [[7.0, 8.0, 9.0], [1.5, 2.5, 3.5], [1.75, 2.25, 2.75]]


def test_outputs_may_be_states_and_rules(dosed, workspace):
    here = workspace(dosed, outputs=["half", "n", "x"])
    here["U"] = np.array([[6.0], [0.0], [5.0]])
    here.call("hoist", "observe")
    assert here["O"][:, 0].tolist() == [3.0, 5.0, 6.0]


def test_outputs_and_rules_agree_with_a_direct_evaluation(systems, direct, workspace):
    system = systems.everything
    names = [rule.id for rule in system.rules]
    here = workspace(system, outputs=names)
    values = dict(zip(here.program.states, (0.4, 1.9, 1.1, 2.3, 1.0), strict=True))
    here["U"] = np.array([[value] for value in values.values()])
    here["TT"] = 3.5
    here.call("hoist", "observe")
    expected = direct(system, {item.id: item.value for item in system.parameters}).values(values, 3.5)
    assert here["O"][:, 0] == pytest.approx([expected[name].real for name in names], rel=1e-14)


def test_a_start_outside_the_domain_is_found_before_the_run(workspace):
    system = System(
        "s",
        "d",
        (Parameter("MTT", 5.0), Parameter("K", 50.0), Parameter("h", 1.3), Parameter("x0", 1.0)),
        (State("x", "x0", "4/MTT*x - log(K)*x**h"),),
    )
    here = workspace(system, lanes=5)
    here["P"] = np.array([[5.0, 0.0, 5, 5, 5], [50.0, 50, -1, 50, 50], [1.3] * 5, [1.0, 1, 1, -1e-3, 0.0]])
    here.call("hoist", "init", "domain")
    assert here.program.checks == (
        "rate of x: MTT is 0 and something is divided by it",
        "rate of x: K is not above 0 and its logarithm is taken",
        "rate of x: x is below 0 and a power of it is taken",
    )
    assert (here["BAD"] > 0).T.tolist() == [
        [False, False, False], [True, False, False], [False, True, False], [False, False, True], [False, False, False],
    ]  # fmt: skip


def test_json_and_back_is_the_same_program(dosed):
    made = program(dosed, ["half"], infused=["x"])
    assert from_json(made.to_json()) == made


def test_all_problems_are_told_at_once(dosed):
    broken = replace(
        dosed,
        states=(*dosed.states, State("s", "unknown_initial", "unknown_rate")),
        events=(*dosed.events, Event("e", "time >= unknown_time", (("nobody", "1"), ("x", "unknown_value")))),
    )
    with pytest.raises(SystemRefused) as refused:
        program(broken, ["unknown_output"], infused=["unknown_infused"])
    told = str(refused.value)
    for name in ("initial", "rate", "time", "value", "output", "infused"):
        assert f"unknown_{name}" in told
    assert "event e: nobody is no state" in told


SCRIPT = """
import sys
from cartrace.models.system import from_json
from cartrace.engine.composition import program
system = from_json(sys.stdin.read())
print(program(system, [rule.id for rule in system.rules], infused=[system.states[0].id]).to_json())
"""


@pytest.mark.parametrize("name", ["everything", "dosed"])
def test_the_text_is_the_same_in_every_process(systems, dosed, name):
    system = dosed if name == "dosed" else systems.everything
    texts = set()
    for seed in ("0", "1", "77"):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT], input=system.to_json(), capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )  # fmt: skip
        texts.add(run.stdout)
    assert len(texts) == 1


def test_no_library_for_symbols_or_sbml_is_needed(dosed):
    script = SCRIPT + "\nassert not {'sympy', 'libsbml', 'antimony', 'numba'} & set(sys.modules), sorted(sys.modules)\n"
    subprocess.run([sys.executable, "-c", script], input=dosed.to_json(), capture_output=True, text=True, check=True)


def test_an_event_changes_nothing_of_the_flow(dosed):
    def flow(made):
        return made.text.split("def rhs(w)")[1].split("def dense(w)")[0]

    without = program(dosed.flow, ["half"])
    assert flow(program(dosed, ["half"])) == flow(without)


def test_a_rule_in_the_time_makes_the_system_depend_on_it(workspace):
    rules = (Rule("late", "1/(1 + exp(-(time - 3)))"),)
    assert not program(System("s", "d", (), (State("x", "1", "-late*x"),), rules), []).autonomous
    assert program(System("s", "d", (), (State("x", "1", "-x"),), rules), ["late"]).autonomous
