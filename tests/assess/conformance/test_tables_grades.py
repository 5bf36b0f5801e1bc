"""What the grades of the case tables carry: records that decided them, what would settle them, and flags.

A flag that no row shows, or that never comes without another, could be wrong for any reason and nobody would see it.
"""

from __future__ import annotations

import re
from functools import cache

import pytest

from cartrace.assess import RULES, Grade, Rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, chosen_options
from cartrace.course import Quantity

# What the words themselves imply: the first does not come without the second.
IMPLIED = {
    "aplasia": {("early_loss", "lost")},
    "response": {("mrd_recurrence_confirmed", "mrd_recurrence")},
    # What resolved was open while it was clear.
    "crs": {("resolution_across_gap", "episode_open")},
    "icans": {("resolution_across_gap", "episode_open")},
}
# Flags that a rule names and no row of its family can show, and why. Empty: every flag has its row.
WITHOUT_A_ROW: dict[tuple[str, str], str] = {}
FAMILIES = sorted({rule.id.partition(".")[0] for rule in RULES})
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@cache
def grades(rule: Rule) -> tuple[Grade, ...]:
    """Every grade of every row of a rule: overall, of steps, days and parts."""
    found: list[Grade] = []
    for case in cases(rule.id):
        result = rule.run(read_given(case.given), chosen_options(case.options))
        found += [result.overall, *result.steps, *result.days, *(grade for _, grade in result.parts)]
    return tuple(found)


@EVERY_RULE
def test_a_settled_grade_asks_for_nothing_more(rule):
    assert [grade for grade in grades(rule) if grade.state == "graded" and grade.settles] == []


@EVERY_RULE
def test_a_toxicity_that_is_graded_names_its_records(rule):
    assert [grade for grade in grades(rule) if grade.low and not grade.evidence] == []


@EVERY_RULE
def test_every_flag_is_one_of_the_rule_and_said_once(rule):
    own = {reason.code for reason in rule.reasons}
    assert all(len(set(grade.reasons)) == len(grade.reasons) and set(grade.reasons) <= own for grade in grades(rule))


@cache
def facts(rule: Rule) -> tuple[Quantity, ...]:
    """Every fact of every row of a rule."""
    runs = (rule.run(read_given(case.given), chosen_options(case.options)) for case in cases(rule.id))
    return tuple(fact for result in runs for fact in result.facts)


def shown(family: str) -> set[frozenset[str]]:
    """The flags of every grade and of every fact in the rows of a family of rules."""
    own = [rule for rule in RULES if of(rule) == family]
    of_grades = {frozenset(grade.reasons) for rule in own for grade in grades(rule)}
    return of_grades | {frozenset(fact.flags) for rule in own for fact in facts(rule)}


def asked_for(family: str) -> set[str]:
    """The flags that rows of a family expect by name."""
    expected = (case.expect for rule in RULES if of(rule) == family for case in cases(rule.id))
    return {code for text in expected for code in re.findall(r"(?:^|; )flag (\w+)", text)}


def of(rule: Rule) -> str:
    return rule.id.partition(".")[0]


def codes(family: str) -> set[str]:
    return {reason.code for rule in RULES if of(rule) == family for reason in rule.reasons}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_flag_has_a_row_with_it_and_a_row_without(family):
    flags = shown(family)
    always = {code for code in codes(family) if all(code in one for one in flags)}
    never = {code for code in codes(family) if not any(code in one for one in flags)}
    assert always == set()
    assert never == {code for named, code in WITHOUT_A_ROW if named == family}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_flag_is_what_some_row_asks_for(family):
    """A row that merely happens to raise a flag would not miss it."""
    assert codes(family) - asked_for(family) == {code for named, code in WITHOUT_A_ROW if named == family}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_flag_can_stand_without_every_other(family):
    flags = shown(family)
    bound = {
        (one, other)
        for one in codes(family)
        for other in codes(family) - {one}
        if any(one in found for found in flags) and all(other in found for found in flags if one in found)
    }
    assert bound == IMPLIED.get(family, set())


@pytest.mark.parametrize("rule", [rule for rule in RULES if of(rule) == "ticaht"], ids=lambda rule: rule.id)
def test_a_rule_that_asks_for_no_attribution_waits_for_nobody(rule):
    assert any(grade.low for grade in grades(rule))
    assert not any(grade.candidate for grade in grades(rule))


@EVERY_RULE
def test_every_range_names_an_input_that_would_settle_it(rule):
    assert [grade for grade in grades(rule) if grade.state == "range" and not grade.settles] == []
