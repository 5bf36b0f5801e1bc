"""The machine over time that editions of neurotoxicity share, with an edition that grades a number it is given."""

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.icans import astct2019_domains as domains
from cartrace.assess.icans import astct2019_inputs as inputs
from cartrace.assess.icans.episode import PARTIAL, REASON, STILL_OPEN, over_time
from cartrace.assess.rule import allocate

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
