"""Choices: what is refused at the door, and how they are printed."""

from __future__ import annotations

import math

import pytest

from cartrace.errors import UnknownTerm
from cartrace.kinetics import KineticsSettings, parse_windows


def test_every_choice_is_printed():
    assert dict(KineticsSettings().used()) == {
        "convert": "no",
        "windows": "0-7 d, 0-28 d, 0-84 d",
        "policy": "standard",
        "lloq": "as recorded",
        "inflection_day": "28.0",
        "infusion": "1",
    }
    assert dict(KineticsSettings(lloq=50.0).used())["lloq"] == "50.0"


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "half"},
        {"windows": ((28.0, 28.0),)},
        {"windows": ((-1.0, 28.0),)},
        {"windows": ((0.0, math.inf),)},
        {"windows": ((0.0, math.nan),)},
        {"lloq": 0.0},
        {"lloq": -50.0},
        {"lloq": math.nan},
        {"inflection_day": 0.0},
        {"inflection_day": math.inf},
        {"infusion": 0},
    ],
    ids=str,
)
def test_a_senseless_choice_is_refused_with_the_nearest_sensible_one(wrong):
    with pytest.raises(UnknownTerm) as refused:
        KineticsSettings(**wrong)
    assert refused.value.nearest


def test_windows_from_text():
    assert parse_windows("0-28, 28-84.5") == ((0.0, 28.0), (28.0, 84.5))
    assert parse_windows("0-28,0-28") == ((0.0, 28.0),)


@pytest.mark.parametrize("text", ["", "28", "0-28-90", "a-b", "0-28,"])
def test_windows_that_are_none(text):
    with pytest.raises(UnknownTerm):
        parse_windows(text)
