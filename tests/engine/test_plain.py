import numpy as np
import pytest

from cartrace.engine import plain
from cartrace.engine.text import OutsideGrammar


def test_each_word_of_the_grammar_has_its_meaning_in_every_lane():
    words = ["EXP(w[0])", "LOG(w[0])", "SQRT(w[0])", "ABS(-w[0])", "FLOOR(w[0])", "SIN(w[0])", "COS(w[0])",
             "MIN(w[0], 2.0)", "MAX(w[0], 2.0)", "SELECT((w[0] > 1.0) & ~(w[0] == 4.0), w[0], -1.0)"]  # fmt: skip
    text = "def all(w):\n" + "".join(f"    w[{i + 1}] = {word}\n" for i, word in enumerate(words))
    w = np.zeros((11, 3))
    x = np.array([0.25, 2.5, 4.0])
    w[0] = x
    plain.load(text)["all"](w)
    expected = [np.exp(x), np.log(x), np.sqrt(x), x, [0.0, 2.0, 4.0], np.sin(x), np.cos(x),
                [0.25, 2.0, 2.0], [2.0, 2.5, 4.0], [-1.0, 2.5, -1.0]]  # fmt: skip
    assert w[1:] == pytest.approx(np.array(expected), rel=1e-15)


LOOP = """
def twice(w):
    for q in range(2):
        k = w[0+q]
        w[2+q] = k + k

def run(w):
    twice(w)
    w[4] = w[3]
"""


def test_a_loop_walks_through_slots_and_a_call_works_on_the_same_workspace():
    w = np.zeros((5, 1))
    w[:2, 0] = 3.0, 5.0
    plain.load(LOOP)["run"](w)
    assert w[:, 0].tolist() == [3.0, 5.0, 6.0, 10.0, 10.0]


def test_a_local_keeps_its_value_when_its_slot_is_written():
    w = np.array([[1.0], [2.0]])
    plain.load("def swap(w):\n    a = w[0]\n    w[0] = w[1]\n    w[1] = a\n")["swap"](w)
    assert w[:, 0].tolist() == [2.0, 1.0]


def test_the_logarithm_of_what_is_not_positive_is_that_of_its_bound():
    w = np.array([[0.0, -3.0, 1e-310], [0.0, 0.0, 0.0]])
    plain.load("def f(w):\n    w[1] = LOG(w[0])\n")["f"](w)
    assert w[1] == pytest.approx(np.log(1e-300))


def test_an_arm_that_is_not_chosen_raises_no_warning():
    w = np.array([[0.0], [0.0]])
    plain.load("def f(w):\n    w[1] = SELECT(w[0] > 0.0, 1.0/w[0], 7.0)\n")["f"](w)
    assert w[1, 0] == 7.0


def test_text_outside_the_grammar_is_not_run():
    with pytest.raises(OutsideGrammar):
        plain.load("import os\n")
