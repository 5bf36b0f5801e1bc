"""One row per evaluation as records: the study day of each, and days as facts with the evidence of that day."""

from __future__ import annotations

import pytest

from cartrace.assess import rule
from cartrace.assess.case_notation import read_given

CNS = rule("cns.cog")
CLEARED = "d-3 csf_blasts yes; d-3 csf_wbc 20; d-3 csf_rbc 0; d28 csf_blasts no; d28 csf_wbc 2; d28 csf_rbc 0"


@pytest.fixture
def assessment():
    return CNS.run(read_given(CLEARED))


def test_each_evaluation_has_its_study_day(assessment):
    assert [step.day for step in assessment.steps] == [-3, 28]


def test_a_day_rests_on_the_records_of_its_evaluation(assessment):
    fact = next(f for f in assessment.facts if f.id == "cns_response_day")
    assert (fact.value, fact.unit) == (28.0, "d")
    assert fact.used == assessment.steps[-1].evidence != ()


def test_a_day_that_never_came_has_a_reason_and_no_records(assessment):
    fact = next(f for f in assessment.facts if f.id == "cns_relapse_day")
    assert fact.value is None
    assert fact.reason == "No settled CNS3 after CNS1."
    assert fact.used == ()


def test_a_course_without_an_evaluation_has_no_step():
    empty = CNS.run(read_given(""))
    assert empty.steps == ()
    assert all(fact.value is None for fact in empty.facts)
