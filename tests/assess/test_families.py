"""Families: every rule on the shelf has its place, each family is led, and an unknown rule is never lost."""

from __future__ import annotations

import pytest

from cartrace.assess import RULES
from cartrace.assess.families import FAMILIES, family_of, leads


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_on_the_shelf_belongs_to_exactly_one_family(rule):
    assert [family.id for family in FAMILIES if family.holds(rule.id)] == [family_of(rule.name).id]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_a_family_with_rules_on_the_shelf_is_led_by_one_of_them(family):
    members = [rule.id for rule in RULES if family.holds(rule.id)]
    assert not members or any(family.led_by(rule_id) for rule_id in members)
    assert all(family.holds(name) for name in family.leading)


@pytest.mark.parametrize(
    ("rule_id", "family", "first"),
    [
        ("crs.astct2019@1", "crs", True),
        ("crs.lee2014", "crs", False),
        ("severe_crs.davila2014@1", "crs", False),
        ("icans.cres2018", "icans", False),
        ("icaht.late", "icaht", True),
        ("ctcae5.anc", "ctcae", True),
        ("ctcae6.anc", "ctcae", False),
        ("response.ball", "response_ball", True),
        ("response.nci2010", "response_ball", False),
        ("response.mrd", "mrd", True),
        ("hscore.fardet2014", "hyperinflammation", False),
    ],
)
def test_where_a_rule_stands(rule_id, family, first):
    assert (family_of(rule_id).id, leads(rule_id)) == (family, first)


def test_names_are_compared_up_to_a_dot():
    # "crs" is no beginning of "crs_other", and "ctcae5" none of "ctcae55.anc".
    assert family_of("crs_other.x").subject == "other"
    assert family_of("ctcae55.anc").id == "ctcae55"


def test_an_unknown_rule_is_a_family_of_its_own_and_leads_it():
    assert (family_of("made.up@1").id, family_of("made.up@1").subject, leads("made.up@1")) == ("made", "other", True)
    assert family_of("response.made_up").subject == "response"
