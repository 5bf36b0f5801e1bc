"""A grade says what it says: bounds, state and words agree."""

import pytest

from cartrace.assess.result import Assessment, Grade


def test_texts():
    assert Grade("r@1", "graded", 2, 2).text == "2"
    assert Grade("r@1", "range", 2, 4).text == "2 to 4"
    assert Grade("r@1", "not graded").text == "not graded"
    assert Grade("r@1", "not applicable").text == "not applicable"
    assert Grade("r@1", "graded", 1, 1, words="aplasia").text == "aplasia"


def test_value_only_when_settled():
    assert Grade("r@1", "graded", 0, 0).value == 0
    assert Grade("r@1", "range", 0, 1).value is None
    assert Grade("r@1", "not graded").value is None


@pytest.mark.parametrize(
    ("state", "low", "high"),
    [("graded", None, None), ("graded", 1, 2), ("range", 2, 2), ("not graded", 0, 0), ("not applicable", 1, 1)],
)
def test_bounds_and_state_must_agree(state, low, high):
    with pytest.raises(ValueError, match="r@1"):
        Grade("r@1", state, low, high)


def test_an_assessment_is_empty_beyond_its_overall_grade_unless_the_rule_says_more():
    assessment = Assessment("r@1", "R", (), Grade("r@1", "graded", 0, 0))
    assert (assessment.steps, assessment.days, assessment.facts) == ((), (), ())
