"""The schemas hold for every question and for our own answers, and refuse what the protocol refuses."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from cartrace.assess import RULES
from cartrace.assess.conformance import answer_of, answer_schema, cases, question_of, question_schema
from cartrace.assess.conformance.question import GROUPS

QUESTION, ANSWER = Draft202012Validator(question_schema()), Draft202012Validator(answer_schema())


def asked() -> dict:
    rule = RULES[0]
    return json.loads(json.dumps(question_of(rule, cases(rule.id)[0])))


@pytest.mark.parametrize("schema", [question_schema(), answer_schema()], ids=["question", "answer"])
def test_a_schema_is_one(schema):
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_question_and_our_answer_to_it_are_valid(rule):
    # Every fifth case: the validator is slow, and a table says much the same in each of its rows.
    for case in cases(rule.id)[::5]:
        plain = json.loads(json.dumps(question_of(rule, case)))
        assert not list(QUESTION.iter_errors(plain)), case.case
        assert not list(ANSWER.iter_errors(json.loads(json.dumps(answer_of(rule, plain))))), case.case


def test_a_question_holds_nothing_unnamed():
    for change in ({"expect": "2"}, {"protocol": 2}, {"course": {"vitals": []}}):
        assert not QUESTION.is_valid({**asked(), **change})
    plain = asked()
    plain["course"]["observations"][0]["source"] = "labs.csv"
    assert not QUESTION.is_valid(plain)


@pytest.mark.parametrize("name", ["case", "rule", "options", "course"])
def test_a_question_is_whole(name):
    plain = asked()
    del plain[name]
    assert not QUESTION.is_valid(plain)


@pytest.mark.parametrize(
    ("answer", "valid"),
    [
        ({"case": "a", "grade": 2}, True),
        ({"case": "a", "grade": "CRi"}, True),
        ({"case": "a", "low": 1, "high": 3}, True),
        ({"case": "a", "not_graded": True, "steps": [{"elapsed_days": 0.25, "grade": 1}]}, True),
        ({"case": "a", "unsupported": True, "version": "3.1"}, True),
        ({"grade": 2}, False),
        ({"case": "a"}, False),
        ({"case": "a", "low": 1}, False),
        ({"case": "a", "grade": 2, "not_graded": True}, False),
        ({"case": "a", "grade": 2.5}, False),
        ({"case": "a", "grade": 2, "steps": [{"grade": 1}]}, False),
    ],
)
def test_what_is_an_answer(answer, valid):
    assert ANSWER.is_valid(answer) is valid


def test_every_group_of_records_has_its_schema():
    definitions = question_schema()["$defs"]
    assert {kind.__name__ for kind in GROUPS.values()} <= set(definitions)
    assert "text" not in definitions["Observation"]["properties"]
    assert definitions["DrugCourse"]["properties"]["end"] == {"$ref": "#/$defs/Moment"}
