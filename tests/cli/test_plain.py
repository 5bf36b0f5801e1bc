"""Records as JSON."""

from __future__ import annotations

import json
import math
from datetime import datetime
from pathlib import Path

import pytest

from cartrace.cli.plain import to_json, to_plain
from cartrace.course import Clock, Quantity, Status


def test_a_record_is_a_dict_of_its_fields():
    plain = to_plain(Quantity("cmax", "Cmax", 2.0, "/uL", "m@1", used=(1, 2)))
    assert plain["value"] == 2.0
    assert plain["used"] == [1, 2]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (math.nan, None),
        (math.inf, None),
        (Status.NOT_RECORDED, "not recorded"),
        (Path("/somewhere/on/a/machine/x.csv"), "x.csv"),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({1: (True, None)}, {"1": [True, None]}),
    ],
)
def test_values(value, plain):
    assert to_plain(value) == plain


def test_no_calendar_date_leaves_the_clock():
    text = to_json(Clock(origin=datetime(2020, 5, 17, 9, 0), zone="Asia/Shanghai"))
    assert "2020" not in text
    assert json.loads(text)["zone"] == "Asia/Shanghai"


def test_letters_stay_letters_and_strangers_are_refused():
    assert "γ" in to_json({"name": "IFN-γ"})
    with pytest.raises(TypeError, match="object has no plain form"):
        to_plain(object())
