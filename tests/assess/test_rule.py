"""The shape of rules: options, and rows turned into grades."""

import dataclasses

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs.astct2019 import RULE
from cartrace.assess.rule import DECIDING, FACTS, NOT_APPLICABLE, Option, allocate
from cartrace.assess.shelf import RULES
from cartrace.errors import UnknownTerm


def test_options_by_word_and_number():
    option = Option("proxy", 0.0, "", values=(("off", 0.0), ("on", 1.0)))
    assert option.number("on") == option.number("1") == 1.0
    for text in ("maybe", "2"):
        with pytest.raises(UnknownTerm, match="proxy"):
            option.number(text)
    assert Option("hours", 24.0, "").number("48") == 48.0


def test_settings_keep_defaults_and_refuse_unknown_names():
    settings = RULE.settings({"resolution_hours": 48})
    assert dict(RULE.settings_used(settings)) == {
        "validity_hours": 24.0,
        "resolution_hours": 48.0,
        "gap_hours": 0.0,
        "systolic_proxy": 0.0,
    }
    with pytest.raises(UnknownTerm, match="resolution_hours"):
        RULE.settings({"resolution_hour": 48})


def test_empty_arrays():
    steps = allocate(3)
    assert steps.decided.shape == (3, DECIDING)
    assert DECIDING == 8, "room for eight deciding records: a step of sweep fills no more"
    assert steps.fact.shape == (3, FACTS)
    assert np.isnan(steps.fact).all()
    assert (steps.low == -1).all()


def test_a_row_becomes_a_grade_with_its_reasons_and_evidence():
    events = RULE.events(read_given("h6 temperature 39; h6 hypotension no"))
    steps = allocate(1)
    steps.at[0], steps.low[0], steps.high[0] = 0.25, 1, 4
    steps.reason[0], steps.missing[0] = 1 << 5, 1 << 5
    steps.decided[0, :2] = len(events.time) - 2, len(events.time) - 2
    grade = RULE.grade(steps, 0, events, until=0.5)
    assert (grade.text, grade.at, grade.until) == ("1 to 4", 0.25, 0.5)
    assert grade.reasons == (RULE.reasons[5].code,)
    assert grade.settles == (RULE.channels[5].name,)
    assert len(grade.evidence) == 1
    assert grade.provisional
    assert grade.candidate


@pytest.mark.parametrize(("grade", "waits"), [((0, 0), False), ((0, 1), True), ((1, 1), True)])
def test_only_what_may_be_a_toxicity_waits_for_somebody_to_attribute_it(grade, waits):
    events = RULE.events(read_given("h6 temperature 37"))
    steps = allocate(1)
    steps.low[0], steps.high[0] = grade
    steps.decided[0, 0] = len(events.time) - 1
    assert RULE.grade(steps, 0, events).candidate is waits


def test_the_grade_of_a_course_has_an_end_only_where_its_rule_counts_one():
    events = RULE.events(read_given("h6 temperature 37"))
    steps = allocate(1)
    steps.low[0] = steps.high[0] = 1
    steps.fact[0] = np.arange(FACTS)
    assert RULE.overall(steps, events).until is None
    assert dataclasses.replace(RULE, until=3).overall(steps, events).until == 3.0


def test_not_applicable_is_its_own_result():
    steps = allocate(1)
    steps.low[0] = steps.high[0] = NOT_APPLICABLE
    assert RULE.grade(steps, 0, RULE.events(read_given(""))).state == "not applicable"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_survives_an_empty_course_and_fits_its_bits(rule):
    assessment = rule.run(read_given(""))
    assert assessment.rule == rule.name
    assert len(rule.reasons) < 63
    assert len(rule.channels) < 63
    assert len({reason.code for reason in rule.reasons}) == len(rule.reasons)
