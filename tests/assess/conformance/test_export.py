"""The suite as files: every case once, readable without cartrace."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cartrace.assess import RULES, rule
from cartrace.assess.conformance import SUITE_VERSION, cases, export, files, suite_digest

CRS = rule("crs.astct2019")


def lines(of) -> list[dict]:
    return [json.loads(line) for line in files([of])[f"cases/{of.id}.jsonl"].splitlines()]


def test_every_case_is_exported_once():
    for name in ("crs.astct2019", "response.ball", "ctcae5.anc"):
        of = rule(name)
        assert [line["question"]["case"] for line in lines(of)] == [f"{name}/{case.case}" for case in cases(name)]


def test_a_line_says_what_is_expected_and_why():
    line = next(line for line in lines(CRS) if line["question"]["case"] == "crs.astct2019/A2")
    assert line["expect"] == [
        {"kind": "overall", "low": 1, "high": 1},
        {"kind": "fact", "name": "onset_time", "value": 0.25},
        {"kind": "fact", "name": "onset_day", "value": 0.0},
        {"kind": "fact", "name": "first_support_time", "value": None},
    ]
    assert line["sentence"] == "38.0 °C and nothing else"
    assert (line["threshold"], line["side"]) == ("FEVER_FROM", "at")
    assert line["locator"]


@pytest.mark.parametrize(
    ("expect", "plain"),
    [
        ("not graded", {"kind": "overall", "not_graded": True}),
        ("not applicable", {"kind": "overall", "not_applicable": True}),
        ("at h6 1..4", {"kind": "at", "elapsed_days": 0.25, "low": 1, "high": 4}),
        ("day d5 1", {"kind": "day", "study_day": 5, "low": 1, "high": 1}),
        ("fact peak_day none", {"kind": "fact", "name": "peak_day", "value": None}),
        ("no flag lost", {"kind": "no flag", "name": "lost"}),
    ],
)
def test_an_item_as_plain_data(expect, plain, monkeypatch):
    monkeypatch.setattr(export, "cases", lambda _: (replace(cases(CRS.id)[0], expect=expect),))
    assert lines(CRS)[0]["expect"] == [plain]


def test_words_of_a_rule_stay_words():
    expected = {item["low"] for line in lines(rule("response.ball")) for item in line["expect"] if "low" in item}
    assert {"CR", "CRi", "MLFS"} <= expected


def test_the_page_names_version_digest_size_and_licence():
    page = files([CRS])["README.md"]
    for words in (f"Suite {SUITE_VERSION},", suite_digest((CRS,)), f"{len(cases(CRS.id))} cases", "Apache-2.0"):
        assert words in page


def test_the_digest_follows_the_cases(monkeypatch):
    before = suite_digest((CRS,))
    assert before != suite_digest(RULES)
    first, *rest = cases(CRS.id)
    monkeypatch.setattr(export, "cases", lambda _: (replace(first, expect="4"), *rest))
    suite_digest.cache_clear()
    assert suite_digest((CRS,)) != before
    suite_digest.cache_clear()
