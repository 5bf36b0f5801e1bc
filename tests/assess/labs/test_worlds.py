"""Two worlds of one value: what each says about baseline and limit, and what keeps the grades apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cartrace.assess.labs import bounds, worlds
from cartrace.assess.labs.inputs import options_of
from cartrace.assess.labs.table import BASELINE, LIMIT, ONE, arrays, read
from cartrace.assess.labs.worlds import ABNORMAL, BASELINE_LIMIT, CONSEQUENCES_BIT, NORMAL, VALUE, enter, judge

TERMS = {term.analyte: term for term in read("ctcae5.tsv")}


def a_box(value: float, limit: float, baseline: float, baseline_limit: float | None = None) -> np.ndarray:
    """NaN = not recorded."""
    box = np.zeros((worlds.BOX_ROWS, bounds.COLUMNS))
    bounds.put(box[ONE], 1.0, 1.0, 0.0, 0.0)
    bounds.put_reported(box[VALUE], value, 0)
    bounds.put_point_or_positive(box[LIMIT], limit)
    bounds.put_point_or_positive(box[BASELINE], baseline)
    bounds.put_point_or_positive(box[BASELINE_LIMIT], limit if baseline_limit is None else baseline_limit)
    return box


def judged(analyte: str, box: np.ndarray, shared: bool = True, consequences: int = 0) -> tuple[int, int, int]:
    term = TERMS[analyte]
    options = options_of(term)
    code, bound = arrays(term, options)
    split = any(row.applies_when.startswith("baseline") for row in term.rows)
    return judge(box, code, bound, np.zeros(len(options)), split, shared, consequences)


@pytest.mark.parametrize(
    ("baseline", "limit", "normal", "abnormal"),
    [
        (40.0, 40.0, True, False),
        (41.0, 40.0, False, True),
        (39.0, 40.0, True, False),
        (math.nan, 40.0, True, True),
        (40.0, math.nan, True, True),
        (math.nan, math.nan, True, True),
    ],
)
def test_which_worlds_are_open(baseline: float, limit: float, normal: bool, abnormal: bool) -> None:
    assert enter(a_box(50.0, limit, baseline), NORMAL, True) == normal
    assert enter(a_box(50.0, limit, baseline), ABNORMAL, True) == abnormal


def test_a_world_narrows_what_is_not_recorded() -> None:
    box = a_box(50.0, 40.0, math.nan)
    enter(box, ABNORMAL, True)
    assert list(box[BASELINE]) == [40.0, math.inf, 1.0, 1.0]
    box = a_box(50.0, 40.0, math.nan)
    enter(box, NORMAL, True)
    assert list(box[BASELINE]) == [0.0, 40.0, 1.0, 0.0]
    box = a_box(50.0, math.nan, 30.0)
    enter(box, NORMAL, True)
    assert list(box[LIMIT]) == [30.0, math.inf, 0.0, 1.0]
    box = a_box(50.0, math.nan, 30.0)
    enter(box, ABNORMAL, True)
    assert list(box[LIMIT]) == [0.0, 30.0, 1.0, 1.0]


def test_a_limit_that_is_not_shared_stays_open() -> None:
    box = a_box(50.0, math.nan, 30.0, 40.0)
    assert enter(box, NORMAL, False)
    assert list(box[LIMIT]) == [0.0, math.inf, 1.0, 1.0]


@pytest.mark.parametrize(
    ("box", "grades", "apart"),
    [
        (a_box(130.0, 40.0, 30.0), (2, 2), 0),
        (a_box(130.0, 40.0, math.nan), (0, 2), 1 << BASELINE),
        (a_box(130.0, math.nan, 30.0), (0, 2), 1 << LIMIT | 1 << BASELINE_LIMIT),
        (a_box(130.0, 40.0, 30.0, 20.0), (2, 2), 0),
        (a_box(60.0, math.nan, 30.0, 20.0), (1, 1), 0),
        (a_box(60.0, math.nan, 30.0, 40.0), (0, 4), 1 << LIMIT),
    ],
)
def test_alanine_aminotransferase(box: np.ndarray, grades: tuple[int, int], apart: int) -> None:
    shared = bool((box[LIMIT] == box[BASELINE_LIMIT]).all())
    low, high, between = judged("alt", box, shared)
    assert (low, high) == grades
    assert between == apart


def test_consequences_keep_grades_apart() -> None:
    box = a_box(9.0, 7.0, math.nan)
    assert judged("urate", box, consequences=bounds.NO) == (1, 1, 0)
    assert judged("urate", box, consequences=bounds.UNKNOWN) == (1, 3, CONSEQUENCES_BIT)
    assert judged("urate", box, consequences=bounds.YES) == (3, 3, 0)


def test_the_box_of_the_caller_is_left_alone() -> None:
    box = a_box(130.0, 40.0, math.nan)
    before = box.copy()
    judged("alt", box)
    assert (box == before).all()
