import pytest

from cartrace.engine.text import OutsideGrammar, functions, operations

GOOD = """
def rhs(w):
    a1 = w[0]*w[1]
    w[2] = SELECT((a1 > 0.5) & ~(w[1] == 2.0), -a1, EXP(a1)) + 1.5

def step(w):
    rhs(w)
    for q in range(3):
        k = w[2+q]
        w[5+q] = w[2+q]/(k + 1.0)
    rhs(w)
"""


def test_a_good_text_gives_its_functions_in_order():
    assert list(functions(GOOD)) == ["rhs", "step"]


@pytest.mark.parametrize(
    "line",
    [
        "w[0] = 1",  # an integer is no number of this grammar
        "w[0] = b",  # not assigned before
        "w[q] = 1.0",  # no loop here
        "w[0] = w[1]**2.0",
        "w[0] = TAN(w[1])",
        "w[0] = SELECT(w[1], 1.0, 2.0)",
        "w[0] = MIN(w[1])",
        "return",
        "later(w)",
        "import os",
        "w[0] = __import__",
        "Big = 1.0",
        "w[0] = w[1] > 2.0",
        "for q in range(2):\n        w[3] = 1.0",
        "for q in range(2):\n        for r in range(2):\n            w[3+q] = 1.0",
        "a = 1.0\n    a = 2.0",
        "w[0] = (",
    ],
)
def test_what_is_outside_the_grammar_is_refused_with_its_line(line):
    with pytest.raises(OutsideGrammar, match="line"):
        functions(f"def rhs(w):\n    {line}\n")


def test_a_local_of_a_loop_ends_with_the_loop():
    with pytest.raises(OutsideGrammar, match="line 5"):
        functions("def rhs(w):\n    for q in range(2):\n        k = w[0+q]\n        w[0+q] = k\n    w[0] = k\n")


def test_operations_are_counted_through_loops_and_calls():
    # rhs: one product, one negation, one sum; the loop: 3 sums and 3 quotients; indices do not count.
    assert operations(GOOD, "rhs") == {"multiply": 1, "add": 2, "SELECT": 1, "EXP": 1}
    assert operations(GOOD, "step") == {"multiply": 2, "add": 7, "SELECT": 2, "EXP": 2, "divide": 3}
