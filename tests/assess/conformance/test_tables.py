"""Case tables. That each reaches every edge of its rule: tests/architecture/test_boundaries.py."""

import re

import pytest

from cartrace.assess import RULES
from cartrace.assess.conformance import cases, chosen_options


def test_options_of_a_case():
    assert chosen_options("validity_hours=48 systolic_proxy=on") == {"validity_hours": "48", "systolic_proxy": "on"}
    assert chosen_options("") == {}


def test_a_rule_without_a_table_has_no_cases():
    assert cases("nothing.like.it") == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_case_names_are_unique(rule):
    names = [case.case for case in cases(rule.id)]
    assert len(set(names)) == len(names)


def test_the_vectors_that_other_tools_get_wrong_have_rows():
    """Published errors of other tools, numbered 1 to 25. Those of CAR-HEMATOTOX (22 to 24) come with that rule."""
    names = [case.case for rule in RULES for case in cases(rule.id)]
    numbers = {int(name[1:].split("-")[0]) for name in names if re.fullmatch(r"P\d+(-.+)?", name)}
    assert numbers == {*range(1, 22), 25}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_case_says_what_and_why(rule):
    assert all(case.sentence and case.expect and case.locator for case in cases(rule.id))


def test_the_suite_has_the_promised_size():
    assert sum(len(cases(rule.id)) for rule in RULES) >= 600
