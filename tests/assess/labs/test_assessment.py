"""Steps, days and facts as records."""

from __future__ import annotations

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.labs import ctcae5
from cartrace.assess.result import Assessment

RULES = {rule.id.removeprefix("ctcae5."): rule for rule in ctcae5.RULES}


def run(analyte: str, given: str, **options: str) -> Assessment:
    return RULES[analyte].run(read_given(given), options)


def test_steps_follow_each_other_without_gaps() -> None:
    steps = run("platelets", "h-24 platelets 90 low=150; h24 platelets 20 low=150; h60 platelets 60 low=150").steps
    assert [(step.at, step.until) for step in steps] == [(-1.0, 1.0), (1.0, 2.5), (2.5, None)]
    assert [step.value for step in steps] == [1, 4, 2]
    assert all(step.rule == "ctcae5.platelets@1" for step in steps)


def test_a_day_is_graded_by_its_own_values() -> None:
    # Grade 4 of day 1 still holds on the morning of day 2; day 2 is graded by what was measured on it.
    assessment = run("platelets", "h30 platelets 20 low=150; h60 platelets 60 low=150; h70 platelets 80 low=150")
    assert [(day.day, day.value) for day in assessment.days] == [(1, 4), (2, 2)]
    assert all(day.at is None for day in assessment.days)


def test_a_day_with_an_open_value_is_a_range() -> None:
    (day,) = run("anc", "h30 anc 1.2 low=1.8; h40 anc status=below lloq=1.4").days
    assert (day.low, day.high, day.settles) == (2, 4, ("anc",))
    assert len(day.evidence) == 2


def test_a_day_without_a_value_has_no_grade() -> None:
    assert [day.day for day in run("anc", "d1 anc 1; d2 anc status=not_done; d5 anc 2 low=1.8").days] == [1, 5]


def test_facts_name_value_day_and_record() -> None:
    given = (
        "d-1 creatinine 0.8 high=1.2; d2 creatinine 2.0 high=1.2; d4 creatinine 3.5 high=1.2; d6 creatinine 1 high=1.2"
    )
    facts = {fact.id: fact for fact in run("creatinine", given).facts}
    assert (facts["worst_value"].value, facts["worst_value"].unit) == (3.5, "mg/dL")
    assert facts["worst_value_day"].value == 4
    assert facts["worst_value"].used == facts["worst_value_day"].used
    assert facts["baseline"].value == 0.8
    assert read_given(given).record(facts["baseline"].used[0]).value == 0.8  # type: ignore[union-attr]


def test_the_worst_value_of_a_fall_is_the_lowest() -> None:
    facts = {fact.id: fact for fact in run("anc", "d-1 anc 0.1; d2 anc 0.9; d4 anc 0.3; d6 anc 2").facts}
    assert (facts["worst_value"].value, facts["worst_value_day"].value) == (0.3, 4)
    assert "baseline" not in facts


def test_missing_facts_say_why() -> None:
    facts = run("alt", "d-1 alt status=not_recorded").facts
    assert {fact.id: fact.value for fact in facts} == {"worst_value": None, "worst_value_day": None, "baseline": None}
    assert all(fact.reason for fact in facts)


def test_settings_are_reported() -> None:
    assert run("alt", "d1 alt 50 high=40", baseline="lymphodepletion").settings == (
        ("limits_missing", 0.0),
        ("baseline", 1.0),
        ("lower_edge", 0.0),
    )


def test_what_awaits_its_source_is_provisional() -> None:
    assert run("calcium", "d1 calcium 2.0 low=2.1").overall.provisional
    assert run("ldh", "d1 ldh 300 high=250").overall.provisional
    assert not run("alt", "d1 alt 50 high=40").overall.provisional


def test_attribution_leaves_no_candidate() -> None:
    assert not run("anc", "d1 anc 0.3 low=1.8").overall.candidate


def test_a_day_is_graded_by_its_worst_value_and_not_by_its_first() -> None:
    (day,) = run("platelets", "h30 platelets 80 low=150; h40 platelets 20 low=150; h44 platelets 60 low=150").days
    assert (day.day, day.value, len(day.evidence)) == (1, 4, 1)


@pytest.mark.parametrize(
    ("series", "value", "day"),
    [
        # The same again later: the day on which it was first reached.
        ("d2 anc 0.9; d4 anc 0.3; d6 anc 0.3; d8 anc 2", 0.3, 4),
        # The worst comes last, or first.
        ("d2 anc 0.9; d4 anc 0.7; d6 anc 0.3", 0.3, 6),
        ("d2 anc 0.2; d4 anc 0.7; d6 anc 0.9", 0.2, 2),
    ],
)
def test_the_worst_value_is_that_of_the_first_day_on_which_it_was_reached(series: str, value: float, day: int) -> None:
    facts = {fact.id: fact for fact in run("anc", series).facts}
    assert (facts["worst_value"].value, facts["worst_value_day"].value) == (value, day)
