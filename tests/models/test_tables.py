"""The tables of a folder: what passes, and a finding for everything that does not."""

from __future__ import annotations

import pytest

from cartrace.models.findings import Findings
from cartrace.models.model import ObservableRow, ParameterRow, StateRow
from cartrace.models.tables import OBSERVABLES, PARAMETERS, STATES, read_observables, read_parameters, read_states

GOOD = {
    "parameterId": "k", "parameterName": "elimination", "parameterScale": "log", "lowerBound": "0.01", "upperBound": "1",
    "nominalValue": "0.1", "estimate": "1", "unit": "1/d", "sourceKey": "stein2019tisagenlecleucel", "sourceLocator": "Table 1",
    "evidence": "fitted by source", "variability": "0.3", "variabilitySource": "assumed", "note": "",
}  # fmt: skip


def parameters(**changes: str) -> tuple[list[ParameterRow], list[str]]:
    findings = Findings()
    row = GOOD | changes
    rows = read_parameters(
        "\t".join(PARAMETERS) + "\n" + "\t".join(row[c] for c in PARAMETERS) + "\n", "parameters.tsv", findings
    )
    return rows, [item.check for item in findings.items]


def test_a_row_is_read_whole():
    assert parameters() == (
        [
            ParameterRow(
                "k", "elimination", "log", 0.01, 1.0, 0.1, True, "1/d", "stein2019tisagenlecleucel", "Table 1", "fitted by source",
                0.3, "assumed", "",
            )
        ],
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"nominalValue": "0,1"}, "table.number"),
        ({"nominalValue": "nan"}, "table.number"),
        ({"nominalValue": "inf"}, "table.number"),
        ({"nominalValue": ""}, "table.empty"),
        ({"nominalValue": "0.009"}, "table.range"),
        ({"nominalValue": "1.1"}, "table.range"),
        ({"lowerBound": ""}, "table.bounds"),
        ({"upperBound": ""}, "table.bounds"),
        ({"parameterScale": "log10"}, "table.word"),
        ({"parameterScale": "log", "nominalValue": "0", "lowerBound": "0"}, "table.range"),
        ({"parameterScale": "logit", "nominalValue": "1"}, "table.range"),
        ({"estimate": "yes"}, "table.word"),
        ({"unit": ""}, "table.empty"),
        ({"parameterName": ""}, "table.empty"),
        ({"parameterId": ""}, "table.empty"),
        ({"evidence": "known"}, "evidence.word"),
        ({"sourceKey": "nobody1900"}, "name.unknown"),
        ({"sourceLocator": ""}, "source.locator"),
        ({"evidence": "assumed", "sourceKey": "", "sourceLocator": ""}, "evidence.note"),
        ({"variability": "-1"}, "table.range"),
        ({"variability": "much"}, "table.number"),
        ({"variabilitySource": ""}, "table.origin"),
        ({"variabilitySource": "nobody1900: Table 1"}, "name.unknown"),
        ({"variabilitySource": "stein2019tisagenlecleucel"}, "source.locator"),
    ],
)
def test_what_is_wrong_in_a_row_is_found(changes, check):
    assert parameters(**changes)[1] == [check]


@pytest.mark.parametrize(
    "changes",
    [
        {"nominalValue": "0.01"},  # at a bound
        {"nominalValue": "1"},
        {"estimate": "0", "lowerBound": "", "upperBound": ""},
        {
            "estimate": "0",
            "variability": "",
            "variabilitySource": "",
            "nominalValue": "0",
            "lowerBound": "",
        },  # 0 where nothing moves
        {"variabilitySource": "stein2019tisagenlecleucel: Table 1"},
        {"evidence": "assumed", "sourceKey": "", "sourceLocator": "", "note": "why"},
        {"variability": "0"},
    ],
)
def test_what_is_right_passes(changes):
    assert parameters(**changes)[1] == []


def test_a_wrong_header_is_found_and_nothing_is_read():
    findings = Findings()
    assert read_states("stateId\tunit\nx\tmg\n", "states.tsv", findings) == []
    assert [item.check for item in findings.items] == ["table.header"]


def test_an_id_twice_a_row_too_long_and_an_empty_line():
    findings = Findings()
    text = "\t".join(STATES) + "\nx\tone\tmg\n\ny\ttwo\tmg\t\t\t\textra\nx\tthree\tmg\n"
    assert [row.id for row in read_states(text, "states.tsv", findings)] == ["x", "x"]
    assert [(item.check, item.row) for item in findings.items] == [("table.fields", 4), ("table.twice", 5)]


def test_trailing_empty_fields_may_be_left_out():
    assert read_states("\t".join(STATES) + "\nx\tone\tmg\n", "states.tsv", Findings()) == [
        StateRow("x", "one", "mg", 0.0, "")
    ]


@pytest.mark.parametrize(
    ("threshold", "note", "found"),
    [("1e-6", "one cell", []), ("1e-6", "", ["table.empty"]), ("-1", "x", ["table.range"])],
)
def test_a_threshold_of_extinction_has_a_reason(threshold, note, found):
    findings = Findings()
    read_states("\t".join(STATES) + f"\nx\tone\tMcell\t{threshold}\t{note}\n", "states.tsv", findings)
    assert [item.check for item in findings.items] == found


def observables(*fields: str) -> tuple[list[ObservableRow], list[str]]:
    findings = Findings()
    rows = read_observables("\t".join(OBSERVABLES) + "\n" + "\t".join(fields) + "\n", "observables.tsv", findings)
    return rows, [item.check for item in findings.items]


def test_an_observable_is_read_whole():
    assert observables("il6", "serum IL-6", "IL6", "pg/mL", "log-normal", "0.3", "assumed", "il6", "") == (
        [ObservableRow("il6", "serum IL-6", "IL6", "pg/mL", "log-normal", "0.3", "assumed", "il6", "")],
        [],
    )


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        (("a", "b", "c", "pg/mL", "uniform", "", "", "", ""), "table.word"),
        (("a", "b", "c", "pg/mL", "normal", "x y", "", "", ""), "table.number"),
        (("a", "b", "c", "pg/mL", "normal", "0.3", "", "", ""), "table.origin"),
        (("a", "b", "c", "pg/mL", "", "", "", "il-6x", ""), "name.unknown"),
        (("a", "b", "c", "mg", "", "", "", "il6", ""), "table.unit"),
        (("a", "b", "", "mg", "", "", "", "", ""), "table.empty"),
    ],
)
def test_what_is_wrong_in_an_observable_is_found(fields, check):
    assert observables(*fields)[1] == [check]


def test_noise_may_be_a_parameter():
    assert observables("a", "b", "c", "mg", "normal", "sigma", "", "", "")[1] == []
