"""Vector code against the plain meaning of the same text."""

import numpy as np
import pytest

from cartrace.engine import plain
from cartrace.engine.lanes import Lanes
from cartrace.engine.text import OutsideGrammar
from cartrace.engine.vector_code import vector_module

TEXT = """
def helper(w):
    w[3] = w[0]*w[1] - 2.0/(w[1] + 3.0)

def f(w):
    helper(w)
    a = MAX(w[0], w[1])
    b = MIN(w[0], 0.25)
    w[4] = SELECT((w[0] > 0.5) & ~((w[1] <= 0.1) | (w[0] == w[1])), a, -b)
    w[5] = FLOOR(w[0]*3.0) + ABS(w[1] - 1.0) + SQRT(ABS(w[0]))
    for q in range(3):
        k = w[3+q]
        w[6+q] = k*k + w[0]
    w[9] = SELECT(w[0] != w[1], 1.0, 0.0) + SELECT((w[0] < w[1]) | (w[0] >= 2.0), 2.0, -4.0)
"""


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
@pytest.mark.parametrize(("precision", "error"), [("double", 1e-15), ("single", 1e-6)])
def test_vector_code_means_what_plain_python_means(width, precision, error, run_text):
    draw = np.random.default_rng(3)
    w = np.zeros((10, 64))
    w[:2] = draw.choice([-1.0, 0.0, 0.1, 0.5, 0.75, 2.5, 3.0], (2, 64))
    found = run_text(TEXT, w, precision, width=width)
    plain.load(TEXT)["f"](w)
    np.testing.assert_allclose(found, w, rtol=error, atol=error)


@pytest.mark.parametrize("width", [1, 8])
def test_a_nan_is_kept_by_minimum_and_maximum_and_makes_comparisons_false(width, run_text):
    text = (
        "def f(w):\n    w[2] = MAX(w[0], w[1])\n    w[3] = MIN(w[0], 0.5)\n    w[4] = SELECT(w[0] > w[1], 1.0, 0.0)\n"
    )
    w = np.zeros((5, 8))
    w[0, ::2], w[1, 1::2] = np.nan, np.nan
    found = run_text(text, w, "double", width=width)
    assert np.isnan(found[2]).all()
    assert np.isnan(found[3, ::2]).all()
    assert (found[4] == 0.0).all()


def test_a_lane_does_not_know_its_neighbours(run_text):
    w = np.zeros((10, 16))
    w[:2] = np.random.default_rng(0).normal(size=(2, 16))
    alone = run_text(TEXT, w, "double", width=8)
    w[:2, 1:] = np.nan
    beside = run_text(TEXT, w, "double", width=8)
    assert alone[:, 0].tobytes() == beside[:, 0].tobytes()


def test_a_text_outside_the_grammar_is_refused():
    with pytest.raises(OutsideGrammar):
        vector_module("def f(w):\n    w[0] = open(w[1])\n", Lanes(4, "double"))
