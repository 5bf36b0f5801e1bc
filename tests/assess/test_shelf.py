"""The shelf is an explicit list and finds rules by id."""

import pytest

from cartrace.assess import shelf
from cartrace.errors import UnknownTerm


def test_ids_are_unique_and_found_with_and_without_version():
    assert len({rule.id for rule in shelf.RULES}) == len(shelf.RULES)
    for rule in shelf.RULES:
        assert shelf.rule(rule.id) is rule
        assert shelf.rule(rule.name) is rule


def test_another_version_is_another_rule():
    with pytest.raises(UnknownTerm):
        shelf.rule("crs.astct2019@0")


def test_a_misspelt_rule_names_the_nearest():
    with pytest.raises(UnknownTerm, match=r"crs\.astct2019"):
        shelf.rule("crs.astct2018")


def test_rules_of_a_prefix():
    assert [rule.id for rule in shelf.rules_of("crs.astct2019")] == ["crs.astct2019"]
    assert {"crs.astct2019", "crs.lee2014"} <= {rule.id for rule in shelf.rules_of("crs")}
    assert shelf.rules_of("cr") == ()
