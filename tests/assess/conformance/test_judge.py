"""One case on one of our rules: what is found passes, what is not is said."""

import pytest

from cartrace.assess import rule
from cartrace.assess.conformance import Case, run_case
from cartrace.assess.crs.astct2019 import RULE

FEBRILE = "h6 temperature 38.5; h6 hypotension no"


def run(given, expect, options=""):
    return run_case(RULE, Case(RULE.id, "x", "", given, options, expect, "", "", ""))


@pytest.mark.parametrize(
    "expect",
    [
        "1..4",
        "at h6 1..4",
        "day d0 1..4",
        "fact onset_day 0; fact peak_grade none",
        "settles oxygen_device; no flag without_fever",
        "evidence h6 temperature; no evidence h6 oxygen_device; no settles temperature",
    ],
)
def test_what_is_found_passes(expect):
    assert run(FEBRILE, expect).passed


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("1", "found 1 to 4"),
        ("at h5 1", "no grade at that time"),
        ("day d1 1", "no grade at that time"),
        ("fact onset_day none", "expected a reason"),
        ("fact onset_day 1", "expected 1"),
        ("fact peak_grade 1", "settled by"),
        ("fact weight 1", "no fact weight"),
        ("flag late_onset_review", "missing"),
        ("settles temperature", "not named"),
        ("no settles oxygen_device", "is named as settling"),
        ("no evidence h6 temperature", "named as evidence"),
        ("evidence h7 temperature", "not named as evidence"),
        ("evidence h6 oxygen_device", "not named as evidence"),
        ("not graded", "found 1 to 4"),
    ],
)
def test_what_is_not_found_is_said(expect, words):
    (complaint,) = run(FEBRILE, expect).wrong
    assert words in complaint


def test_a_flag_that_should_not_be_there_is_said():
    assert run("h6 hypotension no", "not graded; no flag temperature_missing").wrong == (
        "flag temperature_missing is set",
    )


@pytest.mark.parametrize(
    ("rule_id", "given", "evidence"),
    [
        ("crs.astct2019", FEBRILE + "; h5 drug norepinephrine 5 ug/min", "evidence h5 norepinephrine"),
        ("response.mrd", "d28 mrd marrow flow negative lod=1e-4", "evidence d28 mrd"),
        (
            "response.extramedullary",
            "d-5 lesion neck node ct 30x20; d28 lesion neck node ct 14x10",
            "evidence d28 lesion",
        ),
    ],
)
def test_records_of_every_kind_can_be_named(rule_id, given, evidence):
    case = Case(rule_id, "x", "", given, "", evidence, "", "", "")
    assert run_case(rule(rule_id), case).passed
