"""What a system and its tables must hold to: each breach is found, with the nearest name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.models.checks import (
    check_event,
    check_observables,
    check_rows,
    check_settings,
    check_system,
    check_values,
)
from cartrace.models.findings import Findings
from cartrace.models.model import ObservableRow, ParameterRow, Setting
from cartrace.models.system import Event, Parameter, Rule, State, System

GOOD = System(
    id="decay",
    time_unit="d",
    parameters=(Parameter("k", 0.5), Parameter("x0", 2.0)),
    states=(State("x", "x0", "-k*x + r"),),
    rules=(Rule("r", "time"), Rule("s", "r*x")),
    events=(Event("dose", "s > 3", (("x", "x + s"),)),),
)


def found(system: System) -> list[str]:
    findings = Findings()
    check_system(system, "model.ant", findings)
    return [f"{item.check} {item.column}" for item in findings.items]


def test_a_sound_system_passes():
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (replace(GOOD, parameters=(*GOOD.parameters, Parameter("x", 1.0))), "system.twice "),
        (replace(GOOD, states=(State("x", "r", "0"),)), "name.unknown initial value of x"),
        (replace(GOOD, states=(State("x", "time", "0"),)), "name.unknown initial value of x"),
        (replace(GOOD, states=(State("x", "x0", "-kk*x"),)), "name.unknown rate of x"),
        (replace(GOOD, states=(State("x", "x0", "-k*"),)), "expression.invalid rate of x"),
        (replace(GOOD, rules=tuple(reversed(GOOD.rules))), "name.unknown rule s"),
        (replace(GOOD, events=(Event("dose", "y > 1", ()),)), "name.unknown trigger of dose"),
        (replace(GOOD, events=(Event("dose", "x > 1", (("k", "1"),)),)), "name.unknown event dose"),
        (replace(GOOD, events=(Event("dose", "x > 1", (("x", "f(x)"),)),)), "expression.invalid event dose"),
    ],
)
def test_each_breach_is_found(broken, expected):
    assert found(broken) == [expected]


def test_an_event_alone_is_checked_against_a_system():
    findings = Findings()
    check_event(Event("e", "s > 1", (("x", "0"),)), GOOD, "scenario.yaml", findings)
    assert findings.items == []


def parameter(name: str, value: float) -> ParameterRow:
    return ParameterRow(name, name, "lin", None, None, value, False, "1", "", "", "assumed", None, "", "why")


def test_rows_and_equations_name_the_same():
    findings = Findings()
    check_rows("parameter", "parameters.tsv", [parameter("k", 1), parameter("xo", 1)], ("k", "x0"), findings)
    assert [(item.check, item.found) for item in findings.items] == [
        ("row.missing", 'no row for "x0"'),
        ("name.unknown", '"xo"'),
    ]


def test_values_of_the_table_and_of_the_text_agree():
    findings = Findings()
    check_values(GOOD, [parameter("k", 0.5), parameter("x0", 2.0000001)], "parameters.tsv", findings)
    assert [item.found for item in findings.items] == ["x0 = 2"]


def test_an_observable_is_a_state_or_rule_with_known_noise():
    rows = [
        ObservableRow("a", "a", formula, "1", "normal", noise, "", "", "")
        for formula, noise in (("x", "k"), ("s", ""), ("k", "z"))
    ]
    findings = Findings()
    check_observables(rows, GOOD, "observables.tsv", findings)
    assert [item.found for item in findings.items] == ['"k"', '"z"']


def test_a_setting_sets_parameters():
    findings = Findings()
    check_settings(
        [Setting("H", "h", {"k": 1.0, "x": 2.0}, "", "", "input", "n")], GOOD.parameter_ids, "settings.toml", findings
    )
    assert [item.found for item in findings.items] == ['"x"']
