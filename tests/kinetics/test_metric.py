"""The shape of a metric's result."""

from __future__ import annotations

import math

import pytest

from cartrace.kinetics import METRICS
from cartrace.kinetics.metric import FLAGS, above, too_few


@pytest.fixture
def metric():
    return next(metric for metric in METRICS if metric.id == "cmax")


def test_a_quantity_carries_unit_method_and_records(metric, profile):
    found = metric.quantity(profile("K1"), 3, used=(4, -1), suffix="_x", name="X")
    assert (found.id, found.name, found.value, found.method) == ("cmax_x", "X", 3.0, "kinetics.cmax@1")
    assert found.unit == "{copies}/ug"
    assert found.used == (4,)


def test_the_unit_of_an_area_follows_the_assay(profile):
    area = next(metric for metric in METRICS if metric.unit == "concentration.d")
    assert area.quantity(profile("K1"), 1.0).unit == "{copies}/ug.d"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_is_a_mistake_of_ours(metric, profile, value):
    with pytest.raises(ValueError, match="no result"):
        metric.quantity(profile("K1"), value)


def test_flags_are_sentences():
    assert all(text[0].isupper() and text.endswith(".") for text in FLAGS.values())


def test_too_few_samples_in_words():
    said = [too_few(number, "after the peak", needed="three") for number in range(3)]
    assert said == [
        "No quantifiable sample after the peak; three are needed.",
        "Only 1 quantifiable sample after the peak; three are needed.",
        "Only 2 quantifiable samples after the peak; three are needed.",
    ]


def test_only_samples_above_the_limit_raise_the_flag(profile):
    found = profile((0, 7, 14), (60, "ABOVE", 70), of={"uloq": 1e6})
    assert above(found, found.uid[1:2]) == ("above_uloq",)
    assert above(found, (found.uid[0], found.uid[2])) == ()
