"""Values of TOML files: of every shape, a value or a finding."""

from __future__ import annotations

import pytest

from cartrace.models.findings import Findings
from cartrace.models.keys import Keys

SHAPES = {
    "n": 3,
    "x": 2.5,
    "b": True,
    "t": "text",
    "e": "",
    "l": ["a", "b"],
    "m": [1],
    "d": {"k": 1},
    "dd": [{"k": 1}],
    "i": float("inf"),
}


def asked(method: str, key: str, **more: bool) -> tuple[object, list[str]]:
    findings = Findings()
    value = getattr(Keys("f.toml", findings), method)("here", SHAPES, key, **more)
    return value, [item.found for item in findings.items]


@pytest.mark.parametrize(
    ("method", "key", "value"),
    [
        ("number", "n", 3.0), ("number", "x", 2.5), ("number", "nothing", None), ("text", "t", "text"), ("texts", "l", ("a", "b")),
        ("texts", "nothing", ()), ("table", "d", {"k": 1}), ("table", "nothing", {}), ("tables", "dd", [{"k": 1}]),
        ("tables", "nothing", []), ("numbers", "d", {"k": 1.0}), ("numbers", "nothing", {}),
    ],
)  # fmt: skip
def test_a_value_of_its_kind_is_given_back(method, key, value):
    assert asked(method, key) == (value, [])


@pytest.mark.parametrize(
    ("method", "keys", "instead"),
    [
        ("number", ("b", "t", "l", "i"), None), ("texts", ("n", "t", "m"), ()), ("table", ("n", "t", "l"), {}),
        ("tables", ("n", "d", "m"), []), ("numbers", ("n", "l"), {}),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_a_finding_and_reading_goes_on(method, keys, instead):
    for key in keys:
        assert asked(method, key) == (instead, [f"{key} = {SHAPES[key]!r}"])


def test_a_text_that_is_needed_is_not_empty():
    assert asked("text", "e") == ("", ['no "e"'])
    assert asked("text", "e", needed=False) == ("", [])
    assert asked("text", "n") == ("3", ["n = 3"])


def test_unknown_keys_are_told_with_the_nearest():
    findings = Findings()
    Keys("f.toml", findings).known("here", {"titel": 1, "title": 2}, ("title", "clock"))
    assert [item.sentence for item in findings.items] == [
        'error: f.toml, column here: found "titel"; expected one of title, clock; did you mean title?; correct the name'
    ]


def test_what_is_no_toml_is_a_finding():
    findings = Findings()
    keys = Keys("f.toml", findings)
    assert keys.read("a = 1") == {"a": 1}
    assert keys.read("a = ") is None
    assert [item.check for item in findings.items] == ["toml.invalid"]
