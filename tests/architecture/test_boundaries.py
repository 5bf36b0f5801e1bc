"""Every rule on the shelf has case rows at its edges: below, at and above each threshold, each input missing, each option.

A threshold is a constant whose name ends in _FROM, _UP_TO, _BELOW or _ABOVE in the rule's module, its own or handed on by
it, or a bound of the published table behind the rule. An input is missing in a row when the rule says in that row that the
input would settle the grade. An option decides a row when the row fails with that option left at its default.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib import import_module

import pytest

from cartrace.assess import RULES, Rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import Case, cases, chosen_options, run_case

ENDINGS = ("_FROM", "_UP_TO", "_BELOW", "_ABOVE")
SIDES = ("below", "at", "above")

# Inputs whose silence never opens a range, by rule (a prefix) and input, and why.
ORGANS_FLAGGED = dict.fromkeys(("creatinine", "alt", "ast", "bilirubin"), "a flag")
NEVER_ASKED_FOR = {
    "crs.": {
        "systolic_bp": "stands in by option: hypotension itself is asked for",
        **dict.fromkeys(
            ("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "other_vasopressor", "vasopressin"),
            "number, dose and duration of vasopressors are asked for",
        ),
        "infusion": "a course begins with one",
        "complete_charts": "a declaration, not a finding",
        "clock": "places study days only",
    },
    **{
        edition: {"fluid_bolus": "a sign of hypotension: hypotension itself is asked for"}
        for edition in ("crs.astct2019", "crs.bnhl2022")
    },
    **{
        edition: {
            "fluid_bolus": "a sign of hypotension: hypotension itself is asked for",
            "oxygen_flow": "stands in for FiO2, which is asked for",
            **dict.fromkeys(("antipyretic", "anticytokine", "corticosteroid"), "a flag"),
            **(ORGANS_FLAGGED if edition == "crs.mskcc2018" else {}),
        }
        for edition in ("crs.lee2014", "crs.cartox2018", "crs.mskcc2018", "crs.ctcae5")
    },
    "crs.penn2018": {
        **dict.fromkeys(("oxygen_flow", "fio2"), "any supplemental oxygen is grade 3: the device is asked for"),
        **dict.fromkeys(("antipyretic", "anticytokine", "corticosteroid"), "a flag"),
    },
    "severe_crs.": {
        "vasopressor": "the chart of vasopressors is asked for",
        "spo2": "hypoxia is asked for by its support",
        "complete_charts": "a declaration, not a finding",
    },
    "icans.cres2018": {
        "ice": "stands in for CARTOX-10, which is asked for",
        "death": "ends the record",
        "clock": "places study days only",
    },
    "icans.astct2019": {
        "global_aphasia": "consciousness is asked for",
        "tremor": "a flag",
        "developmental_delay": "never assumed",
        "clock": "places study days only",
    },
    "icaht.": {
        "wbc": "stands in for neutrophils, which are asked for",
        "gcsf": "a flag",
        "granulocytes": "a flag",
        **dict.fromkeys(("death", "progression", "next_therapy", "last_follow_up"), "ends follow-up"),
    },
    "recovery.": {
        "wbc": "stands in for neutrophils, which are asked for",
        "gcsf": "a flag",
        "granulocytes": "a flag",
        **dict.fromkeys(("death", "progression", "next_therapy", "last_follow_up"), "ends follow-up"),
    },
    "ticaht.": {
        "transfusion": "a flag",
        **dict.fromkeys(("death", "progression", "next_therapy", "last_follow_up"), "ends follow-up"),
    },
    "hematotox.": {
        "lymphodepletion": "places the baseline: the markers are asked for",
        "disease": "a flag",
    },
    "cytopenia.": {
        "growth_factor": "a flag",
        **dict.fromkeys(("death", "progression", "next_therapy", "last_follow_up"), "ends follow-up"),
    },
    "aplasia.bcell": {"lymphocytes": "turns percent into cells, which are asked for"},
    "hypogammaglobulinaemia": {"drug_chart": "a declaration: replacement is asked for"},
    **dict.fromkeys(
        ("response.cibmtr", "response.nci2010", "response.nccn"),
        dict.fromkeys(("marrow_cellularity", "cells_counted"), "takes no part"),
    ),
    "response.pontedilegno2022": dict.fromkeys(
        (
            *("anc", "platelets", "platelet_transfusion", "growth_factor"),
            *("marrow_cellularity", "cells_counted", "rbc_transfusion"),
        ),
        "takes no part",
    ),
    "response.lugano2014": {
        **dict.fromkeys(("examination", "ultrasound", "imaging"), "stands in for the size, which is asked for"),
        "volume": "takes no part",
        "lymphoma": "a standing fact",
    },
    "response.": {
        "marrow_adequate": "a marrow with a blast count is evaluable",
        "known_before": "a standing fact",
        "next_therapy": "ends follow-up",
        "mrd_elsewhere": "takes part by option",
        "site": "a standing fact",
        "involved": "a standing fact",
    },
    "iechs.hines2023": dict.fromkeys(
        ("ldh", "aptt", "inr", "bilirubin_direct", "splenomegaly", "temperature", "triglycerides"),
        "another element: counted, decides nothing",
    ),
    "easix.": {"platelet_transfusion": "a flag"},
    "tls.": {"lymphodepletion": "places a window", "rasburicase": "a flag"},
    "ctcae5.platelets": {"transfusion": "a flag"},
    "ctcae": {
        "growth_factor": "a flag",
        "lymphodepletion": "places the baseline: the baseline is asked for",
    },
}
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def never_asked_for(rule: Rule) -> set[str]:
    names = {name for prefix, why in NEVER_ASKED_FOR.items() if rule.id.startswith(prefix) for name in why}
    return names & {channel.name for channel in rule.channels}


def thresholds(rule: Rule) -> set[str]:
    module = import_module(rule.module)
    constants = {name for name in vars(module) if name.endswith(ENDINGS)}
    tables = [
        term
        for term in getattr(module, "TERMS", ())
        if rule.id.endswith(f".{getattr(term, 'analyte', '') or term.name}")
    ]
    return constants | {row.threshold for term in tables for row in term.rows}


@cache
def asked_for(rule: Rule) -> frozenset[str]:
    """Inputs that some case row, or some step of one, names as what would settle it."""
    names: set[str] = set()
    for case in cases(rule.id):
        found = rule.run(read_given(case.given), chosen_options(case.options))
        parts = [grade for _, grade in found.parts]
        names |= {name for grade in (found.overall, *found.steps, *found.days, *parts) for name in grade.settles}
    return frozenset(names)


def without(case: Case, option: str) -> Case:
    kept = {name: value for name, value in chosen_options(case.options).items() if name != option}
    return dataclasses.replace(case, options=" ".join(f"{name}={value}" for name, value in kept.items()))


@every_rule
def test_every_threshold_has_a_row_below_at_and_above(rule: Rule) -> None:
    covered = {(case.threshold, case.side) for case in cases(rule.id)}
    wanted = {(name, side) for name in thresholds(rule) for side in SIDES}
    assert wanted
    assert wanted - covered == set()


@every_rule
def test_every_row_at_a_threshold_names_one_side(rule: Rule) -> None:
    assert [case.case for case in cases(rule.id) if bool(case.threshold) != (case.side in SIDES)] == []


@every_rule
def test_every_input_has_a_row_in_which_it_is_missing(rule: Rule) -> None:
    inputs = {channel.name for channel in rule.channels}
    assert inputs - asked_for(rule) == never_asked_for(rule)


@every_rule
def test_every_option_has_a_row_that_it_decides(rule: Rule) -> None:
    for option in rule.options:
        deciding = [case for case in cases(rule.id) if option.name in chosen_options(case.options)]
        assert any(not run_case(rule, without(case, option.name)).passed for case in deciding), option.name


def test_every_exception_is_still_one() -> None:
    stale = [
        (prefix, name)
        for prefix, why in NEVER_ASKED_FOR.items()
        for name in why
        if not any(name in never_asked_for(rule) for rule in RULES if rule.id.startswith(prefix))
    ]
    assert stale == []
