"""The machine over time that editions of neurotoxicity share, with an edition that grades a number it is given."""

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.icans import astct2019_domains as domains
from cartrace.assess.icans import astct2019_inputs as inputs
from cartrace.assess.icans.cres2018 import RULE as CRES
from cartrace.assess.icans.episode import PARTIAL, REASON, STILL_OPEN, over_time
from cartrace.assess.rule import allocate
from cartrace.course import Clock, CourseBuilder
from cartrace.course.record import Patient

OPTION = np.array([24.0, 24.0, 0.0])
PLACES = inputs.DEATH, inputs.CLOCK


def ten_minus_ice(events, state, option, baseline):
    i = state.current[inputs.ICE]
    state.grade[:] = 0
    state.grade[domains.LOW] = state.grade[domains.HIGH] = 10 - events.value[i] if i >= 0 else 0
    return 0


def sedated(events, state, option, baseline):
    state.grade[:] = 0
    state.grade[REASON] = PARTIAL
    return 0


def run(given, judge=ten_minus_ice):
    events = inputs.gather_with_standing_facts(read_given(given), inputs.CHANNELS)
    steps = allocate(3 * len(events.time) + 2)
    rows = over_time(events, OPTION, steps, PLACES, domains.ranks(events), 10.0, judge)
    return [
        (int(low), int(reason)) for low, reason in zip(steps.low[:rows], steps.reason[:rows], strict=True)
    ], steps.fact[0]


def test_row_0_is_the_worst_and_the_others_are_in_order_of_time():
    rows, fact = run("h6 ice 9; h12 ice 7; h18 ice 8")
    assert [low for low, _ in rows] == [3, 1, 3, 2]
    assert fact[1] * 24 == 6


@pytest.mark.parametrize(("looked", "end"), [("h40 ice 10", 12 / 24), ("h30 ice 10", np.nan)])
def test_an_episode_closes_when_it_has_been_clear_long_enough_and_somebody_looked(looked, end):
    rows, fact = run(f"h6 ice 9; h12 ice 10; {looked}")
    assert fact[4] == pytest.approx(end, nan_ok=True)
    assert bool(rows[2][1] & STILL_OPEN)


def test_nothing_is_learned_of_a_sedated_patient():
    _, fact = run("h6 ice 10; h40 ice 10", sedated)
    assert fact[8] == 0


def test_nothing_before_the_infusion_and_nothing_after_death():
    rows, _ = run("h-6 ice 5; h6 ice 9; h10 death infection; h12 ice 1")
    assert [low for low, _ in rows] == [1, 1, 1]


def test_the_onset_day_is_counted_from_the_hour_of_the_infusion():
    """Infused at 23:20 in somebody of 40 years: a score an hour later is on study day 1, whatever the age is."""
    clock = Clock(start_minute=23 * 60 + 20)
    builder = CourseBuilder("late", clock=clock)
    builder.infusion(moment=clock.from_elapsed_hours(0))
    builder.observe("ice", 8, moment=clock.from_elapsed_hours(1))
    course = builder.course(patient=Patient(age_years=40, developmental_delay=False))
    events = inputs.gather_with_standing_facts(course, inputs.CHANNELS)
    steps = allocate(3 * len(events.time) + 2)
    over_time(events, OPTION, steps, PLACES, domains.ranks(events), 10.0, ten_minus_ice)
    assert steps.fact[0, 0] == 1
    assert steps.fact[0, 1] * 24 == pytest.approx(1)


def test_a_resolution_that_nobody_watched_is_said_of_the_course_and_of_no_step():
    clear = "consciousness alert; {0} seizure none; {0} motor_weakness no; {0} raised_icp_sign none; {0} cartox10"
    given = "h6 cartox10 8; h6 " + "; h6 ".join(
        ("consciousness alert", "seizure none", "motor_weakness no", "raised_icp_sign none")
    )
    given += "".join(f"; {hour} {clear.format(hour)} 10" for hour in ("h12", "h60"))
    found = CRES.run(read_given(given))
    assert "resolution_across_gap" in found.overall.reasons
    assert all("resolution_across_gap" not in step.reasons for step in found.steps)
    assert all("nothing_current" not in step.reasons for step in found.steps if step.low is not None)
