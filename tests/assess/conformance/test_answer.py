"""What is said about an answer, and that our own answers are right by the same judge."""

from __future__ import annotations

import json

import pytest

from cartrace.assess import RULES, rule
from cartrace.assess.conformance import Case, answer_of, cases, judge_answer, question_of, read_answer

CRS, BALL = rule("crs.astct2019"), rule("response.ball")


def case(expect: str, of=CRS) -> Case:
    return Case(of.id, "x", "", "h6 temperature 38.5", "", expect, "", "", "")


def state(expect: str, answer: dict, of=CRS) -> str:
    return judge_answer(of, case(expect, of), answer).state


@pytest.mark.parametrize(
    ("expect", "answer"),
    [
        ("2", {"grade": 2}),
        ("2", {"low": 2, "high": 2}),
        ("1..4", {"low": 1, "high": 4}),
        ("not graded", {"not_graded": True}),
        ("not applicable", {"not_applicable": True}),
        ("at h6 2", {"steps": [{"elapsed_days": 0.25, "grade": 2}]}),
        ("at h7 2", {"steps": [{"elapsed_days": 0.5, "grade": 1}, {"elapsed_days": 0.25, "grade": 2}]}),
        ("day d5 1..2", {"days": [{"study_day": 4, "grade": 4}, {"study_day": 5, "low": 1, "high": 2}]}),
        ("fact onset_day 3", {"facts": {"onset_day": 3.0}}),
        ("fact onset_day none", {"facts": {"onset_day": None}}),
        ("flag late_onset_review; no flag without_fever", {"flags": ["late_onset_review"]}),
        ("settles oxygen_device; no settles age", {"settles": ["oxygen_device"]}),
        ("no evidence h7 temperature; no evidence h6 anc", {"evidence": [0, 1]}),
        ("evidence h6 temperature", {"evidence": [0, 1]}),
    ],
)
def test_right_answers(expect, answer):
    assert state(expect, answer) == "passed"


@pytest.mark.parametrize(
    ("expect", "answer", "words"),
    [
        ("2", {"grade": 1}, "too low"),
        ("2", {"grade": 3}, "too high"),
        ("1..4", {"grade": 1}, "surer than what is recorded allows"),
        ("1..4", {"low": 1, "high": 3}, "surer than what is recorded allows"),
        ("2", {"low": 1, "high": 3}, "less sure than what is recorded allows"),
        ("1..3", {"low": 2, "high": 4}, "found 2 to 4"),
        ("not graded", {"grade": 0}, "graded without the evidence"),
        ("not graded", {"not_applicable": True}, "found not applicable"),
        ("2", {"not_graded": True}, "found not graded"),
        ("at h6 2", {"steps": [{"elapsed_days": 0.5, "grade": 2}]}, "found no grade"),
        ("at h6 2", {"steps": [{"elapsed_days": 0.1, "grade": 2}, {"elapsed_days": 0.2, "grade": 3}]}, "found 3"),
        ("day d5 1", {"days": [{"study_day": 4, "grade": 1}]}, "found no grade"),
        ("fact onset_day 3", {"facts": {"onset_day": 4}}, "found 4"),
        ("fact onset_day 3", {"facts": {"onset_day": None}}, "found None"),
        ("fact onset_day none", {"facts": {"onset_day": 0}}, "found 0"),
        ("flag x", {"flags": []}, "not named"),
        ("no flag x", {"flags": ["x"]}, "named"),
        ("settles x", {"settles": ["y"]}, "not named"),
        ("no settles x", {"settles": ["y", "x"]}, "named"),
        ("no evidence h6 temperature", {"evidence": [1]}, "named"),
        ("evidence h6 temperature", {"evidence": [0]}, "not named"),
    ],
)
def test_wrong_answers_are_told_apart(expect, answer, words):
    found = judge_answer(CRS, case(expect), answer)
    assert found.state == "failed"
    assert words in found.wrong[0]


def test_an_item_without_its_extension_is_unanswered_and_not_held_against_the_tool():
    found = judge_answer(CRS, case("2; at h6 2; fact onset_day 0; flag x; no flag y; settles z"), {"grade": 2})
    assert (found.state, found.unanswered) == ("passed", 5)
    assert judge_answer(CRS, case("2; fact peak_day 0"), {"grade": 1, "facts": {}}).state == "failed"


@pytest.mark.parametrize("answer", [{"unsupported": True}, {"facts": {}}, {}])
def test_a_case_none_of_whose_items_is_answered_is_unsupported(answer):
    assert state("at h6 2; fact onset_day 0", answer) == "unsupported"


def test_words_of_a_rule_are_grades():
    assert state("CRi", {"grade": "CRi"}, BALL) == "passed"
    assert state("CRi", {"grade": BALL.categories.index("CRi")}, BALL) == "passed"
    assert state("part testis not CR..CR", {"parts": {"testis": {"low": "not CR", "high": "CR"}}}, BALL) == "passed"
    assert state("part testis CR", {"parts": {}}, BALL) == "failed"


@pytest.mark.parametrize("grade", ["CRx", 2.5, True, None, [2]])
def test_what_is_no_grade_of_the_rule_is_refused(grade):
    with pytest.raises(ValueError, match="is no grade of"):
        judge_answer(BALL, case("CR", BALL), {"grade": grade})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("grade 2", "is not JSON"),
        ("", "is not JSON"),
        ("[2]", "is not a JSON object"),
        ('{"grade": 2}', "is to None"),
        ('{"case": "b", "grade": 2}', "the question was 'a'"),
    ],
)
def test_a_line_that_is_no_answer_is_refused(line, words):
    with pytest.raises(ValueError, match=words):
        read_answer(line, "a")


@pytest.mark.parametrize("of", RULES, ids=lambda of: of.id)
def test_our_own_answers_pass_and_leave_nothing_unanswered(of):
    for one in cases(of.id):
        asked = json.loads(json.dumps(question_of(of, one)))
        line = json.dumps(answer_of(of, asked), allow_nan=False)
        found = judge_answer(of, one, read_answer(line, asked["case"]))
        assert (found.state, found.wrong, found.unanswered) == ("passed", (), 0), one.case
