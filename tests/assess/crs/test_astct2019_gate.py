"""The fever gate as a table, and the order of doses and onset."""

import numpy as np
import pytest

from cartrace.assess import sweep
from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import astct2019_gate as gates
from cartrace.assess.crs import astct2019_inputs as inputs

NO, UNKNOWN, YES = sweep.NO, sweep.UNKNOWN, sweep.YES


@pytest.mark.parametrize(
    ("fever", "waiver", "levels", "opened", "missed", "maybe", "bounds"),
    [
        (YES, NO, (0, 0), True, False, False, (1, 1)),
        (YES, NO, (1, 3), True, False, False, (2, 4)),
        (NO, YES, (2, 2), True, False, False, (3, 3)),
        (NO, YES, (0, 0), True, False, False, (0, 0)),
        (NO, YES, (0, 1), True, False, False, (0, 2)),
        (NO, UNKNOWN, (2, 2), True, False, False, (0, 3)),
        (NO, NO, (2, 2), True, False, False, (0, 0)),
        (NO, NO, (2, 2), False, False, False, (0, 0)),
        (NO, UNKNOWN, (1, 1), False, False, True, (0, 2)),
        (UNKNOWN, YES, (2, 2), True, False, False, (3, 3)),
        (UNKNOWN, NO, (2, 2), True, False, False, (0, 3)),
        (UNKNOWN, NO, (1, 2), False, True, True, (0, 3)),
        (UNKNOWN, NO, (0, 2), False, False, False, (-1, -1)),
    ],
)
def test_the_gate(fever, waiver, levels, opened, missed, maybe, bounds):
    grade = np.zeros(gates.GRADE_SLOTS, np.int64)
    gates.gate(fever, waiver, *levels, opened, missed, maybe, grade)
    assert (grade[gates.LOW], grade[gates.HIGH]) == bounds


ONSET = 600


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("h9 drug paracetamol", NO),
        ("h10 drug paracetamol", YES),
        ("h11 drug tocilizumab", YES),
        ("h13 drug tocilizumab", NO),
        ("h8-9 drug dexamethasone", NO),
        ("h8-10 drug dexamethasone", NO),
        ("h8-11 drug dexamethasone", YES),
        ("h8- drug dexamethasone", YES),
        ("h8-? drug dexamethasone", UNKNOWN),
        ("d0 drug paracetamol", UNKNOWN),
        ("d-1 drug paracetamol", NO),
        ("h11 drug norepinephrine", NO),
        ("h11 drug filgrastim", NO),
    ],
)
def test_doses_and_an_onset_ten_hours_after_infusion_seen_at_twelve(given, answer):
    events = inputs.gather_with_standing_facts(read_given(given), inputs.CHANNELS)
    ends = sweep.ends_of(events, inputs.AGENTS_FIRST, inputs.DOSES_LAST)
    assert gates.waiver(events, ends, 0, 1, ONSET, 720, np.zeros(gates.GRADE_SLOTS, np.int64)) == answer


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("h9 drug paracetamol", True),
        ("h10 drug paracetamol", False),
        ("h-1 drug paracetamol", False),
        ("h-9-1 drug dexamethasone", True),
        ("h-9- drug dexamethasone", True),
    ],
)
def test_masked_between_infusion_and_onset(given, answer):
    events = inputs.gather_with_standing_facts(read_given(given), inputs.CHANNELS)
    ends = sweep.ends_of(events, inputs.AGENTS_FIRST, inputs.DOSES_LAST)
    assert gates.masked(events, ends, ONSET) is answer
