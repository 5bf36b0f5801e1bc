"""Value, limits and status against each other: the boundaries."""

from __future__ import annotations

import pytest

from cartrace.course import Status
from cartrace.ingest.collector import Collector
from cartrace.ingest.limits import Bounds, Place, can_be, check_plausible, limited
from cartrace.vocabulary import terms

PLACE = Place("t.csv", 2, "value")


def checks(
    number: float | None, status: Status, lloq: float | None, uloq: float | None, code: str = "il6"
) -> tuple[bool, list[str]]:
    collector = Collector()
    fits = can_be(terms.analytes()[code], number, Bounds(lloq, uloq), status, PLACE, collector)
    return fits, [finding.check for finding in collector.findings()]


@pytest.mark.parametrize(
    ("number", "status", "lloq", "uloq", "expected"),
    [
        (-0.001, Status.DONE, None, None, (False, ["value.negative"])),
        (0.0, Status.DONE, None, None, (True, [])),
        (49.9, Status.DONE, 50.0, None, (True, ["value.below_lloq"])),
        (50.0, Status.DONE, 50.0, None, (True, [])),
        (50.0, Status.BELOW, 50.0, None, (True, [])),
        (50.1, Status.BELOW, 50.0, None, (False, ["status.below_above_lloq"])),
        (60.0, Status.DONE, 50.0, 49.9, (False, ["limit.order"])),
        (50.0, Status.DONE, 50.0, 50.0, (True, [])),
        (None, Status.NOT_DONE, 50.0, None, (True, [])),
    ],
)
def test_what_can_stand_together(number, status, lloq, uloq, expected):
    assert checks(number, status, lloq, uloq) == expected


@pytest.mark.parametrize(
    ("number", "bounds", "status", "written", "expected"),
    [
        (20.0, Bounds(50.0, None), Status.BELOW, Status.BELOW, (20.0, 50.0, None)),
        (20.0, Bounds(50.0, None), Status.BELOW, Status.DONE, (50.0, 50.0, None)),
        (20.0, Bounds(None, None), Status.BELOW, Status.DONE, (20.0, 20.0, None)),
        (None, Bounds(50.0, None), Status.BELOW, Status.NOT_RECORDED, (50.0, 50.0, None)),
        (9e3, Bounds(None, 5e3), Status.ABOVE, Status.DONE, (5e3, None, 5e3)),
        (9e3, Bounds(50.0, 1e4), Status.DONE, Status.DONE, (9e3, 50.0, 1e4)),
    ],
)
def test_the_value_below_or_above_a_limit_is_the_limit(number, bounds, status, written, expected):
    assert limited(number, bounds, status, written=written) == expected


@pytest.mark.parametrize(
    ("number", "warned"), [(29.99, True), (30.0, False), (44.0, False), (44.01, True), (None, False)]
)
def test_the_plausible_range_includes_its_ends(number, warned):
    """Temperature, 30 to 44 degC. A degF value taken for degC (100.4) is far outside."""
    collector = Collector()
    check_plausible(terms.analytes()["temperature"], number, Status.DONE, PLACE, collector)
    assert bool(collector.findings()) == warned
    assert not collector.has_errors


def test_a_limit_is_not_judged_as_a_value():
    collector = Collector()
    check_plausible(terms.analytes()["anc"], 1e6, Status.ABOVE, PLACE, collector)
    assert collector.findings() == ()
