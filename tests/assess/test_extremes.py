"""Bounds of lowest and highest values: every rule that hands one out can say so in words."""

from __future__ import annotations

import pytest

from cartrace import assess
from cartrace.assess.case_notation import read_given
from cartrace.assess.conformance import cases, chosen_options
from cartrace.assess.extremes import BEYOND_LIMIT, LOWER_BOUND, UPPER_BOUND
from cartrace.assess.shelf import RULES


def facts(rule, given):
    return {fact.id: fact for fact in assess.rule(rule).run(read_given(given)).facts}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_flag_of_a_fact_is_one_of_the_rules_own_reasons(rule):
    known = {reason.code for reason in rule.reasons}
    for case in cases(rule.id):
        found = rule.run(read_given(case.given), chosen_options(case.options)).facts
        assert {flag for fact in found for flag in fact.flags} <= known, case.case


@pytest.mark.parametrize(
    ("rule", "fact", "bounded", "exact", "flag"),
    [
        (
            "icaht.early",
            "nadir",
            "d0-30 anc 1.5; d9 anc status=below lloq=0.1",
            "d0-30 anc 1.5; d9 anc 0.1",
            UPPER_BOUND,
        ),
        ("ticaht.early", "nadir", "d9 platelets status=below lloq=10", "d9 platelets 10", UPPER_BOUND),
        ("ticaht.late", "nadir", "d40 platelets status=below lloq=10", "d40 platelets 10", UPPER_BOUND),
        ("hypogammaglobulinaemia", "nadir", "d60 igg status=below lloq=40", "d60 igg 40", UPPER_BOUND),
        ("ctcae5.platelets", "worst_value", "d9 platelets status=below lloq=10", "d9 platelets 10", UPPER_BOUND),
        ("ctcae6.ldh", "worst_value", "d9 ldh 4000 status=above", "d9 ldh 4000", LOWER_BOUND),
        ("ctcae5.alt", "baseline", "d-1 alt status=below lloq=10", "d-1 alt 10", BEYOND_LIMIT),
        (
            "hematotox.rejeski2021",
            "ferritin_value",
            "d-6 ferritin 2000 status=above",
            "d-6 ferritin 2000",
            BEYOND_LIMIT,
        ),
    ],
)
def test_a_value_known_as_a_limit_is_given_as_the_limit_and_marked(rule, fact, bounded, exact, flag):
    at_limit, measured = facts(rule, bounded)[fact], facts(rule, exact)[fact]
    assert (at_limit.value, at_limit.flags) == (measured.value, (flag.code,))
    assert measured.flags == ()


def test_a_value_beyond_the_limit_hides_only_on_its_own_side():
    beside = facts("ctcae5.platelets", "d2 platelets 30; d7 platelets status=below lloq=40")
    assert (beside["worst_value"].value, beside["worst_value"].flags) == (30, (UPPER_BOUND.code,))
    higher = facts("ctcae5.platelets", "d2 platelets 30; d7 platelets 400 status=above")
    assert (higher["worst_value"].value, higher["worst_value"].flags) == (30, ())
    same = facts("ctcae5.alt", "d2 alt 50; d7 alt status=below lloq=50")
    assert (same["worst_value"].value, same["worst_value"].flags) == (50, ())
    none = facts("ctcae5.alt", "d7 alt status=below lloq=50")
    assert none["worst_value"].reason == none["worst_value_day"].reason
    assert none["worst_value"].value is None


def test_values_before_the_infusion_bound_nothing_after_it():
    before = facts("ctcae5.platelets", "d-2 platelets status=below lloq=10; d2 platelets 30")
    assert (before["worst_value"].value, before["worst_value"].flags) == (30, ())


def test_a_test_that_was_not_done_bounds_nothing():
    undone = facts("ctcae5.platelets", "d2 platelets 30; d3 platelets status=not_done")
    assert undone["worst_value"].flags == ()
    igg = facts("hypogammaglobulinaemia", "d30 igg status=not_done; d60 igg 30")
    assert igg["nadir"].flags == igg["nadir_day"].flags == ()


def test_a_baseline_from_half_a_limit_says_so():
    found = facts(
        "easix.modified",
        "d-1 ldh 600; d-1 platelets 30; d-1 crp status=below lloq=5; d5 ldh 600; d5 platelets 30; d5 crp 9",
    )
    assert found["baseline"].flags == found["fold"].flags == found["log2_baseline"].flags == ("crp_half_limit",)
    assert found["peak"].flags == ()
