"""`cartrace rules`."""

from __future__ import annotations

import pytest

from cartrace.assess import RULES
from cartrace.cli.rules import described, option_default, published, text


def test_the_list_names_every_rule(run):
    listed = run("rules").stdout
    assert all(rule.name in listed for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_prints_its_published_text_options_and_sources(rule):
    said = text(rule)
    assert published(rule) in said
    assert all(f"{rule.id}.{option.name}" in said for option in rule.options)
    assert all(sentence in said for sentence in rule.provisional)
    assert described(rule)["rule"] == rule.name


def test_a_choice_is_shown_by_its_word():
    proxy = next(option for option in RULES[0].options if option.name == "systolic_proxy")
    assert option_default(proxy) == "off"


def test_an_unknown_rule_is_told_with_the_nearest(run):
    wrong = run("rules", "crs.astct")
    assert wrong.exit_code == 2
    assert "crs.astct2019" in wrong.output
