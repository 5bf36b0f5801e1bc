"""Compiled driver Python against Python itself."""

import ctypes
from types import SimpleNamespace

import numpy as np
import pytest

from cartrace.engine import machine
from cartrace.engine.lanes import Lanes
from cartrace.engine.scalar_code import scalar_module
from cartrace.engine.scalar_source import NotTranslatable, read_source, record_memory

RECORD = """
STEPS = 4
class Box:
    n: int
    scale: float
    numbers: Floats
    counts: Ints
    w: Slots
"""
FUNCTIONS = '''
def power(box: Box, base: float, exponent: int) -> float:
    """base to the power of exponent."""
    result = 1.0
    for _ in range(exponent):
        result = result * base
    return result

def first_above(box: Box, bound: float) -> int:
    for i in range(box.n):
        if box.numbers[i] > bound:
            return i
    return -1

def run(box: Box) -> None:
    total = 0.0
    i = 0
    while i < box.n:
        i += 1
        if i % 3 == 0:
            continue
        elif i // 2 >= STEPS or box.numbers[i - 1] < -1.5:
            break
        else:
            total += box.numbers[i - 1] * i
    box.numbers[0] = total
    box.numbers[1] = power(box, box.scale, STEPS) - min(box.scale, 2) + max(1.0, -box.scale)
    box.counts[0] = first_above(box, 0.9)
    box.counts[1] = -i + box.n * 2
    k = first_above(box, 1e9)
    if k >= 0 and box.numbers[k] > 0.0:
        box.counts[2] = 1
    if not (box.scale > 1.0) or (box.n == 12 and box.scale != 2.0):
        box.counts[2] += 5
    for j in range(2, 5):
        box.w[j] = box.w[j - 1] * 0.1 + float(j)
        box.counts[2] -= j
'''


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("scale", [0.5, 2.0, 3.0])
def test_compiled_python_does_what_python_does(precision, scale):
    number = np.float64 if precision == "double" else np.float32
    source = read_source([RECORD, FUNCTIONS], "Box")
    code = machine.Code(machine.object_code(scalar_module(source, Lanes(1, precision))), ["run"])

    def values():
        draw = np.random.default_rng(5)
        numbers, w = draw.normal(size=12), draw.normal(size=6).astype(number)
        return {"n": 12, "scale": scale, "numbers": numbers, "counts": np.zeros(3, np.int64), "w": w}

    compiled, plain = values(), SimpleNamespace(**values())
    memory = record_memory(source, compiled)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(code.address["run"])(ctypes.addressof(memory))
    space = {"Box": object, "STEPS": 4}
    exec("from __future__ import annotations\n" + FUNCTIONS, space)
    space["run"](plain)
    np.testing.assert_allclose(compiled["numbers"], plain.numbers, rtol=1e-14)
    np.testing.assert_array_equal(compiled["counts"], plain.counts)
    np.testing.assert_allclose(compiled["w"], plain.w, rtol=1e-14 if precision == "double" else 1e-6)


@pytest.mark.parametrize(
    "line",
    [
        "x = box.numbers[0] ** 2.0",
        "x = [1]",
        "x = True",
        "x = unknown",
        "box.n = 3",
        "x = 1 / 2",
        "with box: pass",
        "x = 1 < 2",
    ],
)
def test_other_python_is_refused(line):
    source = read_source([RECORD, f"def run(box: Box) -> None:\n    {line}\n"], "Box")
    with pytest.raises((NotTranslatable, KeyError)):
        scalar_module(source, Lanes(1, "double"))


def test_an_argument_without_a_type_is_refused():
    source = read_source([RECORD, "def run(box: Box, k) -> None:\n    x = 1\n"], "Box")
    with pytest.raises(NotTranslatable, match="k has no type"):
        scalar_module(source, Lanes(1, "double"))
