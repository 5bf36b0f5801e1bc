"""What happened in a course, as endpoints read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.assess import rule
from cartrace.assess.case_notation import read_given
from cartrace.assess.endpoints.history import History, history
from cartrace.course.record import Outcome

CHARTS = "complete drugs transfusions; "


def of(given: str, last_day: float | None = None) -> History:
    course = replace(read_given(CHARTS + given), outcome=Outcome(last_day=last_day))
    ball = rule("response.ball")
    return history(course, ball, ball.run(course))


CR28 = "d28 blasts_percent 1 site=marrow; d28 anc 1.2; d28 platelets 120; "


@pytest.mark.parametrize(
    ("given", "last_day", "alive"),
    [
        ("d60 anc 1", None, 60),
        ("d60 anc 1", 90, 90),
        ("d60 anc 1; d30 death other; d20 anc 2", None, 30),
        ("d-3 anc 1", None, 0),  # the infusion itself
        ("d10-80 drug filgrastim", None, 80),
    ],
)
def test_the_last_day_with_any_entry(given: str, last_day: float | None, alive: int) -> None:
    found = of(given, last_day).alive
    assert found is not None
    assert found.day == alive


def test_remission_comes_before_the_next_therapy() -> None:
    assert of(CR28).remission is not None
    assert of("d20 next_therapy yes; " + CR28).remission is None
    transplanted = of(CR28 + "d90 procedure transplant; d50 next_therapy yes")
    assert transplanted.transplant is not None
    assert transplanted.transplant.day == 90
    assert transplanted.next_therapy is not None
    assert transplanted.next_therapy.day == 50


def test_progression_before_remission_is_no_relapse() -> None:
    past = of("d10 progression yes; " + CR28)
    assert past.relapse is None
    assert past.progression is not None
    assert past.progression.day == 10
    past = of("d40 progression yes; " + CR28)
    assert past.progression is None
    assert past.relapse is not None
    assert past.relapse.day == 40


def test_a_marrow_that_cannot_be_judged_is_no_evaluation() -> None:
    past = of("d28 marrow_adequate no; d28 blasts_percent 1")
    assert past.evaluations == ()
    assert not past.maybe_earlier


def test_death_without_a_day_is_a_death() -> None:
    given = read_given(CHARTS + "d90 death other")
    unknown = replace(given.observations[-1].moment, time=float("nan"), day=None, precision="unknown")
    course = replace(given, observations=(replace(given.observations[-1], moment=unknown),))
    ball = rule("response.ball")
    past = history(course, ball, ball.run(course))
    assert past.died
    assert past.death is None
    assert past.cause == "other"


def test_only_a_transplant_after_the_infusion_is_a_next_therapy() -> None:
    past = of("d-90 procedure transplant; d20 procedure biopsy marrow negative; " + CR28)
    assert (past.transplant, past.next_therapy) == (None, None)
    assert past.remission is not None
